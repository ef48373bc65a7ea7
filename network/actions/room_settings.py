"""Changing what a room is: its name, its kind, its habits. What a change does to readers is rehearsed before."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network.actions.rooms import OPENED_KINDS, locked, random_slug, tell_after_commit
from network.audit import record
from network.fullness import storing
from network.labels import Label
from network.models.items import Item, State
from network.models.people import User
from network.models.rooms import Phase, Room
from network.notifications import notify
from network.permissions import Level, require
from network.refusals import Forbidden, Invalid


@transaction.atomic
def change_settings(
    *,
    by: User,
    room: Room,
    name: str,
    purpose: str,
    phase: Phase | None,
    work: str,
    kind: str,
    default_tlp: Label,
    moderation: str,
    languages: list[str],
    slow_seconds: int | None = None,
) -> Room:
    """A manager changes what the room is. Its address stays, but for one that becomes hidden: it gets a new one.

    `slow_seconds` is left as it is where none is given. Where its kind lets more people read, the authors of what is
    AMBER there are told.
    Raises Unseen, Forbidden, Invalid.
    """
    place = locked(room)
    require(by, Level.MANAGE, place)
    if place.is_direct:
        raise Forbidden(_("A direct room stays as it was opened."))
    if kind not in OPENED_KINDS:
        raise Invalid("kind", _("A room that partners share cannot become a direct room."))
    if slow_seconds is not None and slow_seconds not in Room.Slow.values:
        raise Invalid("slow_seconds", _("Choose one of the pauses."))
    if not name.strip():
        raise Invalid("name", _("Give the room a name."))
    given: dict[str, Any] = {
        "name": name.strip(),
        "purpose": purpose,
        "phase": phase,
        "work": work,
        "kind": kind,
        "default_tlp": default_tlp,
        "moderation": moderation,
        "languages": languages,
        "slow_seconds": place.slow_seconds if slow_seconds is None else slow_seconds,
    }
    changed = [field for field, value in given.items() if getattr(place, field) != value]
    if not changed:
        return place
    before = place.kind
    for field in changed:
        setattr(place, field, given[field])
    if kind == Room.Kind.HIDDEN != before:
        # Whoever knew the old address learns from it neither the new one nor that there is one.
        place.slug = random_slug()
    place.save(update_fields=[*changed, "slug"])
    record("network.room_changed", by=by, target=place, room=place, changed=changed, before=before, kind=kind)
    if kind == Room.Kind.NETWORK != before:
        _tell_authors(by, place)
    tell_after_commit(place)
    return place


@transaction.atomic
def change_logo(*, by: User, room: Room, logo: Any) -> None:
    """A manager gives the room a picture, or takes it away with "". Raises Unseen, Forbidden, Invalid (logo)."""
    place = locked(room)
    require(by, Level.MANAGE, place)
    place.logo = logo
    with storing("logo"):
        place.save(update_fields=["logo"])
    record("network.room_logo_changed", by=by, target=place, room=place)


def _tell_authors(by: User, room: Room) -> None:
    """Once to each author of what goes by the room alone, so that they can tighten what they meant for fewer."""
    shared = Item.objects.filter(room=room, tlp=Label.AMBER, state__in=(State.PUBLISHED, State.ARCHIVED))
    authors = User.objects.filter(pk__in=shared.values("author"))
    notify(authors, kind="room_widened", room=room, by=by)
