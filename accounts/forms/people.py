"""Forms about the people of a partner."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import ROLES
from network import clock
from network.forms import beginning_of_day, end_of_day
from network.models.people import Membership, User
from network.models.rooms import Room
from network.moments import day_words
from network.sentences import last_day

NOW, ON_A_DAY, NEVER = "now", "day", "never"


def day_input() -> forms.DateInput:
    """A day from the browser's calendar."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class RoleForm(forms.Form):
    """What a person is for the partner."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=ROLES,
        widget=forms.RadioSelect,
    )


class RoomsField(forms.ModelMultipleChoiceField):
    """Rooms by their address, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return obj.name


class ChosenDayField(forms.DateField):
    """A day that is needed where another field says so; hence not called optional."""

    default = ""


class EndForm(forms.Form):
    """When a membership ends, and in which rooms the person goes on as a guest."""

    when = forms.ChoiceField(
        label=_("When does it end?"),
        choices=[
            (ON_A_DAY, _("On a day that I choose")),
            (NOW, _("Now, at once")),
            (NEVER, _("Not by itself")),
        ],
        initial=ON_A_DAY,
        widget=forms.RadioSelect,
    )
    last_day = ChosenDayField(
        label=_("Last day, if it ends on one"),
        required=False,
        widget=day_input(),
        help_text=_("It ends with this day in the network's time zone."),
    )
    keep = RoomsField(
        label=_("Stays as a guest of"),
        queryset=Room.objects.none(),
        to_field_name="slug",
        required=False,
        help_text=_("Where you tick nothing, their own places end with the membership."),
    )

    def __init__(self, *args: Any, membership: Membership, could_stay: QuerySet[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if membership.until is not None:
            self.fields["last_day"].initial = last_day(membership.until)
        if could_stay:
            self.fields["keep"].queryset = could_stay  # type: ignore[attr-defined]
        else:
            del self.fields["keep"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == ON_A_DAY and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Choose the last day."))
        return cleaned

    @property
    def ends_now(self) -> bool:
        """Whether it ends at once; after `is_valid`."""
        return self.cleaned_data["when"] == NOW

    @property
    def until(self) -> datetime | None:
        """The instant at which it ends by itself; None where it does not."""
        return end_of_day(self.cleaned_data["last_day"]) if self.cleaned_data["when"] == ON_A_DAY else None

    @property
    def kept(self) -> Collection[Room]:
        """Where the person goes on as a guest."""
        return list(self.cleaned_data.get("keep") or ())


class PeopleOfPartnerField(forms.ModelMultipleChoiceField):
    """People of one partner, as boxes to tick, each with when they last came."""

    default = ()  # To tick nobody says something too, so it is not called optional.
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        came = (
            _("last came on %(day)s") % {"day": day_words(timezone.localdate(obj.last_login))} if obj.last_login else ""
        )
        return f"{obj.name}, {came or _('has not come yet')}"


class ConfirmForm(forms.Form):
    """The people who still take part are ticked; the others end on a day."""

    people = PeopleOfPartnerField(
        label=_("Still take part"), queryset=User.objects.none(), to_field_name="uid", required=False
    )
    last_day = forms.DateField(label=_("Last day of those whom you do not tick"), widget=day_input())
    # Once the page has said who will end, and when: these.
    sure = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
        self.fields["last_day"].initial = last_day(clock.now() + timedelta(days=30))

    @property
    def others(self) -> list[User]:
        """Those who are not ticked."""
        people = self.fields["people"].queryset  # type: ignore[attr-defined]
        ticked = {person.pk for person in self.cleaned_data.get("people") or ()}
        return [person for person in people if person.pk not in ticked]

    @property
    def ending(self) -> str:
        """A short sign for who ends, and when."""
        words = [*sorted(str(person.uid) for person in self.others), str(self.cleaned_data.get("last_day"))]
        return hashlib.sha256(" ".join(words).encode()).hexdigest()[:32]

    @property
    def is_sure(self) -> bool:
        """Whether the page has said before who ends now."""
        return self.cleaned_data["sure"] == self.ending

    @property
    def until(self) -> datetime | None:
        """The instant at which the others end."""
        day = self.cleaned_data.get("last_day")
        return end_of_day(day) if day else None


class PersonField(forms.ModelChoiceField):
    """One person by name."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.name


class DeputyForm(forms.Form):
    """Who stands in for a representative, from a day until a day."""

    deputy = PersonField(
        label=_("Deputy"), queryset=User.objects.none(), to_field_name="uid", empty_label=_("choose a person")
    )
    first_day = forms.DateField(label=_("First day"), widget=day_input())
    last_day = forms.DateField(
        label=_("Last day"), widget=day_input(), help_text=_("It ends with this day in the network's time zone.")
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = people  # type: ignore[attr-defined]
        self.fields["first_day"].initial = last_day(clock.now())

    @property
    def since(self) -> datetime:
        """The instant at which the first day begins; a day that has begun begins now."""
        return max(beginning_of_day(self.cleaned_data["first_day"]), clock.now())

    @property
    def until(self) -> datetime:
        """The instant at which the last day ends."""
        return end_of_day(self.cleaned_data["last_day"])
