"""A partner leaves: what it keeps open finds a successor or is archived, nobody gains, and its name stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from accounts.actions import invitations
from accounts.actions.hand_over import (
    archive_in_hand,
    begin_hand_over,
    call_off_hand_over,
    hand_on,
    hand_on_room,
    leave,
)
from accounts.actions.standing import set_status
from accounts.models import Invitation
from accounts.querysets import items_in_hand, rooms_in_hand
from exchange.models import DocKind, Document
from forums.actions.closing import lock_thread
from network import clock
from network.actions.items import relabel
from network.labels import Label
from network.models import HandOver, Item, Membership, Notification, PersonGrant, Room, User
from network.permissions import Level, allowed, audience, is_guest, who_may
from network.permissions.items import is_source
from network.refusals import Forbidden, Invalid, NeedsSecondFactor, Unseen
from tests.cast import Cast
from tests.factories import ItemFactory, PartnerFactory, RoomFactory, grant, member_of
from tests.stage import Stage, _share, set_stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(cast: Cast) -> User:
    """She represents Malmö, which contributes to Families."""
    return member_of(cast.malmo, represents=True, name="Rita Holm")


def titles(cast: Cast) -> set[str]:
    return set(items_in_hand(cast.liege).values_list("title", flat=True))


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


# --- what is in its hands -------------------------------------------------------------------------


def test_each_kind_says_what_of_it_is_unfinished(cast: Cast) -> None:
    document, _practice, thread, workshop = _share(cast.luc, cast.families)
    assert titles(cast) == {"Six evenings", "Parents and police", "When a son comes back"}
    Document.objects.filter(pk=document.pk).update(doc_kind=DocKind.GUIDE)
    assert "Guide" in titles(cast)
    lock_thread(by=cast.mona, thread=thread, reason="It is settled.")
    with clock.at(workshop.ends_at + timedelta(hours=1)):
        assert titles(cast) == {"Guide", "Six evenings"}
    Item.objects.filter(pk=document.pk).update(state="archived")
    assert titles(cast) == {"Six evenings", "When a son comes back"}


def test_what_was_begun_under_the_chatham_house_rule_is_never_listed(cast: Cast) -> None:
    ItemFactory(kind="practice", room=cast.families, author=cast.luc, partner=cast.liege, chatham=True, title="Secret")
    assert titles(cast) == set()


def test_each_sees_of_it_what_the_gate_shows_them_and_no_count_of_the_rest(cast: Cast) -> None:
    common = {"kind": "practice", "room": cast.families, "partner": cast.liege}
    ItemFactory(author=cast.luc, title="For the room", **common)
    ItemFactory(author=cast.luc, title="For Liège", tlp=Label.AMBER_STRICT, **common)
    ItemFactory(author=cast.maud, title="For Anna", tlp=Label.RED, named_people=[cast.anna], **common)
    begin_hand_over(by=cast.clara, partner=cast.liege)
    pages = {who: signed_in(getattr(cast, who)).get("/partners/liege/hand-over/") for who in ("luc", "clara")}
    words = {who: page.content.decode() for who, page in pages.items()}
    assert {who for who, text in words.items() if "For the room" in text} == {"luc", "clara"}
    assert {who for who, text in words.items() if "For Liège" in text} == {"luc"}
    assert not {who for who, text in words.items() if "For Anna" in text}
    for who in ("maud", "anna", "olga"):
        assert signed_in(getattr(cast, who)).get("/partners/liege/hand-over/").status_code == 403
    # One cannot touch what one does not see.
    for by in (cast.luc, cast.clara):
        with pytest.raises(Unseen):
            archive_in_hand(by=by, partner=cast.liege, items=Item.objects.filter(title="For Anna"))


def test_the_page_costs_the_same_however_much_there_is(cast: Cast, rita: User) -> None:
    def more() -> None:
        room = RoomFactory()
        grant(cast.liege, Level.MANAGE, room)
        grant(cast.clara, Level.VIEW, room)
        ItemFactory(kind="practice", room=room, author=cast.luc, partner=cast.liege)

    begin_hand_over(by=cast.clara, partner=cast.liege)
    clara, counts = signed_in(cast.clara), []
    for times in (1, 4):
        for _ in range(times):
            more()
        with CaptureQueriesContext(connection) as queries:
            clara.get("/partners/liege/hand-over/")
        counts.append(len(queries))
    assert counts == [19, 19]


# --- handing on -----------------------------------------------------------------------------------


def test_a_successor_acts_as_the_source_and_nobody_reads_more(cast: Cast, rita: User) -> None:
    _share(cast.luc, cast.families)
    begin_hand_over(by=cast.clara, partner=cast.liege)
    items = list(items_in_hand(cast.liege))
    before = {item.pk: set(audience(item)) for item in items}
    for _ in range(2):
        hand_on(by=cast.luc, partner=cast.liege, items=items, keeper=cast.malmo)
    assert titles(cast) == set()
    for item in Item.objects.filter(pk__in=before):
        assert (item.partner, item.keeper) == (cast.liege, cast.malmo)
        assert set(audience(item)) == before[item.pk]
        # Until it has left, the partner speaks for it as before.
        assert is_source(cast.luc, item)
        assert not is_source(rita, item)
    leave(by=cast.clara, partner=cast.liege)
    for item in Item.objects.filter(pk__in=before):
        assert set(audience(item)) <= before[item.pk]
        assert is_source(rita, item)
        assert not is_source(cast.anna, item)
    # One notice for all of them.
    assert Notification.objects.filter(user=rita, kind="many_handed_on").count() == 1


def test_a_coordinator_does_not_become_the_source_of_what_a_partner_shares_by_a_leaving_that_is_called_off(
    cast: Cast,
) -> None:
    _share(cast.luc, cast.families)
    begin_hand_over(by=cast.clara, partner=cast.liege)
    items = list(items_in_hand(cast.liege))
    hand_on(by=cast.clara, partner=cast.liege, items=items, keeper=cast.efus)
    with pytest.raises(Forbidden):
        relabel(by=cast.clara, item=Item.objects.get(pk=items[0].pk), tlp=Label.GREEN)
    call_off_hand_over(by=cast.clara, partner=cast.liege)
    for item in Item.objects.filter(pk__in=[one.pk for one in items]):
        assert not is_source(cast.clara, item)
        assert is_source(cast.luc, item)


def test_who_does_not_read_it_cannot_look_after_it(cast: Cast, rita: User) -> None:
    bo = member_of(cast.augsburg, represents=True)
    grant(bo, Level.MANAGE, cast.families)  # an own place is not the partner's
    common = {"kind": "practice", "room": cast.families, "author": cast.luc, "partner": cast.liege}
    amber = ItemFactory(title="Amber", **common)
    strict = ItemFactory(title="Strict", tlp=Label.AMBER_STRICT, **common)
    named = ItemFactory(title="Named", tlp=Label.AMBER_STRICT, named_partners=[cast.malmo], **common)
    red = ItemFactory(title="Red", tlp=Label.RED, named_people=[cast.anna], **common)
    begin_hand_over(by=cast.clara, partner=cast.liege)

    def refused(item: Item, keeper: object) -> str:
        with pytest.raises(Invalid) as refusal:
            hand_on(by=cast.luc, partner=cast.liege, items=[item], keeper=keeper)
        assert Item.objects.get(pk=item.pk).keeper is None
        return str(refusal.value.reason)

    assert "has no place in the room" in refused(amber, cast.augsburg)
    assert "has no place in the room" in refused(amber, cast.vallombre)
    assert "Choose another partner" in refused(amber, cast.liege)
    # Rita reads it for Liège, too, but what Liège keeps to itself is not Malmö's to look after.
    Membership.objects.create(user=rita, partner=cast.liege)
    assert audience(strict).filter(pk=rita.pk).exists()
    assert "Nobody who represents" in refused(strict, cast.malmo)
    assert "Nobody who represents" in refused(red, cast.malmo)
    hand_on(by=cast.luc, partner=cast.liege, items=[named, amber], keeper=cast.malmo)
    assert titles(cast) == {"Strict", "Red"}


def test_one_by_one_and_in_bulk_from_the_page(cast: Cast, rita: User) -> None:
    stage: Stage = set_stage(cast)
    luc, address = signed_in(cast.luc), "/partners/liege/hand-over/items/"
    luc.post(address, {"item": [str(stage.practice.uid)], "keeper": "malmo", "hand": "1"})
    assert Item.objects.get(pk=stage.practice.pk).keeper == cast.malmo
    nothing = luc.post(address, {"keeper": "malmo", "hand": "1"}, follow=True)
    assert "Tick at least one." in nothing.content.decode()
    nobody = luc.post(address, {"item": [str(stage.thread.uid)], "hand": "1"}, follow=True)
    assert "Choose a partner that looks after them." in nobody.content.decode()
    for key, words in (("nonsense", "is not a valid UUID"), (str(cast.liege.uid), "is not there any more")):
        unknown = luc.post(address, {"item": [key], "keeper": "malmo", "hand": "1"}, follow=True)
        assert words in unknown.content.decode()
    luc.post(address, {"item": [str(stage.thread.uid), str(stage.workshop.uid)], "archive": "1"})
    assert titles(cast) == set()
    stage.workshop.refresh_from_db()
    # Whoever has a seat is told that it does not take place.
    assert stage.workshop.is_cancelled
    assert Notification.objects.filter(user=cast.anna, kind="workshop_cancelled").count() == 1


def test_a_room_goes_to_somebody_who_has_a_place_there(cast: Cast) -> None:
    room = RoomFactory()
    grant(cast.liege, Level.MANAGE, room)
    grant(cast.malmo, Level.VIEW, room)
    grant(cast.clara, Level.VIEW, room)
    unseen = RoomFactory()
    grant(cast.liege, Level.MANAGE, unseen)
    begin_hand_over(by=cast.clara, partner=cast.liege)
    # Maud manages Families by a place of her own, and so does the lead: that room is in good hands.
    assert set(rooms_in_hand(cast.liege)) == {room, unseen}
    deserted = PartnerFactory()
    grant(deserted, Level.VIEW, room)
    for holder in (cast.augsburg, cast.liege, cast.maud, deserted):
        with pytest.raises(Invalid):
            hand_on_room(by=cast.luc, partner=cast.liege, room=room, holder=holder)
    with pytest.raises(Unseen):
        hand_on_room(by=cast.clara, partner=cast.liege, room=unseen, holder=cast.malmo)
    before = set(who_may(Level.VIEW, room))
    page = signed_in(cast.clara).get("/partners/liege/hand-over/").content.decode()
    assert room.name in page
    assert unseen.name not in page
    signed_in(cast.clara).post(
        f"/partners/liege/hand-over/rooms/{room.slug}/", {f"{room.slug}-holder": str(cast.malmo.uid), "hand": "1"}
    )
    assert allowed(cast.anna, Level.MANAGE, room)
    assert set(who_may(Level.VIEW, room)) == before
    signed_in(cast.luc).post(f"/partners/liege/hand-over/rooms/{unseen.slug}/", {"archive": "1"})
    assert not rooms_in_hand(cast.liege).exists()


# --- the end of it --------------------------------------------------------------------------------


def test_it_leaves_only_with_empty_hands_as_far_as_the_coordinator_sees(cast: Cast, rita: User) -> None:
    common = {"kind": "practice", "room": cast.families, "author": cast.luc, "partner": cast.liege}
    seen = ItemFactory(title="Amber", **common)
    ItemFactory(title="Strict", tlp=Label.AMBER_STRICT, **common)
    with pytest.raises(Forbidden, match="Start the hand-over first"):
        leave(by=cast.clara, partner=cast.liege)
    begin_hand_over(by=cast.clara, partner=cast.liege)
    with pytest.raises(Forbidden, match="still in the hands"):
        leave(by=cast.clara, partner=cast.liege)
    with pytest.raises(Forbidden, match="coordinators"):
        leave(by=cast.luc, partner=cast.liege)
    assert HandOver.objects.get().done_at is None
    hand_on(by=cast.clara, partner=cast.liege, items=[seen], keeper=cast.malmo)
    for _ in range(2):
        leave(by=cast.clara, partner=cast.liege, reason="The project has ended.")
    cast.liege.refresh_from_db()
    assert cast.liege.status == "left"
    assert cast.liege.history.filter(status="left").count() == 1
    assert HandOver.objects.get().done_at is not None


@override_settings(LIAISE_REQUIRE_MFA=True)
def test_what_a_second_factor_would_show_is_handed_over_too(cast: Cast) -> None:
    common = {"kind": "practice", "room": cast.families, "author": cast.luc, "partner": cast.liege}
    ItemFactory(tlp=Label.RED, named_people=[cast.clara], **common)
    begin_hand_over(by=cast.clara, partner=cast.liege)
    assert "second factor" in signed_in(cast.luc).get("/partners/liege/hand-over/").content.decode()
    with pytest.raises(NeedsSecondFactor):
        leave(by=cast.clara, partner=cast.liege)


def test_its_people_and_places_go_and_its_name_stays(cast: Cast, rita: User) -> None:
    shared = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title="Minutes")
    both = member_of(cast.liege)
    Membership.objects.create(user=both, partner=cast.malmo)
    in_a_month = clock.now() + timedelta(days=30)
    grant(cast.luc, Level.VIEW, cast.schools, until=in_a_month)  # would make a guest of him
    grant(both, Level.VIEW, cast.schools)
    invitation = invitations.invite(by=cast.luc, email="late@liege.example", partner=cast.liege)
    begin_hand_over(by=cast.clara, partner=cast.liege)
    Notification.objects.all().delete()
    leave(by=cast.clara, partner=cast.liege)
    assert not Membership.objects.current().filter(partner=cast.liege).exists()
    for person in (cast.luc, cast.maud):
        assert not Room.objects.visible_to(person).exists()
        assert not is_guest(person)
        assert not PersonGrant.objects.current().filter(user=person).exists()
    assert allowed(both, Level.VIEW, cast.schools)
    assert not Invitation.objects.open().filter(pk=invitation.pk).exists()
    item = Item.objects.visible_to(cast.anna).get(pk=shared.pk)
    assert (item.partner, item.author) == (cast.liege, cast.luc)
    page = signed_in(cast.anna).get("/partners/liege/")
    assert [one.title for one, _kind in page.context["shared"]] == ["Minutes"]
    assert Notification.objects.filter(user=cast.luc, kind="partner_status").exists()


def test_who_was_invited_to_it_for_later_keeps_the_places_of_a_guest(cast: Cast) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    Membership.objects.create(user=cast.eva, partner=cast.liege, since=tomorrow)
    begin_hand_over(by=cast.clara, partner=cast.liege)
    leave(by=cast.clara, partner=cast.liege)
    assert allowed(cast.eva, Level.CONTRIBUTE, cast.schools)
    with clock.at(tomorrow + timedelta(hours=1)):
        assert is_guest(cast.eva)


def test_a_hand_over_may_be_called_off_and_a_partner_that_left_may_come_back(cast: Cast) -> None:
    for _ in range(2):
        begin_hand_over(by=cast.clara, partner=cast.liege)
    assert Notification.objects.filter(user=cast.luc, kind="hand_over_begun").count() == 1
    with pytest.raises(Forbidden):
        call_off_hand_over(by=cast.luc, partner=cast.liege)
    call_off_hand_over(by=cast.clara, partner=cast.liege)
    assert signed_in(cast.luc).get("/partners/liege/hand-over/").status_code == 404
    begin_hand_over(by=cast.clara, partner=cast.liege)
    leave(by=cast.clara, partner=cast.liege)
    set_status(by=cast.clara, partner=cast.liege, status="invited")
    # It comes back with nobody and nothing, and may leave again.
    assert not allowed(cast.luc, Level.VIEW, cast.families)
    begin_hand_over(by=cast.clara, partner=cast.liege)
