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
        from network import keeping, letters, live, notices, notifications, triggers, verbs
        from network.background import every

        verbs.declare_all()
        notices.register_all()
        letters.register_all()
        live.register_bell(notifications.unread_of)
        keeping.register_all()
        every("network.tasks.seal_trail", minutes=1)
        every("network.tasks.keep_retention", hours=24, at=2)
        post_migrate.connect(triggers.put_back, sender=self)
