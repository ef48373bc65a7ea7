"""A person moves from one partner to another: what they shared stays, what they may follows them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.moving import move_person, preview_move
from network import clock
from network.models import AuditEntry, Item, Membership, Notification, PersonGrant, Room, User
from network.permissions import Level, level_in, partners_of
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
    assert "Not to be seen" not in page
    assert "A room of their own" not in page
    given = {"old": "malmo", "new": "liege", "role": "member", "day": str(timezone.localdate()), "ending": "families"}
    page = client.post(address, given).content.decode()
    assert "Move Mona Ek" in page
    assert Membership.objects.filter(user=cast.mona, until=None).get().partner == cast.malmo
    client.post(address, given | {"sure": "1"})
    assert list(partners_of(User.objects.get(pk=cast.mona.pk))) == [cast.liege]
    assert not Item.objects.filter(author=cast.mona).exclude(partner=cast.malmo).exists()
