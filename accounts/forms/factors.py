"""Forms about second factors, where allauth's own say too little."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


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
