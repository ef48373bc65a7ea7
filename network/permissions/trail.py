"""Whose entries of the audit trail somebody may read, and which of them may not even be known of.

*Whose:* one's own (what one did, without a name too, and what was done to one); of whom one represents, what was done
for the partner, to it, and by its people while they belonged to it; coordinators: all.
*But nobody else's business* (`OWN_BUSINESS`: asking for one's data, for a place in a room, ending one's sessions): a
representative does not learn it of their people. Those who manage a room know who asked to join it.
*But never:* anything in a direct room; of a hidden room anything, unless one views it; and, unless one did it oneself,
anything about a thing labelled above AMBER that one does not see, since that it is there is told to nobody else.
What an entry is about, and its detail, are a second question, asked of the thing itself (network.trail).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from network.labels import Label
from network.models.people import Membership, Partner, User
from network.parts import PARTS
from network.permissions.levels import NETWORK, Level
from network.permissions.places import NOBODY, Reader, allowed, room_rule, where_allowed
from network.permissions.sight import sees

if TYPE_CHECKING:
    from network.models.records import AuditEntry

# Verbs of what somebody does about themselves, told by `network.audit.declare`.
OWN_BUSINESS: set[str] = set()


def trail_rule(user: Reader, *, assured: bool) -> Q:
    """On AuditEntry: this person may know that it is there. Asks first whether they coordinate."""
    if not isinstance(user, User):
        return NOBODY
    spoken = own_entries(user) | ~_untold(user, assured)
    rule = spoken & _in_open_rooms(user)
    if allowed(user, Level.COORDINATE, NETWORK):
        return rule
    # A union of what each index finds, so that a page does not read the whole trail to find a person's entries.
    entries = _entries().order_by()
    mine = entries.filter(actor=user.uid).values("pk")
    for_it, by_its_people, to_it = _of_partners(where_allowed(user, Level.REPRESENT))
    private = Q(verb__in=OWN_BUSINESS)
    managed = _rooms().filter(room_rule(user, Level.MANAGE)).values("uid")
    others = [
        entries.filter(one).values("pk")
        for one in (
            Q(target=user.uid),
            *(Q(actor__in=uids) for uids in _unnamed(user)),
            for_it,
            by_its_people & ~private,
            to_it,
            private & Q(room__in=managed),
        )
    ]
    return rule & Q(pk__in=mine.union(*others, all=True))


def own_entries(user: User) -> Q:
    """On AuditEntry: this person did it, without a name too, or it was done to them."""
    numbered, moderating = _unnamed(user)
    return Q(actor=user.uid) | Q(target=user.uid) | Q(actor__in=numbered) | Q(actor__in=moderating)


def entries_of_partner(user: User, partner: Partner) -> Q:
    """On AuditEntry, for a filter: done for that partner, by its people, or, where that is disclosed, to it."""
    for_it, by_its_people, to_it = _of_partners(Partner.objects.filter(pk=partner.pk))
    return for_it | by_its_people | (to_it & disclosed(user))


def entries_of_people(user: User, people: QuerySet[User]) -> Q:
    """On AuditEntry, for a filter: done by one of them, or, where that is disclosed, to one of them."""
    # As for rooms: of a name that many have, the newest fifty are found without sorting them all.
    doing, meant = (Exists(people.order_by().filter(uid=OuterRef(role))) for role in ("actor", "target"))
    return Q(doing) | (Q(meant) & (disclosed(user) | own_entries(user)))


def disclosed(user: User) -> Q:
    """On AuditEntry: not in a room, or in one that this person views."""
    return Q(room__isnull=True) | Q(Exists(_rooms().filter(room_rule(user, Level.VIEW), uid=OuterRef("room"))))


def _of_partners(partners: Any) -> tuple[Q, Q, Q]:
    """Done for one of them; by their people, for no partner, while they were theirs; to one of them."""
    uids = partners.order_by().values("uid")
    then = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=OuterRef("at")),
        user__uid=OuterRef("actor"),
        partner__in=partners.order_by().values("pk"),
        since__lte=OuterRef("at"),
    )
    people = User.objects.filter(memberships__partner__in=partners.order_by().values("pk")).order_by()
    by_people = Q(Exists(then), partner__isnull=True, actor__in=Subquery(people.values("uid")))
    return Q(partner__in=uids), by_people, Q(target__in=uids)


def _in_open_rooms(user: User) -> Q:
    closed = Q(kind="direct") | (Q(kind="hidden") & ~room_rule(user, Level.VIEW))
    # Asked of each entry as it comes, the newest first: `room IN …` would make the database read all and sort them.
    # A room that is not there any more cannot say what it was, so it stays closed.
    there = Q(room__isnull=True) | Q(Exists(_rooms().filter(uid=OuterRef("room")).exclude(closed)))
    return there & ~Q(Exists(_rooms().filter(closed, uid=OuterRef("target"))))


def _untold(user: User, assured: bool) -> Q:
    """About an item, or a part of one, that is above AMBER or at home in a closed room, and not seen."""
    items = apps.get_model("network", "Item")._default_manager.order_by()
    rule = _unseen(items, user, assured, "")
    for part in PARTS.values():
        if part.item:
            rows = part.visible(user).model._default_manager.order_by()
            rule |= _unseen(rows, user, assured, f"{part.item}__")
    return rule


def _unseen(rows: QuerySet, user: User, assured: bool, prefix: str) -> Q:
    these = rows.filter(uid=OuterRef("target"))
    tight = Q(**{f"{prefix}tlp__gt": Label.AMBER}) | Q(**{f"{prefix}parent__tlp__gt": Label.AMBER})
    closed = Q(**{f"{prefix}room__kind": "direct"}) | (
        Q(**{f"{prefix}room__kind": "hidden"})
        & ~Q(**{f"{prefix}room__in": _rooms().filter(room_rule(user, Level.VIEW)).values("pk")})
    )
    seen = these.filter(sees(user, assured=assured, through_release=False, prefix=prefix))
    return Q(Exists(these.filter(tight | closed)), ~Q(Exists(seen)))


def _unnamed(user: User) -> tuple[QuerySet, QuerySet]:
    """What the trail calls somebody under the Chatham House Rule: where they take part, and where they moderate."""
    numbered, moderating = (
        apps.get_model("network", name)._default_manager.filter(user=user).order_by().values("uid")
        for name in ("Participant", "UnnamedModerator")
    )
    return numbered, moderating


def _rooms() -> QuerySet:
    return apps.get_model("network", "Room")._default_manager.order_by()


def _entries() -> QuerySet[AuditEntry]:
    return apps.get_model("network", "AuditEntry")._default_manager.all()
