"""The kinds of items, told to the ground floor by the rooms above that own them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Kind:
    """What the ground floor needs to know of a kind: its words and where one opens it."""

    key: str
    name: Promise
    plural: Promise
    url_name: str


KINDS: dict[str, Kind] = {}


def register_kind(key: str, *, name: Promise, plural: Promise, url_name: str) -> None:
    """Called once per kind, from the AppConfig of the app that owns it."""
    KINDS[key] = Kind(key, name, plural, url_name)
