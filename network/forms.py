"""Forms about rooms and the places in them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from network.models.people import Membership, Partner, User
from network.models.rooms import Phase, Programme, Room
from network.permissions import Level
from network.refusals import Refusal


def add_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Puts the reason of a refused action at its field, or above the form where it has none."""
    field = getattr(refusal, "field", "")
    form.add_error(field if field in form.fields else None, str(refusal.reason))


def end_of_day(day: Any) -> datetime:
    """The instant at which a form's day ends, in the network's time zone."""
    zone = ZoneInfo(settings.LIAISE_TIME_ZONE)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


class OpenRoomForm(forms.Form):
    """A coordinator convenes a room."""

    name = forms.CharField(label=_("Name"), max_length=120)
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Of a restricted room every member of the network sees name and purpose."),
    )
    kind = forms.ChoiceField(
        label=_("Who finds it"),
        choices=[
            (Room.Kind.RESTRICTED, _("Restricted: all members know of it, those with a place read it")),
            (Room.Kind.NETWORK, _("Network: every member reads it")),
            (Room.Kind.HIDDEN, _("Hidden: only those with a place know of it")),
        ],
        initial=Room.Kind.RESTRICTED,
        widget=forms.RadioSelect,
    )
    moderation = forms.ChoiceField(label=_("Moderation"), choices=Room.Moderation, initial=Room.Moderation.FREE)
    phase = forms.ModelChoiceField(
        label=_("Phase"), queryset=Phase.objects.all(), required=False, empty_label=_("none")
    )


class GrantForm(forms.Form):
    """A manager gives somebody a place in the room."""

    partner = forms.ModelChoiceField(
        label=_("A partner"),
        queryset=Partner.objects.none(),
        required=False,
        empty_label=_("choose a partner"),
        help_text=_("All its people get the place; of the lead partner, only its representatives."),
    )
    person = forms.CharField(
        label=_("or one person, by e-mail address"),
        required=False,
        max_length=254,
        validators=[ProhibitNullCharactersValidator()],
    )
    level = forms.TypedChoiceField(
        label=_("What they may do"),
        coerce=lambda value: Level(int(value)),
        choices=[
            (Level.VIEW, _("View: read everything that labels allow")),
            (Level.CONTRIBUTE, _("Contribute: share, discuss, announce, talk")),
            (Level.MODERATE, _("Moderate: also hold, approve and remove")),
            (Level.MANAGE, _("Manage: also give and take places")),
        ],
        initial=Level.CONTRIBUTE,
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("A guest's place always ends. It ends with this day in the network's time zone."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = Partner.objects.standing()

    def clean_person(self) -> User | None:
        """The person of that address; the same words whether or not the address is known."""
        address = self.cleaned_data["person"]
        if not address:
            return None
        person = User.objects.filter(email__iexact=address, is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("Nobody in the network has this address. Invite them first."), code="unknown")
        return person

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        partner, person = cleaned.get("partner"), cleaned.get("person")
        if partner and person:
            self.add_error("person", _("Choose a partner or a person, not both."))
        if not partner and not person and not self.errors:
            self.add_error("partner", _("Choose a partner, or give a person's address."))
        return cleaned

    @property
    def holder(self) -> Partner | User:
        """Who is to get the place; after `is_valid`."""
        return self.cleaned_data["partner"] or self.cleaned_data["person"]

    @property
    def ends(self) -> datetime | None:
        """The instant at which the place ends; None where it has no end."""
        day = self.cleaned_data["until"]
        return end_of_day(day) if day else None


class WithdrawForm(forms.Form):
    """A manager takes a place back: exactly one of the two."""

    partner = forms.ModelChoiceField(queryset=Partner.objects.all(), to_field_name="uid", required=False)
    person = forms.ModelChoiceField(queryset=User.objects.all(), to_field_name="uid", required=False)


class JoinForm(forms.Form):
    """Somebody asks for a place in a restricted room."""

    note = forms.CharField(
        label=_("A word to the managers"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NameManagerForm(forms.Form):
    """A coordinator names a manager for a room that has none."""

    person = forms.ModelChoiceField(label=_("New manager"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.effective().values("user")
        self.fields["person"].queryset = User.objects.filter(pk__in=members)


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
