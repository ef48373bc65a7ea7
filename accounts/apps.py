"""How partners and people come, sign in, change and go."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """How partners and people come, sign in, change and go."""

    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells the ground floor what is said and sent from here."""
        from allauth.account.signals import email_changed

        from accounts import admission, belongings, factors, keeping, letters, notices, parts, personal, trail, verbs
        from accounts.actions import addresses
        from accounts.actions.exports import FOLDER
        from accounts.permissions.merging import made_one_with
        from network.background import every
        from network.mail import register_letter
        from network.personal import register_accounts
        from network.stored import register_files

        verbs.declare_all()
        belongings.register_all()
        notices.register_all()
        parts.register_all()
        trail.register_all()
        keeping.register_all()
        register_files(FOLDER, "accounts.Export", "file")
        admission.register_all()
        factors.connect()
        personal.register_all()
        register_accounts(made_one_with)
        register_letter("invitation", letters.compose)
        register_letter("export", letters.compose_export)
        every("accounts.tasks.remove_old_exports", hours=1)
        register_letter("account_known", letters.compose_known)
        register_letter("access_declined", letters.compose_declined)
        register_letter("merged_closed", letters.compose_merged_closed)
        register_letter("merged_kept", letters.compose_merged_kept)
        register_letter("address_changed", letters.compose_address_changed)
        register_letter("absence", letters.compose_absence)
        email_changed.connect(addresses.follow_allauth, dispatch_uid="accounts.addresses")
        every("accounts.tasks.tell_who_answers", hours=1)
        every("accounts.tasks.warn_of_ends", hours=24, at=3)
        every("accounts.tasks.ask_for_confirmation", hours=24, at=4)
        every("accounts.tasks.see_to_absence", hours=24, at=4)
