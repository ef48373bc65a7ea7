"""Seats and the queue: never more people than seats, nobody waits while a seat is free, all in their order."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from network import clock
from network.labels import Label
from network.models import AuditEntry, Mail, Membership, Notification
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import MembershipFactory
from tests.workshops.announcing import announced, in_days, seated, waiting
from workshops.actions import meetings as actions
from workshops.models import Registration, Workshop


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("user__name", flat=True))


def test_who_comes_first_has_a_seat_and_the_next_waits(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    assert actions.register(by=cast.anna, workshop=workshop).state == "registered"
    assert actions.register(by=cast.vera, workshop=workshop).state == "waiting"
    assert (seated(workshop), waiting(workshop)) == (["Anna"], ["Vera"])


def test_without_a_limit_everybody_has_a_seat(cast: Cast) -> None:
    workshop = announced(cast)
    for person in (cast.anna, cast.vera, cast.carlo, cast.clara):
        assert actions.register(by=person, workshop=workshop).state == "registered"


def test_registering_twice_is_once(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    first = actions.register(by=cast.anna, workshop=workshop)
    assert actions.register(by=cast.anna, workshop=workshop) == first
    assert Registration.objects.count() == 1
    assert AuditEntry.objects.filter(verb="workshops.registered").count() == 1


def test_a_seat_that_is_given_up_goes_to_the_next_who_is_told(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    for person in (cast.anna, cast.vera, cast.carlo):
        actions.register(by=person, workshop=workshop)
    actions.withdraw(by=cast.anna, workshop=workshop)
    assert (seated(workshop), waiting(workshop)) == (["Vera"], ["Carlo"])
    assert told("promoted") == {"Vera Huber"}
    notice = Notification.objects.get(kind="promoted")
    assert notice.by is None, "who gave up the seat is nobody's business"
    assert Mail.objects.filter(kind="notification", key=notice.pk).exists()


def test_withdrawing_twice_is_once_and_gives_one_seat(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    for person in (cast.anna, cast.vera, cast.carlo):
        actions.register(by=person, workshop=workshop)
    actions.withdraw(by=cast.anna, workshop=workshop)
    actions.withdraw(by=cast.anna, workshop=workshop)
    assert (seated(workshop), waiting(workshop)) == (["Vera"], ["Carlo"])


def test_who_leaves_the_queue_frees_no_seat(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    for person in (cast.anna, cast.vera, cast.carlo):
        actions.register(by=person, workshop=workshop)
    actions.withdraw(by=cast.vera, workshop=workshop)
    assert (seated(workshop), waiting(workshop)) == (["Anna"], ["Carlo"])


def test_who_comes_back_waits_at_the_end(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    for person in (cast.anna, cast.vera, cast.carlo):
        actions.register(by=person, workshop=workshop)
    actions.withdraw(by=cast.vera, workshop=workshop)
    actions.register(by=cast.vera, workshop=workshop)
    assert waiting(workshop) == ["Carlo", "Vera"]


def test_more_seats_go_to_those_who_wait_in_their_order(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    for person in (cast.anna, cast.vera, cast.carlo, cast.mona):
        actions.register(by=person, workshop=workshop)
    actions.change(by=cast.luc, workshop=workshop, capacity=3)
    assert (seated(workshop), waiting(workshop)) == (["Anna", "Vera", "Carlo"], ["Mona"])
    actions.change(by=cast.luc, workshop=workshop, capacity=None)
    assert waiting(workshop) == []
    assert told("promoted") == {"Vera Huber", "Carlo Brandl", "Mona Ek"}


def test_nobody_loses_a_seat_to_a_smaller_room(cast: Cast) -> None:
    workshop = announced(cast, capacity=3)
    for person in (cast.anna, cast.vera):
        actions.register(by=person, workshop=workshop)
    with pytest.raises(Invalid) as refusal:
        actions.change(by=cast.luc, workshop=workshop, capacity=1)
    assert refusal.value.field == "capacity"
    assert "2 people" in str(refusal.value.reason)
    actions.change(by=cast.luc, workshop=workshop, capacity=2)
    assert len(seated(workshop)) == 2


def test_a_seat_passes_by_who_may_no_longer_see_the_workshop(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    for person in (cast.clara, cast.anna, cast.carlo):
        actions.register(by=person, workshop=workshop)
    Membership.objects.filter(user=cast.anna).update(until=clock.now())
    actions.withdraw(by=cast.clara, workshop=workshop)
    assert seated(workshop) == ["Carlo"]


def test_a_guest_takes_part_for_nobody(cast: Cast) -> None:
    workshop = announced(cast, room=cast.schools)
    assert actions.register(by=cast.eva, workshop=workshop).partner is None


def test_who_has_two_partners_takes_part_for_the_one_they_chose(cast: Cast) -> None:
    MembershipFactory(user=cast.anna, partner=cast.augsburg)
    workshop = announced(cast)
    assert actions.register(by=cast.anna, workshop=workshop, partner=cast.malmo).partner == cast.malmo


def test_nobody_takes_part_for_a_partner_that_is_not_theirs(cast: Cast) -> None:
    workshop = announced(cast)
    with pytest.raises(Invalid):
        actions.register(by=cast.anna, workshop=workshop, partner=cast.liege)


@pytest.mark.parametrize("person", ["olga", "ivan", "gus", "sven", "eva"])
def test_to_whom_may_not_see_it_there_is_no_workshop(cast: Cast, person: str) -> None:
    workshop = announced(cast)
    for act in (actions.register, actions.withdraw):
        with pytest.raises(Unseen):
            act(by=getattr(cast, person), workshop=workshop)


def test_a_label_keeps_out_whom_it_does_not_name(cast: Cast) -> None:
    strict = announced(cast, tlp=Label.AMBER_STRICT, named_partners=[cast.malmo])
    actions.register(by=cast.anna, workshop=strict)
    red = announced(cast, tlp=Label.RED, named_people=[cast.vera])
    actions.register(by=cast.vera, workshop=red)
    for workshop, person in ((strict, cast.vera), (red, cast.anna), (red, cast.mona)):
        with pytest.raises(Unseen):
            actions.register(by=person, workshop=workshop)


def test_what_one_sees_only_on_the_public_site_has_no_seats(cast: Cast) -> None:
    from tests.releasing import release

    workshop = announced(cast, tlp=Label.CLEAR)
    release(by=cast.clara, item=workshop)
    with pytest.raises(Unseen):
        actions.register(by=cast.olga, workshop=workshop)


def test_registration_ends_when_it_closes_begins_is_over_or_cancelled(cast: Cast) -> None:
    workshop = announced(cast, registration_closes_at=in_days(5))
    for moment, words in ((5, "closed"), (10.01, "closed"), (11, "over")):
        with clock.at(in_days(moment)), pytest.raises(Forbidden, match=words):
            actions.register(by=cast.anna, workshop=workshop)
    actions.register(by=cast.anna, workshop=workshop)
    actions.cancel(by=cast.luc, workshop=workshop)
    with pytest.raises(Forbidden, match="cancelled"):
        actions.register(by=cast.vera, workshop=workshop)


def test_without_a_closing_time_registration_ends_when_it_begins(cast: Cast) -> None:
    workshop = announced(cast)
    with clock.at(workshop.starts_at - timedelta(seconds=1)):
        actions.register(by=cast.anna, workshop=workshop)
    with clock.at(workshop.starts_at), pytest.raises(Forbidden, match="closed"):
        actions.register(by=cast.vera, workshop=workshop)


def test_the_queue_moves_after_registration_closes_and_stops_when_it_begins(cast: Cast) -> None:
    workshop = announced(cast, capacity=1, registration_closes_at=in_days(5))
    for person in (cast.anna, cast.vera, cast.carlo):
        actions.register(by=person, workshop=workshop)
    with clock.at(in_days(6)):
        actions.withdraw(by=cast.anna, workshop=workshop)
    assert seated(workshop) == ["Vera"]
    with clock.at(workshop.starts_at):
        actions.withdraw(by=cast.vera, workshop=workshop)
    assert waiting(workshop) == ["Carlo"]


def test_what_was_attended_cannot_be_withdrawn_from(cast: Cast) -> None:
    workshop = announced(cast)
    actions.register(by=cast.anna, workshop=workshop)
    with clock.at(in_days(11)), pytest.raises(Forbidden, match="over"):
        actions.withdraw(by=cast.anna, workshop=workshop)


def test_a_held_workshop_takes_no_registrations(cast: Cast) -> None:
    from network.actions.items import hold

    workshop = announced(cast)
    hold(by=cast.mona, item=workshop, reason="To be checked.")
    with pytest.raises(Forbidden):
        actions.register(by=cast.luc, workshop=workshop)


# --- whatever happens -----------------------------------------------------------------------------

steps = st.lists(
    st.one_of(
        st.tuples(st.just("register"), st.integers(0, 5)),
        st.tuples(st.just("withdraw"), st.integers(0, 5)),
        st.tuples(st.just("seats"), st.one_of(st.none(), st.integers(1, 4))),
    ),
    max_size=18,
)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(capacity=st.one_of(st.none(), st.integers(1, 3)), steps=steps)
def test_whatever_people_do_the_seats_agree_with_a_simple_count(cast: Cast, capacity: int | None, steps: list) -> None:
    people = [cast.anna, cast.vera, cast.carlo, cast.mona, cast.maud, cast.clara]
    with transaction.atomic():
        workshop = announced(cast, capacity=capacity)
        have: list[str] = []
        wait: list[str] = []
        for what, value in steps:
            if what == "seats":
                if value is not None and value < len(have):
                    with pytest.raises(Invalid):
                        actions.change(by=cast.luc, workshop=workshop, capacity=value)
                    continue
                actions.change(by=cast.luc, workshop=workshop, capacity=value)
                capacity = value
            else:
                name = people[value].name.split()[0]
                getattr(actions, what)(by=people[value], workshop=workshop)
                if what == "withdraw":
                    have, wait = ([one for one in names if one != name] for names in (have, wait))
                elif name not in have + wait:
                    wait.append(name)
            while wait and (capacity is None or len(have) < capacity):
                have.append(wait.pop(0))
            assert (sorted(seated(workshop)), waiting(workshop)) == (sorted(have), wait)
            assert capacity is None or len(have) <= capacity
        transaction.set_rollback(True)


def test_a_change_of_the_label_at_the_same_moment_is_not_undone(cast: Cast) -> None:
    """`change` has read the row when somebody tightens the label: only its own columns are written."""
    workshop = announced(cast)
    stale = Workshop.objects.get(pk=workshop.pk)
    Workshop.objects.filter(pk=workshop.pk).update(tlp=Label.RED)
    actions.change(by=cast.luc, workshop=stale, place="Town hall")
    workshop.refresh_from_db()
    assert (workshop.tlp, workshop.place) == (Label.RED, "Town hall")


def test_a_list_knows_seats_queue_and_ones_own_state_in_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    workshop = announced(cast, capacity=1)
    for person in (cast.anna, cast.vera, cast.carlo):
        actions.register(by=person, workshop=workshop)
    with django_assert_num_queries(1):
        row = Workshop.objects.with_seats(cast.vera).get(pk=workshop.pk)
        assert (row.taken, row.queue, row.my_state) == (1, 2, "waiting")
