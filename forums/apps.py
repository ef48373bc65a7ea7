"""Talk: discussions, moderation and chat."""

from django.apps import AppConfig


class ForumsConfig(AppConfig):
    """Talk: discussions, moderation and chat."""

    name = "forums"
    label = "forums"
    default_auto_field = "django.db.models.BigAutoField"
