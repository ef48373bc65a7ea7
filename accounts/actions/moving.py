"""A person moves from one partner to another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actions.memberships import end_deputies_of, warned_at
from accounts.actions.standing import locked_partner
from accounts.permissions.moving import check_move
from accounts.permissions.partners import check_joinable
from network import clock
from network.actions import rooms
from network.audit import record
from network.background import enqueue
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.grants import PersonGrant
from network.models.items import Item, State
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.notifications import notify
from network.permissions import Level, who_may
from network.permissions.levels import LEVELS_BY_CODENAME
from network.refusals import Invalid


@dataclass(frozen=True)
class Preview:
    """The rooms that the person no longer views, and those that they come to view, of those that the actor views."""

    loses: list[Room]
    gains: list[Room]


@transaction.atomic
def move_person(
    *,
    by: User,
    person: User,
    old: Partner,
    new: Partner,
    since: datetime,
    role: str = Membership.Role.MEMBER,
    ending: Collection[Room] = (),
    successor: User | None = None,
    handed: Collection[Item] = (),
) -> None:
    """From `since` on the person takes part for `new` and no longer for `old`.

    What they shared for `old` stays under its name; of it `handed` gets `successor`, a colleague there, as a co-author.
    Their own places in `ending` end then; those in other rooms stay, and the managers there are told.
    Whoever stands in for them at `old` does so until then at most, and so do they for others there.
    Raises Forbidden, Invalid (fields old, new, ending, successor; none where `new` has as many people as it may).
    """
    # In one order, so that two moves at once wait for one another; the person last, as where an account is closed.
    locked = {pk: locked_partner(one) for pk, one in sorted({old.pk: old, new.pk: new}.items())}
    User.objects.select_for_update().get(pk=person.pk)
    since = max(since, clock.now())
    check_move(by, person, old, new, role=role, since=since)
    check_joinable(locked[new.pk], person)
    approved = {"approved_by": by, "confirmed_at": clock.now()}
    end_deputies_of(person, old, since)
    own = Membership.objects.filter(Q(until=None) | Q(until__gt=since), user=person, partner=old)
    own.filter(since__gte=since).delete()
    own.update(until=since, warned=warned_at(since))
    Membership.objects.create(user=person, partner=new, role=role, since=since, **approved)
    if person.hat_id == old.pk:
        User.objects.filter(pk=person.pk).update(hat=new)
    _hand_over(by, person, old, successor, handed)
    _end_places(by, person, ending, since)
    enqueue("accounts.tasks.tell_who_answers", old.pk, due=since)
    record("accounts.moved_out", by=by, target=person, partner=old, since=since.isoformat())
    record("accounts.moved_in", by=by, target=person, partner=new, since=since.isoformat(), role=str(role))
    notify(_to_tell(person, old, new), kind="moved", person=person, by=by)
    after_commit(ring_bells)
    after_commit(send_mail_soon)


def preview_move(*, by: User, person: User, since: datetime, **chosen: object) -> Preview:
    """Does it, looks, and takes it back. Raises what `move_person` raises."""
    with transaction.atomic():
        before = _viewed_by_both(by, person, max(since, clock.now()))
        move_person(by=by, person=person, since=since, **chosen)  # type: ignore[arg-type]
        after = _viewed_by_both(by, person, max(since, clock.now()))
        transaction.set_rollback(True)
    return Preview(
        [room for room in before if room not in after],
        [room for room in after if room not in before],
    )


def own_places(by: User, person: User) -> QuerySet[PersonGrant]:
    """The person's own places in rooms that the actor manages: those that may end with a move."""
    managed = Room.objects.where(by, Level.MANAGE).exclude(kind=Room.Kind.DIRECT)
    return (
        PersonGrant.objects.current()
        .filter(user=person, content_object__in=managed.values("pk"))
        .select_related("content_object", "permission")
        .order_by("content_object__name")
    )


def open_items(by: User, person: User, old: Partner | None = None) -> QuerySet[Item]:
    """What the person shared, for `old` or any partner, and is not filed away, as far as the actor sees it."""
    rows = Item.objects.seen_inside_by(by).filter(author=person, parent=None, chatham=False)
    rows = rows.filter(state__in=[State.DRAFT, State.HELD, State.PUBLISHED])
    return rows.filter(partner=old) if old else rows.filter(partner__isnull=False)


def _viewed_by_both(by: User, person: User, moment: datetime) -> list[Room]:
    mine = Room.objects.visible_to(by).values("pk")
    with clock.at(moment):
        return list(Room.objects.visible_to(person).filter(pk__in=mine))


def _hand_over(by: User, person: User, old: Partner, successor: User | None, handed: Collection[Item]) -> None:
    if successor is None:
        return
    colleagues = Membership.objects.effective().filter(partner=old, user=successor).exclude(user=person)
    if not colleagues.exists():
        raise Invalid("successor", _("Choose somebody who takes part for the old partner."))
    for item in open_items(by, person, old).filter(pk__in=[one.pk for one in handed]):
        item.co_authors.add(successor)
        record("network.co_author_named", by=by, target=item, room=item.room, partner=old, person=str(successor.uid))


def _end_places(by: User, person: User, ending: Collection[Room], since: datetime) -> None:
    chosen = {room.pk for room in ending}
    for place in own_places(by, person).filter(content_object__in=chosen):
        room = place.content_object
        if since <= clock.now():
            rooms.withdraw_grant(by=by, room=room, holder=person)
        elif place.until is None or place.until > since:
            level = LEVELS_BY_CODENAME[place.permission.codename]
            rooms.grant(by=by, room=room, holder=person, level=level, until=since)


def _to_tell(person: User, old: Partner, new: Partner) -> list[User]:
    staying = PersonGrant.objects.current().filter(user=person, until=None).exclude(content_object__kind="direct")
    managers = [one for place in staying.select_related("content_object") for one in _managers(place.content_object)]
    return [person, *who_may(Level.REPRESENT, old), *who_may(Level.REPRESENT, new), *managers]


def _managers(room: Room) -> QuerySet[User]:
    return who_may(Level.MANAGE, room)
