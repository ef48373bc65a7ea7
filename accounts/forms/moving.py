"""A person moves: from where to where, from which day on, and what they leave behind."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions.moving import open_items, own_places
from network import clock
from network.models.items import Item
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.permissions.levels import LEVELS_BY_CODENAME
from network.sentences import until_words

MOST_ITEMS = 200


class MoveForm(forms.Form):
    """For a coordinator; what the person has is listed as far as the coordinator sees it."""

    old = forms.ModelChoiceField(
        label=_("From"), queryset=Partner.objects.none(), to_field_name="slug", empty_label=None
    )
    new = forms.ModelChoiceField(
        label=_("To"), queryset=Partner.objects.none(), to_field_name="slug", empty_label=_("choose a partner")
    )
    role = forms.ChoiceField(label=_("As"), choices=Membership.Role, initial=Membership.Role.MEMBER)
    day = forms.DateField(
        label=_("First day there"),
        initial=lambda: timezone.localdate(clock.now()),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ending = forms.ModelMultipleChoiceField(
        label=_("Places of their own that end on that day"),
        queryset=Room.objects.none(),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Places of the old partner end by themselves. Only rooms that you manage are listed."),
    )
    successor = forms.ModelChoiceField(
        label=_("Co-author in their place"),
        queryset=User.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("nobody"),
        help_text=_("A colleague at the old partner. What was shared stays under the old partner's name either way."),
    )
    handed = forms.ModelMultipleChoiceField(
        label=_("Of what"),
        queryset=Item.objects.none(),
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Open items that you see too."),
    )

    def __init__(self, *args: Any, by: User, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Membership.objects.effective().filter(user=person).values("partner")
        self.fields["old"].queryset = Partner.objects.filter(pk__in=own)
        self.fields["new"].queryset = Partner.objects.standing().exclude(pk__in=own)
        places = {place.content_object_id: place for place in own_places(by, person)}
        self.fields["ending"].queryset = Room.objects.filter(pk__in=places)
        self.fields["ending"].label_from_instance = lambda room: _place_words(places[room.pk])
        colleagues = Membership.objects.effective().filter(partner__in=own).exclude(user=person)
        self.fields["successor"].queryset = User.objects.filter(pk__in=colleagues.values("user"))
        items = open_items(by, person).values_list("pk", flat=True)[:MOST_ITEMS]
        self.fields["handed"].queryset = Item.objects.filter(pk__in=list(items))
        if not places:
            del self.fields["ending"]
        if not items:
            del self.fields["handed"], self.fields["successor"]

    @property
    def chosen(self) -> dict[str, Any]:
        """What `move_person` is to be given; after `is_valid`."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "day"}
        zone = ZoneInfo(settings.LIAISE_TIME_ZONE)
        return given | {"since": datetime.combine(self.cleaned_data["day"], time(), tzinfo=zone)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("handed") and not cleaned.get("successor"):
            self.add_error("successor", _("Say who becomes co-author of these."))
        return cleaned


def _place_words(place: Any) -> str:
    level = LEVELS_BY_CODENAME[place.permission.codename]
    words = _("%(room)s: may %(level)s") % {"room": place.content_object.name, "level": level.label}
    if place.until is None:
        return words
    return _("%(place)s, until %(day)s") % {"place": words, "day": until_words(place.until)}
