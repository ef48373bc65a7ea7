"""Forms about asking to take part, and answering."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import UNTIL_THEN, own_languages
from network.models.people import Partner
from network.names import NameField
from network.sharing import LineField


class PartnerField(forms.ModelChoiceField):
    """One of the partners that take part, by its address; all of them are public."""

    def __init__(self, **kwargs: Any) -> None:
        queryset = Partner.objects.standing().order_by("short_name")
        super().__init__(queryset=queryset, to_field_name="slug", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return obj.name


class AskForm(forms.Form):
    """Somebody whom nobody invited says who they are, and why they come."""

    name = NameField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The answer comes to this address."),
    )
    partner = PartnerField(label=_("You take part for"), required=False, empty_label=_("another organisation"))
    function = LineField(
        label=_("Function"),
        max_length=160,
        required=False,
        help_text=_("For instance “prevention officer” or “youth worker”."),
    )
    language = forms.ChoiceField(label=_("Language of the answer"), choices=own_languages, help_text=UNTIL_THEN)
    note = forms.CharField(
        label=_("Why do you want to take part?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[ProhibitNullCharactersValidator()],
        help_text=_("Two sentences are enough. If your organisation is not in the list, name it here."),
    )
    # People do not see this field; whoever fills it is a program.
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))

    @property
    def by_a_program(self) -> bool:
        """Whether something filled the field that people do not see; after `is_valid`."""
        return bool(self.cleaned_data["website"])

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked, as `actions.requests.ask` takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "website"}


class ApproveForm(forms.Form):
    """A coordinator says for which partner somebody of another organisation takes part."""

    partner = PartnerField(label=_("Takes part for"), empty_label=_("choose a partner"))


class DeclineForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[ProhibitNullCharactersValidator()],
        help_text=_("It is mailed to whoever asked, in your words."),
    )
