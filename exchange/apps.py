"""What partners exchange: documents, practice sheets, the library, the public pages."""

from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

# What people write here, as the list of their drafts calls it.
WRITINGS = {
    "document-new": _("A document"),
    "document-describe": _("A word about a document"),
    "document-version-new": _("A new version"),
    "practice-new": _("A practice sheet"),
    "practice-revise": _("A practice sheet"),
}


def _make_store(**_given: Any) -> None:
    """After migrations: the folder of files is the store from now on, where it may be."""
    from exchange import storage
    from exchange.models import Blob

    if Blob._meta.db_table in connection.introspection.table_names():
        storage.make_store()


class ExchangeConfig(AppConfig):
    """What partners exchange: documents, practice sheets, the library, the public pages."""

    name = "exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells the ground floor of documents and practice sheets, and of what is done with them."""
        from exchange import filetypes, keeping, notices, outcomes, permissions, personal, verbs, words
        from exchange.actions import attaching, practices
        from exchange.actions import bin as bins
        from exchange.models import Folder
        from network import background
        from network.attaching import register_attachable
        from network.belongings import Moved, register_belonging
        from network.drafts import register_writing
        from network.kinds import register_kind
        from network.parts import register_part
        from network.trail import register_target

        post_migrate.connect(_make_store, sender=self)
        verbs.declare_all()
        for name, words_for in WRITINGS.items():
            register_writing(f"exchange:{name}", words_for)
        notices.register_all()
        personal.register_all()
        # What was enqueued with the file is done at once; this finds what waited for a scanner or a store.
        background.every("exchange.tasks.look_into_files", minutes=1)
        background.every("exchange.tasks.forget_marked_copies", hours=1)
        background.every("exchange.tasks.scan_what_waits", minutes=10)
        background.every("exchange.tasks.unpack_what_waits", minutes=10)
        background.every("exchange.tasks.remind_readers", hours=24, at=6)
        keeping.register_all()
        register_belonging("exchange.Version.by", Moved(item="document"))
        register_belonging("exchange.Caption.by", Moved(item="version__document"))
        register_belonging("exchange.Folder.by", Moved())
        register_belonging("exchange.Upload.by", Moved())
        register_belonging("exchange.Unpacking.by", Moved())
        register_belonging("exchange.Document.worked_on_by", Moved(item="pk"))
        register_belonging("exchange.ReadRequest.by", Moved(item="document"))
        register_belonging("exchange.Confirmation.user", Moved(item="request__document", unique=("request_id",)))
        register_belonging("exchange.FirstOpening.user", Moved(item="request__document", unique=("request_id",)))
        register_part("unpacking", visible=outcomes.visible_unpackings, show=outcomes.show_unpackings)
        register_target("folder", visible=Folder.objects.visible_to, name=str)
        register_kind(
            "document",
            name=_("document"),
            plural=_("documents"),
            url_name="exchange:document",
            index=words.index_document,
            newest_version=words.newest_version,
            holds_words_of_others=permissions.holds_versions_of_others,
            caution=words.held_back,
            unfinished=words.needs_care,
            put_away="exchange:document-bin",
            erase=bins.erase,
        )
        register_attachable(
            "document",
            accept=filetypes.ACCEPT,
            clean=attaching.clean_file,
            bring=attaching.bring,
            file_name="document__newest__name",
            file_size="document__newest__size",
        )
        register_kind(
            "practice",
            name=_("practice sheet"),
            plural=_("practice sheets"),
            url_name="exchange:practice",
            index=words.index_sheet,
            erase=practices.erase,
        )
