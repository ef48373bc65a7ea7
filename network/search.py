"""Finding what one may see, by words; the same on SQLite (FTS5) and PostgreSQL (tsvector).

Words are stemmed here, before they reach either database, so that both find "Häuser" for "haus".
The index is written and forgotten in the transaction that shows or hides, holds no sentence that
could be read back with ease, and is read only joined to the gate.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape

import snowballstemmer
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from network import clock
from network.lookups import unaccented
from network.models.items import Item
from network.models.people import User
from network.models.records import SearchEntry
from network.models.rooms import Room
from network.permissions import Level, released, room_rule, sees
from network.querysets import is_assured

STEMMERS = {
    "en": "english",
    "fr": "french",
    "de": "german",
    "es": "spanish",
    "it": "italian",
    "nl": "dutch",
    "sv": "swedish",
    "pt": "portuguese",
}
IN_POSTGRESQL = {
    "words": "SELECT id FROM network_searchentry WHERE to_tsvector('simple', words) @@ to_tsquery('simple', %s)",
    "title_words": "SELECT id FROM network_searchentry "
    "WHERE to_tsvector('simple', title_words) @@ to_tsquery('simple', %s)",
}
IN_SQLITE = "SELECT rowid FROM network_search_words WHERE network_search_words MATCH %s"
LONGEST_WORD = 60
MOST_WORDS = 12  # of a question; the rest would only narrow what nobody reads


def index(
    *,
    item: Item | None = None,
    room: Room | None = None,
    part: tuple[str, int] | None = None,
    title: str = "",
    text: str = "",
    language: str = "en",
) -> None:
    """Writes (again) the words of an item, of a part of it, or of a part of a room.

    `text` may be plain or HTML. Call it in the transaction that publishes or changes.
    """
    kind, key = part or ("", 0)
    which = {"item": item, "room": room if item is None else None, "part_kind": kind, "part_id": key}
    words = {
        "at": clock.now(),
        "title_words": stemmed(title, language),
        "words": stemmed(f"{title} {text}", language),
    }
    if SearchEntry.objects.filter(**which).update(**words):
        return
    try:
        with transaction.atomic():
            SearchEntry.objects.create(**which, **words)
    except IntegrityError:
        # Somebody else wrote it in between.
        SearchEntry.objects.filter(**which).update(**words)


def forget(*, item: Item | None = None, room: Room | None = None, part: tuple[str, int] | None = None) -> None:
    """Takes the words away, in the transaction that hides. Of an item without `part`: all of it."""
    entries = SearchEntry.objects.filter(item=item) if item else SearchEntry.objects.filter(room=room)
    if part:
        entries = entries.filter(part_kind=part[0], part_id=part[1])
    entries.delete()


def find(user: User, words: str) -> QuerySet[SearchEntry]:
    """What this person may see and that holds all the words (the last one may be unfinished).

    Best first: words in the title, then newest. One query; empty where there is no word.
    """
    question = [alternatives(word) for word in tokens(words)[:MOST_WORDS]]
    if not question:
        return SearchEntry.objects.none()
    # A release shows the item, never its discussion: not even how often a word stands there.
    inside = sees(user, assured=is_assured(user), through_release=False, prefix="item__")
    seen = Q(item__isnull=False) & (inside | (Q(part_kind="") & released("item__")))
    seen |= Q(room__in=Room.objects.filter(room_rule(user, Level.VIEW)).values("pk"))
    in_title = Q(pk__in=_matching("title_words", question))
    return (
        SearchEntry.objects.filter(seen, pk__in=_matching("words", question))
        .annotate(
            rank=Case(
                When(in_title & Q(part_kind=""), then=Value(0)),
                When(part_kind="", then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", "-at", "-pk")
    )


def _matching(column: str, question: list[tuple[list[str], str]]) -> RawSQL:
    """Keys of the entries whose `column` holds every word, in any of its stems."""
    if connection.vendor == "postgresql":
        query = " & ".join(
            "(" + " | ".join([*(_quoted_pg(s) for s in stems), f"{_quoted_pg(start)}:*"]) + ")"
            for stems, start in question
        )
        return RawSQL(IN_POSTGRESQL[column], [query])  # noqa: S611 - literals of this module
    query = " AND ".join(
        "(" + " OR ".join([*(f'"{s}"' for s in stems), f'"{start}" *']) + ")" for stems, start in question
    )
    return RawSQL(IN_SQLITE, [f"{column}: ({query})"])  # noqa: S611 - a literal of this module


def _quoted_pg(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def tokens(text: str) -> list[str]:
    """Words of a text: folded case, composed letters, digits kept, everything else a gap."""
    # Piece by piece: what is made of nothing but accents takes the square of its length.
    pieces = re.findall(r"\S{1,500}", unescape(text))
    folded = " ".join(unicodedata.normalize("NFC", piece) for piece in pieces).casefold()
    return [word[:LONGEST_WORD] for word in re.findall(r"[^\W_]+", folded)]


def stemmed(text: str, language: str) -> str:
    """The stems that the index keeps: each word's in the text's own language."""
    plain = re.sub(r"<[^>]+>", " ", text)
    stem = _stemmer(language)
    return " ".join(unaccented(stem(word)) for word in tokens(plain))


def alternatives(word: str) -> tuple[list[str], str]:
    """The stems that a word may have, in any language, and the word as an unfinished one."""
    stems = {unaccented(_stemmer(language)(word)) for language in STEMMERS}
    return sorted(stems | {unaccented(word)}), unaccented(word)


def _stemmer(language: str) -> Callable[[str], str]:
    # A new one each time: snowballstemmer keeps state, and threads would share it.
    return snowballstemmer.stemmer(STEMMERS.get(language, "english")).stemWord
