"""What partners exchange: documents, practice sheets, the library, the public pages."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """What partners exchange: documents, practice sheets, the library, the public pages."""

    name = "exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
