"""What can be done with documents and practice sheets, in the trail's words."""

from django.utils.translation import gettext_lazy as _

from network.audit import declare, declare_group


def declare_all() -> None:
    """Called once, from the AppConfig."""
    declare_group("exchange", _("documents and practice sheets"))
    declare("exchange.document_shared", _("shared the document"), personal=("file_name",))
    declare("exchange.version_added", _("shared a new version of the document"), personal=("file_name", "note"))
    declare("exchange.version_restored", _("took up an older version of the document"))
    declare("exchange.document_described", _("changed what is said about the document"))
    declare("exchange.work_begun", _("said that they work on the document"))
    declare("exchange.work_taken_over", _("took the work on the document over"))
    declare("exchange.work_ended", _("said that they no longer work on the document"))
    declare("exchange.asked_to_read", _("asked for the document to be read"))
    declare("exchange.asked_to_read_newer", _("asked for the newer version of the document to be read"))
    declare("exchange.read", _("confirmed to have read the document"))
    declare("exchange.sheet_published", _("published the practice sheet"))
    declare("exchange.sheet_revised", _("revised the practice sheet"))
