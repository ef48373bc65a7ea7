"""Telling people. A notice is a row of keys; its words are made when it is shown or sent, for that
reader, through the gate, so that what they may no longer see is no longer told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
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
from network.querysets import is_assured

# What notices are about, as people choose which of them are letters too (User.unmailed).
SUBJECTS: dict[str, Promise] = {
    "talk": gettext_lazy("Replies to what I wrote, and comments on what I shared"),
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
    allowed: QuerySet[User] = User.objects.filter(is_active=True)
    if item is not None:
        allowed = audience(item)
    elif room is not None:
        allowed = who_knows_of(room) if known else who_may(Level.VIEW, room)
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
        for pk in allowed.filter(pk__in=told).values_list("pk", flat=True)
    )
    if NOTICES[kind].mail:
        unmailed = _unmailed(kind, [row.user_id for row in rows])
        Mail.objects.bulk_create(Mail(kind="notification", key=row.pk) for row in rows if row.user_id not in unmailed)
    return rows


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


def visible_notices(user: User) -> QuerySet[Notification]:
    """This person's notices about what they may still see, newest first. One query."""
    about_item = Q(item__isnull=False) & sees(user, assured=is_assured(user), prefix="item__")
    about_room = Q(room__in=Room.objects.listed_to(user).values("pk"))
    gone = Q()
    for kind, part in PARTS.items():
        gone |= Q(part_kind=kind) & ~Q(part_id__in=part.visible(user).values("pk"))
    rows = Notification.objects.filter(about_item | about_room | Q(person__isnull=False), user=user, kind__in=NOTICES)
    return rows.exclude(gone) if gone else rows


def unread_of(person: int) -> int:
    """How many notices wait for the person of this key, of those that they may still see."""
    return visible_notices(User.objects.get(pk=person)).filter(read_at=None).count()


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
