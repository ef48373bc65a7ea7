"""The details of entries in words: what each key is called, and how its value reads."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from network import sentences
from network.models.people import Membership, User
from network.moments import moment_words
from network.permissions import Level

Show = Callable[[Any], str]


def _level(value: Any) -> str:
    known = {level.name.lower(): level.label for level in Level}
    return str(known.get(str(value), value))


def _role(value: Any) -> str:
    return str(dict(Membership.Role.choices).get(value, value))


KEYS: dict[str, tuple[Promise, Show]] = {
    "level": (_later("level"), _level),
    "before": (_later("before"), _level),
    "after": (_later("after"), str),
    "role": (_later("role"), _role),
    "reason": (_later("reason"), str),
    "note": (_later("a word with it"), str),
    "fields": (_later("changed"), str),
    "file_name": (_later("file"), str),
    "version": (_later("version"), str),
    "kind": (_later("kind"), str),
    "person": (_later("person"), str),
    "entries": (_later("entries"), str),
    "format": (_later("format"), str),
    "filters": (_later("filters"), str),
    "days": (_later("days"), str),
    "for_whom": (_later("for whom"), str),
}
# Said in the sentence.
IN_THE_SENTENCE = "until"


def register_detail(key: str, name: Promise, show: Show = str) -> None:
    """From an AppConfig: what a key of details is called, and how its value reads."""
    KEYS[key] = (name, show)


def detail_words(data: Mapping[str, Any], people: Mapping[uuid.UUID, User]) -> list[tuple[str, str]]:
    """Names and values of what is filled; a person by name where the reader may know them, else "somebody"."""
    told = []
    for key, value in data.items():
        if key == IN_THE_SENTENCE or value in ("", None, [], {}) or (key != "person" and _is_identifier(value)):
            continue
        name, show = KEYS.get(key, (key.replace("_", " "), str))
        told.append((str(name), _person(value, people) if key == "person" else _words(value, show)))
    return told


def until_words(data: Mapping[str, Any]) -> str:
    """The last day on which something holds, from the instant at which it ends; "" where no end is told."""
    try:
        end = datetime.fromisoformat(str(data.get(IN_THE_SENTENCE) or ""))
    except ValueError:
        return ""
    return sentences.until_words(end) if timezone.is_aware(end) else ""


def _is_identifier(value: Any) -> bool:
    """Whether it is, or holds, nothing but what the house calls something by; that tells a reader nothing."""
    if isinstance(value, list):
        return all(_is_identifier(one) for one in value)
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True


def _words(value: Any, show: Show) -> str:
    if isinstance(value, list):
        return ", ".join(_words(one, show) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_words(one, show)}" for key, one in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    try:
        # Instants are written down as ISO 8601, and read in the reader's zone.
        if isinstance(value, str) and "T" in value:
            return moment_words(datetime.fromisoformat(value), full=True)
    except ValueError:
        pass
    return show(value)


def _person(value: Any, people: Mapping[uuid.UUID, User]) -> str:
    try:
        known = people.get(uuid.UUID(str(value)))
    except ValueError:
        return str(value)
    return known.name if known else _("somebody")
