"""What there is of a person, kind by kind: found, carried away and erased through one registry.

The app that keeps a kind tells of it in `ready()`. What is carried away holds a person's own words and nothing that
others wrote: no titles, names or words of theirs. So it need not be asked again through the gate when it is fetched,
and people get back what they wrote in rooms that they have lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.conf import settings
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from network.models.people import User
from network.models.records import AuditEntry

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class OwnFile:
    """A file of somebody's own: where it lies in the export, and what opens its bytes."""

    path: str
    open: Callable[[], Any]


@dataclass(frozen=True)
class Personal:
    """One kind of data about a person, as its owner told of it."""

    key: str
    name: Promise
    rows: Callable[[User], QuerySet[Any]]
    show: Callable[[Any], Row]
    covers: frozenset[str]
    file: Callable[[Any], OwnFile | None] | None
    erase: Callable[[User], None] | None
    restricted: Callable[[User], bool] | None
    alone: Callable[[User], QuerySet[Any]] | None
    nameless: Callable[[User], Q] | None


PERSONAL: dict[str, Personal] = {}
# Foreign keys to a person that no kind covers, and why not.
EXEMPT: dict[str, str] = {}
# Who knows which other accounts were made one with somebody's: what they said there under a number is theirs, too.
ACCOUNTS: list[Callable[[User], list[User]]] = []
# For `nameless`: the kind is of this sort as a whole.
EVERYTHING = ~Q(pk__in=[])
NOTHING = Q(pk__in=[])
# The domain of addresses of those whose name is off: it never exists (RFC 6761).
NOWHERE = "@closed.invalid"


def register_personal(
    key: str,
    name: Promise,
    *,
    rows: Callable[[User], QuerySet[Any]],
    show: Callable[[Any], Row],
    covers: Iterable[str] = (),
    file: Callable[[Any], OwnFile | None] | None = None,
    erase: Callable[[User], None] | None = None,
    restricted: Callable[[User], bool] | None = None,
    alone: Callable[[User], QuerySet[Any]] | None = None,
    nameless: Callable[[User], Q] | None = None,
) -> None:
    """From the AppConfig of the app that keeps it.

    `rows(person)`: the rows of that person; `show(row)`: one of them as it goes into the export, under `key`.
    `covers`: the foreign keys to a person that this kind answers for, as "app.Model.field".
    `file(row)`: the file that belongs to a row. `erase(person)`: what becomes of it when the account is closed,
    in that transaction and before the name is taken off; without it, it stays, beside the former member.
    `restricted(person)`: whether it holds words under AMBER+STRICT or RED now, so that carrying it away needs a
    second factor. `alone(person)`: of items, the keys of those that hold nobody else's words.
    `nameless(person)`: on the rows, those that somebody did under the Chatham House Rule; they are the person's own,
    and for nobody else do they tell of them, not even how many there are.
    """
    PERSONAL[key] = Personal(key, name, rows, show, frozenset(covers), file, erase, restricted, alone, nameless)


def register_accounts(made_one_with: Callable[[User], list[User]]) -> None:
    """From an AppConfig: the accounts that were closed since somebody's own is the same person's."""
    ACCOUNTS.append(made_one_with)


def rows_of(kind: Personal, person: User, others: Iterable[User]) -> list[QuerySet[Any]]:
    """A kind of this person; and of their `others`, what stayed there for having been done under another number."""
    found = [kind.rows(person)]
    if kind.nameless is not None:
        found += [kind.rows(other).filter(kind.nameless(other)) for other in others]
    return found


def others_of(person: User) -> list[User]:
    """The accounts that were made one with this person's."""
    return [other for made_one_with in ACCOUNTS for other in made_one_with(person)]


def exempt(because: str, *fields: str) -> None:
    """Says of foreign keys to a person why no kind covers them."""
    EXEMPT.update(dict.fromkeys(fields, because))


def former_member() -> str:
    """The name of whoever has gone; beside it stands the partner for which each thing was written."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Former member")


def counts(person: User, *, that_stays: bool = False) -> list[tuple[Personal, int]]:
    """How much there is of each kind, or of each that stays when the account is closed. One query each."""
    kinds = [kind for kind in PERSONAL.values() if kind.erase is None or not that_stays]
    others = others_of(person)
    return [(kind, sum(rows.count() for rows in rows_of(kind, person, others))) for kind in kinds]


def counts_for_others(person: User) -> list[tuple[Personal, int]]:
    """The same for somebody else, whoever hosts the network: without what was said or done without a name."""
    found = []
    for kind in PERSONAL.values():
        nameless = kind.nameless(person) if kind.nameless is not None else NOTHING
        if nameless != EVERYTHING:
            found.append((kind, kind.rows(person).exclude(nameless).count()))
    return found


def is_restricted(person: User) -> bool:
    """Whether an export of theirs would hold words that need a second factor to be read."""
    accounts = [person, *others_of(person)]
    kinds = [kind for kind in PERSONAL.values() if kind.restricted is not None]
    return any(kind.restricted(one) for kind in kinds for one in accounts if kind.restricted is not None)


def items_alone(person: User) -> Q:
    """On Item: this person's own, in which nobody else has written."""
    rule = Q(pk__in=[])
    for kind in PERSONAL.values():
        if kind.alone is not None:
            rule |= Q(pk__in=kind.alone(person).values("pk"))
    return rule


def with_theirs(rows: QuerySet[Any], person: User, *verbs: str) -> QuerySet[Any]:
    """On items of this person: adds `theirs`, whether what it says now is theirs to carry away.

    It is unless somebody else has done one of `verbs` to it, which rewrites it; then only while they see it.
    """
    rewritten = AuditEntry.objects.filter(target=OuterRef("uid"), verb__in=verbs).exclude(actor=person.uid)
    seen = rows.model._default_manager.seen_inside_by(person, assured=True)
    theirs = Case(
        When(Exists(rewritten) & ~Q(pk__in=seen.values("pk")), then=Value(False)),
        default=Value(True),
        output_field=BooleanField(),
    )
    return rows.annotate(theirs=theirs).select_related("partner").order_by("pk")


def records(kind: Personal, person: User) -> Iterator[tuple[Row, OwnFile | None]]:
    """The rows of one kind as they go into an export, read in pieces."""
    for rows in rows_of(kind, person, others_of(person)):
        for row in rows.iterator(chunk_size=500):
            yield kind.show(row), kind.file(row) if kind.file else None
