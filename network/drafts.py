"""Drafts in words: what each is, and the place that it was meant for, as far as its writer still sees it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.models.drafts import Draft
from network.models.items import Item
from network.models.people import User
from network.models.rooms import Room
from network.moments import moment_words
from network.rendering import to_html, to_text

SOMETHING: Promise = gettext_lazy("A text")
WRITINGS: dict[str, Promise] = {}


def register_writing(view_name: str, words: Promise) -> None:
    """From an AppConfig: what is written in the form that is sent to this address, as "A reply"."""
    WRITINGS[view_name] = words


@dataclass(frozen=True)
class Told:
    """One draft for the list of its writer. Without `url` the page is not theirs to open any more."""

    uid: uuid.UUID
    kind: Promise
    place: str
    language: str
    url: str
    words: str
    at: Any


def told(draft: Draft) -> str:
    """When it was written, for its writer."""
    return _("You wrote this on {moment}.").format(moment=moment_words(draft.at, full=True))


def in_words(user: User, drafts: Iterable[Draft]) -> list[Told]:
    """The drafts of `user`, each with the name of its item or room where they see that now. Three queries."""
    rows = [(draft, _match(draft.key)) for draft in drafts]
    slugs = {slug for _draft, match in rows if (slug := _slug(match))}
    uids = {uid for _draft, match in rows if (uid := _uid(match))}
    rooms = {room.slug: room for room in Room.objects.visible_to(user).filter(slug__in=slugs)}
    items = {item.uid: item for item in Item.objects.visible_to(user).filter(uid__in=uids)}
    hidden: set[Any] = set(Item.objects.filter(uid__in=uids - set(items)).values_list("uid", flat=True))
    return [_told(draft, match, rooms, items, hidden) for draft, match in rows]


def _told(
    draft: Draft, match: ResolverMatch | None, rooms: dict[Any, Room], items: dict[Any, Item], hidden: set[Any]
) -> Told:
    slug, uid = _slug(match), _uid(match)
    seen = match is not None and (slug is None or slug in rooms) and uid not in hidden
    item, room = (items.get(uid), rooms.get(slug)) if seen else (None, None)
    return Told(
        uid=draft.uid,
        kind=WRITINGS.get(match.view_name, SOMETHING) if match else SOMETHING,
        place=item.title if item else room.name if room else "",
        language=item.language if item else "",
        url=draft.page if seen else "",
        words="\n\n".join(to_text(to_html(text)) or text for text in draft.fields.values()),
        at=draft.at,
    )


def _match(address: str) -> ResolverMatch | None:
    try:
        return resolve(urlsplit(address).path)
    except Resolver404:
        return None


def _slug(match: ResolverMatch | None) -> str | None:
    """The room in an address."""
    return match.kwargs.get("slug") if match is not None and match.route.startswith("rooms/") else None


def _uid(match: ResolverMatch | None) -> uuid.UUID | None:
    """The item in an address."""
    found = match.kwargs.get("uid") if match is not None else None
    return found if isinstance(found, uuid.UUID) else None
