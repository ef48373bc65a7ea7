"""Forms about oneself."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import own_languages, zones
from network.sharing import LineField


class ProfileForm(forms.Form):
    """One's own name, function, language and time zone."""

    name = LineField(label=_("Name"), max_length=120)
    function = LineField(
        label=_("Function"),
        max_length=160,
        required=False,
        help_text=_("For instance “prevention officer” or “youth worker”."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=own_languages)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
