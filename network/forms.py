"""What every form here needs: where a refusal stands, when a day ends; and the form of the programme."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from network.models.rooms import Phase, Programme
from network.refusals import Refusal


def add_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Puts the reason of a refused action at its field, or above the form where it has none."""
    field = getattr(refusal, "field", "")
    form.add_error(field if field in form.fields else None, str(refusal.reason))


def end_of_day(day: Any) -> datetime:
    """The instant at which a form's day ends, in the network's time zone."""
    zone = ZoneInfo(settings.LIAISE_TIME_ZONE)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def beginning_of_day(day: Any) -> datetime:
    """The instant at which a form's day begins, in the network's time zone."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.LIAISE_TIME_ZONE))


class ProgrammeForm(forms.ModelForm):
    """What strangers read about the network; the coordinators write it."""

    class Meta:
        model = Programme
        fields = ["name", "full_name", "tagline", "about", "taking_part", "disclaimer"]
        help_texts = {"about": _("An empty line begins a new paragraph.")}


class PhaseForm(forms.ModelForm):
    """A phase of the programme, as strangers read of it and rooms belong to it."""

    class Meta:
        model = Phase
        fields = ["name", "subtitle", "summary", "funding", "since", "until"]
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "since": forms.DateInput(attrs={"type": "date"}),
            "until": forms.DateInput(attrs={"type": "date"}),
        }


class ThemeForm(forms.Form):
    """The name of a theme."""

    name = forms.CharField(label=_("Name"), max_length=120)
