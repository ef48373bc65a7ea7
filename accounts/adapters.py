"""What allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from network.models.people import User


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up alone: people come by invitation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("The address or the password is not right. Please try again."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not right, or no longer. Please try the newest one."),
        "incorrect_password": _("This password is not right. Please try again."),
        "too_many_login_attempts": _("That was too often in a short time. Please try again in a few minutes."),
        "same_as_current": _("The new one must differ from the present one."),
        "rate_limited": _("That was too often in a short time. Please try again in a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """An address that is somebody else's is not confirmed; its owner is told, and the page says the same."""
        wanted = emailconfirmation.email_address
        if _is_of_another(wanted):
            self.send_mail("account/email/address_known", wanted.email, {})
        else:
            super().send_confirmation_mail(request, emailconfirmation, signup)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """The address, the person and the trail change together, or not at all."""
        try:
            if not _is_of_another(email_address):
                with transaction.atomic():
                    return super().confirm_email(request, email_address)
        except IntegrityError:
            # Somebody came with this address at this very moment.
            pass
        self.add_message(
            request,
            messages.ERROR,
            "account/messages/email_confirmation_failed.txt",
            {"email": email_address.email},
        )
        return False


def _is_of_another(wanted: EmailAddress) -> bool:
    return User.objects.filter(email__iexact=wanted.email).exclude(pk=wanted.user_id).exists()
