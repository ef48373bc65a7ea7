"""What partners exchange: documents, practice sheets, the library, the public pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """What partners exchange: documents, practice sheets, the library, the public pages."""

    name = "exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells the ground floor of documents and practice sheets, and of what is done with them."""
        from exchange import keeping, notices, personal, verbs, words
        from exchange.models import Folder
        from network import background
        from network.belongings import Moved, register_belonging
        from network.kinds import register_kind
        from network.trail import register_target

        verbs.declare_all()
        notices.register_all()
        personal.register_all()
        # What was enqueued with the file is done at once; this finds what waited for a scanner or a store.
        background.every("exchange.tasks.look_into_files", minutes=1)
        background.every("exchange.tasks.forget_marked_copies", hours=1)
        background.every("exchange.tasks.scan_what_waits", minutes=10)
        background.every("exchange.tasks.remind_readers", hours=24, at=6)
        keeping.register_all()
        register_belonging("exchange.Version.by", Moved(item="document"))
        register_belonging("exchange.Folder.by", Moved())
        register_belonging("exchange.Upload.by", Moved())
        register_belonging("exchange.Document.worked_on_by", Moved(item="pk"))
        register_belonging("exchange.ReadRequest.by", Moved(item="document"))
        register_belonging("exchange.Confirmation.user", Moved(item="request__document", unique=("request_id",)))
        register_target("folder", visible=Folder.objects.visible_to, name=str)
        register_kind(
            "document",
            name=_("document"),
            plural=_("documents"),
            url_name="exchange:document",
            index=words.index_document,
            newest_version=words.newest_version,
            caution=words.held_back,
            unfinished=words.needs_care,
        )
        register_kind(
            "practice",
            name=_("practice sheet"),
            plural=_("practice sheets"),
            url_name="exchange:practice",
            index=words.index_sheet,
        )
