"""Telling people. A notice is a row of keys; its words are made when it is shown or sent, for that
reader, through the gate, so that what they may no longer see is no longer told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import (
    Aggregate,
    Case,
    Count,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Concat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.labels import Label
from network.models.items import Item
from network.models.people import User
from network.models.records import Mail, Notification
from network.models.rooms import Room
from network.parts import PARTS
from network.permissions import Level, audience, sees, who_knows_of, who_may
from network.permissions.prepared import prepared
from network.permissions.sight import is_in_audience
from network.permissions.whole import whole
from network.querysets import is_assured

# What notices are about, as people choose which of them are letters too (User.unmailed).
SUBJECTS: dict[str, Promise] = {
    "talk": gettext_lazy("Replies to what I wrote, comments on what I shared, and where I am mentioned"),
    "watched": gettext_lazy("Whatever is new in what I watch"),
    "decisions": gettext_lazy("What moderators decide about what I wrote or shared"),
    "meetings": gettext_lazy("Workshops that I take part in: another time or place, a seat, a cancellation"),
    "rooms": gettext_lazy("Rooms: announcements, a place that I am given, and requests that wait for me"),
    "network": gettext_lazy("Whatever else concerns me or what I look after"),
}


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice: its sentence ({by}, {title}, {room}), whether it is also a letter, and its subject."""

    key: str
    sentence: Promise
    mail: bool
    about: str


NOTICES: dict[str, NoticeKind] = {}


def register_notice(key: str, sentence: Promise, *, mail: bool = False, about: str = "network") -> None:
    """From the AppConfig of the app that tells it. `sentence` may use {by}, {title} and {room}.

    `about` is one of SUBJECTS: people choose by subject what reaches them by e-mail too.
    """
    if about not in SUBJECTS:
        raise ValueError(f"{about!r} is not a subject of notices.")
    NOTICES[key] = NoticeKind(key, sentence, mail, about)


def notify(
    people: Iterable[User] | QuerySet[User],
    *,
    kind: str,
    item: Item | None = None,
    room: Room | None = None,
    person: User | None = None,
    part: tuple[str, int] | None = None,
    by: User | None = None,
    known: bool = False,
) -> list[Notification]:
    """Tells those of `people` who may see what it is about, now; never the one who did it.

    `known`: of a room, also those who know its name and purpose alone, as whoever asked for a place does.

    Writes in the caller's transaction, so that a notice is never lost nor told of what did not
    happen; letters are sent, and the bell rings, after commit (`network.effects`).
    Under the Chatham House Rule nobody is named.
    """
    told = set(people.values_list("pk", flat=True) if isinstance(people, QuerySet) else (one.pk for one in people))
    if by is not None:
        told.discard(by.pk)
    if not told:
        return []
    hidden = item is not None and item.chatham
    rows = Notification.objects.bulk_create(
        Notification(
            user_id=pk,
            kind=kind,
            item=item,
            room=room if item is None else None,
            person=person if item is None and room is None else None,
            part_kind=part[0] if part else "",
            part_id=part[1] if part else None,
            by=None if hidden else by,
        )
        for pk in _allowed(told, item, room, known=known)
    )
    if NOTICES[kind].mail:
        unmailed = _unmailed(kind, [row.user_id for row in rows])
        Mail.objects.bulk_create(Mail(kind="notification", key=row.pk) for row in rows if row.user_id not in unmailed)
    return rows


def _allowed(told: set[int], item: Item | None, room: Room | None, *, known: bool) -> Iterable[int]:
    """Those of them who may know of it now. One query for an item that its label shows to a room."""
    people: QuerySet[User] = User.objects.filter(is_active=True)
    if item is not None:
        if len(told) == 1:
            return [pk for pk in told if is_in_audience(pk, item)]
        people = audience(item)
    elif room is not None:
        people = who_knows_of(room) if known else who_may(Level.VIEW, room)
    return people.filter(pk__in=told).values_list("pk", flat=True)


def _unmailed(kind: str, people: list[int]) -> set[int]:
    """Those who want notices of this kind on the page only: they said so of its subject."""
    choices = User.objects.filter(pk__in=people).exclude(unmailed=[]).values_list("pk", "unmailed")
    return {pk for pk, subjects in choices if NOTICES[kind].about in subjects}


def withdraw(
    kind: str, *, item: Item | None = None, room: Room | None = None, part: tuple[str, int] | None = None
) -> None:
    """Takes back what asked somebody for something that has been done by now."""
    part_kind, part_id = part or ("", None)
    Notification.objects.filter(
        kind=kind, item=item, room=room if item is None else None, part_kind=part_kind, part_id=part_id
    ).delete()


class _Joined(Aggregate):
    """The different values of a text, with commas between them."""

    function = "GROUP_CONCAT"
    template = "%(function)s(DISTINCT %(expressions)s)"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, template="STRING_AGG(DISTINCT %(expressions)s, ',')")


def waiting_shapes() -> Subquery:
    """On a User: what their unread notices are about, as `unread_count` takes it; None where there are none.

    It counts what they may no longer see, too, so it is for nobody to read.
    """
    about = Case(
        When(item__isnull=False, then=Value("item ")), When(room__isnull=False, then=Value("room ")), default=Value("")
    )
    rows = Notification.objects.filter(user=OuterRef("pk"), read_at=None).order_by().values("user")
    return Subquery(rows.annotate(shapes=_Joined(Concat(about, "part_kind"))).values("shapes"))


def visible_notices(user: User) -> QuerySet[Notification]:
    """This person's notices about what they may still see, newest first. One query."""
    return Notification.objects.filter(pk__in=_seen(user, is_assured(user), settings.LIAISE_REQUIRE_MFA))


def unread_count(user: User, shapes: str | None) -> int:
    """How many of them wait to be read, given what those are about (`waiting_shapes`). One query."""
    # Every page asks this; the rules for all that notices may be about take the database longer than the page.
    kinds = tuple(sorted((shapes or "").split(",")))
    [count] = _unread(user.pk, shapes=kinds, assured=is_assured(user), mfa=settings.LIAISE_REQUIRE_MFA)
    return count


@whole
def _unread(user_id: int, *, shapes: tuple[str, ...], assured: bool, mfa: bool) -> QuerySet[Any, int]:
    waiting = Notification.objects.filter(pk__in=_seen(user_id, assured, mfa, *shapes), read_at=None)
    # Of all of them together: one row, also where there are none.
    return waiting.order_by().values(all=Value(1)).values_list(Count("pk"), flat=True)


@prepared
def _seen(user_id: int, assured: bool, _mfa: bool, *shapes: str) -> QuerySet:
    """Notices about what this person sees; with `shapes`, of those alone: "item post", "room ", "" (of a person)."""
    user = User(pk=user_id)
    user.assured = assured
    abouts = {shape.rpartition(" ")[0] for shape in shapes} or {"item", "room", ""}
    kinds = {shape.rpartition(" ")[2] for shape in shapes} or PARTS.keys()
    rules = []
    if "item" in abouts:
        rules.append(Q(item__isnull=False) & sees(user, assured=assured, prefix="item__"))
    if "room" in abouts:
        rules.append(Q(room__in=Room.objects.listed_to(user).values("pk")))
    if "" in abouts:
        rules.append(Q(person__isnull=False))
    mine = Notification.objects.filter(user=user_id)
    # Side by side, for SQLite reads a question only so deep.
    rows = mine.filter(reduce(or_, rules), kind__in=NOTICES)
    gone = Q()
    for kind in sorted(PARTS.keys() & kinds):
        # Of the parts told of alone: PostgreSQL would look through all that this person sees in the network.
        told = PARTS[kind].visible(user).filter(pk__in=mine.filter(part_kind=kind).values("part_id"))
        gone |= Q(part_kind=kind) & ~Q(part_id__in=told.values("pk"))
    rows = rows.filter(part_kind__in=sorted(kinds)) if shapes else rows
    return (rows.exclude(gone) if gone else rows).values("pk")


def unread_of(person: int) -> int:
    """How many notices wait for the person of this key, of those that they may still see."""
    user = User.objects.annotate(shapes=waiting_shapes()).get(pk=person)
    return unread_count(user, user.shapes)


@dataclass(frozen=True)
class Notice:
    """One notice in words, for its reader."""

    row: Notification
    sentence: str
    excerpt: str
    url: str


def in_words(user: User, rows: Iterable[Notification]) -> list[Notice]:
    """The sentences of notices that were fetched by `visible_notices`. Constant queries.

    Rows need `item`, `item__parent`, `room`, `person` and `by` selected.
    """
    rows = list(rows)
    shown: dict[tuple[str, int], dict[str, Any]] = {}
    for kind, part in PARTS.items():
        ids = [row.part_id for row in rows if row.part_kind == kind and row.part_id]
        shown |= {(kind, pk): words for pk, words in part.show(user, ids).items()}
    return [_say(row, shown.get((row.part_kind, row.part_id or 0), {})) for row in rows]


def _say(row: Notification, words: dict[str, Any]) -> Notice:
    subject = row.item or row.room or row.person
    by = row.by.name if row.by else words.get("author") or _("Somebody")
    sentence = str(NOTICES[row.kind].sentence).format(by=by, title=str(subject), room=str(row.room or ""))
    url = words.get("url") or (subject.get_absolute_url() if subject else "")
    return Notice(row, sentence, words.get("excerpt", ""), url)


def label_of(row: Notification) -> Label | None:
    """The label that decides what a letter about it may say; None where there is no item."""
    return row.item.effective_label if row.item else None
