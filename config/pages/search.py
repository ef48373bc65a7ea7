"""One search over everything a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from network import search as words
from network.chatham import named
from network.kinds import KINDS
from network.labels import Label
from network.models.items import Item
from network.models.people import User
from network.models.records import SearchEntry
from network.models.rooms import Room
from network.parts import PARTS
from network.requests import PersonRequest

A_PAGE = 20
LONGEST_QUESTION = 200


@dataclass(frozen=True)
class Hit:
    """One thing found, in words for its reader."""

    title: str
    url: str
    kind: str
    excerpt: str
    at: datetime
    language: str
    item: Item | None
    by: str


@login_required
def search(request: PersonRequest) -> HttpResponse:
    """What holds all the words, best first; for whoever remembers that somebody once wrote it."""
    question = request.GET.get("q", "").replace("\x00", " ").strip()[:LONGEST_QUESTION]
    kind = request.GET.get("kind", "")
    entries = words.find(request.user, question)
    if kind in KINDS:
        entries = entries.filter(item__kind=kind)
    elif kind == "message":
        entries = entries.filter(part_kind=kind)
    place = _place(request)
    if place is not None:
        entries = entries.filter(Q(room=place) | Q(item__room=place))
    homes = Prefetch("item__room", queryset=Room.objects.visible_to(request.user), to_attr="home")
    entries = entries.select_related("item__author", "item__partner", "room").prefetch_related(homes)
    page = Paginator(entries, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "q": question,
        "kind": kind,
        "place": place,
        "kinds": [(key, one.plural) for key, one in KINDS.items()] + [("message", _("chat messages"))],
        "page": page,
        "hits": _in_words(request.user, list(page.object_list)),
    }
    return render(request, "config/search.html", context)


def _place(request: PersonRequest) -> Room | None:
    """The room whose things alone are looked for; None for all, and for one that is not there for this person."""
    slug = request.GET.get("room", "").replace("\x00", "")
    return Room.objects.visible_to(request.user).filter(slug=slug).first() if slug else None


def _in_words(reader: User, entries: list[SearchEntry]) -> list[Hit]:
    """Sentences for entries that the gate let through; a constant number of queries."""
    named([entry.item for entry in entries if entry.item], reader)
    inside = _seen_inside(reader, entries)
    shown: dict[tuple[str, int], dict[str, Any]] = {}
    for kind, part in PARTS.items():
        ids = [entry.part_id for entry in entries if entry.part_kind == kind]
        shown |= {(kind, pk): told for pk, told in part.show(reader, ids).items()}
    hits = []
    for entry in entries:
        told = shown.get((entry.part_kind, entry.part_id))
        if entry.part_kind and told is None:
            continue
        hits.append(_hit(entry, told or {}, inside=entry.item_id in inside))
    return hits


def _seen_inside(reader: User, entries: list[SearchEntry]) -> set[int | None]:
    """The items that the reader sees other than by their release, which names no people. One query at most."""
    clear = {entry.item.pk for entry in entries if entry.item and entry.item.tlp == Label.CLEAR}
    others = {entry.item_id for entry in entries} - clear
    if not clear:
        return others
    return others | set(Item.objects.filter(pk__in=clear).seen_inside_by(reader).values_list("pk", flat=True))


def _hit(entry: SearchEntry, told: dict[str, Any], *, inside: bool) -> Hit:
    item = entry.item
    if item is None:
        kind, title, by = _("chat message"), _("In the chat of %(room)s") % {"room": entry.room}, told["author"]
    elif entry.part_kind:
        kind, title, by = _("reply"), item.title, told["author"]
    elif not inside:
        kind, title = str(KINDS[item.kind].name), item.title
        by = item.partner.short_name if item.partner else ""
    else:
        byline = item.byline
        kind, title = str(KINDS[item.kind].name), item.title
        by = f"{byline.name}, {byline.partner}" if byline else _("under the Chatham House Rule")
    return Hit(
        title=title,
        url=told.get("url") or (item.get_absolute_url() if item else ""),
        kind=kind,
        excerpt=told.get("excerpt", ""),
        at=entry.at,
        language=item.language if item else "",
        item=item,
        by=by,
    )
