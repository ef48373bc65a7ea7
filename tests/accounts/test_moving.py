"""A person moves from one partner to another: what they shared stays, what they may follows them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.deputies import name_deputy
from accounts.actions.moving import move_person, preview_move
from network import clock
from network.models import AuditEntry, Item, Membership, Notification, Partner, PersonGrant, Room, User
from network.permissions import Level, allowed, level_in, partners_of
from network.refusals import Forbidden, Invalid
from tests.cast import Cast
from tests.factories import ItemFactory, grant, member_of


def test_on_the_day_one_membership_follows_the_other_and_nothing_shared_changes_hands(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.mona, partner=cast.malmo)
    colleague = member_of(cast.malmo, represents=True)
    day = clock.now() + timedelta(days=10)
    move_person(
        by=cast.clara,
        person=cast.mona,
        old=cast.malmo,
        new=cast.augsburg,
        since=day,
        ending=[cast.families],
        successor=colleague,
        handed=[item],
    )
    with clock.at(day - timedelta(seconds=1)):
        assert list(partners_of(cast.mona)) == [cast.malmo]
        assert level_in(cast.mona, cast.families) == Level.MODERATE
    with clock.at(day):
        assert list(partners_of(cast.mona)) == [cast.augsburg]
        assert level_in(cast.mona, cast.families) is None
    item.refresh_from_db()
    assert (item.partner, item.author, list(item.co_authors.all())) == (cast.malmo, cast.mona, [colleague])
    told = set(Notification.objects.filter(kind="moved").values_list("user__name", flat=True))
    assert {colleague.name, "Mona Ek"} <= told
    assert AuditEntry.objects.filter(verb__in=["accounts.moved_out", "accounts.moved_in"]).count() == 2


def test_places_that_are_not_chosen_stay_and_the_preview_leaves_everything_as_it_was(cast: Cast) -> None:
    chosen = {"person": cast.mona, "old": cast.malmo, "new": cast.augsburg, "since": clock.now()}
    grant(cast.augsburg, Level.VIEW, cast.schools)
    preview = preview_move(by=cast.clara, **chosen)
    assert (preview.loses, preview.gains) == ([], [cast.schools])
    assert list(partners_of(cast.mona)) == [cast.malmo]
    assert preview_move(by=cast.clara, ending=[cast.families], **chosen).loses == [cast.families]
    move_person(by=cast.clara, **chosen)
    assert level_in(cast.mona, cast.families) == Level.MODERATE
    assert Notification.objects.filter(kind="moved", user=cast.maud).exists()


def test_rooms_that_the_coordinator_does_not_manage_are_not_touched(cast: Cast) -> None:
    own = Room.objects.create(slug="own", name="Own")
    grant(cast.mona, Level.MANAGE, own)
    move_person(by=cast.clara, person=cast.mona, old=cast.malmo, new=cast.augsburg, since=clock.now(), ending=[own])
    assert PersonGrant.objects.get(user=cast.mona, content_object=own).until is None


def test_the_last_representative_stays_until_there_is_another(cast: Cast) -> None:
    with pytest.raises(Invalid, match="Name another"):
        move_person(by=cast.clara, person=cast.luc, old=cast.liege, new=cast.malmo, since=clock.now())
    with pytest.raises(Forbidden):
        move_person(by=cast.luc, person=cast.maud, old=cast.liege, new=cast.malmo, since=clock.now())
    with pytest.raises(Invalid):
        move_person(by=cast.clara, person=cast.maud, old=cast.liege, new=cast.vallombre, since=clock.now())


def test_the_page_shows_what_changes_before_it_is_done_and_lists_only_what_the_coordinator_sees(
    client: Client, cast: Cast
) -> None:
    own = Room.objects.create(slug="own", name="A room of their own")
    grant(cast.mona, Level.MANAGE, own)
    ItemFactory(room=own, author=cast.mona, partner=cast.malmo, title="Not to be seen")
    ItemFactory(room=cast.families, author=cast.mona, partner=cast.malmo, title="To be seen")
    client.force_login(cast.clara)
    address = f"/people/{cast.mona.uid}/move/"
    page = client.get(address).content.decode()
    assert "To be seen" in page
    assert "Families: may moderate" in page
    assert f'name="day" value="{timezone.localdate(timezone=cast.clara.zone)}"' in page
    assert "Not to be seen" not in page
    assert "A room of their own" not in page
    given = {"old": "malmo", "new": "liege", "role": "member", "day": str(timezone.localdate()), "ending": "families"}
    page = client.post(address, given).content.decode()
    assert "Move Mona Ek" in page
    assert Membership.objects.filter(user=cast.mona, until=None).get().partner == cast.malmo
    client.post(address, given | {"sure": "1"})
    assert list(partners_of(User.objects.get(pk=cast.mona.pk))) == [cast.liege]
    assert not Item.objects.filter(author=cast.mona).exclude(partner=cast.malmo).exists()


def move(cast: Cast, person: User, *, day: int = 0) -> None:
    since = clock.now() + timedelta(days=day)
    move_person(by=cast.clara, person=person, old=cast.liege, new=cast.malmo, since=since)


def stand_in(cast: Cast, *, first: int = 0) -> None:
    """Maud is Luc's deputy for some days."""
    now = clock.now()
    since, until = now + timedelta(days=first), now + timedelta(days=10)
    name_deputy(by=cast.luc, absent=cast.luc, partner=cast.liege, deputy=cast.maud, since=since, until=until)


def test_nobody_stands_in_for_who_has_moved_nor_do_they_for_others(cast: Cast) -> None:
    member_of(cast.liege, represents=True)
    stand_in(cast)
    move(cast, cast.luc, day=3)
    assert allowed(cast.maud, Level.REPRESENT, cast.liege)
    with clock.at(clock.now() + timedelta(days=3)):
        assert not allowed(cast.maud, Level.REPRESENT, cast.liege)


def test_who_was_to_be_a_deputy_later_is_none_after_the_move(cast: Cast) -> None:
    stand_in(cast, first=5)
    move(cast, cast.maud)
    with clock.at(clock.now() + timedelta(days=6)):
        assert list(partners_of(cast.maud)) == [cast.malmo]
        assert not allowed(cast.maud, Level.REPRESENT, cast.liege)


def test_a_deputy_is_not_the_other_representative_that_a_move_needs(cast: Cast) -> None:
    stand_in(cast)
    with pytest.raises(Invalid, match="Name another"):
        move(cast, cast.luc)


def test_a_move_keeps_to_the_ceiling_of_the_new_partner(cast: Cast) -> None:
    Partner.objects.filter(pk=cast.malmo.pk).update(most_members=2)
    with pytest.raises(Invalid, match="may have 2 members"):
        move(cast, cast.maud)
    assert list(partners_of(cast.maud)) == [cast.liege]


def test_a_move_that_is_still_ahead_is_not_made_twice(cast: Cast) -> None:
    move(cast, cast.maud, day=5)
    with pytest.raises(Invalid, match="already"):
        move(cast, cast.maud, day=5)
    assert Membership.objects.filter(user=cast.maud, partner=cast.malmo).count() == 1
