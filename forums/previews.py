"""What is about to be sent, as it will stand, with who reads it and who is told: shown when it is asked for, and once
without being asked where somebody who is mentioned cannot read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from forums import rules
from forums.mentioning import SIGNS, Mentioned, hides_readers, mentioned
from forums.models.threads import Thread
from network import rendering
from network.headcount import Headcount, Numbers
from network.labels import Label
from network.models.items import State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Reach


@dataclass(frozen=True)
class Place:
    """Where something is about to stand. `thread` where it is begun; `readers` counts them when they are asked for."""

    by: User
    room: Room
    reach: Reach
    label: Label
    readers: Callable[[], Headcount | Numbers]
    chatham: bool = False
    thread: Thread | None = None
    # Everybody who may read it is told, as of an announcement.
    tells_all: bool = False


@dataclass(frozen=True)
class Preview:
    """What the page shows of it. `asked` by the button, else because of `unreached`."""

    html: SafeString
    title: str
    language: str
    label: Label
    chatham: bool
    readers: Headcount | Numbers
    held: bool
    tells_all: bool
    asked: bool
    told: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)


def first(data: Any, cleaned: dict[str, Any], find: Callable[[], Place]) -> Preview | None:
    """What to show before it is sent; None where it is to be sent at once. `data` is what the form sent.

    `find` says where it is to stand, and is asked only if that matters.
    """
    asked, body = "preview" in data, cleaned["body"]
    if not asked and ("sure" in data or not any(sign in body for sign in SIGNS)):
        return None
    html, place = rendering.to_html(body), find()
    found = mentioned(place.by, html, place.reach, thread=place.thread, chatham=place.chatham)
    unreached = _unreached(found, place)
    if not asked and not unreached:
        return None
    return Preview(
        html=html,
        title=cleaned.get("title") or "",
        language=cleaned.get("language") or "",
        label=place.label,
        chatham=place.chatham,
        readers=place.readers(),
        held=_state(place, cleaned) == State.HELD,
        tells_all=place.tells_all,
        asked=asked,
        told=_told(found, place),
        unreached=unreached,
    )


def _state(place: Place, cleaned: dict[str, Any]) -> str:
    text = f"{cleaned['title']}\n\n{cleaned['body']}" if cleaned.get("title") else cleaned["body"]
    return rules.state_of(text, place.by, place.room, label=place.label, chatham=place.chatham, thread=place.thread)[0]


def _told(found: Mentioned, place: Place) -> list[str]:
    numbers = [_("Participant %(number)d") % {"number": one.number} for one in found.participants]
    if hides_readers(place.reach, chatham=place.chatham):
        return numbers
    return [one.name for one in found.told] + numbers


def _unreached(found: Mentioned, place: Place) -> list[str]:
    if hides_readers(place.reach, chatham=place.chatham):
        return []
    return [one.name for one in found.unreached]
