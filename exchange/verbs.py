"""What can be done with documents and practice sheets, in the trail's words."""

from django.utils.translation import gettext_lazy as _

from network.audit import declare, declare_group
from network.languages import language_words
from network.trail_words import register_detail


def declare_all() -> None:
    """Called once, from the AppConfig."""
    declare_group("exchange", _("documents and practice sheets"))
    declare("exchange.document_shared", _("shared the document"), personal=("file_name",))
    declare("exchange.version_added", _("shared a new version of the document"), personal=("file_name", "note"))
    declare("exchange.version_restored", _("took up an older version of the document"))
    declare("exchange.virus_found", _("found a virus in a file of the document"))
    declare("exchange.virus_not_found", _("found no virus any more in a file of the document"))
    declare("exchange.scanned_again", _("had stored files scanned again"))
    register_detail("virus", _("virus"))
    declare("exchange.document_described", _("changed what is said about the document"))
    declare(
        "exchange.downloads_allowed",
        _("let those whom the document names download it"),
        telling=_("let those whom {target} names download it"),
    )
    declare(
        "exchange.downloads_ended",
        _("no longer lets anybody download the document"),
        telling=_("no longer lets anybody download {target}"),
    )
    declare("exchange.captions_added", _("added captions to the document"))
    declare("exchange.captions_replaced", _("replaced captions of the document"))
    declare("exchange.captions_removed", _("took captions off the document"))
    register_detail("language", _("language"), language_words)
    declare("exchange.work_begun", _("said that they work on the document"))
    declare("exchange.work_taken_over", _("took the work on the document over"))
    declare("exchange.work_ended", _("said that they no longer work on the document"))
    declare("exchange.asked_to_read", _("asked for the document to be read"))
    declare("exchange.asked_to_read_newer", _("asked for the newer version of the document to be read"))
    declare("exchange.read", _("confirmed to have read the document"))
    declare("exchange.sheet_published", _("published the practice sheet"))
    declare("exchange.sheet_revised", _("revised the practice sheet"))
    declare("exchange.folder_made", _("made the folder"))
    declare("exchange.folder_renamed", _("renamed the folder"), personal=("before", "after"))
    declare("exchange.folder_moved", _("moved the folder"))
    declare("exchange.folder_removed", _("took away the folder"), personal=("name",))
    declare("exchange.document_filed", _("moved the document to another folder"))
    declare("exchange.document_binned", _("put the document into the bin"))
    declare("exchange.document_unbinned", _("took the document out of the bin"))
    declare("exchange.document_purged", _("emptied the bin of the document"))
    declare("exchange.unpacking_begun", _("had an archive unpacked"))
    declare("exchange.unpacking_done", _("shared what was in an archive"))
    register_detail("files", _("files"))
    declare("exchange.room_exported", _("exported the documents of the room"))
