"""The part of a form that every sharing has in common: its label, whom it names, for which partner.

A view gives the form its person and room; the form then says beforehand who would see what is
shared, for each label beside the label, and exactly for what is chosen (`audience`).
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from network import languages
from network.fields import LabelField
from network.headcount import Headcount
from network.labels import Label
from network.models.items import State
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.permissions import by_hat, partners_to_act_for
from network.permissions.items import first_state
from network.previews import by_label, partners_to_name, people_to_name, would_see

# A room with more people than this is not listed person by person in a form.
MOST_LISTED = 80
# Controls, and the marks that make text run backwards: "exe.pdf" of "fdp.exe".
UNSEEN_SIGNS = re.compile("[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain_line(text: str) -> str:
    """One line without controls and without marks that turn the direction of writing."""
    return " ".join(UNSEEN_SIGNS.sub(" ", text).split())


class LineField(forms.CharField):
    """One line of text, without signs that one cannot see."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        # NUL stays in, so that the validator refuses it with a word.
        return text if "\0" in text else plain_line(text)


class OnceField(forms.UUIDField):
    """The key that a form makes for itself, so that sending it twice makes one thing."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, initial=uuid.uuid4, **kwargs)

    def clean(self, value: Any) -> uuid.UUID | None:
        try:
            return super().clean(value)
        except ValidationError:
            return None


class PartnersField(forms.ModelMultipleChoiceField):
    """Partners by their address (slug), as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return obj.short_name


class PeopleField(forms.ModelMultipleChoiceField):
    """People by their uid, as boxes to tick, each with the partner they belong to."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        partners = sorted({one.partner.short_name for one in obj.memberships_now})
        return f"{obj.name}, {', '.join(partners) or _('guest')}"


class AddressesField(forms.CharField):
    """People of a large room, by e-mail address. Cleans to a list of them."""

    def __init__(self, people: QuerySet[User], **kwargs: Any) -> None:
        self.people = people
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), max_length=20_000, **kwargs)

    def clean(self, value: Any) -> list[User]:
        asked = {one.casefold() for one in re.split(r"[\s,;]+", super().clean(value)) if one}
        if len(asked) > 200:
            raise ValidationError(_("Name 200 people at most."), code="too_many")
        # As many queries for three hundred people as for one; a room's addresses are few enough to fetch.
        known = {person.email.casefold(): person for person in self.people}
        if missing := sorted(asked - set(known)):
            raise ValidationError(
                _("These addresses are of nobody in this room: %(missing)s"),
                code="unknown",
                params={"missing": ", ".join(missing)[:300]},
            )
        return [known[one] for one in sorted(asked)]


class NamingForm(forms.Form):
    """A label, and for the two tightest whom it names."""

    tlp = LabelField()
    named_partners = PartnersField(
        label=_("Partners that it names"),
        queryset=Partner.objects.none(),
        to_field_name="slug",
        required=False,
        help_text=_("Your own partner is always among them."),
    )
    named_people = PeopleField(
        label=_("People whom it names"),
        queryset=User.objects.none(),
        to_field_name="uid",
        required=False,
        help_text=_("You can name more of them later."),
    )

    def __init__(self, *args: Any, room: Room, author: User | None, partner: Partner | None, **kwargs: Any) -> None:
        """`author` and `partner` are the source: always admitted, so never offered to be named."""
        super().__init__(*args, **kwargs)
        self.room, self.author, self.partner = room, author, partner
        if room.is_direct or partner is None:
            self._leave_out_strict()
        else:
            self.fields["named_partners"].queryset = partners_to_name(room).exclude(pk=partner.pk)
        people = people_to_name(room)
        if author is not None:
            people = people.exclude(pk=author.pk)
        self._offer_people(people)

    def _leave_out_strict(self) -> None:
        del self.fields["named_partners"]
        labels = [label for label in Label if label != Label.AMBER_STRICT]
        self.fields["tlp"].choices = [(label.word, label.word) for label in labels]

    def _offer_people(self, people: QuerySet[User]) -> None:
        if people.count() > MOST_LISTED:
            old = self.fields["named_people"]
            self.fields["named_people"] = AddressesField(
                people,
                label=old.label,
                required=False,
                help_text=_("Their e-mail addresses, one per line. You can name more of them later."),
            )
            return
        now = Membership.objects.effective().select_related("partner")
        self.fields["named_people"].queryset = people.prefetch_related(
            Prefetch("memberships", queryset=now, to_attr="memberships_now")
        )


class ShareForm(NamingForm):
    """What is shared by somebody in a room: also on whose behalf, and in which language."""

    language = forms.ChoiceField(label=_("Language"), choices=languages.choices, required=False)
    partner = forms.ModelChoiceField(
        label=_("On behalf of"),
        queryset=Partner.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=None,
    )
    once = OnceField()

    def __init__(self, *args: Any, by: User, room: Room, **kwargs: Any) -> None:
        partners = list(partners_to_act_for(by, room).order_by(*by_hat(by)))
        first = partners[0] if partners else None
        super().__init__(*args, room=room, author=by, partner=first, **kwargs)
        self.by = by
        # A field with a default is not called optional: it has an answer already.
        self.fields["language"].initial = self.fields["language"].default = by.language
        self.fields["partner"].queryset = partners_to_act_for(by, room).order_by(*by_hat(by))
        self.fields["partner"].initial = first
        if len(partners) < 2:
            self.fields["partner"].widget = forms.HiddenInput()
            self.fields["partner"].initial = first.slug if first else None
        self._offer_usual_label()
        counts = by_label(by=by, room=room, partner=first)
        self.fields["tlp"].widget.counts = counts
        self.counts = counts

    def _offer_usual_label(self) -> None:
        """What the room says is offered first, and taken where no label is sent; AMBER says nothing in particular."""
        usual = Label(self.room.default_tlp)
        field = self.fields["tlp"]
        if usual == Label.AMBER:
            return
        offered = {word for word, _words in field.choices}
        # Where it is not offered (a guest and AMBER+STRICT), what goes less far takes its place.
        field.default = next(label for label in Label if label >= usual and label.word in offered)
        field.initial = field.default.word

    @property
    def speaks_for(self) -> str:
        """The partner on whose behalf it is shared unless another is chosen; "" for a guest."""
        return self.partner.short_name if self.partner else ""

    @cached_property
    def checked_first(self) -> bool:
        """Whether a moderator of this room looks at what this person shares before others see it."""
        return first_state(self.by, self.room, Label.AMBER) == State.HELD

    def clean_language(self) -> str:
        """Left out, it is the person's own."""
        return self.cleaned_data["language"] or self.by.language

    @cached_property
    def audience(self) -> Headcount:
        """Who would see what is chosen now; for the label that stands in the form, named or not."""
        if not self.is_bound:
            return self.counts[self.fields["tlp"].default]
        self.errors  # noqa: B018 - cleans the fields
        chosen = getattr(self, "cleaned_data", {})
        tlp = chosen.get("tlp", self.fields["tlp"].default)
        if tlp <= Label.AMBER:
            return self.counts[tlp]
        return would_see(
            by=self.by,
            room=self.room,
            tlp=tlp,
            partner=chosen.get("partner") or self.partner,
            named_partners=chosen.get("named_partners") or (),
            named_people=chosen.get("named_people") or (),
        )
