"""The ground floor: people, rooms, items, the gate, audit, notifications, search and live."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NetworkConfig(AppConfig):
    """The ground floor: people, rooms, items, the gate, audit, notifications, search and live."""

    name = "network"
    label = "network"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declares what the ground floor itself says, and keeps the trail append-only."""
        from network import (
            background,
            belongings,
            item_requests,
            keeping,
            letters,
            live,
            lookups,
            notices,
            notifications,
            personal_kinds,
            redactions,
            requests_to_join,
            triggers,
            verbs,
        )
        from network.parts import register_part
        from network.stored import register_files

        lookups.register_all()
        verbs.declare_all()
        notices.register_all()
        letters.register_all()
        register_part("join_request", visible=requests_to_join.visible_requests, show=requests_to_join.show_requests)
        register_part("redaction", visible=redactions.visible_requests, show=redactions.show_requests)
        register_part("item_request", visible=item_requests.visible_requests, show=item_requests.show_requests)
        belongings.register_all()
        personal_kinds.register_all()
        live.register_bell(notifications.unread_of)
        keeping.register_all()
        register_files("logos", "network.Room", "logo")
        register_files("logos", "network.Partner", "logo")
        background.every("network.tasks.send_letters", minutes=1)
        background.every("network.tasks.seal_trail", minutes=1)
        background.every("network.tasks.end_lost_requests", hours=1)
        background.every("network.tasks.keep_retention", hours=24, at=2)
        background.every("network.tasks.forget_old_work", hours=24, at=4)
        post_migrate.connect(triggers.put_back, sender=self)
