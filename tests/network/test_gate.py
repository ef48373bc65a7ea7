"""The gate, sentence by sentence, with the cast (see `tests/cast.py` for who is where).

`test_gate_worlds.py` proves the whole; here one reads what it means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from network import clock
from network.labels import Label
from network.models import Item, Membership, Partner, PartnerGrant, Room, State, User
from network.permissions import (
    NETWORK,
    Level,
    Reach,
    allowed,
    audience,
    audience_of,
    can,
    is_guest,
    is_member,
    level_in,
    partners_to_act_for,
    present_people,
    require,
    where_allowed,
    who_may,
)
from network.querysets import ItemQuerySet
from network.refusals import Forbidden, Unseen
from tests.cast import Cast
from tests.factories import ItemFactory, MembershipFactory, RoomFactory, UserFactory, grant, member_of

STRANGER = AnonymousUser()
NAMES = ("clara", "luc", "anna", "eva", "olga", "ivan", "gus", "sven", "maud", "mona", "carlo", "vera")
FAMILIES = {"clara", "luc", "anna", "maud", "mona", "carlo", "vera"}
Queries = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.LIAISE_REQUIRE_MFA = False


@pytest.fixture
def noon() -> Iterator[datetime]:
    """A test that stands still, so that an instant can be hit exactly."""
    moment = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    with clock.at(moment):
        yield moment


def readers(cast: Cast, item: Item) -> set[str]:
    """Who of the cast sees the item; the audience must say the same of them."""
    seen = {name for name in NAMES if item in Item.objects.visible_to(getattr(cast, name))}
    reached = set(audience(item))
    assert {name for name in NAMES if getattr(cast, name) in reached} == seen
    return seen


def viewers(cast: Cast, room: Room, level: Level = Level.VIEW) -> set[str]:
    """Who of the cast has the level in the room; the other questions must say the same."""
    there = {name for name in NAMES if allowed(getattr(cast, name), level, room)}
    people = set(who_may(level, room))
    assert {name for name in NAMES if getattr(cast, name) in people} == there
    assert {name for name in NAMES if room in where_allowed(getattr(cast, name), level)} == there
    return there


# --- people come through partners -----------------------------------------------------------------


def test_members_guests_and_nobody_else_are_in_the_network(cast: Cast) -> None:
    present = set(present_people())
    assert {name for name in NAMES if getattr(cast, name) in present} == FAMILIES | {"olga", "eva"}
    assert is_member(cast.olga)
    assert not is_guest(cast.olga)
    assert is_guest(cast.eva)
    assert not is_member(cast.eva)
    assert not is_member(STRANGER)
    assert not is_guest(STRANGER)


def test_a_membership_is_over_at_the_very_instant_that_it_ends(cast: Cast, noon: datetime) -> None:
    Membership.objects.filter(user=cast.anna).update(until=noon + timedelta(hours=1))
    assert allowed(cast.anna, Level.CONTRIBUTE, cast.families)
    with clock.at(noon + timedelta(hours=1) - timedelta(microseconds=1)):
        assert allowed(cast.anna, Level.CONTRIBUTE, cast.families)
    with clock.at(noon + timedelta(hours=1)):
        assert not allowed(cast.anna, Level.VIEW, cast.families)
        assert not is_member(cast.anna)


def test_a_grant_is_over_at_the_very_instant_that_it_ends(cast: Cast, noon: datetime) -> None:
    PartnerGrant.objects.filter(group=cast.malmo.group).update(until=noon + timedelta(hours=1))
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    with clock.at(noon + timedelta(hours=1) - timedelta(microseconds=1)):
        assert "anna" in readers(cast, item)
    with clock.at(noon + timedelta(hours=1)):
        assert "anna" not in readers(cast, item)


def test_a_grant_begins_at_its_instant(cast: Cast, noon: datetime) -> None:
    grant(cast.olga, Level.VIEW, cast.families, since=noon + timedelta(hours=1))
    with clock.at(noon + timedelta(hours=1) - timedelta(microseconds=1)):
        assert "olga" not in viewers(cast, cast.families)
    with clock.at(noon + timedelta(hours=1)):
        assert "olga" in viewers(cast, cast.families)


@pytest.mark.parametrize("status", [Partner.Status.INVITED, Partner.Status.SUSPENDED, Partner.Status.LEFT])
def test_when_a_partner_leaves_its_people_lose_all_and_what_it_shared_stays(cast: Cast, status: str) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    Partner.objects.filter(pk=cast.liege.pk).update(status=status)
    assert readers(cast, item) == FAMILIES - {"luc", "maud"}


def test_an_associated_partner_takes_part(cast: Cast) -> None:
    Partner.objects.filter(pk=cast.malmo.pk).update(status=Partner.Status.ASSOCIATED)
    assert "anna" in viewers(cast, cast.families)


def test_whoever_may_not_sign_in_has_nothing(cast: Cast) -> None:
    for name in ("luc", "maud", "eva"):
        User.objects.filter(pk=getattr(cast, name).pk).update(is_active=False)
    assert viewers(cast, cast.families) == FAMILIES - {"luc", "maud"}
    assert viewers(cast, cast.schools) == {"clara"}


def test_an_undated_grant_makes_no_guest(cast: Cast) -> None:
    person = UserFactory()
    grant(person, Level.CONTRIBUTE, cast.families)
    assert not is_guest(person)
    assert not allowed(person, Level.VIEW, cast.families)


def test_a_guest_also_has_what_is_granted_without_an_end(cast: Cast) -> None:
    grant(cast.eva, Level.VIEW, cast.families)
    assert allowed(cast.eva, Level.VIEW, cast.families)


def test_a_direct_room_makes_no_guest(cast: Cast, noon: datetime) -> None:
    direct = RoomFactory(kind=Room.Kind.DIRECT)
    person = UserFactory()
    grant(person, Level.CONTRIBUTE, direct, until=noon + timedelta(days=1))
    assert not is_guest(person)
    assert not allowed(person, Level.VIEW, direct)


def test_a_member_of_a_suspended_partner_does_not_come_back_as_a_guest(cast: Cast, noon: datetime) -> None:
    grant(cast.sven, Level.VIEW, cast.families, until=noon + timedelta(days=1))
    assert not is_guest(cast.sven)
    assert not allowed(cast.sven, Level.VIEW, cast.families)


def test_no_flag_on_a_person_opens_anything(cast: Cast) -> None:
    User.objects.filter(pk=cast.olga.pk).update(is_staff=True, is_superuser=True)
    assert "olga" not in viewers(cast, cast.families)
    assert "olga" not in readers(cast, ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege))


# --- everything lives in rooms --------------------------------------------------------------------


def test_levels_include_the_ones_before(cast: Cast) -> None:
    assert viewers(cast, cast.families) == FAMILIES
    assert viewers(cast, cast.families, Level.CONTRIBUTE) == FAMILIES - {"vera"}
    assert viewers(cast, cast.families, Level.MODERATE) == {"clara", "maud", "mona"}
    assert viewers(cast, cast.families, Level.MANAGE) == {"clara", "maud"}
    assert level_in(cast.mona, cast.families) == Level.MODERATE
    assert level_in(cast.olga, cast.families) is None


def test_of_the_lead_only_its_representatives_have_what_it_is_granted(cast: Cast) -> None:
    colleague = member_of(cast.efus)
    assert not allowed(colleague, Level.VIEW, cast.families)
    assert allowed(colleague, Level.VIEW, cast.commons)
    assert level_in(colleague, cast.commons) == Level.VIEW


def test_every_member_views_a_network_room_and_no_guest_does(cast: Cast) -> None:
    assert viewers(cast, cast.commons) == FAMILIES | {"olga"}


def test_a_restricted_room_is_listed_to_members_and_a_hidden_one_to_nobody(cast: Cast) -> None:
    listed = {name for name in NAMES if cast.families in Room.objects.listed_to(getattr(cast, name))}
    assert listed == FAMILIES | {"olga"}
    hidden = {name for name in NAMES if cast.steering in Room.objects.listed_to(getattr(cast, name))}
    assert hidden == {"clara"}


def test_coordinators_see_the_name_of_a_room_whose_last_manager_has_ended(cast: Cast) -> None:
    hidden = RoomFactory(kind=Room.Kind.HIDDEN)
    managing = member_of(cast.malmo)
    grant(managing, Level.MANAGE, hidden)
    assert hidden not in Room.objects.listed_to(cast.clara)
    Membership.objects.filter(user=managing).update(until=clock.now())
    assert hidden in Room.objects.listed_to(cast.clara)
    assert hidden not in Room.objects.listed_to(cast.luc)
    assert hidden not in Room.objects.visible_to(cast.clara)


def test_nobody_contributes_to_an_archived_room(cast: Cast) -> None:
    cast.families.archived_at = clock.now()
    cast.families.save()
    assert viewers(cast, cast.families, Level.CONTRIBUTE) == set()
    assert viewers(cast, cast.families, Level.MANAGE) == {"clara", "maud"}
    assert viewers(cast, cast.families) == FAMILIES
    assert not partners_to_act_for(cast.luc, cast.families).exists()
    assert level_in(cast.luc, cast.families) == Level.VIEW


def test_nothing_makes_a_coordinator_see_into_a_direct_room(cast: Cast) -> None:
    direct = RoomFactory(kind=Room.Kind.DIRECT)
    for person in (cast.luc, cast.anna):
        grant(person, Level.CONTRIBUTE, direct)
    assert viewers(cast, direct) == {"luc", "anna"}
    assert direct not in Room.objects.listed_to(cast.clara)
    assert readers(cast, ItemFactory(room=direct, author=cast.luc)) == {"luc", "anna"}


def test_one_acts_for_a_partner_that_gives_contribute_or_by_an_own_grant_for_any_of_ones_own(cast: Cast) -> None:
    MembershipFactory(user=cast.luc, partner=cast.augsburg)
    assert set(partners_to_act_for(cast.luc, cast.families)) == {cast.liege}
    grant(cast.luc, Level.CONTRIBUTE, cast.families)
    assert set(partners_to_act_for(cast.luc, cast.families)) == {cast.liege, cast.augsburg}
    assert set(partners_to_act_for(cast.carlo, cast.families)) == {cast.augsburg}
    assert not partners_to_act_for(cast.vera, cast.families).exists()
    assert not partners_to_act_for(cast.eva, cast.schools).exists()
    assert not partners_to_act_for(STRANGER, cast.families).exists()


def test_representatives_represent_their_partner_and_those_of_the_lead_coordinate(cast: Cast) -> None:
    assert set(who_may(Level.REPRESENT, cast.liege)) == {cast.luc}
    assert set(who_may(Level.COORDINATE, NETWORK)) == {cast.clara}
    assert allowed(cast.luc, Level.REPRESENT, cast.liege)
    assert not allowed(cast.maud, Level.REPRESENT, cast.liege)
    assert not allowed(cast.clara, Level.REPRESENT, cast.liege)
    assert not allowed(cast.sven, Level.REPRESENT, cast.vallombre)
    assert not allowed(STRANGER, Level.COORDINATE, NETWORK)


def test_a_level_is_asked_only_of_a_place_that_knows_it(cast: Cast) -> None:
    for level, place in ((Level.MANAGE, NETWORK), (Level.COORDINATE, cast.families), (Level.VIEW, cast.liege)):
        with pytest.raises(ValueError, match="not a level of"):
            allowed(cast.luc, level, place)


def test_what_one_may_not_view_is_unseen_and_what_one_may_not_do_is_forbidden_with_a_reason(cast: Cast) -> None:
    with pytest.raises(Unseen):
        require(cast.olga, Level.CONTRIBUTE, cast.families)
    with pytest.raises(Forbidden):
        require(cast.vera, Level.CONTRIBUTE, cast.families)
    assert can(require, cast.luc, Level.CONTRIBUTE, cast.families)
    assert can(require, cast.vera, Level.CONTRIBUTE, cast.families).reason == "You may read here, but not contribute."


# --- a user sees an item if … ---------------------------------------------------------------------


@pytest.mark.parametrize("label", [Label.CLEAR, Label.GREEN, Label.AMBER])
def test_up_to_amber_everybody_of_the_room_sees_it(cast: Cast, label: Label) -> None:
    assert readers(cast, ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, tlp=label)) == FAMILIES


def test_clear_alone_shows_nothing_to_strangers(cast: Cast) -> None:
    ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR)
    assert not Item.objects.visible_to(STRANGER).exists()


@pytest.mark.parametrize(("label", "there"), [(Label.CLEAR, True), (Label.GREEN, True), (Label.AMBER, False)])
def test_what_was_passed_on_is_read_there_while_green_or_clear(cast: Cast, label: Label, there: bool) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, tlp=label, placed_in=[cast.schools])
    assert ("eva" in readers(cast, item)) == there


def test_what_was_passed_on_under_an_amber_parent_is_not_read_there(cast: Cast) -> None:
    parent = ItemFactory(room=cast.schools, author=cast.luc, tlp=Label.AMBER)
    child = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.GREEN, parent=parent, placed_in=[cast.schools])
    assert "eva" in readers(cast, parent)
    assert "eva" not in readers(cast, child)


def strict(cast: Cast, **fields: Any) -> Item:
    """AMBER+STRICT in Families, of Liège."""
    fields = {"room": cast.families, "author": cast.luc, "partner": cast.liege, "tlp": Label.AMBER_STRICT} | fields
    return ItemFactory(**fields)


def test_amber_strict_is_read_through_the_grant_of_a_partner_that_it_names_or_its_own(cast: Cast) -> None:
    assert readers(cast, strict(cast)) == {"luc", "maud"}
    assert readers(cast, strict(cast, named_partners=[cast.malmo])) == {"luc", "maud", "anna", "mona"}


def test_amber_strict_is_not_read_by_an_own_grant(cast: Cast) -> None:
    assert not {"carlo", "vera"} & readers(cast, strict(cast, named_partners=[cast.augsburg]))


def test_amber_strict_is_not_read_through_another_membership_than_the_named_one(cast: Cast) -> None:
    MembershipFactory(user=cast.luc, partner=cast.augsburg)
    item = strict(cast, author=cast.anna, partner=cast.malmo, named_partners=[cast.augsburg])
    assert readers(cast, item) == {"anna", "mona"}


def test_amber_strict_in_a_network_room_is_read_by_all_members_of_the_named_partners(cast: Cast) -> None:
    colleague = member_of(cast.efus)
    item = strict(cast, room=cast.commons, named_partners=[cast.efus, cast.augsburg])
    assert readers(cast, item) == {"luc", "maud", "clara", "olga", "carlo", "vera"}
    assert item in Item.objects.visible_to(colleague)


def test_red_is_read_by_its_author_and_whom_it_names_and_by_no_manager(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.RED, named_people=[cast.anna, cast.olga])
    assert readers(cast, item) == {"luc", "anna"}


def test_a_draft_is_its_writers_as_long_as_they_view_its_home(cast: Cast) -> None:
    item = ItemFactory(
        room=cast.families,
        author=cast.luc,
        tlp=Label.RED,
        state=State.DRAFT,
        co_authors=[cast.anna, cast.olga],
        reviewers=[cast.vera],
    )
    assert readers(cast, item) == {"luc", "anna", "vera"}


@pytest.mark.parametrize("state", [State.HELD, State.REMOVED])
def test_what_is_held_or_removed_is_its_authors_and_the_home_rooms_moderators(cast: Cast, state: str) -> None:
    item = ItemFactory(
        room=cast.families,
        author=cast.luc,
        tlp=Label.GREEN,
        state=state,
        co_authors=[cast.anna],
        placed_in=[cast.commons],
    )
    assert readers(cast, item) == {"luc", "clara", "maud", "mona"}


def test_moderators_see_what_is_held_only_if_the_label_admits_them(cast: Cast) -> None:
    assert readers(cast, strict(cast, state=State.HELD)) == {"luc", "maud"}


def test_what_is_archived_is_read_as_before(cast: Cast) -> None:
    assert readers(cast, ItemFactory(room=cast.families, author=cast.luc, state=State.ARCHIVED)) == FAMILIES


def test_a_child_is_seen_by_who_sees_its_parent_too(cast: Cast) -> None:
    parent = strict(cast)
    assert readers(cast, ItemFactory(room=cast.families, author=cast.anna, parent=parent)) == {"luc", "maud"}


def test_a_thread_in_the_room_an_item_was_passed_on_to_is_read_there(cast: Cast) -> None:
    parent = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.GREEN, placed_in=[cast.schools])
    thread = ItemFactory(room=cast.schools, author=cast.luc, tlp=Label.GREEN, parent=parent)
    assert readers(cast, thread) == {"clara", "luc", "maud", "eva"}


# --- or it is released ----------------------------------------------------------------------------


def test_whoever_they_are_people_see_what_is_clear_published_and_released(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR, released=True)
    for reader in (STRANGER, cast.olga, cast.ivan):
        assert item in Item.objects.visible_to(reader)
        assert item not in Item.objects.seen_inside_by(reader)
    assert item in Item.objects.seen_inside_by(cast.luc)


@pytest.mark.parametrize(
    "change", [{"tlp": Label.GREEN}, {"state": State.ARCHIVED}, {"state": State.REMOVED}, {"state": State.DRAFT}]
)
def test_relabelling_archiving_or_removing_ends_what_a_release_gave(cast: Cast, change: dict[str, Any]) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR, released=True)
    Item.objects.filter(pk=item.pk).update(**change)
    assert item not in Item.objects.visible_to(STRANGER)


def test_releasing_a_thing_releases_none_of_its_children(cast: Cast) -> None:
    parent = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR, released=True)
    child = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR, parent=parent)
    assert child not in Item.objects.visible_to(STRANGER)


def test_a_released_child_waits_for_its_parent(cast: Cast) -> None:
    parent = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR)
    child = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR, parent=parent, released=True)
    assert child not in Item.objects.visible_to(STRANGER)


# --- assurance ------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [Label.AMBER_STRICT, Label.RED])
def test_where_a_second_factor_is_required_the_tightest_labels_need_one(
    cast: Cast, settings: Any, label: Label
) -> None:
    settings.LIAISE_REQUIRE_MFA = True
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, tlp=label)
    child = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, parent=item)
    assert not Item.objects.visible_to(cast.luc).exists()
    assert set(Item.objects.visible_to(cast.luc, assured=True)) == {item, child}
    cast.luc.assured = True
    assert set(Item.objects.visible_to(cast.luc)) == {item, child}
    # Mail and notifications carry a link that is asked again, so the audience is not narrowed.
    assert cast.luc in audience(item)


# --- before anything is shared --------------------------------------------------------------------


def test_the_preview_says_who_will_see_it(cast: Cast) -> None:
    reach = Reach(home=cast.families, label=Label.AMBER_STRICT, author=cast.luc, partner=cast.liege)
    assert set(audience_of(reach)) == {cast.luc, cast.maud}


# --- names of places ------------------------------------------------------------------------------


def test_an_item_names_its_home_and_its_parent_only_to_who_may_view_them(cast: Cast) -> None:
    parent = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.CLEAR, released=True, placed_in=[])
    child = ItemFactory(room=cast.families, author=cast.luc, tlp=Label.GREEN, parent=parent, placed_in=[cast.schools])
    (seen,) = Item.objects.visible_to(cast.eva).filter(pk=child.pk).with_places(cast.eva)
    assert seen.home is None
    assert seen.about == parent
    (seen,) = Item.objects.visible_to(cast.luc).filter(pk=child.pk).with_places(cast.luc)
    assert seen.home == cast.families


# --- one query per question -----------------------------------------------------------------------


def kinds_of_items(model: type[Model] = Item) -> Iterator[type[Model]]:
    """Item and every model that inherits from it, at any depth."""
    yield model
    for below in model.__subclasses__():
        yield from kinds_of_items(below)


@pytest.mark.parametrize("model", list(kinds_of_items()), ids=lambda model: model.__name__)
def test_what_one_sees_of_any_kind_is_one_query(
    cast: Cast, django_assert_num_queries: Queries, model: type[Item]
) -> None:
    assert isinstance(model._default_manager.all(), ItemQuerySet)
    for reader in (cast.luc, cast.eva, cast.gus, STRANGER):
        with django_assert_num_queries(1):
            list(model.objects.visible_to(reader))
        with django_assert_num_queries(1):
            model.objects.visible_to(reader).count()
    with django_assert_num_queries(1):
        list(model.objects.seen_inside_by(cast.luc))


QUESTIONS: dict[str, Callable[[Cast, User], Any]] = {
    "visible rooms": lambda cast, person: list(Room.objects.visible_to(person)),
    "listed rooms": lambda cast, person: list(Room.objects.listed_to(person)),
    "where allowed": lambda cast, person: list(where_allowed(person, Level.MODERATE)),
    "partners represented": lambda cast, person: list(where_allowed(person, Level.REPRESENT)),
    "allowed in a room": lambda cast, person: allowed(person, Level.VIEW, cast.families),
    "allowed for a partner": lambda cast, person: allowed(person, Level.REPRESENT, cast.liege),
    "allowed in the network": lambda cast, person: allowed(person, Level.COORDINATE, NETWORK),
    "who may in a room": lambda cast, person: list(who_may(Level.CONTRIBUTE, cast.families)),
    "who represents": lambda cast, person: list(who_may(Level.REPRESENT, cast.liege)),
    "who coordinates": lambda cast, person: list(who_may(Level.COORDINATE, NETWORK)),
    "level in a room": lambda cast, person: level_in(person, cast.families),
    "level in a network room": lambda cast, person: level_in(person, cast.commons),
    "partners to act for": lambda cast, person: list(partners_to_act_for(person, cast.families)),
    "present people": lambda cast, person: list(present_people()),
    "is a member": lambda cast, person: is_member(person),
    "is a guest": lambda cast, person: is_guest(person),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_is_one_query(cast: Cast, django_assert_num_queries: Queries, question: str) -> None:
    for person in (cast.luc, cast.clara, cast.eva, cast.gus):
        with django_assert_num_queries(1):
            QUESTIONS[question](cast, person)
