"""Meetings: workshops, registration and calendars."""

from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    """Meetings: workshops, registration and calendars."""

    name = "workshops"
    label = "workshops"
    default_auto_field = "django.db.models.BigAutoField"
