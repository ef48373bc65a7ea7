"""Suspension, its end, and the lead: what each does at once, and that nothing else changes."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, assume, given, seed, settings

from accounts.actions import hand_over
from accounts.actions.standing import lift, make_lead, set_status, suspend
from accounts.querysets import rooms_in_hand
from network import clock
from network.labels import Label
from network.models import AuditEntry, Item, Mail, Membership, Notification, Partner, Room, StatusChange, User
from network.notifications import in_words, visible_notices
from network.permissions import NETWORK, Level, allowed, who_may
from network.permissions.keeping import successors
from network.refusals import Forbidden, Invalid
from tests.cast import Cast, gather
from tests.drawing import examples
from tests.factories import ItemFactory, MembershipFactory, RoomFactory, UserFactory, grant, member_of
from tests.forums.test_at_once import at_once
from tests.network import reference as plain
from tests.network.worlds import instant, stored, worlds
from tests.talking import Talker

pytestmark = pytest.mark.django_db


def told(person: User) -> list[str]:
    """The notices of this person in words, newest first, each with what stands below it."""
    rows = visible_notices(person).select_related("item__parent", "room", "person", "by")
    return [f"{notice.sentence} / {notice.excerpt}" for notice in in_words(person, rows)]


# --- suspension -----------------------------------------------------------------------------------


def test_a_suspended_partner_has_no_access_and_keeps_its_session(cast: Cast) -> None:
    ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    luc = Client()
    luc.force_login(cast.luc)
    assert luc.get("/rooms/families/").status_code == 200
    suspend(by=cast.clara, partner=cast.liege, reason="Its mayor was arrested.")
    assert luc.get("/rooms/families/").status_code == 404
    assert luc.get("/notifications/").status_code == 200
    assert not Item.objects.seen_inside_by(cast.luc).exists()
    lift(by=cast.clara, partner=cast.liege)
    assert luc.get("/rooms/families/").status_code == 200


def test_its_representatives_are_told_why_and_learn_nothing_else(cast: Cast) -> None:
    Notification.objects.all().delete()
    suspend(by=cast.clara, partner=cast.liege, reason="Its mayor was arrested.")
    assert told(cast.luc) == [
        "Clara Dupont changed how your partner takes part / Liège: suspended. Its mayor was arrested."
    ]
    assert Mail.objects.count() == 1
    # Nobody else is told, and what waited for Luc about rooms is not shown to him any more.
    assert Notification.objects.exclude(user=cast.luc).count() == 0


def test_lifting_brings_back_what_the_partner_was(cast: Cast) -> None:
    set_status(by=cast.clara, partner=cast.liege, status="associated")
    for _ in range(2):
        suspend(by=cast.clara, partner=cast.liege, reason="Unpaid.")
    for _ in range(2):
        lift(by=cast.clara, partner=cast.liege, reason="Paid.")
    cast.liege.refresh_from_db()
    assert cast.liege.status == "associated"
    assert list(cast.liege.history.values_list("status", "reason")) == [
        ("associated", "Paid."),
        ("suspended", "Unpaid."),
        ("associated", ""),
        ("active", ""),
    ]


def test_only_coordinators_suspend_and_never_the_lead_nor_without_a_reason(cast: Cast) -> None:
    for by in (cast.luc, cast.maud, cast.olga):
        for act in (suspend, lift):
            with pytest.raises(Forbidden):
                act(by=by, partner=cast.malmo, reason="Envy.")
        with pytest.raises(Forbidden):
            set_status(by=by, partner=cast.malmo, status="invited")
    with pytest.raises(Forbidden, match="Make another partner the lead first"):
        suspend(by=cast.clara, partner=cast.efus, reason="Envy.")
    with pytest.raises(Forbidden):
        set_status(by=cast.clara, partner=cast.efus, status="invited")
    with pytest.raises(Forbidden):
        hand_over.begin_hand_over(by=cast.clara, partner=cast.efus)
    with pytest.raises(Invalid) as refused:
        suspend(by=cast.clara, partner=cast.malmo, reason=" ")
    assert refused.value.field == "reason"
    with pytest.raises(Invalid):
        set_status(by=cast.clara, partner=cast.malmo, status="left")


def test_the_form_says_at_its_field_what_lacks(cast: Cast) -> None:
    clara = Client()
    clara.force_login(cast.clara)
    response = clara.post("/partners/malmo/status/", {"status": "suspended"})
    assert response.context["form"].errors["reason"] == ["Say why: its representatives read it."]
    assert clara.post("/partners/malmo/status/", {"status": "suspended", "reason": "Unpaid."}).status_code == 302
    assert clara.post("/partners/malmo/status/", {"status": "lifted"}).status_code == 302
    assert Partner.objects.get(pk=cast.malmo.pk).status == "active"


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_suspend_at_once_make_one_change(transactional_db: None) -> None:
    cast = gather()
    second = member_of(cast.efus, represents=True)
    by = [cast.clara, second]
    at_once(2, lambda n: suspend(by=by[n], partner=cast.liege, reason=f"Reason {n}"))
    assert StatusChange.objects.filter(partner=cast.liege, status="suspended").count() == 1
    assert AuditEntry.objects.filter(verb="accounts.partner_suspended").count() == 1
    assert Notification.objects.filter(user=cast.luc, kind="partner_status").count() == 1


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_sockets_of_a_suspended_partner_close_and_those_of_others_stay(
    transactional_db: None, talk: Callable[..., Talker]
) -> None:
    cast = gather()
    luc, anna = talk(cast.luc), talk(cast.anna)
    luc.subscribe("families")
    anna.subscribe("families")
    # Somebody of two partners goes on for the other one.
    both = member_of(cast.liege)
    MembershipFactory(user=both, partner=cast.malmo)
    of_two = talk(both)
    of_two.subscribe("families")
    suspend(by=cast.clara, partner=cast.liege, reason="Unpaid.")
    assert luc.closed() == 4003
    assert anna.ask(type="ping") == {"type": "pong"}
    assert of_two.say("families", "Still here.")["type"] == "ack"
    assert [frame["body"] for frame in anna.until("message")] == ["Still here."]
    # The session goes on, and gives nothing.
    again = talk(cast.luc)
    again.send(type="subscribe", room="families", after=0)
    assert again.until("error")[-1]["code"] == "not_found"  # after the bell, perhaps
    lift(by=cast.clara, partner=cast.liege)
    assert again.subscribe("families", after=None)[-1]["type"] == "subscribed"


# --- in random worlds -----------------------------------------------------------------------------

Sight = dict[str, set[int]]


def sight(person: User) -> Sight:
    """All that this person may: rooms by level, and what is shared."""
    rooms = {
        level.name: set(Room.objects.where(person, level).values_list("pk", flat=True)) for level in list(Level)[:4]
    }
    items = Item.objects.seen_inside_by(person, assured=True).values_list("pk", flat=True)
    return rooms | {"items": set(items)}


def proof(test: Callable[[plain.World], None]) -> Callable[[], None]:
    """Thirty worlds, the same in every run."""
    drawn = settings(
        max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )(given(world=worlds())(test))
    return seed(0)(drawn)


def with_a_coordinator(world: plain.World, rows: object) -> tuple[User, Partner]:
    """Lets the lead and one other partner stand, and somebody coordinate."""
    lead, partner = (rows[one] for one in world.partners[:2])  # type: ignore[index]
    Partner.objects.filter(pk__in=[lead.pk, partner.pk]).update(
        status="active", status_since=instant(-2), status_until=None
    )
    coordinator = UserFactory(email="coordinator@lead.example")
    MembershipFactory(user=coordinator, partner=lead, role="representative", since=instant(-2))
    return coordinator, partner


def by_belonging(partner: Partner, people: list[User]) -> tuple[list[User], list[User]]:
    """Those who belong to this partner alone, and those who do not belong to it."""
    mine = set(Membership.objects.current().filter(partner=partner).values_list("user", flat=True))
    elsewhere = set(Membership.objects.current().exclude(partner=partner).values_list("user", flat=True))
    return (
        [person for person in people if person.pk in mine - elsewhere],
        [person for person in people if person.pk not in mine],
    )


def suspended_and_lifted(world: plain.World) -> None:
    with stored(world) as rows, clock.at(instant(0)):
        coordinator, partner = with_a_coordinator(world, rows)
        people = [rows[person] for person in world.people]
        before = {person.pk: sight(person) for person in people}
        only, others = by_belonging(partner, people)
        suspend(by=coordinator, partner=partner, reason="Unpaid.")
        for person in only:
            assert not any(sight(person).values())
        for person in others:
            assert sight(person) == before[person.pk]
        lift(by=coordinator, partner=partner)
        assert {person.pk: sight(person) for person in people} == before


def left(world: plain.World) -> None:
    with stored(world) as rows, clock.at(instant(0)):
        coordinator, partner = with_a_coordinator(world, rows)
        people = [rows[person] for person in world.people]
        before = {person.pk: sight(person) for person in people}
        only, others = by_belonging(partner, people)
        hand_over.begin_hand_over(by=coordinator, partner=partner)
        for room in rooms_in_hand(partner).visible_to(coordinator):
            after = successors([room], partner)[room.pk]
            assume(after)
            hand_over.hand_on_room(by=coordinator, partner=partner, room=room, holder=after[0])
        with clock.at(instant(0.5)):  # type: ignore[arg-type]
            hand_over.leave(by=coordinator, partner=partner)
            for person in only:
                assert not any(sight(person).values())
        # Nobody else loses or gains anything to read, but who moderates now what they only read before.
        for person in others:
            now = sight(person)
            assert now["VIEW"] == before[person.pk]["VIEW"]
            assert now["items"] >= before[person.pk]["items"]


@pytest.mark.parametrize("said", [suspended_and_lifted, left])
def test_whoever_belonged_to_it_alone_sees_nothing_and_nobody_else_loses_anything(
    said: Callable[[plain.World], None],
) -> None:
    proof(said)()


# --- the lead -------------------------------------------------------------------------------------


def gaining(partner: Partner) -> list[uuid.UUID]:
    """Who takes part for the lead without representing it."""
    return [one.user.uid for one in Membership.objects.filter(partner=partner, role="member").select_related("user")]


def test_another_partner_leads_and_its_representatives_coordinate(cast: Cast) -> None:
    managed = {room.pk for room in Room.objects.all() if who_may(Level.MANAGE, room).exists()}
    make_lead(by=cast.clara, partner=cast.liege)
    assert list(Partner.objects.filter(role="lead")) == [cast.liege]
    assert allowed(cast.luc, Level.COORDINATE, NETWORK)
    assert not allowed(cast.clara, Level.COORDINATE, NETWORK)
    assert told(cast.luc)[0].startswith("Clara Dupont made your partner the lead of the network")
    # No room has lost its managers, and the new coordinators come into none.
    assert {room.pk for room in Room.objects.all() if who_may(Level.MANAGE, room).exists()} == managed
    assert not allowed(cast.luc, Level.VIEW, cast.steering)
    assert allowed(cast.clara, Level.MANAGE, cast.steering)
    make_lead(by=cast.luc, partner=cast.liege)
    assert AuditEntry.objects.filter(verb="accounts.lead_named").count() == 1


def test_who_comes_into_rooms_by_it_must_have_been_named(cast: Cast) -> None:
    nina = member_of(cast.efus, name="Nina Roux")
    secret = ItemFactory(room=cast.steering, author=cast.clara, tlp=Label.AMBER)
    assert not Item.objects.visible_to(nina).filter(pk=secret.pk).exists()
    with pytest.raises(Invalid) as refused:
        make_lead(by=cast.clara, partner=cast.liege)
    assert refused.value.field == "sure"
    clara = Client()
    clara.force_login(cast.clara)
    page = clara.get("/partners/liege/lead/")
    assert "Nina Roux" in page.content.decode()
    member_of(cast.efus, name="Late Comer")
    again = clara.post("/partners/liege/lead/", {"sure": str(nina.uid)})
    assert "Read again what it means" in again.content.decode()
    assert "Late Comer" in again.content.decode()
    sure = again.context["form"]["sure"].value()
    assert clara.post("/partners/liege/lead/", {"sure": sure}).status_code == 302
    assert Item.objects.visible_to(nina).filter(pk=secret.pk).exists()


def test_only_a_standing_partner_with_a_representative_can_lead(cast: Cast) -> None:
    for partner in (cast.malmo, cast.vallombre):  # nobody represents Malmö; Vallombre is suspended
        with pytest.raises(Forbidden):
            make_lead(by=cast.clara, partner=partner)
    with pytest.raises(Forbidden):
        make_lead(by=cast.luc, partner=cast.liege)
    assert list(Partner.objects.filter(role="lead")) == [cast.efus]


def test_a_room_that_only_the_old_lead_managed_keeps_its_manager(cast: Cast) -> None:
    room = RoomFactory()
    grant(cast.efus, Level.MANAGE, room)
    make_lead(by=cast.clara, partner=cast.liege, gaining=gaining(cast.efus))
    assert list(who_may(Level.MANAGE, room)) == [cast.clara]
