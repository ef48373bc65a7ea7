"""Why can somebody see this, and what do they see: told to whom it concerns, and never more than both may know."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network import clock
from network.labels import Label
from network.models import Item, Membership, Partner, Room, User
from network.permissions import Level
from tests.cast import Cast
from tests.factories import ItemFactory, RoomFactory, grant, member_of


def asked(by: User, person: User, item: Item | None = None) -> str:
    """The page, as one line of text; "" where there is none."""
    client = Client()
    client.force_login(by)
    response = client.get(f"/why/{person.uid}/{item.uid}/" if item else f"/why/{person.uid}/")
    assert response.status_code in (200, 403, 404)
    return " ".join(response.content.decode().split()) if response.status_code == 200 else ""


def test_a_coordinator_reads_the_grant_the_membership_and_the_label(cast: Cast) -> None:
    Membership.objects.filter(user=cast.anna).update(until=clock.now() + timedelta(days=400))
    guide = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title="Guide")
    page = asked(cast.clara, cast.anna, guide)
    assert "Anna Lindqvist sees this" in page
    assert "Malmö may contribute to Families since" in page
    assert "Anna Lindqvist takes part for Malmö since" in page
    assert "The label AMBER lets everyone of the room read." in page
    guide.tlp = Label.RED
    guide.save()
    guide.named_people.add(cast.clara)
    page = asked(cast.clara, cast.anna, guide)
    assert "Anna Lindqvist does not see this" in page
    assert "The label RED names other people." in page


def test_whose_time_has_ended_is_told_so(cast: Cast) -> None:
    guide = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    page = asked(cast.clara, cast.ivan, guide)
    assert "Ivan Berg took part for Malmö until" in page


def test_nobody_asks_but_a_representative_about_their_people_a_moderator_and_a_coordinator(cast: Cast) -> None:
    colleague = member_of(cast.liege)
    guide = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    assert asked(cast.luc, colleague, guide)
    assert asked(cast.mona, cast.anna, guide)
    assert asked(cast.luc, cast.anna, guide) == ""
    assert asked(cast.anna, cast.mona, guide) == ""
    assert asked(cast.carlo, cast.vera) == ""
    assert asked(cast.sven, cast.anna) == ""


def test_a_moderator_is_told_of_the_rooms_that_they_moderate_and_of_no_other(cast: Cast) -> None:
    pilots = RoomFactory(name="Pilots")
    for room in (cast.schools, pilots):
        grant(cast.malmo, Level.CONTRIBUTE, room)
    elsewhere = ItemFactory(room=pilots, author=cast.anna, partner=cast.malmo, title="Elsewhere")
    here = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title="Here it is")
    page = asked(cast.mona, cast.anna)
    assert "Families" in page
    assert "may contribute to Pilots" not in page
    assert "Here it is" in page
    assert "Elsewhere" not in page
    assert asked(cast.mona, cast.anna, elsewhere) == ""
    assert asked(cast.mona, cast.anna, here)


def test_what_the_asker_does_not_see_is_not_there_and_not_counted(cast: Cast) -> None:
    colleague = member_of(cast.liege)
    grant(colleague, Level.VIEW, cast.steering)
    hidden = ItemFactory(room=cast.steering, author=colleague, partner=cast.liege, title="In the hidden room")
    red = ItemFactory(room=cast.families, author=cast.anna, tlp=Label.RED, named_people=[colleague], title="Named")
    page = asked(cast.luc, colleague)
    assert "Steering" not in page
    assert "In the hidden room" not in page
    assert "Named" not in page
    assert asked(cast.luc, colleague, hidden) == ""
    assert asked(cast.luc, colleague, red) == ""


def test_a_way_through_a_room_that_the_asker_does_not_view_is_not_told(cast: Cast) -> None:
    colleague = member_of(cast.augsburg)
    cast.olga.memberships.update(role="representative")
    grant(colleague, Level.VIEW, cast.steering)
    guide = ItemFactory(room=cast.steering, author=cast.clara, tlp=Label.GREEN, placed_in=[cast.schools])
    grant(cast.olga, Level.VIEW, cast.schools)
    page = asked(cast.olga, colleague, guide)
    assert "does not see this" in page
    assert "of others you are told nothing" in page
    assert "Steering" not in page


def test_under_the_chatham_house_rule_no_answer_tells_who_began_it(cast: Cast) -> None:
    thread = ItemFactory(
        room=cast.families, author=cast.anna, chatham=True, tlp=Label.RED, named_people=[cast.mona, cast.clara]
    )
    assert asked(cast.clara, cast.anna, thread) == ""
    assert asked(cast.clara, cast.luc, thread) == ""
    open_to_all = ItemFactory(room=cast.families, author=cast.anna, chatham=True, title="Openly")
    assert "lets everyone of the room read" in asked(cast.clara, cast.anna, open_to_all)
    assert "Openly" not in asked(cast.clara, cast.anna)


def more_partners(count: int, room: Room) -> None:
    """That many partners, each with a member and a grant."""
    groups = Group.objects.bulk_create(Group(name=f"more {n}") for n in range(count))
    partners = Partner.objects.bulk_create(
        Partner(slug=f"more-{n}", name=f"More {n}", short_name=f"More {n}", kind="ngo", country="DE", group=group)
        for n, group in enumerate(groups)
    )
    people = User.objects.bulk_create(
        User(name=f"Member {n}", email=f"member-{n}@more.example", password="!") for n in range(count)
    )
    Membership.objects.bulk_create(
        Membership(user=person, partner=partner) for person, partner in zip(people, partners, strict=True)
    )
    for partner in partners[:40]:
        grant(partner, Level.VIEW, room)
    Item.objects.bulk_create(
        Item(kind="document", title=f"Item {n}", room=room, author=person, partner=partner)
        for n, (person, partner) in enumerate(zip(people, partners, strict=True))
    )


@pytest.mark.parametrize("partners", [10, 1_000])
def test_an_answer_costs_nine_questions_with_ten_partners_and_with_a_thousand(cast: Cast, partners: int) -> None:
    more_partners(partners, cast.families)
    guide = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.AMBER_STRICT, partner=cast.malmo)
    client = Client()
    client.force_login(cast.clara)
    for address in (f"/why/{cast.anna.uid}/", f"/why/{cast.anna.uid}/{guide.uid}/"):
        assert client.get(address).status_code == (404 if str(guide.uid) in address else 200)
    guide.named_partners.add(cast.efus)
    for address in (f"/why/{cast.anna.uid}/", f"/why/{cast.anna.uid}/{guide.uid}/"):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) == 9


def test_of_a_deputy_it_is_told_for_whom(cast: Cast) -> None:
    deputy = member_of(cast.liege, name="Dora Petit")
    Membership.objects.create(
        user=deputy,
        partner=cast.liege,
        role=Membership.Role.REPRESENTATIVE,
        deputy_for=cast.luc,
        until=clock.now() + timedelta(days=9),
    )
    guide = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo)
    for page in (asked(cast.clara, deputy), asked(cast.mona, deputy, guide)):
        assert "Dora Petit represents Liège as deputy for Luc Delvaux since" in page
        assert "Dora Petit takes part for Liège since" in page
