"""The ground floor: people, rooms, items, the gate, audit, notifications, search and live."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """The ground floor: people, rooms, items, the gate, audit, notifications, search and live."""

    name = "network"
    label = "network"
    default_auto_field = "django.db.models.BigAutoField"
