"""Forms for going: one's own account, and the data of somebody by the host."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.models.people import User


class CloseForm(forms.Form):
    """Somebody says that they mean it."""

    sure = forms.BooleanField(
        label=_("Yes, close my account for good"),
        error_messages={"required": _("Tick this first, so that nobody closes an account by mistake.")},
    )


class EraseForm(forms.Form):
    """The host types the address of whom they erase."""

    address = forms.CharField(
        label=_("Their e-mail address, typed in full"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_address(self) -> str:
        """It must be that person's."""
        typed: str = self.cleaned_data["address"].strip()
        if typed.casefold() != self.person.email.casefold():
            raise forms.ValidationError(_("This is not the address of this person."), code="other")
        return typed
