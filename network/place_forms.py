"""Forms about places in rooms: giving and changing them, asking for one, handing a room over; and mandates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from network import clock
from network.forms import end_of_day
from network.models.people import Membership, Partner, User
from network.models.standing import Mandate
from network.permissions import Level, partners_seen_by, people_seen_by, where_allowed
from network.rehearsals import Rehearsal
from network.sharing import LineField

LEVELS = [
    (Level.VIEW, _("Read: everything that labels allow")),
    (Level.CONTRIBUTE, _("Contribute: share, discuss, announce, talk")),
    (Level.MODERATE, _("Moderate: also hold, approve and remove")),
    (Level.MANAGE, _("Manage: also give and take places")),
]


KEPT: list[tuple[Any, Any]] = [
    (Level.MANAGE, _("You manage the room together")),
    (Level.MODERATE, _("You moderate")),
    (Level.CONTRIBUTE, _("You contribute")),
    (Level.VIEW, _("You read")),
    ("0", _("Nothing: your place ends")),
]


class LevelField(forms.TypedChoiceField):
    """A level in a room, by its number."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("What they may do"))
        kwargs.setdefault("choices", LEVELS)
        kwargs.setdefault("initial", Level.CONTRIBUTE)
        super().__init__(coerce=lambda value: Level(int(value)), **kwargs)


class LastDayField(forms.DateField):
    """The last day of something, optional; cleans to the instant at which it ends in the network's zone, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Last day"))
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        day = super().clean(value)
        try:
            return end_of_day(day) if day else None
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class AddressField(forms.CharField):
    """A person whom `reader` may look up, by e-mail address; the same words whether or not it is known.

    Cleans to the User, or None. A form sets `reader`: a guest may manage a room, and knows no more people for it.
    """

    reader: User

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, validators=[ProhibitNullCharactersValidator()], **kwargs)

    def clean(self, value: Any) -> User | None:
        address = super().clean(value)
        if not address:
            return None
        person = people_seen_by(self.reader).filter(email__iexact=address, is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("Nobody in the network has this address. Invite them first."), code="unknown")
        return person


def known_to(form: forms.Form, by: User) -> None:
    """Lets the fields `partner` and `person` of the form find only what this person may look up."""
    seen = partners_seen_by(by).order_by().values("pk")
    form.fields["partner"].queryset = Partner.objects.standing().filter(pk__in=seen)
    form.fields["person"].reader = by


def one_holder(form: forms.Form, cleaned: dict[str, Any]) -> dict[str, Any]:
    """Adds an error unless exactly one of partner and person is chosen."""
    partner, person = cleaned.get("partner"), cleaned.get("person")
    if partner and person:
        form.add_error("person", _("Choose a partner or a person, not both."))
    if not partner and not person and not form.errors:
        form.add_error("partner", _("Choose a partner, or give a person's address."))
    return cleaned


class GrantForm(forms.Form):
    """A manager gives somebody a place in the room."""

    partner = forms.ModelChoiceField(
        label=_("A partner"),
        queryset=Partner.objects.none(),
        required=False,
        empty_label=_("choose a partner"),
        help_text=_("All its people get the place; of the lead partner, only its representatives."),
    )
    person = AddressField(label=_("or one person, by e-mail address"), required=False)
    level = LevelField()
    until = LastDayField(help_text=_("A guest's place always ends. It ends with this day in the network's time zone."))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known_to(self, by)

    def clean(self) -> dict[str, Any]:
        return one_holder(self, super().clean() or {})

    @property
    def holder(self) -> Partner | User:
        """Who is to get the place; after `is_valid`."""
        return self.cleaned_data["partner"] or self.cleaned_data["person"]


class PlaceForm(forms.Form):
    """The level and end of a place that somebody has, or asks for."""

    level = LevelField()
    until = LastDayField(help_text=_("Empty: without an end."))


class HolderForm(forms.Form):
    """Whose place it is: exactly one of the two, by its key."""

    partner = forms.ModelChoiceField(queryset=Partner.objects.all(), to_field_name="uid", required=False)
    person = forms.ModelChoiceField(queryset=User.objects.all(), to_field_name="uid", required=False)

    @property
    def holder(self) -> Partner | User | None:
        """The partner or the person; None where neither or both are named."""
        if not self.is_valid():
            return None
        partner, person = self.cleaned_data["partner"], self.cleaned_data["person"]
        return None if partner and person else partner or person


class ChangePlaceForm(PlaceForm, HolderForm):
    """The same of the place of somebody who has one."""

    partner = forms.ModelChoiceField(
        queryset=Partner.objects.all(), to_field_name="uid", required=False, widget=forms.HiddenInput
    )
    person = forms.ModelChoiceField(
        queryset=User.objects.all(), to_field_name="uid", required=False, widget=forms.HiddenInput
    )


class JoinForm(forms.Form):
    """Somebody asks for a place in a restricted room, for themselves or for a partner that they represent."""

    partner = forms.ModelChoiceField(
        label=_("For whom"),
        queryset=Partner.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("for myself"),
        help_text=_("Of a partner with a place, all its people read here."),
    )
    note = forms.CharField(
        label=_("A word to the managers"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        represented = where_allowed(by, Level.REPRESENT).order_by("name")
        self.fields["partner"].queryset = represented
        self.fields["partner"].default = ""
        if not represented:
            del self.fields["partner"]


class DeclineForm(forms.Form):
    """Why a request is declined; whoever asked reads it."""

    reason = LineField(
        label=_("Why not"),
        max_length=500,
        help_text=_("Whoever asked reads it."),
        error_messages={"required": _("Say why, so that the other can understand it.")},
    )


class HandOverForm(forms.Form):
    """Somebody else is to manage the room; what the manager who hands it over keeps."""

    partner = forms.ModelChoiceField(
        label=_("To a partner"),
        queryset=Partner.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("choose a partner"),
    )
    person = AddressField(label=_("or to one person, by e-mail address"), required=False)
    keeps = forms.TypedChoiceField(
        label=_("What you keep"),
        coerce=lambda value: Level(int(value)) if value != "0" else None,
        choices=KEPT,
        initial=Level.CONTRIBUTE,
        widget=forms.RadioSelect,
        help_text=_("This holds for each place through which you manage: your own, and your partner's."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known_to(self, by)

    def clean(self) -> dict[str, Any]:
        return one_holder(self, super().clean() or {})

    @property
    def kept(self) -> str:
        """What the manager who hands it over keeps, in words; after `is_valid`."""
        keeps = self.cleaned_data["keeps"]
        return str(dict(KEPT)["0" if keeps is None else keeps])

    @property
    def holder(self) -> Partner | User:
        """Who is to manage the room; after `is_valid`."""
        return self.cleaned_data["partner"] or self.cleaned_data["person"]


class NothingForm(forms.Form):
    """For what is done without choosing anything."""


class SureForm(forms.Form):
    """The tick below a rehearsal: asked where something that was shared so far would be read by more people."""

    past = forms.BooleanField(
        label=_("I have seen what they will read of what was shared so far"),
        error_messages={"required": _("Tick this first, or go back: nothing has been changed yet.")},
    )

    def __init__(self, *args: Any, rehearsal: Rehearsal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not rehearsal.opens:
            del self.fields["past"]


class MandateForm(forms.Form):
    """A coordinator lets somebody act for the whole network."""

    person = AddressField(label=_("Who, by e-mail address"))
    kind = forms.ChoiceField(
        label=_("What they may do"),
        choices=[
            (Mandate.Kind.CONVENE, _("Open rooms, and manage those that they open")),
            (
                Mandate.Kind.OPERATE,
                _("Host the network: see background work and retention, export and erase personal data on request"),
            ),
        ],
        initial=Mandate.Kind.CONVENE,
        widget=forms.RadioSelect,
    )
    since = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Empty: now.")
    )
    until = LastDayField(help_text=_("Empty: until it is withdrawn."))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].reader = by

    def clean_since(self) -> datetime | None:
        """The instant at which the day begins in the network's zone; None for a day that has begun."""
        day = self.cleaned_data["since"]
        begins = end_of_day(day - timedelta(days=1)) if day and day > date.min else None
        return begins if begins and begins > clock.now() else None


class NameManagerForm(forms.Form):
    """A coordinator names a manager for a room that has none."""

    person = forms.ModelChoiceField(label=_("New manager"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.effective().values("user")
        self.fields["person"].queryset = User.objects.filter(pk__in=members)
