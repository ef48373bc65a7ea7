"""A partner leaves: what it keeps open is handed on or archived, then its people and its places go.

What it shared stays readable, under its name. Nobody gains by a hand-over: who looks after something saw it before.
What neither those who hand over nor the coordinator may see is not counted, and stays with its author.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actions.standing import change_status, locked_partner, speakers_of
from accounts.models import Invitation
from accounts.permissions.standing import check_hand_over, check_leave
from accounts.querysets import items_in_hand, rooms_in_hand
from network import clock
from network.actions import rooms as room_actions
from network.actions.items import archive_unchecked
from network.audit import record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.kinds import KINDS
from network.models.items import Item
from network.models.people import Membership, Partner, User
from network.models.rooms import JoinRequest, Room
from network.models.standing import HandOver
from network.notifications import notify
from network.permissions import Level, grant_to, who_may
from network.permissions.grants import end_grants_of
from network.permissions.keeping import check_keeper, successors
from network.refusals import Forbidden, Invalid, NeedsSecondFactor, Unseen

HAND_OVER = "hand_over"  # the part that a notice of one speaks of


@transaction.atomic
def begin_hand_over(*, by: User, partner: Partner) -> HandOver:
    """A coordinator says that a partner leaves; until all is handed over, it takes part as before. Twice is once.

    Raises Forbidden.
    """
    locked = locked_partner(partner)
    check_leave(by, locked)
    if locked.status == Partner.Status.LEFT:
        raise Forbidden(_("This partner has left already."))
    running, new = HandOver.objects.get_or_create(partner=locked, defaults={"begun_by": by})
    if new:
        record("accounts.hand_over_begun", by=by, target=locked, partner=locked)
        _tell_of(running, speakers_of(locked), "hand_over_begun", by)
    return running


@transaction.atomic
def call_off_hand_over(*, by: User, partner: Partner) -> None:
    """A coordinator says that the partner stays after all; what was handed on stays where it is. Raises Forbidden."""
    locked = locked_partner(partner)
    check_leave(by, locked)
    if HandOver.objects.filter(partner=locked, done_at=None).delete()[0]:
        record("accounts.hand_over_called_off", by=by, target=locked, partner=locked)


@transaction.atomic
def hand_on(*, by: User, partner: Partner, items: Collection[Item], keeper: Partner) -> None:
    """Another partner looks after these from now on: its representatives may act as their source. Twice is once.

    Raises Unseen, Forbidden, Invalid (field keeper) where that partner does not see one of them.
    """
    if keeper.pk == partner.pk:
        raise Invalid("keeper", _("Choose another partner than the one that leaves."))
    handed = _in_hand(by, partner, items)
    for item in handed:
        check_keeper(item, keeper)
        Item.objects.filter(pk=item.pk).update(keeper=keeper)
        record("accounts.handed_on", by=by, target=item, room=item.room, partner=partner, keeper=str(keeper.uid))
    _tell_keeper(by, partner, handed, keeper)


@transaction.atomic
def archive_in_hand(*, by: User, partner: Partner, items: Collection[Item]) -> None:
    """These stay readable, and nobody looks after them; a workshop that is still ahead is cancelled. Twice is once.

    Raises Unseen, Forbidden.
    """
    for item in _in_hand(by, partner, items):
        if close := KINDS[item.kind].close:
            close(by, item)
        archive_unchecked(by=by, item=item)


@transaction.atomic
def hand_on_room(*, by: User, partner: Partner, room: Room, holder: Partner | User) -> None:
    """A partner or person who has a place in the room already manages it from now on. Twice is once.

    Raises Unseen, Forbidden, Invalid (field holder) for somebody without a place of their own there.
    """
    check_hand_over(by, locked_partner(partner))
    if not Room.objects.visible_to(by).filter(pk=room.pk).exists():
        raise Unseen
    if not rooms_in_hand(partner).filter(pk=room.pk).exists():
        return
    if holder not in successors([room], partner)[room.pk]:
        raise Invalid("holder", _("Choose somebody who has a place in this room."))
    grant_to(holder, Level.MANAGE, room)
    record("accounts.room_handed_on", by=by, target=holder, room=room, partner=partner)
    told = [holder] if isinstance(holder, User) else who_may(Level.REPRESENT, holder)
    notify(told, kind="granted", room=room, by=by)
    _tell_after_commit()


@transaction.atomic
def archive_room_in_hand(*, by: User, partner: Partner, room: Room) -> None:
    """One of its managers closes the room for contributions. Raises Unseen, Forbidden."""
    check_hand_over(by, locked_partner(partner))
    room_actions.archive_room(by=by, room=room)


@transaction.atomic
def leave(*, by: User, partner: Partner, reason: str = "") -> None:
    """A coordinator ends the hand-over: memberships, places and invitations end, and the partner has left.

    Twice is once. Raises Forbidden where something that the coordinator sees is still in its hands.
    """
    locked = locked_partner(partner)
    check_leave(by, locked)
    if locked.status == Partner.Status.LEFT:
        return
    if not HandOver.objects.filter(partner=locked, done_at=None).update(done_at=clock.now()):
        raise Forbidden(_("Start the hand-over first."))
    _demand_empty_hands(by, locked)
    locked.status_until = None
    change_status(by=by, partner=locked, status=Partner.Status.LEFT, reason=reason, verb="accounts.partner_left")
    _end_all(by, locked)


def _in_hand(by: User, partner: Partner, items: Collection[Item]) -> list[Item]:
    """Those that this person sees and that are still in the partner's hands. Raises Unseen for what they do not see."""
    check_hand_over(by, locked_partner(partner))
    keys = {item.pk for item in items}
    seen = Item.objects.seen_inside_by(by).filter(pk__in=keys)
    if seen.count() != len(keys):
        raise Unseen
    rows = items_in_hand(partner).filter(pk__in=keys).select_for_update(of=("self",))
    return list(rows.select_related("room", "partner", "author", "parent"))


def _tell_keeper(by: User, partner: Partner, items: list[Item], keeper: Partner) -> None:
    """One notice, however many things it is about."""
    speakers = who_may(Level.REPRESENT, keeper)
    if len(items) == 1:
        notify(speakers, kind="handed_on", item=items[0], by=by)
        _tell_after_commit()
    elif items:
        _tell_of(HandOver.objects.get(partner=partner), speakers, "many_handed_on", by)


def _tell_of(running: HandOver, people: Iterable[User], kind: str, by: User) -> None:
    for person in people:
        notify([person], kind=kind, person=person, part=(HAND_OVER, running.pk), by=by)
    _tell_after_commit()


def _tell_after_commit() -> None:
    after_commit(ring_bells)
    after_commit(send_mail_soon)


def _demand_empty_hands(by: User, partner: Partner) -> None:
    items = items_in_hand(partner)
    if items.seen_inside_by(by).exists():
        raise Forbidden(_("Something is still in the hands of this partner. Hand it on or archive it first."))
    if items.seen_inside_by(by, assured=True).exists():
        raise NeedsSecondFactor
    if rooms_in_hand(partner).visible_to(by).exists():
        raise Forbidden(_("A room would be without a manager. Name another one, or archive it, first."))


def _end_all(by: User, partner: Partner) -> None:
    now = clock.now()
    ending = Membership.objects.filter(partner=partner).filter(Q(until__isnull=True) | Q(until__gt=now))
    people = list(User.objects.filter(pk__in=ending.filter(since__lte=now).values("user")))
    ending.filter(since__gte=now).delete()
    ending.update(until=now)
    staying = Membership.objects.current().filter(user__in=people).values_list("user", flat=True)
    left = [person for person in people if person.pk not in set(staying)]
    end_grants_of(partner, left)
    Invitation.objects.open().filter(partner=partner).update(withdrawn_at=now)
    asked = JoinRequest.objects.filter(Q(partner=partner) | Q(user__in=left), settled_at=None)
    asked.update(settled_at=now, settled_by=by, granted=False)
