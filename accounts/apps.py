"""How partners and people come, sign in, change and go."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """How partners and people come, sign in, change and go."""

    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
