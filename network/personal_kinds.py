"""What the ground floor keeps of a person: where they take part, their places, their notices, their traces."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Case, CharField, F, JSONField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from network import clock
from network.audit import VERBS
from network.labels import Label
from network.models.bookmarks import Bookmark
from network.models.drafts import Draft
from network.models.following import Follow
from network.models.grants import PersonGrant
from network.models.item_requests import ItemRequest
from network.models.items import Item, Participant, UnnamedModerator
from network.models.openings import Opening
from network.models.people import Membership, User
from network.models.records import AuditDetail, AuditEntry, Notification
from network.models.redactions import RedactionRequest
from network.models.rooms import JoinRequest, Room
from network.models.sanctions import Sanction
from network.models.standing import Mandate
from network.permissions.levels import LEVELS_BY_CODENAME
from network.personal import EVERYTHING, Row, exempt, former_member, register_personal

ACTED = "The act of somebody for the network; the trail has it, and the trail is exported."
OTHERS = "It belongs to somebody else, and names this person as long as they have a name."
UNUSED = "Never written: what one may comes from memberships and grants of rooms alone."


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_personal(
        "memberships",
        _("memberships"),
        rows=lambda person: Membership.objects.filter(user=person).select_related("partner"),
        show=_membership,
        covers=["network.Membership.user"],
        erase=_end_memberships,
    )
    register_personal(
        "places",
        _("personal places in rooms"),
        rows=_places,
        show=_place,
        covers=["network.PersonGrant.user"],
        erase=_end_places,
    )
    register_personal(
        "mandates",
        _("mandates"),
        rows=lambda person: Mandate.objects.filter(user=person),
        show=lambda row: {"kind": row.kind, "since": row.since, "until": row.until},
        covers=["network.Mandate.user"],
        erase=_end_mandates,
    )
    register_personal(
        "sanctions",
        _("rooms in which I was muted or suspended for a while"),
        rows=lambda person: _with_room(Sanction.objects.filter(user=person, origin=None), person, "room"),
        show=_sanction,
        covers=["network.Sanction.user"],
        nameless=lambda person: Q(item__chatham=True),
    )
    register_personal(
        "join-requests",
        _("requests to join a room"),
        rows=lambda person: _with_room(JoinRequest.objects.filter(user=person), person, "room"),
        show=lambda row: {
            "room": row.room_name,
            "note": row.note,
            "asked_at": row.asked_at,
            "settled_at": row.settled_at,
            "granted": row.granted,
        },
        covers=["network.JoinRequest.user"],
        erase=lambda person: _delete(JoinRequest.objects.filter(user=person)),
    )
    register_personal(
        "redaction-requests",
        _("requests to take away what they wrote"),
        rows=lambda person: _with_room(RedactionRequest.objects.filter(user=person), person, "room"),
        show=lambda row: {
            "room": row.room_name,
            "note": row.note,
            "asked_at": row.asked_at,
            "settled_at": row.settled_at,
            "done": row.done,
        },
        # Made with the closing, and kept for the answer: moderators decide, and retention removes it.
        covers=["network.RedactionRequest.user"],
    )
    _register_traces()
    _register_requests()
    exempt(ACTED, "network.RedactionRequest.settled_by", "network.ItemRequest.settled_by")
    exempt(ACTED, "network.Membership.approved_by", "network.StatusChange.by", "network.HandOver.begun_by")
    exempt(ACTED, "network.Sanction.lifted_by")
    exempt(ACTED, "network.Mandate.by", "network.Room.opened_by", "network.JoinRequest.settled_by")
    exempt(ACTED, "network.Placement.by", "network.Release.by", "network.UnnamedModerator.user")
    exempt(OTHERS, "network.Membership.deputy_for", "network.Notification.person", "network.Notification.by")
    exempt(UNUSED, "network.User_groups.user", "network.User_user_permissions.user")
    exempt(UNUSED, "guardian.UserObjectPermission.user")


def _register_requests() -> None:
    register_personal(
        "item-requests",
        _("requests for wider sharing, and proposals for the public site"),
        rows=lambda person: ItemRequest.objects.filter(user=person).order_by("pk"),
        # About which item, and how it was answered, is for those to know who see it.
        show=lambda row: {
            "kind": row.kind,
            "note": row.note,
            "for_whom": row.for_whom,
            "version": row.version,
            "asked_at": row.asked_at,
            "settled_at": row.settled_at,
            "outcome": row.outcome,
        },
        covers=["network.ItemRequest.user"],
        restricted=lambda person: ItemRequest.objects.filter(user=person, item__tlp__gte=Label.AMBER_STRICT).exists(),
        erase=lambda person: _delete(ItemRequest.objects.filter(user=person)),
    )
    register_personal(
        "drafts",
        _("drafts: what they have written and not sent"),
        rows=lambda person: Draft.objects.filter(user=person).order_by("pk"),
        show=lambda row: {"address": row.page, "words": row.fields, "chosen": row.choices, "at": row.at},
        covers=["network.Draft.user"],
        erase=lambda person: _delete(Draft.objects.filter(user=person)),
        # Nobody else learns even how many there are.
        nameless=lambda person: EVERYTHING,
    )
    register_personal(
        "following",
        _("what they chose to be told of rooms and items"),
        rows=lambda person: Follow.objects.filter(user=person).select_related("room", "item").order_by("pk"),
        show=lambda row: {
            "address": (row.room or row.item).get_absolute_url(),
            "choice": row.choice,
            "at": row.at,
        },
        covers=["network.Follow.user"],
        erase=lambda person: _delete(Follow.objects.filter(user=person)),
        nameless=lambda person: Q(item__chatham=True),
    )
    register_personal(
        "bookmarks",
        _("bookmarks"),
        rows=lambda person: Bookmark.objects.filter(user=person).select_related("item").order_by("pk"),
        show=lambda row: {"address": row.item.get_absolute_url(), "at": row.at},
        covers=["network.Bookmark.user"],
        erase=lambda person: _delete(Bookmark.objects.filter(user=person)),
        nameless=lambda person: Q(item__chatham=True),
    )
    register_personal(
        "openings",
        _("what they opened that is AMBER+STRICT or RED"),
        rows=lambda person: Opening.objects.filter(user=person).select_related("item").order_by("pk"),
        show=lambda row: {"kind": row.item.kind, "how": row.how, "version": row.version, "at": row.at},
        # It stays for its source, beside a former member, until retention removes it.
        covers=["network.Opening.user"],
    )


def _register_traces() -> None:
    register_personal(
        "roles",
        _("roles in items of others: named, co-author, reviewer"),
        rows=lambda person: Item.objects.filter(
            Q(named_people=person) | Q(co_authors=person) | Q(reviewers=person)
        ).distinct(),
        # Which items these are is for those to know who see them.
        show=lambda row: {"kind": row.kind, "since": row.created_at},
        covers=["network.Item_named_people.user", "network.Item_co_authors.user", "network.Item_reviewers.user"],
    )
    register_personal(
        "chatham-house",
        _("numbers under the Chatham House Rule"),
        rows=lambda person: Participant.objects.filter(user=person).select_related("item"),
        show=lambda row: {"item": row.item.uid, "number": row.number},
        covers=["network.Participant.user"],
        nameless=lambda person: EVERYTHING,
    )
    register_personal(
        "notifications",
        _("notifications"),
        rows=lambda person: Notification.objects.filter(user=person).order_by("pk"),
        show=lambda row: {"kind": row.kind, "at": row.at, "read_at": row.read_at},
        covers=["network.Notification.user"],
        # Who is answered in a discussion has spoken there; and what somebody is told about themself, such as a decision
        # about what they wrote, may be about what they said under the rule.
        nameless=lambda person: Q(item__chatham=True) | Q(person=person),
        erase=lambda person: _delete(Notification.objects.filter(user=person)),
    )
    register_personal(
        "trail",
        _("entries of the audit trail"),
        rows=_entries,
        show=_entry,
        nameless=_unnamed,
    )


# --- memberships, places, mandates ----------------------------------------------------------------


def _membership(row: Membership) -> Row:
    return {
        "partner": row.partner.name,
        "role": row.role,
        "since": row.since,
        "until": row.until,
        "confirmed_at": row.confirmed_at,
        "as_deputy": row.deputy_for_id is not None,
    }


def _with_room(rows: QuerySet[Any], person: User, room: str) -> QuerySet[Any]:
    """Adds `room_name`: of rooms that the person views now; a direct room is named after others."""
    seen = Q(**{f"{room}__in": Room.objects.visible_to(person).exclude(kind=Room.Kind.DIRECT)})
    name = Case(When(seen, then=F(f"{room}__name")), default=Value(""), output_field=CharField())
    return rows.annotate(room_name=name)


def _sanction(row: Any) -> Row:
    return {
        "room": row.room_name,
        "kind": row.kind,
        "since": row.since,
        "until": row.until,
        "lifted_at": row.lifted_at,
    }


def _places(person: User) -> QuerySet[PersonGrant]:
    grants = PersonGrant.objects.filter(user=person).select_related("permission", "content_object")
    return _with_room(grants, person, "content_object")


def _place(row: Any) -> Row:
    return {
        "room": row.room_name,
        "room_kind": row.content_object.kind,
        "level": LEVELS_BY_CODENAME[row.permission.codename].name.lower(),
        "since": row.since,
        "until": row.until,
    }


def _end(rows: QuerySet[Any]) -> None:
    """What runs ends now; what was to begin later never does."""
    now = clock.now()
    rows.filter(since__gte=now).delete()
    rows.filter(Q(until=None) | Q(until__gt=now)).update(until=now)


def _end_memberships(person: User) -> None:
    # Whoever stands in for them would else represent the partner in the place of nobody.
    _end(Membership.objects.filter(Q(user=person) | Q(deputy_for=person)))


def _end_places(person: User) -> None:
    direct = Room.objects.filter(kind=Room.Kind.DIRECT, person_grants__user=person)
    for room in direct.select_for_update(of=("self",)):
        # It is named after the people in it.
        room.name = room.name.replace(person.name, former_member())[:120]
        room.save(update_fields=["name"])
    _end(PersonGrant.objects.filter(user=person))


def _end_mandates(person: User) -> None:
    _end(Mandate.objects.filter(user=person))


def _delete(rows: QuerySet[Any]) -> None:
    rows.delete()


# --- the trail ------------------------------------------------------------------------------------


def _entries(person: User) -> QuerySet[AuditEntry]:
    detail = AuditDetail.objects.filter(entry=OuterRef("pk")).values("data")[:1]
    mine = Q(actor=person.uid) | _unnamed(person)
    acted = Case(When(mine, then=Value(True)), default=Value(False), output_field=BooleanField())
    entries = AuditEntry.objects.filter(mine | Q(target=person.uid)).order_by("pk")
    return entries.annotate(acted=acted, detail=Subquery(detail, output_field=JSONField()))


def _unnamed(person: User) -> Q:
    """On AuditEntry: what this person did under the Chatham House Rule."""
    numbered = Participant.objects.filter(user=person).values("uid")
    moderating = UnnamedModerator.objects.filter(user=person).values("uid")
    return Q(actor__in=numbered) | Q(actor__in=moderating)


def _entry(row: Any) -> Row:
    known = VERBS.get(row.verb)
    said = {key: row.detail[key] for key in ("note", "reason") if row.acted and row.detail and key in row.detail}
    return {
        "at": row.at,
        "what": str(known.sentence) if known else row.verb,
        "acted": row.acted,
        "target": row.target_kind,
        **said,
    }
