"""Forms about workshops: announcing one, changing one, taking part."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from network import languages, retention
from network.fields import RichText
from network.models import Partner, Room, User
from network.moments import zone_words
from network.permissions import by_hat, partners_of
from network.refusals import Invalid
from network.sharing import LineField, ShareForm
from workshops.models import MOST_SEATS, Workshop
from workshops.permissions import check_capacity, check_times
from workshops.times import FIRST_YEAR, LAST_YEAR, SkippedTimeError, instant, is_zone, zones

WALL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", re.ASCII)
DEFAULT_ZONE_HINT = _("Where it takes place, or where its host sits. Start and end are times there.")


class WallTimeField(forms.Field):
    """A day and a time on a wall's clock, without a zone: "2026-12-08T09:00". Cleans to a naive datetime."""

    default_error_messages = {"invalid": _("Give a day and a time, such as 2026-12-08 09:00.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values or isinstance(value, datetime):
            return value or None
        text = str(value).strip()
        try:
            wall = datetime.fromisoformat(text) if WALL.fullmatch(text) else None
        except ValueError:
            wall = None
        if wall is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if not FIRST_YEAR <= wall.year <= LAST_YEAR:
            years = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise ValidationError(_("Choose a year from %(first)d to %(last)d."), code="year", params=years)
        return wall


class DefaultChoiceField(forms.ChoiceField):
    """A choice that is `default` where the field is left out."""

    def __init__(self, *, default: str, **kwargs: Any) -> None:
        self.default = default
        super().__init__(required=False, initial=default, **kwargs)

    def clean(self, value: Any) -> str:
        return super().clean(value) or self.default


def zone_choices() -> list[Any]:
    """All zones by area; the empty one stands where an unknown one was sent."""
    return [
        ("", _("choose a time zone")),
        *((area, [(name, zone_words(name)) for name in names]) for area, names in zones().items()),
    ]


class WorkshopForm(forms.Form):
    """What a workshop says of itself. Times are typed as those of the chosen zone, and clean to instants."""

    title = LineField(
        label=_("Title"),
        max_length=200,
        error_messages={
            "required": _("Give it a title, so that others can find it."),
            "max_length": _("The title may have %(limit_value)d characters at most; it has %(show_value)d."),
        },
    )
    workshop_kind = DefaultChoiceField(label=_("Kind"), choices=Workshop.Kind.choices, default=Workshop.Kind.WORKSHOP)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=20_000,
        widget=RichText(attrs={"rows": 10}),
        help_text=_("What it is about, for whom, what to read or bring."),
    )
    starts_at = WallTimeField(label=_("Starts"))
    ends_at = WallTimeField(label=_("Ends"))
    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        help_text=DEFAULT_ZONE_HINT,
        validators=[ProhibitNullCharactersValidator()],
    )
    place = LineField(label=_("Place"), required=False, max_length=200)
    address = LineField(label=_("Address"), required=False, max_length=300)
    link = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("For taking part online. Only people who are registered see it."),
    )
    capacity = forms.IntegerField(
        label=_("Seats"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_SEATS}),
        help_text=_("Empty: no limit. Who comes later than the last seat waits in a queue."),
    )
    registration_closes_at = WallTimeField(
        label=_("Registration closes"), required=False, help_text=_("Empty: when the workshop begins.")
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notes: list[str] = []
        field: Any = self.fields["time_zone"]
        zone = zone if is_zone(zone) else settings.LIAISE_TIME_ZONE
        field.default = zone
        field.initial = zone
        field.widget = forms.Select(choices=zone_choices())

    def clean_time_zone(self) -> str:
        """The zone; the host's own where it was left out."""
        name = self.cleaned_data["time_zone"] or self.fields["time_zone"].default  # type: ignore[attr-defined]
        if not is_zone(name):
            raise ValidationError(_("Choose a time zone from the list."), code="unknown")
        return name

    def clean_capacity(self) -> int | None:
        capacity = self.cleaned_data["capacity"]
        try:
            check_capacity(capacity)
        except Invalid as refusal:
            raise ValidationError(refusal.reason, code="capacity") from None
        return capacity

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        zone = cleaned.get("time_zone")
        if not zone:
            return cleaned
        for name in ("starts_at", "ends_at", "registration_closes_at"):
            if cleaned.get(name):
                cleaned[name] = self._instant(name, cleaned[name], ZoneInfo(zone))
        if cleaned.get("starts_at") and cleaned.get("ends_at"):
            try:
                check_times(cleaned["starts_at"], cleaned["ends_at"], cleaned.get("registration_closes_at"), zone)
            except Invalid as refusal:
                self.add_error(refusal.field, str(refusal.reason))
        return cleaned

    def _instant(self, name: str, wall: datetime, zone: ZoneInfo) -> datetime | None:
        words = {"time": f"{wall:%H:%M}", "city": zone_words(str(zone))}
        try:
            moment = instant(wall, zone)
        except SkippedTimeError as skipped:
            words["instead"] = f"{skipped.instead:%H:%M}"
            self.add_error(
                name,
                _now(
                    "The clocks in %(city)s are put forward past %(time)s on that day. "
                    "Choose another time, such as %(instead)s."
                )
                % words,
            )
            return None
        if moment.twice:
            self.notes.append(
                _now("%(time)s comes twice in %(city)s on that day, as the clocks are put back. The first is meant.")
                % words
            )
        return moment.utc


def walls(workshop: Workshop) -> dict[str, Any]:
    """A workshop as the form shows it: times as the clock on the host's wall."""
    shown = {name: getattr(workshop, name) for name in (*WorkshopForm.base_fields, "language")}
    for name in ("starts_at", "ends_at", "registration_closes_at"):
        if shown[name]:
            shown[name] = shown[name].astimezone(workshop.zone).replace(tzinfo=None)
    return shown


class ChangeForm(WorkshopForm):
    """Changing what a workshop says of itself. Its label and its partner are changed elsewhere, or never."""

    language = DefaultChoiceField(label=_("Language"), choices=languages.choices, default="en")

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, zone=workshop.time_zone, initial=walls(workshop), **kwargs)
        self.fields["language"].default = workshop.language  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        """What the action takes; after `is_valid`."""
        return dict(self.cleaned_data)


class AnnounceForm(ShareForm, WorkshopForm):
    """Announcing a workshop: also for whom, and how far it may go."""

    def __init__(self, *args: Any, by: User, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, by=by, room=room, zone=by.time_zone, **kwargs)


def _only_hosts() -> str:
    kept = retention.days("needs")
    return ngettext(
        "Only the hosts of the meeting read it; erased %(days)d day after it.",
        "Only the hosts of the meeting read it; erased %(days)d days after it.",
        kept,
    ) % {"days": kept}


class RegisterForm(forms.Form):
    """For whom somebody takes part, asked only of those who belong to several partners; and what they need there."""

    # One line: what is typed into larger fields is kept in the browser as a draft, and this is nobody's but the hosts'.
    needs = LineField(
        label=_("Diet or access needs"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked for once, and only where the field is shown.
        self.fields["needs"].help_text = SimpleLazyObject(_only_hosts)
        self.own = {partner.slug: partner for partner in partners_of(by).order_by(*by_hat(by))}
        if len(self.own) > 1:
            self.fields["partner"] = DefaultChoiceField(
                label=_("You take part for"),
                choices=[(slug, partner.short_name) for slug, partner in self.own.items()],
                default=next(iter(self.own)),
            )

    @property
    def only_partner(self) -> Partner | None:
        """The one partner that somebody has, for the words of the button."""
        return next(iter(self.own.values())) if len(self.own) == 1 else None

    @property
    def partner(self) -> Partner | None:
        """After `is_valid`; None for a guest."""
        chosen = self.cleaned_data.get("partner", "")
        return self.own.get(chosen) or next(iter(self.own.values()), None)


class CancelForm(forms.Form):
    """Why a workshop does not take place; kept in the trail."""

    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the record. Those who would have come are told that it is cancelled, without the reason."),
    )
