"""What can be done with whatever is shared."""

import uuid

import pytest

from network import search
from network.actions import items
from network.kinds import KINDS, Kind
from network.labels import Label
from network.models import AuditEntry, Item, Release, Room, SearchEntry, State
from network.permissions import Level
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.factories import ItemFactory, grant
from tests.releasing import release


@pytest.fixture(autouse=True)
def any_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules are the same for every kind; here the base itself stands for one that nobody owns."""
    plain = Kind("document", "document", "documents", "exchange:document")
    monkeypatch.setitem(KINDS, "document", plain)
    monkeypatch.setattr(Item, "KIND", "document", raising=False)


def begin(cast: Cast, **changes: object) -> Item:
    """Anna of Malmö shares something in Families, unless the test says otherwise."""
    given = {"by": cast.anna, "room": cast.families, "title": "Guide", **changes}
    return items.begin(Item, **given)


def test_one_speaks_for_a_partner_of_ones_own_that_contributes_here(cast: Cast) -> None:
    assert begin(cast).partner == cast.malmo
    with pytest.raises(Invalid) as refused:
        begin(cast, partner=cast.liege)
    assert refused.value.field == "partner"


def test_a_guest_speaks_for_no_partner(cast: Cast) -> None:
    assert begin(cast, by=cast.eva, room=cast.schools).partner is None


def test_writing_by_an_own_grant_one_speaks_for_ones_own_partner(cast: Cast) -> None:
    assert begin(cast, by=cast.carlo).partner == cast.augsburg


def test_who_only_reads_may_not_share_and_who_does_not_see_learns_nothing(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        begin(cast, by=cast.vera)
    for who in (cast.olga, cast.ivan, cast.gus, cast.sven, cast.eva):
        with pytest.raises(Unseen):
            begin(cast, by=who)


def test_a_retry_finds_what_the_first_try_made(cast: Cast) -> None:
    once = uuid.uuid4()
    assert begin(cast, uid=once) == begin(cast, uid=once)
    other = begin(cast, by=cast.luc, uid=once)
    assert other.uid != once
    assert Item.objects.count() == 2


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_title_is_needed_and_short(cast: Cast, title: str) -> None:
    with pytest.raises(Invalid) as refused:
        begin(cast, title=title)
    assert refused.value.field == "title"


def test_amber_strict_is_not_offered_to_guests(cast: Cast) -> None:
    with pytest.raises(Invalid):
        begin(cast, by=cast.eva, room=cast.schools, tlp=Label.AMBER_STRICT)


def test_only_those_with_a_place_in_the_room_can_be_named(cast: Cast) -> None:
    with pytest.raises(Invalid):
        begin(cast, tlp=Label.RED, named_people=[cast.olga])
    with pytest.raises(Invalid):
        begin(cast, tlp=Label.AMBER_STRICT, named_partners=[cast.augsburg, cast.vallombre])
    named = begin(cast, tlp=Label.RED, named_people=[cast.luc])
    assert list(named.named_people.all()) == [cast.luc]


def test_in_a_moderated_room_what_members_share_is_held_but_never_red_or_strict(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    cast.families.refresh_from_db()
    assert begin(cast).state == State.HELD
    assert begin(cast, tlp=Label.RED).state == State.PUBLISHED
    assert begin(cast, tlp=Label.AMBER_STRICT).state == State.PUBLISHED
    assert begin(cast, by=cast.mona).state == State.PUBLISHED


def test_where_first_posts_are_checked_the_second_stands_at_once(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.FIRST)
    cast.families.refresh_from_db()
    first = begin(cast)
    assert first.state == State.HELD
    assert begin(cast).state == State.HELD
    items.approve(by=cast.mona, item=first)
    assert begin(cast).state == State.PUBLISHED


def test_a_held_item_is_approved_by_a_moderator_and_its_author_is_told(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo, state=State.HELD)
    with pytest.raises(Unseen):
        items.approve(by=cast.luc, item=item)
    with pytest.raises(Forbidden):
        items.approve(by=cast.anna, item=item)
    items.approve(by=cast.mona, item=item)
    assert item in Item.objects.visible_to(cast.luc)
    assert cast.anna.notifications.filter(kind="item_approved").exists()


def test_what_a_moderator_has_decided_waits_for_no_other_any_more(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    cast.families.refresh_from_db()
    first, second = begin(cast), begin(cast)
    assert cast.clara.notifications.filter(kind="item_held").count() == 2
    items.approve(by=cast.mona, item=first)
    items.remove(by=cast.mona, item=second, reason="It names a school.")
    assert not cast.clara.notifications.filter(kind="item_held").exists()


def test_the_source_relaxes_and_moderators_only_tighten(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo, tlp=Label.AMBER)
    with pytest.raises(Forbidden):
        items.relabel(by=cast.mona, item=item, tlp=Label.GREEN)
    with pytest.raises(Forbidden):
        items.relabel(by=cast.luc, item=item, tlp=Label.RED)
    items.relabel(by=cast.anna, item=item, tlp=Label.GREEN)
    items.relabel(by=cast.mona, item=item, tlp=Label.AMBER)
    assert Item.objects.get(pk=item.pk).tlp == Label.AMBER


def test_an_author_who_left_the_partner_is_not_its_source_any_more(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.carlo, partner=cast.malmo, tlp=Label.AMBER)
    with pytest.raises(Forbidden):
        items.relabel(by=cast.carlo, item=item, tlp=Label.GREEN)


def test_a_representative_of_the_partner_is_a_source_as_far_as_they_see(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.maud, partner=cast.liege, tlp=Label.AMBER)
    items.relabel(by=cast.luc, item=item, tlp=Label.GREEN)
    red = ItemFactory(room=cast.families, author=cast.maud, partner=cast.liege, tlp=Label.RED)
    with pytest.raises(Unseen):
        items.relabel(by=cast.luc, item=red, tlp=Label.GREEN)


def test_a_moderators_tightening_names_the_source_alone(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo, tlp=Label.AMBER)
    items.relabel(by=cast.mona, item=item, tlp=Label.RED, named_people=[cast.luc])
    assert item in Item.objects.visible_to(cast.anna)
    for person in (cast.mona, cast.luc, cast.clara):
        assert item not in Item.objects.visible_to(person)


def test_relabelling_to_amber_ends_placements_and_release(cast: Cast) -> None:
    item = ItemFactory(
        room=cast.families,
        author=cast.anna,
        partner=cast.malmo,
        tlp=Label.CLEAR,
        placed_in=[cast.commons],
        released=True,
    )
    assert item in Item.objects.visible_to(cast.olga)
    items.relabel(by=cast.anna, item=item, tlp=Label.AMBER)
    assert item not in Item.objects.visible_to(cast.olga)
    assert not item.placements.exists()
    assert not Release.objects.exists()


def test_green_is_passed_on_where_one_contributes_and_amber_is_not(cast: Cast) -> None:
    grant(cast.malmo, Level.CONTRIBUTE, cast.commons)
    green = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, tlp=Label.GREEN)
    amber = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, tlp=Label.AMBER)
    items.pass_on(by=cast.anna, item=green, room=cast.commons)
    items.pass_on(by=cast.anna, item=green, room=cast.commons)
    assert green.placements.count() == 1
    assert green in Item.objects.visible_to(cast.olga)
    with pytest.raises(Forbidden):
        items.pass_on(by=cast.anna, item=amber, room=cast.commons)
    with pytest.raises(Forbidden):
        items.pass_on(by=cast.carlo, item=green, room=cast.commons)
    with pytest.raises(Unseen):
        items.pass_on(by=cast.anna, item=green, room=cast.schools)


def test_a_child_of_an_amber_item_is_not_passed_on(cast: Cast) -> None:
    grant(cast.malmo, Level.CONTRIBUTE, cast.commons)
    parent = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.AMBER)
    child = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.GREEN, parent=parent)
    with pytest.raises(Forbidden):
        items.pass_on(by=cast.anna, item=child, room=cast.commons)


def test_a_coordinator_releases_what_is_clear_and_published(cast: Cast) -> None:
    clear = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR)
    green = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.GREEN)
    with pytest.raises(Forbidden):
        items.release(by=cast.anna, item=clear)
    with pytest.raises(Forbidden):
        items.release(by=cast.clara, item=green)
    with pytest.raises(Forbidden, match="proposes it"):
        items.release(by=cast.clara, item=clear)
    release(by=cast.clara, item=clear)
    assert clear in Item.objects.visible_to(cast.olga)
    items.archive(by=cast.luc, item=clear)
    assert clear not in Item.objects.visible_to(cast.olga)


def test_a_coordinator_cannot_release_what_they_see_only_because_it_was_released(cast: Cast) -> None:
    from network.actions import rooms

    rooms.withdraw_grant(by=cast.maud, room=cast.families, holder=cast.efus)
    item = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR, released=True)
    with pytest.raises(Unseen):
        items.unrelease(by=cast.clara, item=item)


def test_removing_forgets_the_words_and_leaves_a_trace_for_moderators(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo)
    search.index(item=item, title="Guide")
    with pytest.raises(Invalid):
        items.remove(by=cast.mona, item=item, reason=" ")
    items.remove(by=cast.mona, item=item, reason="It names a school.")
    assert not SearchEntry.objects.exists()
    assert item not in Item.objects.visible_to(cast.luc)
    assert item in Item.objects.visible_to(cast.mona)
    assert item in Item.objects.visible_to(cast.anna)
    assert cast.anna.notifications.filter(kind="item_removed").exists()


def test_under_the_chatham_house_rule_the_trail_names_a_participant(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo, chatham=True)
    items.relabel(by=cast.anna, item=item, tlp=Label.RED)
    entry = AuditEntry.objects.get(verb="network.relabelled")
    assert entry.actor not in (None, cast.anna.uid)
    assert entry.actor == item.participants.get(user=cast.anna).uid


def test_what_was_decided_meanwhile_stands_whatever_an_older_page_shows(cast: Cast) -> None:
    held = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo, state=State.HELD)
    shown_before = Item.objects.get(pk=held.pk)
    items.remove(by=cast.maud, item=held, reason="It names a school.")
    items.approve(by=cast.mona, item=shown_before)
    assert Item.objects.get(pk=held.pk).state == State.REMOVED


def test_a_label_tightened_meanwhile_holds_against_passing_on_and_release(cast: Cast) -> None:
    grant(cast.malmo, Level.CONTRIBUTE, cast.commons)
    item = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo, tlp=Label.CLEAR)
    shown_before = Item.objects.select_related("room").get(pk=item.pk)
    items.relabel(by=cast.mona, item=item, tlp=Label.AMBER)
    with pytest.raises(Forbidden):
        items.pass_on(by=cast.anna, item=shown_before, room=cast.commons)
    with pytest.raises(Forbidden):
        items.release(by=cast.clara, item=shown_before)
    assert not item.placements.exists()
    assert not Release.objects.exists()


def test_nobody_approves_what_they_shared_themselves(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.mona, partner=cast.malmo, state=State.HELD)
    with pytest.raises(Forbidden):
        items.approve(by=cast.mona, item=item)
    items.approve(by=cast.maud, item=item)
    assert Item.objects.get(pk=item.pk).state == State.PUBLISHED


def test_under_the_chatham_house_rule_the_trail_names_nobody_who_takes_back_or_releases(cast: Cast) -> None:
    grant(cast.malmo, Level.CONTRIBUTE, cast.commons)
    item = ItemFactory(room=cast.families, author=cast.clara, partner=cast.efus, tlp=Label.CLEAR, chatham=True)
    placement = items.pass_on(by=cast.anna, item=item, room=cast.commons)
    items.take_back(by=cast.anna, placement=placement)
    items.release(by=cast.clara, item=item)
    items.unrelease(by=cast.clara, item=item)
    actors = set(AuditEntry.objects.values_list("actor", flat=True))
    assert not actors & {cast.anna.uid, cast.clara.uid}


def test_what_holds_words_of_others_reaches_nobody_new(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Kind("document", "document", "documents", "exchange:document", holds_words_of_others=lambda item: True)
    monkeypatch.setitem(KINDS, "document", talk)
    item = begin(cast, tlp=Label.RED, named_people=[cast.luc])
    with pytest.raises(Forbidden):
        items.relabel(by=cast.anna, item=item, tlp=Label.RED, named_people=[cast.luc, cast.mona])
    items.relabel(by=cast.anna, item=item, tlp=Label.RED, named_people=[])
    assert item not in Item.objects.visible_to(cast.luc)


def test_under_the_chatham_house_rule_a_representative_is_no_source(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.maud, partner=cast.liege, chatham=True)
    with pytest.raises(Forbidden):
        items.relabel(by=cast.luc, item=item, tlp=Label.GREEN)
