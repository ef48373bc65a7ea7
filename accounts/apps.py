"""How partners and people come, sign in, change and go."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """How partners and people come, sign in, change and go."""

    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells the ground floor what is said and sent from here."""
        from accounts import admission, factors, letters, personal, verbs
        from network.background import every
        from network.mail import register_letter

        verbs.declare_all()
        admission.register_all()
        factors.connect()
        personal.register_all()
        register_letter("invitation", letters.compose)
        register_letter("export", letters.compose_export)
        every("accounts.tasks.remove_old_exports", hours=1)
