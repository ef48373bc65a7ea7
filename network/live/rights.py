"""What sockets ask the database: who is at the other end, and what they may see at this moment.

Everything here runs in a thread of its own pool, never on the event loop, and in a constant number
of queries however many sockets are open.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import SyncToAsync
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import connections
from django.db.models import BigIntegerField, Count, Max, QuerySet, Value
from django.http.cookie import parse_cookie

from network import admission, clock
from network.live import events
from network.models.people import Membership, User
from network.models.records import Notification
from network.models.rooms import Room
from network.permissions import Level, who_may
from network.refusals import Unseen

P = ParamSpec("P")
T = TypeVar("T")

# Apart from the threads of pages, so that neither waits for the other.
_threads = ThreadPoolExecutor(max_workers=3, thread_name_prefix="liaise-live")
ROOMS_A_QUERY = 50  # a union of as many; SQLite allows 500


async def in_database(ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs `ask` in a thread of the sockets' pool, with a connection of its own."""
    asked: Callable[..., Any] = _asked
    return await SyncToAsync(asked, thread_sensitive=False, executor=_threads)(ask, *args, **kwargs)


def _asked(ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return ask(*args, **kwargs)
    finally:
        for connection in connections.all(initialized_only=True):
            # To open the file again costs SQLite as much as a question; others have a pool.
            if connection.vendor != "sqlite" or connection.errors_occurred:
                connection.close_if_unusable_or_obsolete()


class Ended(Exception):  # noqa: N818 - it is an answer, not an error
    """The session is over, or its person may not sign in any more, or has something to do first by now."""


@dataclass(frozen=True)
class Caller:
    """Who is at the other end of a socket: a session, and the person that it belongs to."""

    session: str
    person: int
    password: str  # as hashed when the socket was opened: a new one ends the sessions of before
    assured: bool  # whether the session had a second factor then
    suspended: bool = False  # already when the socket was opened: then there is nothing to end


def caller_of(cookies: str) -> Caller | None:
    """Who sends this Cookie header; None for a stranger, and for who has something to do first (`admission`)."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key or "\0" in key:
        return None
    session = _session(key)
    user = _signed_in(session)
    if user is None or admission.next_step(user, session) is not None:
        return None
    return Caller(key, user.pk, user.password, user.assured, user.pk in suspended([user.pk]))


def person_of(caller: Caller) -> User:
    """The person as they are now, with what the session vouches for. Raises Ended. Two queries."""
    session = _session(caller.session)
    user = _signed_in(session)
    if user is None or user.pk != caller.person or admission.next_step(user, session) is not None:
        raise Ended
    return user


def _session(key: str) -> SessionBase:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def _signed_in(session: SessionBase) -> User | None:
    user: Any = get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]
    if not user.is_authenticated:
        return None
    user.assured = bool(session.get("assured_at"))
    return user


@dataclass(frozen=True)
class Place:
    """A room as a socket knows it."""

    pk: int
    slug: str
    newest: int


def place_for(caller: Caller, slug: str) -> Place:
    """The room of this address, if the caller views it now; raises Unseen, Ended."""
    user = person_of(caller)
    row = Room.objects.visible_to(user).filter(slug=slug).values_list("pk", "slug", "last_seq").first()
    if row is None:
        raise Unseen
    return Place(*row)


def replay(caller: Caller, place: Place, seq: int, until: int, limit: int) -> tuple[list[tuple[int, str]], bool]:
    """Up to `limit` frames after `seq` for this one caller; False where they lost the room meanwhile. Raises Ended."""
    found = events.after(place.pk, place.slug, seq, limit=limit, until=until)
    # Asked after reading, so that nothing is in it that was said after the right ended.
    if not live_sessions([caller]):
        raise Ended
    if not viewers(place.pk, [caller.person]):
        return [], False
    holders = _holders(place.pk, found, [caller.person])
    return [(event.seq, event.text_for(caller.person, holders)) for event in found], True


def viewers(room: int, people: Collection[int]) -> set[int]:
    """Those of `people` who view the room now. Two queries."""
    return _who(Level.VIEW, room, people)


def _who(level: Level, room: int, people: Collection[int]) -> set[int]:
    place = Room.objects.filter(pk=room).first()
    if place is None:
        return set()
    return set(who_may(level, place).filter(pk__in=people).values_list("pk", flat=True))


def _holders(room: int, found: Iterable[events.Event], people: Collection[int]) -> dict[Level, set[int]]:
    wanted = {event.level for event in found if event.level is not None}
    return {level: _who(level, room, people) for level in wanted}


@dataclass(frozen=True)
class Delivery:
    """What is new in a room, and who may get it."""

    events: list[events.Event]
    viewers: set[int]
    sessions: set[str]
    holders: dict[Level, set[int]]


def delivery(place: Place, seq: int, callers: Collection[Caller], limit: int) -> Delivery | None:
    """The next events after `seq` with the rights of this moment; None where nothing is new."""
    found = events.after(place.pk, place.slug, seq, limit=limit)
    if not found:
        return None
    people = {caller.person for caller in callers}
    return Delivery(found, viewers(place.pk, people), live_sessions(callers), _holders(place.pk, found, people))


def live_sessions(callers: Iterable[Caller]) -> set[str]:
    """The sessions that run now, whose person may sign in with the password of then and has nothing to do first.

    A constant number of queries: two, and what `admission` asks.
    """
    callers = list(callers)
    running = set(
        Session.objects.filter(pk__in={caller.session for caller in callers}, expire_date__gt=clock.now()).values_list(
            "pk", flat=True
        )
    )
    people = User.objects.filter(pk__in={caller.person for caller in callers}, is_active=True)
    passwords = dict(people.values_list("pk", "password"))
    signed_in = [
        caller for caller in callers if caller.session in running and passwords.get(caller.person) == caller.password
    ]
    return {caller.session for caller in signed_in} - admission.waiting_among(signed_in)


def suspended(people: Collection[int]) -> set[int]:
    """Those of `people` who take part for partners none of which stands now. One query."""
    mine = Membership.objects.current().filter(user__in=people)
    standing = Membership.objects.effective().filter(user__in=people).values("user")
    return set(mine.exclude(user__in=standing).values_list("user", flat=True))


def viewers_of_each(people_in: Mapping[int, Collection[int]]) -> dict[int, set[int]]:
    """Room → those of its people who view it now; a query for all, by the gate's own rule."""
    rooms = list(Room.objects.filter(pk__in=people_in))
    found: dict[int, set[int]] = {room: set() for room in people_in}
    for begin in range(0, len(rooms), ROOMS_A_QUERY):
        questions = [_question(room, people_in[room.pk]) for room in rooms[begin : begin + ROOMS_A_QUERY]]
        for room, person in questions[0].union(*questions[1:], all=True):
            found[room].add(person)
    return found


def _question(room: Room, people: Collection[int]) -> QuerySet[User, tuple[int, int]]:
    return (
        who_may(Level.VIEW, room)
        .filter(pk__in=people)
        .order_by()
        .annotate(in_room=Value(room.pk, output_field=BigIntegerField()))
        .values_list("in_room", "pk")
    )


def newest_numbers(rooms: Collection[int]) -> dict[int, int]:
    """Room → the newest number of its log."""
    return {room: place.newest for room, place in places(rooms).items()}


def places(rooms: Collection[int]) -> dict[int, Place]:
    """Room → its address and its newest number now."""
    rows = Room.objects.filter(pk__in=rooms).values_list("pk", "slug", "last_seq")
    return {row[0]: Place(*row) for row in rows}


def unread(people: Collection[int]) -> dict[int, tuple[int, int]]:
    """Person → how many notices wait unread and which is the newest; a change means: count again."""
    rows = (
        Notification.objects.filter(user__in=people, read_at=None)
        .order_by()
        .values_list("user")
        .annotate(count=Count("pk"), newest=Max("pk"))
    )
    return {user: (count, newest) for user, count, newest in rows}


def present(room: int, people: Collection[int]) -> list[dict[str, str | None]]:
    """Who they are, by name, each with a partner: one that has a grant here, else their first. Three queries."""
    here = set(Room.objects.filter(pk=room).values_list("partner_grants__group", flat=True))
    partners: dict[int, str] = {}
    memberships = Membership.objects.effective().filter(user__in=people).select_related("partner")
    for one in sorted(memberships, key=lambda one: (one.partner.group_id not in here, one.since, one.pk)):
        partners.setdefault(one.user_id, one.partner.short_name)
    rows = User.objects.filter(pk__in=people).order_by("name", "pk").values_list("pk", "uid", "name")
    return [{"id": str(uid), "name": name, "partner": partners.get(pk)} for pk, uid, name in rows]
