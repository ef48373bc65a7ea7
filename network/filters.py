"""What all filters of lists have in common, and the filter of the trail."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.audit import GROUPS
from network.models.people import Partner
from network.models.records import AuditEntry
from network.models.rooms import Room
from network.permissions import partners_seen_by, people_seen_by
from network.permissions.trail import entries_of_partner, entries_of_people, own_entries


class ListFilter(filters.FilterSet):
    """The filters of a list, as components/filters.html shows them: the first stands alone, the others fold."""

    @property
    def narrowed(self) -> bool:
        """Whether one of the filters that fold is in use, or wrong, so that they are shown unfolded."""
        _first, *folding = [field.name for field in self.form.visible_fields()]
        return any(self.form.data.get(name) or name in self.form.errors for name in folding)


class PeriodForm(forms.Form):
    """The form of a list that is narrowed to the days from `since` to `until`."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day lies before the first one."))
        return given


class WordsField(forms.CharField):
    """Words to look for; a sign that no text can hold is left out rather than refused."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\0", "").strip()


class WordsFilter(filters.CharFilter):
    """The first field of the filters of a list."""

    field_class = WordsField


class DayFilter(filters.DateFilter):
    """A day of the reader's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        # Within these no zone of the world carries a day out of what a computer can count.
        bounds = [MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2990, 12, 31))]
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}), validators=bounds, **kwargs)


class TrailFilter(ListFilter):
    """The entries of the trail. A filter finds no more than the page would say; nobody learns what is left out."""

    who = filters.CharFilter(label=_("Person"), method="by_person", max_length=120)
    about = filters.ChoiceFilter(
        label=_("About"), choices=lambda: sorted(GROUPS.items()), method="by_group", empty_label=_("everything")
    )
    room = filters.ModelChoiceFilter(
        label=_("Room"),
        queryset=lambda request: Room.objects.visible_to(request.user).exclude(kind="direct"),
        to_field_name="slug",
        method="in_room",
        empty_label=_("all rooms"),
    )
    partner = filters.ModelChoiceFilter(
        label=_("Partner"),
        queryset=lambda request: partners_seen_by(request.user),
        to_field_name="slug",
        method="of_partner",
        empty_label=_("all partners"),
    )
    since = DayFilter(label=_("From"), method="from_day")
    until = DayFilter(label=_("To"), method="to_day")
    whose = filters.ChoiceFilter(
        label=_("Whose"),
        choices=[("mine", _("mine: by me or about me"))],
        method="by_reader",
        empty_label=_("all that I may read"),
    )

    class Meta:
        model = AuditEntry
        fields = ["who", "about", "room", "partner", "since", "until", "whose"]
        form = PeriodForm

    def by_person(self, rows: QuerySet, _name: str, words: str) -> QuerySet:
        """Done by, or to, somebody whose name holds the words, as far as the reader knows them."""
        found = people_seen_by(self.request.user).filter(name__holds=words)
        return rows.filter(entries_of_people(self.request.user, found))

    def by_reader(self, rows: QuerySet, _name: str, _value: str) -> QuerySet:
        """The reader's own, also under a number."""
        return rows.filter(own_entries(self.request.user))

    def by_group(self, rows: QuerySet, _name: str, prefix: str) -> QuerySet:
        """What one part of the house writes down."""
        return rows.filter(verb__startswith=f"{prefix}.")

    def in_room(self, rows: QuerySet, _name: str, room: Room) -> QuerySet:
        """In one room that the reader views."""
        return rows.filter(room=room.uid)

    def of_partner(self, rows: QuerySet, _name: str, partner: Partner) -> QuerySet:
        """Done for a partner, by its people, or to it."""
        return rows.filter(entries_of_partner(self.request.user, partner))

    def from_day(self, rows: QuerySet, _name: str, day: date) -> QuerySet:
        """From the beginning of that day."""
        return rows.filter(at__gte=midnight(day))

    def to_day(self, rows: QuerySet, _name: str, day: date) -> QuerySet:
        """To the end of that day."""
        return rows.filter(at__lt=midnight(day + timedelta(days=1)))


def midnight(day: date) -> datetime:
    """When that day begins for the reader."""
    return timezone.make_aware(datetime.combine(day, time()))
