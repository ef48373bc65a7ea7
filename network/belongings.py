"""What points to a person, and what becomes of it when two accounts of one person are made one.

Each foreign key to User has a decision: the ground floor's stand here, the others are told in `ready()`. A test walks
all models, so that nobody adds a key without deciding.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model, OneToOneField, QuerySet

from network.models.following import Follow
from network.models.grants import PersonGrant
from network.models.items import Participant, UnnamedModerator
from network.models.people import Membership, User
from network.permissions.grants import end_idle_places, join_places

Step = Callable[[User, User], None]


@dataclass(frozen=True)
class Moved:
    """The rows go over to the account that is kept.

    `item` is the way to the item that they are part of. `unique` are the fields that may not be the same for one
    person, among the rows of `where`: of two such rows the kept account's stays, or the other gets a new `renew`.
    """

    item: str = ""
    unique: tuple[str, ...] = ()
    where: dict[str, Any] = field(default_factory=dict)
    renew: str = ""


@dataclass(frozen=True)
class Dropped:
    """Means to sign in, and what the kept account has of its own: gone with the account that closes."""


@dataclass(frozen=True)
class Stays:
    """Stays where it is, and tells nothing to anybody."""


@dataclass(frozen=True)
class Settled:
    """Where the two may differ in a way that matters, a step of its own decides; called with kept and closed."""

    step: Step


Decision = Moved | Dropped | Stays | Settled
DECISIONS: dict[str, Decision] = {}


def register_belonging(key: str, decision: Decision) -> None:
    """From an AppConfig: what becomes of the rows that point to a person through `key`, "network.Item.author"."""
    DECISIONS[key] = decision


def keys_to_people() -> Iterator[tuple[str, type[Model], ForeignKey[Any, Any]]]:
    """Every foreign key to User of the house and of what it stands on, those of many-to-many tables included."""
    for model in apps.get_models(include_auto_created=True):
        for one in model._meta.local_fields:
            if isinstance(one, (ForeignKey, OneToOneField)) and one.related_model is User:
                yield f"{model._meta.label}.{one.name}", model, one


def hand_to(kept: User, closed: User) -> None:
    """Everything of `closed` goes where its decision says; in the caller's transaction.

    Under the Chatham House Rule each account keeps its number: where both took part in one item, or moderated it, what
    the second did there stays with the account that closes, since it would else stand under the first; their export
    holds it all the same (`network.personal.rows_of`). Raises KeyError for a key that nobody has decided about.
    """
    of_both = list(_under_rule(kept) & _under_rule(closed))
    # While each is still who they were: afterwards both are in the network through either's membership.
    end_idle_places(kept)
    end_idle_places(closed)
    for key, model, one in keys_to_people():
        decision = DECISIONS[key]
        rows: QuerySet[Any] = model._default_manager.filter(**{one.name: closed})
        if isinstance(decision, Settled):
            decision.step(kept, closed)
        elif isinstance(decision, Dropped):
            rows.delete()
        elif isinstance(decision, Moved):
            if decision.item and of_both:
                rows = rows.exclude(**{f"{decision.item}__in": of_both})
            _without_clashes(model, one.name, rows, kept, decision).update(**{one.name: kept})


def _under_rule(person: User) -> set[int]:
    """The items under the Chatham House Rule of which the trail knows this person, by a number or without one."""
    return {
        item
        for kind in (Participant, UnnamedModerator)
        for item in kind._default_manager.filter(user=person).values_list("item", flat=True)
    }


def _without_clashes(model: type[Model], name: str, rows: QuerySet[Any], kept: User, decision: Moved) -> QuerySet[Any]:
    if not decision.unique:
        return rows
    theirs = model._default_manager.filter(**{name: kept}, **decision.where)
    taken = set(theirs.values_list(*decision.unique))
    for row in rows.filter(**decision.where):
        if tuple(getattr(row, one) for one in decision.unique) in taken:
            if decision.renew:
                model._default_manager.filter(pk=row.pk).update(**{decision.renew: uuid.uuid4()})
            else:
                row.delete()
    return rows


# --- memberships and places -----------------------------------------------------------------------


def join_memberships(kept: User, closed: User) -> None:
    """Both keep theirs; two of one partner in the same role that meet in time become one, from first to last."""
    mine = list(Membership.objects.filter(user=kept))
    for theirs in Membership.objects.filter(user=closed):
        twin = next((one for one in mine if _meet(one, theirs)), None)
        if twin is None:
            theirs.user = kept
            theirs.save(update_fields=["user"])
            mine.append(theirs)
            continue
        twin.since = min(twin.since, theirs.since)
        twin.until = None if twin.until is None or theirs.until is None else max(twin.until, theirs.until)
        twin.save(update_fields=["since", "until"])
        theirs.delete()
    Membership.objects.filter(user=kept, deputy_for=closed).update(deputy_for=None)
    Membership.objects.filter(user=kept, deputy_for=kept).update(deputy_for=None)


def _meet(one: Membership, other: Membership) -> bool:
    same = (one.partner_id, one.role, one.deputy_for_id) == (other.partner_id, other.role, other.deputy_for_id)
    return same and _before_end(one.since, other) and _before_end(other.since, one)


def _before_end(moment: Any, one: Membership | PersonGrant) -> bool:
    return one.until is None or moment <= one.until


def join_follows(kept: User, closed: User) -> None:
    """What either chose to be told of; where both have chosen, what the kept account chose."""
    mine = Follow.objects.filter(user=kept)
    for row in Follow.objects.filter(user=closed):
        if mine.filter(room=row.room_id, item=row.item_id).exists():
            row.delete()
        else:
            Follow.objects.filter(pk=row.pk).update(user=kept)


def register_all() -> None:
    """The ground floor's own decisions; called once, from the AppConfig."""
    link = Moved(unique=("item_id",))
    decisions: dict[str, Decision] = {
        "User_groups.user": Stays(),
        "User_user_permissions.user": Stays(),
        "Membership.user": Settled(join_memberships),
        "Membership.approved_by": Moved(),
        "Membership.deputy_for": Moved(),
        "PersonGrant.user": Settled(join_places),
        "StatusChange.by": Moved(),
        "HandOver.begun_by": Moved(),
        "Mandate.user": Moved(),
        "Mandate.by": Moved(),
        "Sanction.user": Moved(item="item"),
        "Sanction.lifted_by": Moved(item="item"),
        "Room.opened_by": Moved(),
        "JoinRequest.user": Moved(unique=("room_id",), where={"settled_at": None}),
        "JoinRequest.settled_by": Moved(),
        "RedactionRequest.user": Moved(unique=("room_id",)),
        "RedactionRequest.settled_by": Moved(),
        "ItemRequest.user": Moved(unique=("item_id", "kind"), where={"settled_at": None}),
        "ItemRequest.settled_by": Moved(),
        "Opening.user": Moved(),
        "Bookmark.user": Moved(unique=("item_id",)),
        "Draft.user": Moved(unique=("key",)),
        "Follow.user": Settled(join_follows),
        "Item_named_people.user": link,
        "Item_co_authors.user": link,
        "Item_reviewers.user": link,
        "Item.author": Moved(item="pk"),
        "Placement.by": Moved(item="item"),
        "Release.by": Moved(item="item"),
        "Participant.user": Moved(item="item", unique=("item_id",)),
        "UnnamedModerator.user": Moved(item="item", unique=("item_id",)),
        "Notification.person": Moved(),
        "Notification.user": Moved(),
        "Notification.by": Moved(item="item"),
    }
    for key, decision in decisions.items():
        register_belonging(f"network.{key}", decision)
