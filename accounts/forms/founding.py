"""What is asked when a network is founded, field by field."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import own_languages, zones
from network.countries import COUNTRIES
from network.models.people import Partner
from network.names import NameField
from network.sharing import LineField


class FoundingForm(forms.Form):
    """The lead partner and the first coordinator; `manage.py found_network` asks one field after the other."""

    network = LineField(label=_("Name of the network"), max_length=60, initial="Liaise")
    lead_name = LineField(label=_("Lead partner, full name"), max_length=160)
    lead_short_name = LineField(label=_("Lead partner, short name"), max_length=60)
    kind = forms.ChoiceField(label=_("What it is"), choices=Partner.Kind, initial=Partner.Kind.NETWORK_BODY)
    country = forms.ChoiceField(label=_("Its country (two letters)"), choices=COUNTRIES.items)
    city = LineField(label=_("Its city"), max_length=120, required=False)
    name = NameField(label=_("First coordinator, name"), max_length=120)
    email = forms.EmailField(label=_("First coordinator, e-mail address"), max_length=254)
    language = forms.ChoiceField(label=_("First coordinator, language"), choices=own_languages, initial="en")
    time_zone = forms.ChoiceField(
        label=_("First coordinator, time zone"), choices=zones, initial=settings.LIAISE_TIME_ZONE
    )
