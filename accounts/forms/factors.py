"""Forms about second factors, where allauth's own say too little."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class ActivateAppForm(ActivateTOTPForm):
    """The first digits of an app; they are used up, as any that follow (RFC 6238 §5.2)."""

    def clean_code(self) -> str:
        code = super().clean_code()
        TOTP(Authenticator(user=self.user))._mark_code_used(code)
        return code


class PasskeyForm(AddWebAuthnForm):
    """A passkey gets a name, and is asked for alone unless its owner says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Its name"),
            max_length=60,
            required=False,  # the device holds the passkey before we hear of a name
            help_text=_("So that you know it in the list, for instance “telephone” or “office”."),
        )
        self.fields["passwordless"] = forms.BooleanField(
            label=_("Sign in with it alone"),
            required=False,
            initial=True,
            help_text=_("Without this it is asked for after the password. Older keys can do only that."),
        )
