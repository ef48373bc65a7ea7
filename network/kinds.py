"""The kinds of items, told to the ground floor by the rooms above that own them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise


@dataclass(frozen=True)
class Kind:
    """What the ground floor needs to know of a kind: its words and where one opens it."""

    key: str
    name: Promise
    plural: Promise
    url_name: str
    # Whether one of them holds words of others than its author: then it is never relaxed.
    holds_words_of_others: Callable[[Any], bool] | None = None
    # Writes its words into the search index (again), as when it was held and is approved.
    index: Callable[[Any], None] | None = None
    # The number of its newest version, where it has versions: what a release names.
    newest_version: Callable[[Any], int] | None = None
    # On Item: which of the published ones somebody has to look after when their partner leaves; all where not told.
    unfinished: Callable[[], Q] | None = None
    # Ends one of them before it is archived, `close(by, item)`; the caller has checked that this person may.
    close: Callable[[Any, Any], None] | None = None
    # What keeps one of them from being read at the moment, in a sentence that letters about it add; "" for nothing.
    caution: Callable[[Any], str] | None = None
    # Where its authors put one away by a way of its own, the name of that address, which takes its uid: then the
    # common removal is for moderators alone.
    put_away: str = ""
    # What else follows when a moderator lets one stand that was held, in the same transaction: `approved(by, item)`.
    approved: Callable[[Any, Any], None] | None = None
    # What something else that is made of one of them may begin with: texts by name, cut to no length and naming nobody.
    # None for a kind of which nothing is made.
    outline: Callable[[Any], dict[str, str]] | None = None
    # Whether what is said in one of them is told, rather than that it is there.
    tells_itself: bool = False
    # Leaves neither a word nor a byte of one of them that moderators took away for good, in the same transaction.
    erase: Callable[[Any], None] | None = None


KINDS: dict[str, Kind] = {}


def register_kind(
    key: str,
    *,
    name: Promise,
    plural: Promise,
    url_name: str,
    holds_words_of_others: Callable[[Any], bool] | None = None,
    index: Callable[[Any], None] | None = None,
    newest_version: Callable[[Any], int] | None = None,
    unfinished: Callable[[], Q] | None = None,
    close: Callable[[Any, Any], None] | None = None,
    caution: Callable[[Any], str] | None = None,
    put_away: str = "",
    approved: Callable[[Any, Any], None] | None = None,
    outline: Callable[[Any], dict[str, str]] | None = None,
    tells_itself: bool = False,
    erase: Callable[[Any], None] | None = None,
) -> None:
    """Called once per kind, from the AppConfig of the app that owns it.

    The model names its kind in `KIND`; `url_name` takes the item's uid.
    """
    KINDS[key] = Kind(
        key,
        name,
        plural,
        url_name,
        holds_words_of_others,
        index,
        newest_version,
        unfinished,
        close,
        caution,
        put_away,
        approved,
        outline,
        tells_itself,
        erase,
    )


def unfinished_rule() -> Q:
    """On Item: published, and of those that somebody has to look after."""
    rule = Q(pk__in=[])
    for kind in KINDS.values():
        rule |= Q(kind=kind.key) & (kind.unfinished() if kind.unfinished else Q())
    return Q(state="published") & rule
