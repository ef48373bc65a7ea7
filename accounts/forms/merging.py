"""Two accounts of one person: which closes, and a second look before it does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from network.models.people import User


class OtherAccountForm(forms.Form):
    """The account that is to close, by its address."""

    address = forms.EmailField(
        label=_("Address of the account that closes"),
        max_length=254,
        help_text=_("Everything that it has goes to the account that stays."),
    )

    def clean_address(self) -> User:
        """The person of this address."""
        person = User.objects.filter(email__iexact=self.cleaned_data["address"]).first()
        if person is None:
            raise forms.ValidationError(_("There is no account with this address."), code="unknown")
        return person


class ConfirmMergeForm(forms.Form):
    """The address once more, typed."""

    confirmed = forms.CharField(
        label=_("Type the address of the account that closes"),
        max_length=254,
        validators=[ProhibitNullCharactersValidator()],
        help_text=_("This cannot be taken back."),
    )

    def __init__(self, *args: Any, closed: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.closed = closed

    def clean_confirmed(self) -> str:
        """What was typed, where it is the address."""
        typed: str = self.cleaned_data["confirmed"].strip()
        if typed.casefold() != self.closed.email.casefold():
            raise forms.ValidationError(_("This is not the address of the account that closes."), code="other")
        return typed
