"""How partners and people come, sign in, change and go."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """How partners and people come, sign in, change and go."""

    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells the ground floor what is said and sent from here."""
        from accounts import letters, notices, parts, verbs
        from network.background import every
        from network.mail import register_letter

        verbs.declare_all()
        notices.register_all()
        parts.register_all()
        register_letter("invitation", letters.compose)
        every("accounts.tasks.forget_imports", hours=24, at=3)
