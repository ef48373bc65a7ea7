"""Wires the house together: settings, addresses, pages of the whole house, commands."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Wires the house together: settings, addresses, pages of the whole house, commands."""

    name = "config"
    label = "config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from config import checks  # noqa: F401
