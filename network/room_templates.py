"""Kinds of work, and what a room for each begins with. Everything can be changed before the room opens and after."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.labels import Label
from network.models.rooms import Room
from network.permissions import Level


@dataclass(frozen=True)
class Template:
    """What the form to open a room offers first."""

    summary: Promise
    purpose: Promise
    kind: Room.Kind
    moderation: Room.Moderation
    default_tlp: Label
    level: Level


TEMPLATES: dict[Room.Work, Template] = {
    Room.Work.WORKING_GROUP: Template(
        _("Partners work on one subject together, for months. Those who take part contribute; all members know of it."),
        _("How our towns …; what works, what does not, and what we try next."),
        Room.Kind.RESTRICTED,
        Room.Moderation.FREE,
        Label.AMBER,
        Level.CONTRIBUTE,
    ),
    Room.Work.PILOT_ACTION: Template(
        _("A few partners try something and report on it. What they share stays with the partners it names."),
        _("We try … in … until …, and report what came of it."),
        Room.Kind.RESTRICTED,
        Room.Moderation.FREE,
        Label.AMBER_STRICT,
        Level.CONTRIBUTE,
    ),
    Room.Work.TRAINING: Template(
        _("Some teach, many learn. Those who learn read and register; a first post is looked at before others see it."),
        _("Training on … for …: programme, material and questions."),
        Room.Kind.RESTRICTED,
        Room.Moderation.FIRST,
        Label.GREEN,
        Level.VIEW,
    ),
    Room.Work.STEERING_COMMITTEE: Template(
        _("Those who steer the programme prepare and decide. Nobody else knows of the room."),
        _("Decisions of the steering committee: agenda, papers and minutes."),
        Room.Kind.HIDDEN,
        Room.Moderation.FREE,
        Label.AMBER,
        Level.CONTRIBUTE,
    ),
}
