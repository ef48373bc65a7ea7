"""Opening rooms, giving places in them and taking them back."""

from datetime import timedelta

import pytest

from network import clock
from network.actions import joining, rooms
from network.models import AuditEntry, JoinRequest, Notification, PersonGrant, Room
from network.permissions import Level, allowed, level_in, levels_in
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.factories import UserFactory, member_of


def test_a_coordinator_opens_a_room_and_the_lead_manages_it(cast: Cast) -> None:
    room = rooms.open_room(by=cast.clara, name="Returnees")
    assert room.slug == "returnees"
    assert [(holder, level) for holder, level, _until in levels_in(room)] == [(cast.efus, Level.MANAGE)]
    assert AuditEntry.objects.get(verb="network.room_opened").actor == cast.clara.uid


@pytest.mark.parametrize("who", ["luc", "anna", "eva", "maud"])
def test_nobody_else_opens_a_room(cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        rooms.open_room(by=getattr(cast, who), name="Returnees")
    assert not Room.objects.filter(name="Returnees").exists()


def test_a_taken_address_is_numbered_without_a_word(cast: Cast) -> None:
    hidden = rooms.open_room(by=cast.clara, name="Returnees", slug="returnees", kind=Room.Kind.HIDDEN)
    assert hidden.slug == "returnees"
    assert rooms.open_room(by=cast.clara, name="Returnees").slug == "returnees-2"
    assert rooms.open_room(by=cast.clara, name="New").slug == "new-2"  # /rooms/new/ is a page


def test_the_address_of_a_hidden_room_does_not_tell_its_name(cast: Cast) -> None:
    room = rooms.open_room(by=cast.clara, name="Returnees", kind=Room.Kind.HIDDEN)
    assert "return" not in room.slug
    assert len(room.slug) >= 12


def test_granting_replaces_level_and_end(cast: Cast) -> None:
    until = clock.now() + timedelta(days=3)
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.olga, level=Level.MODERATE, until=until)
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.olga, level=Level.VIEW)
    own = PersonGrant.objects.get(user=cast.olga, content_object=cast.families)
    assert (level_in(cast.olga, cast.families), own.until) == (Level.VIEW, None)


def test_who_gets_a_place_is_told(cast: Cast) -> None:
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.olga, level=Level.VIEW)
    told = Notification.objects.get(user=cast.olga)
    assert (told.kind, told.room, told.by) == ("granted", cast.families, cast.maud)


def test_only_managers_give_places_and_others_learn_no_more_than_they_see(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        rooms.grant(by=cast.anna, room=cast.families, holder=cast.olga, level=Level.VIEW)
    with pytest.raises(Unseen):
        rooms.grant(by=cast.olga, room=cast.families, holder=cast.olga, level=Level.MANAGE)
    assert level_in(cast.olga, cast.families) is None


def test_only_a_coordinator_brings_in_a_guest_and_only_with_an_end(cast: Cast) -> None:
    expert = UserFactory()
    with pytest.raises(Forbidden):
        rooms.grant(by=cast.maud, room=cast.families, holder=expert, level=Level.VIEW, until=clock.now() + timedelta(1))
    with pytest.raises(Invalid) as refused:
        rooms.grant(by=cast.clara, room=cast.families, holder=expert, level=Level.VIEW)
    assert refused.value.field == "until"
    with pytest.raises(Invalid):
        rooms.grant(
            by=cast.clara, room=cast.families, holder=expert, level=Level.VIEW, until=clock.now() - timedelta(1)
        )
    rooms.grant(by=cast.clara, room=cast.families, holder=expert, level=Level.VIEW, until=clock.now() + timedelta(1))
    assert allowed(expert, Level.VIEW, cast.families)


def test_a_partner_that_does_not_take_part_gets_no_place(cast: Cast) -> None:
    with pytest.raises(Invalid):
        rooms.grant(by=cast.maud, room=cast.families, holder=cast.vallombre, level=Level.VIEW)


def test_the_last_manager_stays(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        rooms.withdraw_grant(by=cast.clara, room=cast.schools, holder=cast.efus)
    with pytest.raises(Forbidden):
        rooms.grant(by=cast.clara, room=cast.schools, holder=cast.efus, level=Level.VIEW)
    assert level_in(cast.clara, cast.schools) == Level.MANAGE


def test_the_lead_may_be_sent_away_where_somebody_else_manages(cast: Cast) -> None:
    rooms.withdraw_grant(by=cast.maud, room=cast.families, holder=cast.efus)
    assert level_in(cast.clara, cast.families) is None


def test_anybody_may_give_up_their_own_place(cast: Cast) -> None:
    rooms.withdraw_grant(by=cast.vera, room=cast.families, holder=cast.vera)
    assert level_in(cast.vera, cast.families) is None
    with pytest.raises(Invalid):
        rooms.withdraw_grant(by=cast.vera, room=cast.families, holder=cast.vera)


def test_a_member_asks_to_join_a_room_they_know_of_and_the_managers_are_told(cast: Cast) -> None:
    joining.ask_to_join(by=cast.olga, room=cast.families, note="We begin a helpline.")
    joining.ask_to_join(by=cast.olga, room=cast.families, note="Again.")
    assert JoinRequest.objects.get(user=cast.olga).note == "We begin a helpline."
    assert set(Notification.objects.values_list("user__name", flat=True)) == {cast.maud.name, cast.clara.name}
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.olga, level=Level.CONTRIBUTE)
    assert JoinRequest.objects.get(user=cast.olga).settled_at is not None


@pytest.mark.parametrize("who", ["eva", "sven", "ivan"])
def test_who_does_not_know_of_a_room_cannot_ask(cast: Cast, who: str) -> None:
    with pytest.raises(Unseen):
        joining.ask_to_join(by=getattr(cast, who), room=cast.families)
    with pytest.raises(Unseen):
        joining.ask_to_join(by=cast.olga, room=cast.steering)


def test_a_coordinator_names_a_manager_where_the_last_has_gone_without_reading_the_room(cast: Cast) -> None:
    rooms.withdraw_grant(by=cast.maud, room=cast.families, holder=cast.efus)
    with pytest.raises(Unseen):  # Maud is still there
        rooms.name_manager(by=cast.clara, room=cast.families, person=cast.luc)
    cast.maud.memberships.update(until=clock.now())
    assert cast.families in Room.objects.listed_to(cast.clara)
    assert cast.families not in Room.objects.visible_to(cast.clara)
    with pytest.raises(Invalid):
        rooms.name_manager(by=cast.clara, room=cast.families, person=cast.clara)
    rooms.name_manager(by=cast.clara, room=cast.families, person=cast.luc)
    assert level_in(cast.luc, cast.families) == Level.MANAGE
    assert level_in(cast.clara, cast.families) is None
    assert cast.anna.notifications.filter(kind="manager_named").exists()


def test_only_coordinators_name_a_manager(cast: Cast) -> None:
    cast.maud.memberships.update(until=clock.now())
    with pytest.raises(Forbidden):
        rooms.name_manager(by=cast.luc, room=cast.families, person=cast.luc)


def test_a_direct_room_holds_those_it_was_opened_for_and_no_partner_ever(cast: Cast) -> None:
    room = rooms.open_direct_room(by=cast.anna, people=[cast.luc])
    assert {level_in(one, room) for one in (cast.anna, cast.luc)} == {Level.CONTRIBUTE}
    assert level_in(cast.clara, room) is None
    for holder in (cast.efus, cast.clara):
        with pytest.raises((Forbidden, Unseen)):
            rooms.grant(by=cast.anna, room=room, holder=holder, level=Level.VIEW)
    with pytest.raises(Forbidden):
        rooms.withdraw_grant(by=cast.anna, room=room, holder=cast.anna)


def test_a_direct_room_takes_two_to_eight_people_of_the_network(cast: Cast) -> None:
    with pytest.raises(Invalid):
        rooms.open_direct_room(by=cast.anna, people=[])
    with pytest.raises(Invalid):
        rooms.open_direct_room(by=cast.anna, people=[member_of(cast.liege) for _ in range(8)])
    with pytest.raises(Invalid):
        rooms.open_direct_room(by=cast.anna, people=[cast.ivan])
    assert not Room.objects.filter(kind=Room.Kind.DIRECT).exists()


def test_in_an_archived_room_nobody_contributes_and_everybody_still_reads(cast: Cast) -> None:
    rooms.archive_room(by=cast.maud, room=cast.families)
    cast.families.refresh_from_db()
    assert not allowed(cast.anna, Level.CONTRIBUTE, cast.families)
    assert allowed(cast.anna, Level.VIEW, cast.families)
    rooms.reopen_room(by=cast.maud, room=cast.families)
    assert allowed(cast.anna, Level.CONTRIBUTE, cast.families)


def test_two_who_archive_or_reopen_a_room_at_once_do_it_once(cast: Cast) -> None:
    open_still = Room.objects.get(pk=cast.families.pk)
    rooms.archive_room(by=cast.maud, room=cast.families)
    rooms.archive_room(by=cast.clara, room=open_still)
    archived = Room.objects.get(pk=cast.families.pk)
    rooms.reopen_room(by=cast.clara, room=archived)
    rooms.reopen_room(by=cast.maud, room=Room(pk=archived.pk, archived_at=archived.archived_at))
    for verb in ("network.room_archived", "network.room_reopened"):
        assert AuditEntry.objects.filter(verb=verb).count() == 1


def test_a_grant_that_cannot_be_recorded_is_not_given(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(rooms, "record", fail)
    with pytest.raises(RuntimeError):
        rooms.grant(by=cast.maud, room=cast.families, holder=cast.olga, level=Level.VIEW)
    assert level_in(cast.olga, cast.families) is None
