"""Forms about rooms: opening one, what it is, its logo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.fields import FoldedBoxes, LabelField
from network.labels import Label
from network.languages import LANGUAGES
from network.models.people import Partner
from network.models.rooms import Phase, Room
from network.permissions import Level
from network.pictures import LogoField
from network.place_forms import LEVELS, LevelField
from network.room_templates import TEMPLATES
from network.sharing import LineField, OnceField, PartnersField

# RED names people each time, so it is nobody's habit.
USUAL_LABELS = (Label.CLEAR, Label.GREEN, Label.AMBER, Label.AMBER_STRICT)


class LanguagesField(forms.MultipleChoiceField):
    """Languages by their codes, as boxes to tick."""

    widget = FoldedBoxes

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Languages"))
        super().__init__(choices=list(LANGUAGES.items()), required=False, **kwargs)


class RoomForm(forms.Form):
    """What a room is: the fields that opening it and changing it have in common."""

    name = LineField(label=_("Name"), max_length=120)
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
    default_tlp = LabelField(
        label=_("Usual label"),
        help_text=_("What forms in this room offer first. Whoever shares chooses."),
        labels=USUAL_LABELS,
    )
    moderation = forms.ChoiceField(label=_("Moderation"), choices=Room.Moderation, initial=Room.Moderation.FREE)
    phase = forms.ModelChoiceField(
        label=_("Phase"), queryset=Phase.objects.all(), required=False, empty_label=_("none")
    )
    languages = LanguagesField(help_text=_("In which people write here. Any other is welcome too."))


class OpenRoomForm(RoomForm):
    """Somebody convenes a room, beginning with what its kind of work usually needs."""

    work = forms.ChoiceField(choices=[("", ""), *Room.Work.choices], required=False, widget=forms.HiddenInput)
    partners = PartnersField(
        label=_("Partners with a place from the start"),
        queryset=Partner.objects.none(),
        to_field_name="slug",
        required=False,
        help_text=_("The lead partner manages every room from the start. More places can be given at any time."),
    )
    level = LevelField(required=False, empty_value=Level.CONTRIBUTE, choices=LEVELS[:3])
    once = OnceField()

    field_order = ("name", "purpose", "kind", "partners", "level", "default_tlp", "moderation", "phase", "languages")

    def __init__(self, *args: Any, work: str = "", **kwargs: Any) -> None:
        template = TEMPLATES.get(work)  # type: ignore[call-overload]
        if template is not None:
            kwargs["initial"] = {
                "work": work,
                "purpose": template.purpose,
                "kind": template.kind,
                "default_tlp": template.default_tlp.word,
                "moderation": template.moderation,
                "level": template.level,
            }
        super().__init__(*args, **kwargs)
        self.fields["partners"].queryset = (
            Partner.objects.standing().exclude(role=Partner.Role.LEAD).order_by("short_name")
        )
        self.fields["level"].default = Level.CONTRIBUTE

    def chosen(self) -> dict[str, Any]:
        """What `network.actions.rooms.open_room` takes; after `is_valid`."""
        given = dict(self.cleaned_data)
        level = given.pop("level")
        return given | {"places": [(partner, level) for partner in given.pop("partners")]}


class SettingsForm(RoomForm):
    """A manager changes what the room is."""

    slow_seconds = forms.TypedChoiceField(
        label=_("Slow mode"),
        choices=Room.Slow,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_(
            "How long somebody waits between two posts in discussions, and between two messages in the chat. "
            "Moderators do not wait."
        ),
    )
    work = forms.ChoiceField(
        label=_("Kind of work"), choices=[("", _("something else")), *Room.Work.choices], required=False
    )

    field_order = ("name", "purpose", "work", "phase", "kind", "default_tlp", "moderation", "slow_seconds", "languages")

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        initial = {
            "name": room.name,
            "purpose": room.purpose,
            "work": room.work,
            "phase": room.phase_id,
            "kind": room.kind,
            "default_tlp": Label(room.default_tlp).word,
            "moderation": room.moderation,
            "slow_seconds": room.slow_seconds,
            "languages": room.languages,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.room = room
        self.fields["work"].default = ""
        self.fields["slow_seconds"].default = room.slow_seconds

    def clean_default_tlp(self) -> Label:
        """Left out, it stays as it is."""
        return self.cleaned_data["default_tlp"] if self.data.get("default_tlp") else Label(self.room.default_tlp)

    @property
    def to_confirm(self) -> bool:
        """Whether something changes that others feel; after `is_valid`."""
        given = self.cleaned_data
        return (given["kind"], given["default_tlp"]) != (self.room.kind, self.room.default_tlp)


class RoomLogoForm(forms.Form):
    """The picture of a room. A file cannot be sent along a confirmation, so it has a form of its own."""

    logo = LogoField()

    def clean_logo(self) -> Any:
        """Nothing chosen is no picture to store."""
        logo = self.cleaned_data["logo"]
        if logo is None:
            raise forms.ValidationError(_("Choose a picture first."), code="required")
        return logo
