"""What allauth asks us."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


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
