"""Forms about oneself."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import own_languages, zones
from network.fields import FoldedBoxes
from network.languages import choices as all_languages
from network.names import NameField
from network.sharing import LineField


class ProfileForm(forms.Form):
    """How one is known in the network, and in which language and zone one reads it."""

    name = NameField(label=_("Name"), max_length=120)
    function = LineField(
        label=_("Function"),
        max_length=160,
        required=False,
        help_text=_("For instance “prevention officer” or “youth worker”."),
    )
    phone = LineField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        validators=[RegexValidator(r"^\+?[0-9 ()/.\-]{5,}$", _("Write it with digits, as in +32 4 221 80 00."))],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    about = forms.CharField(
        label=_("About me"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What others may ask you about."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages I speak"),
        choices=all_languages,
        required=False,
        widget=FoldedBoxes,
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=own_languages, help_text=_("In which you read Liaise and its letters.")
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, help_text=_("All times are shown in it."))
