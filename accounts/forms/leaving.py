"""Forms for going: one's own account, and the data of somebody by the host."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.models.people import User


class CloseForm(forms.Form):
    """Somebody says that they mean it, and whether moderators are asked to take away what they wrote."""

    redact = forms.BooleanField(label=_("Ask the moderators to take away what I wrote"), required=False)
    note = forms.CharField(
        label=_("What should go, and why"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "The moderators of all these rooms read it, without your name. Without a word from you they look at "
            "everything."
        ),
    )
    answer = forms.BooleanField(label=_("Write to me when they have decided"), required=False)
    sure = forms.BooleanField(
        label=_("Yes, close my account for good"),
        error_messages={"required": _("Tick this first, so that nobody closes an account by mistake.")},
    )

    def __init__(self, *args: Any, person: User, has_rooms: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_rooms:
            for name in ("redact", "note", "answer"):
                del self.fields[name]
            return
        self.fields["answer"].help_text = _(
            "One letter for each room, to %(address)s. The address is kept for it alone and erased when it has left."
        ) % {"address": person.email}

    def clean(self) -> dict[str, Any]:
        """What is written for moderators, or wished of them, must not be lost for want of a tick."""
        given: dict[str, Any] = super().clean() or {}
        if (given.get("note") or given.get("answer")) and not given.get("redact"):
            self.add_error(
                "redact", _("Tick this if the moderators are to be asked; if not, leave the two fields below empty.")
            )
        return given

    @property
    def wish(self) -> dict[str, Any]:
        """What `close_account` is to be given; after `is_valid`."""
        return {name: self.cleaned_data[name] for name in ("redact", "note", "answer") if name in self.fields}


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
