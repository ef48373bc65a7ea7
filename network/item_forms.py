"""Forms of what can be done with any item."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.actions.item_requests import LONGEST, LONGEST_WHOM
from network.labels import Label
from network.models.items import Item
from network.models.people import Partner, User
from network.models.rooms import Room
from network.permissions import Level, room_rule
from network.sharing import LineField, NamingForm


class RelabelForm(NamingForm):
    """A new label for an item. Who is not the source may only tighten, and names nobody."""

    def __init__(self, *args: Any, item: Item, source: bool, **kwargs: Any) -> None:
        initial = {
            "tlp": item.label.word,
            "named_partners": [partner.slug for partner in item.named_partners.all()],
            "named_people": [person.uid for person in item.named_people.all()],
        }
        # Under the Chatham House Rule AMBER+STRICT is refused; whether it is offered must not tell who has a partner.
        partner = None if item.chatham else item.partner
        super().__init__(*args, room=item.room, author=item.author, partner=partner, initial=initial, **kwargs)
        self.item = item
        if isinstance(self.fields["named_people"], forms.CharField):
            self.initial["named_people"] = "\n".join(person.email for person in item.named_people.all())
        if not source:
            self.fields.pop("named_partners", None)
            self.fields.pop("named_people")
            tighter = [(word, words) for word, words in self.fields["tlp"].choices if Label.from_word(word) > item.tlp]
            self.fields["tlp"].choices = tighter
            self.initial["tlp"] = tighter[0][0]

    def clean_tlp(self) -> Label:
        """Left out, the label stays as it is."""
        return self.cleaned_data["tlp"] if self.data.get("tlp") else self.item.label

    @property
    def named_partners(self) -> Collection[Partner]:
        """Those chosen; after `is_valid`."""
        return self.cleaned_data.get("named_partners") or ()

    @property
    def named_people(self) -> Collection[User]:
        """Those chosen; after `is_valid`."""
        return self.cleaned_data.get("named_people") or ()

    @property
    def is_so_already(self) -> bool:
        """Whether the item has this label and names these already; after `is_valid`."""
        tlp = self.cleaned_data["tlp"]
        now: Collection[Any] = ()
        chosen: Collection[Any] = ()
        if tlp == Label.AMBER_STRICT:
            now, chosen = self.item.named_partners.all(), self.named_partners
        if tlp == Label.RED:
            now, chosen = self.item.named_people.all(), self.named_people
        return tlp == self.item.label and {one.pk for one in now} == {one.pk for one in chosen}

    @property
    def chosen(self) -> dict[str, Any]:
        """What `network.actions.items.relabel` is to be given; after `is_valid`."""
        return {
            "tlp": self.cleaned_data["tlp"],
            "named_partners": self.named_partners,
            "named_people": self.named_people,
        }


class PassOnForm(forms.Form):
    """Another room for an item: one where this person may contribute."""

    room = forms.ModelChoiceField(
        label=_("To which room?"),
        queryset=Room.objects.none(),
        to_field_name="slug",
        empty_label=_("choose a room"),
        help_text=_("Rooms to which you contribute."),
    )

    def __init__(self, *args: Any, item: Item, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        placed = item.placements.values("room")
        rooms = Room.objects.filter(room_rule(by, Level.CONTRIBUTE))
        self.fields["room"].queryset = rooms.exclude(pk=item.room_id).exclude(pk__in=placed)


class ReasonForm(forms.Form):
    """Why something is held or removed, for its author to read."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The author reads it."),
        error_messages={"required": _("Say why, so that the author can understand it.")},
    )

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needed


class AskWiderForm(forms.Form):
    """What somebody asks of the source of a thing."""

    for_whom = LineField(
        label=_("For whom?"),
        max_length=LONGEST_WHOM,
        help_text=_("Who should read it as well: a partner, a room, a colleague at home."),
        error_messages={"required": _("Say for whom, so that its source can decide.")},
    )
    note = forms.CharField(
        label=_("Why?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What they would do with it. Its source reads this."),
        error_messages={"required": _("Say why, so that its source can decide.")},
    )


class ProposeForm(forms.Form):
    """A word to the coordinators with what is proposed for the public site."""

    # The version that the person had before them.
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**6)
    note = forms.CharField(
        label=_("A word to the coordinators"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why it should be public, and what has been checked: names, pictures, rights."),
    )


class AnswerForm(forms.Form):
    """Why what was asked is declined."""

    reason = forms.CharField(
        label=_("Why it stays as it is"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever asked reads it."),
        error_messages={"required": _("Say why, so that the other can understand it.")},
    )
