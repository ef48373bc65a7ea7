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
        from network import background, belongings, letters, live, notices, notifications, triggers, verbs

        verbs.declare_all()
        notices.register_all()
        letters.register_all()
        belongings.register_all()
        live.register_bell(notifications.unread_of)
        background.every("network.tasks.send_letters", minutes=1)
        background.every("network.tasks.forget_old_work", hours=24, at=4)
        post_migrate.connect(triggers.put_back, sender=self)
