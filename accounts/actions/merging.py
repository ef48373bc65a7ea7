"""Making one account of two that are of one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.closing import shut
from accounts.permissions.merging import check_merge
from network import clock, mail
from network.audit import record
from network.belongings import hand_to
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.items import Item
from network.models.people import Membership, User
from network.models.rooms import Room
from network.notifications import notify
from network.permissions import NETWORK, Level, where_allowed, who_may
from network.permissions.grants import Unlike
from network.permissions.levels import NETWORK_LEVELS, ROOM_LEVELS
from network.refusals import Forbidden, Refusal
from network.sentences import membership_words

# The same words whatever and wherever it is: of hidden and direct rooms they tell not even that there is one.
SOMEWHERE = _(
    "Together the two would see or do more, or less, than both do now: one of them reads what the other wrote, is "
    "named in it or moderates it, has another place where both have one, or takes part for a partner that is "
    "suspended. Ask the person what they have in both accounts, end what only one of them should not have, and try "
    "again."
)


@dataclass(frozen=True)
class Sight:
    """What somebody sees and may do at one instant, in keys."""

    rooms: frozenset[tuple[Level, int]]
    items: frozenset[int]
    partners: frozenset[int]
    network: frozenset[Level]

    def __or__(self, other: Sight) -> Sight:
        return Sight(
            self.rooms | other.rooms,
            self.items | other.items,
            self.partners | other.partners,
            self.network | other.network,
        )


@dataclass(frozen=True)
class Preview:
    """What would happen: memberships and own places that the kept account would have; or why it would not."""

    memberships: list[Membership]
    rooms: list[Room]
    refusal: Refusal | None

    @property
    def roles(self) -> list[str]:
        """The memberships as sentences."""
        return [membership_words(one) for one in self.memberships]


@transaction.atomic
def merge_people(*, by: User, kept: User, closed: User) -> User:
    """All that was of `closed` is of `kept` from now on; `closed` is shut for good.

    Together they keep what each may see, and not a line more: what each sees now, and at every later instant at which
    one of their memberships or places begins or ends, is compared with what the kept account would see. Where that is
    not the same nothing happens. Raises Forbidden, Invalid.
    """
    people = {one.pk: one for one in User.objects.select_for_update().filter(pk__in=[kept.pk, closed.pk])}
    check_merge(by, kept, closed)
    kept, closed = people[kept.pk], people[closed.pk]
    moments = _turning_points(kept, closed)
    before = {moment: _sight(kept, moment) | _sight(closed, moment) for moment in moments}
    told = list(who_may(Level.COORDINATE, NETWORK)) + _representatives(kept, closed)
    _hand_over(by, kept, closed)
    _demand_the_same(by, before, {moment: _sight(kept, moment) for moment in moments})
    closed.closed_at = clock.now()
    closed.hat = None
    closed.set_unusable_password()
    closed.save(update_fields=["closed_at", "hat", "password"])
    shut(closed)
    entry = record("accounts.merged", by=by, target=kept, closed=str(closed.uid))
    notify([kept], kind="merged_mine", person=kept, by=by)
    notify([one for one in told if one != kept], kind="merged", person=kept, by=by)
    # To both addresses, whatever they want to be told of: one of the two may be somebody else's.
    for kind in ("merged_closed", "merged_kept"):
        mail.enqueue(kind, entry.pk)
    after_commit(ring_bells)
    after_commit(send_mail_soon)
    return kept


def preview_merge(*, by: User, kept: User, closed: User) -> Preview:
    """Does it, looks, and takes it back. Raises what keeps it from being tried at all."""
    check_merge(by, kept, closed)
    refusal: Refusal | None = None
    with transaction.atomic():
        try:
            merge_people(by=by, kept=kept, closed=closed)
        except Refusal as reason:
            refusal = reason
        memberships = list(Membership.objects.effective().filter(user=kept).select_related("partner", "deputy_for"))
        rooms = list(Room.objects.visible_to(by).filter(pk__in=Room.objects.visible_to(kept).values("pk")))
        transaction.set_rollback(True)
    return Preview(memberships, rooms, refusal)


def _hand_over(by: User, kept: User, closed: User) -> None:
    try:
        hand_to(kept, closed)
    except Unlike as unlike:
        # That there is a room in which both have a place is told to nobody who does not view it.
        if Room.objects.visible_to(by).filter(pk=unlike.room.pk).exclude(kind=Room.Kind.DIRECT).exists():
            raise
        raise Forbidden(SOMEWHERE) from None


def _sight(person: User, moment: datetime) -> Sight:
    with clock.at(moment):
        rooms = {(level, key) for level in ROOM_LEVELS for key in _keys(where_allowed(person, level))}
        return Sight(
            frozenset(rooms),
            frozenset(_keys(Item.objects.visible_to(person, assured=True))),
            frozenset(_keys(where_allowed(person, Level.REPRESENT))),
            frozenset(level for level in NETWORK_LEVELS if where_allowed(person, level)),
        )


def _keys(rows: object) -> Iterable[int]:
    return rows.order_by().values_list("pk", flat=True)  # type: ignore[attr-defined]


def _turning_points(*people: User) -> list[datetime]:
    """Now, and each later instant at which something of theirs begins or ends."""
    now = clock.now()
    ends: set[datetime | None] = {now}
    for person in people:
        for rows in (person.memberships, person.persongrant_set, person.mandates):
            for since, until in rows.values_list("since", "until"):
                ends |= {since, until}
        for since, until in person.memberships.values_list("partner__status_since", "partner__status_until"):
            ends |= {since, until}
    return sorted(moment for moment in ends if moment is not None and moment >= now)


def _representatives(*people: User) -> list[User]:
    partners = [one.partner for person in people for one in person.memberships.effective().select_related("partner")]
    return [person for partner in partners for person in who_may(Level.REPRESENT, partner)]


def _demand_the_same(by: User, before: dict[datetime, Sight], after: dict[datetime, Sight]) -> None:
    # Rolls back: the caller's transaction is undone by the exception.
    for moment, then in before.items():
        now = after[moment]
        if then == now:
            continue
        differing = {key for _level, key in then.rooms ^ now.rooms}
        known = Room.objects.visible_to(by).filter(pk__in=differing).exclude(kind=Room.Kind.DIRECT)
        if known:
            names = ", ".join(known.order_by("name").values_list("name", flat=True)[:5])
            raise Forbidden(
                _("Together the two would not have the same places as before in: %(rooms)s. Give both the same there, "
                  "or take one back, and try again.") % {"rooms": names}
            )  # fmt: skip
        raise Forbidden(SOMEWHERE)
