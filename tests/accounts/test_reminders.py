"""What people are told before something ends: once, correctly, however late the task runs."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client

from accounts.actions import memberships
from accounts.tasks import ask_for_confirmation, warn_of_ends
from network import clock, mail
from network.actions import rooms
from network.models import Membership, Notification, PersonGrant
from network.permissions import Level
from network.refusals import Forbidden
from network.sentences import until_words
from tests.cast import Cast

DAY = timedelta(days=1)


def told(kind: str, **about: Any) -> int:
    return Notification.objects.filter(kind=kind, **about).count()


def run(task: Any, day: float) -> None:
    """The task, so many days after the present of the test, and once more: then it has nothing to tell."""
    with clock.at(clock.now() + day * DAY):
        task()
        once = set(Notification.objects.values_list("pk", flat=True))
        task()
        assert set(Notification.objects.values_list("pk", flat=True)) == once


@pytest.fixture
def ending(cast: Cast) -> Membership:
    """Maud's membership ends in forty days."""
    until = clock.now() + 40 * DAY
    memberships.set_end(by=cast.luc, person=cast.maud, partner=cast.liege, until=until)
    PersonGrant.objects.all().delete()
    return Membership.objects.get(user=cast.maud)


def test_the_person_and_the_representatives_are_told_thirty_and_seven_days_before(
    cast: Cast, ending: Membership
) -> None:
    run(warn_of_ends, 9)
    assert told("my_end_near") == 0
    run(warn_of_ends, 10.1)
    assert (told("my_end_near", user=cast.maud), told("end_near", user=cast.luc)) == (1, 1)
    run(warn_of_ends, 20)
    assert Membership.objects.get(pk=ending.pk).warned == 30
    run(warn_of_ends, 33.1)
    assert Membership.objects.get(pk=ending.pk).warned == 7
    assert (told("my_end_near"), told("end_near")) == (1, 1), "The newer notice stands for the older."
    run(warn_of_ends, 41)
    assert told("my_end_near") == 1


@pytest.mark.parametrize("late", [11, 22, 35, 39.9])
def test_a_task_that_did_not_run_for_days_tells_once_and_correctly(cast: Cast, ending: Membership, late: float) -> None:
    run(warn_of_ends, late)
    assert (told("my_end_near", user=cast.maud), told("end_near", user=cast.luc)) == (1, 1)
    with clock.at(clock.now() + late * DAY):
        mail.send_due()
        words = f"takes part for Liège until {until_words(ending.until)}"
    letters = {letter.to[0]: letter.body for letter in outbox.outbox if "ends soon" in letter.subject}
    assert set(letters) == {cast.maud.email, cast.luc.email}
    assert all(words in body for body in letters.values())


def test_a_task_that_never_ran_tells_nobody_of_what_has_ended(cast: Cast, ending: Membership) -> None:
    run(warn_of_ends, 41)
    assert told("my_end_near") == 0


def test_who_is_told_an_end_when_it_is_set_is_not_told_it_again(cast: Cast) -> None:
    memberships.set_end(by=cast.luc, person=cast.maud, partner=cast.liege, until=clock.now() + 20 * DAY)
    run(warn_of_ends, 1)
    assert (told("end_set", user=cast.maud), told("my_end_near", user=cast.maud)) == (1, 0)
    run(warn_of_ends, 14)
    assert told("my_end_near", user=cast.maud) == 1


def test_another_end_is_warned_of_anew(cast: Cast, ending: Membership) -> None:
    run(warn_of_ends, 11)
    memberships.set_end(by=cast.luc, person=cast.maud, partner=cast.liege, until=clock.now() + 400 * DAY)
    assert Membership.objects.get(pk=ending.pk).warned is None
    run(warn_of_ends, 371)
    assert Membership.objects.get(pk=ending.pk).warned == 30


def test_a_notice_of_an_end_is_read_by_who_looks_after_the_person_only(client: Client, cast: Cast) -> None:
    memberships.set_end(by=cast.clara, person=cast.maud, partner=cast.liege, until=clock.now() + 400 * DAY)
    run(warn_of_ends, 371)
    client.force_login(cast.luc)
    assert "The membership of Maud Lambert ends soon" in client.get("/notifications/").content.decode()
    Membership.objects.filter(user=cast.luc).update(role="member")
    assert "Maud Lambert ends soon" not in client.get("/notifications/").content.decode()


def test_a_guest_and_the_rooms_managers_are_told(cast: Cast) -> None:
    """Eva's place in Schools, a year old, ends in thirty days; Clara manages it."""
    run(warn_of_ends, 0.1)
    assert (told("my_place_ends", user=cast.eva), told("place_ends", user=cast.clara)) == (1, 1)
    assert told("place_ends") == 1
    run(warn_of_ends, 25)
    assert PersonGrant.objects.get(user=cast.eva).warned == 7
    rooms.grant(by=cast.clara, room=cast.schools, holder=cast.eva, level=Level.VIEW, until=clock.now() + 90 * DAY)
    assert PersonGrant.objects.get(user=cast.eva).warned is None


def test_a_place_given_for_two_weeks_is_warned_of_a_week_before(cast: Cast) -> None:
    until = clock.now() + 14 * DAY
    rooms.grant(by=cast.clara, room=cast.schools, holder=cast.eva, level=Level.VIEW, until=until)
    run(warn_of_ends, 1)
    assert told("my_place_ends") == 0
    run(warn_of_ends, 8)
    assert told("my_place_ends", user=cast.eva) == 1


def test_only_coordinators_give_a_place_that_outlasts_a_membership(cast: Cast) -> None:
    memberships.set_end(by=cast.clara, person=cast.anna, partner=cast.malmo, until=clock.now() + 10 * DAY)
    about = {"room": cast.families, "holder": cast.anna, "level": Level.MODERATE}
    with pytest.raises(Forbidden):
        rooms.grant(by=cast.maud, until=clock.now() + 11 * DAY, **about)
    rooms.grant(by=cast.maud, until=clock.now() + 9 * DAY, **about)
    rooms.grant(by=cast.clara, until=clock.now() + 11 * DAY, **about)


def test_representatives_are_asked_once_a_year_and_coordinators_thirty_days_later(cast: Cast) -> None:
    Membership.objects.exclude(partner=cast.liege).update(confirmed_at=clock.now() + 300 * DAY)
    run(ask_for_confirmation, 0.1)
    assert (told("confirmation_due", user=cast.luc), told("confirmation_late")) == (1, 0)
    run(ask_for_confirmation, 29)
    assert (told("confirmation_due"), told("confirmation_late")) == (1, 0)
    run(ask_for_confirmation, 31)
    assert (told("confirmation_due"), told("confirmation_late", user=cast.clara)) == (2, 1)
    memberships.confirm_people(by=cast.luc, partner=cast.liege, people=[cast.luc, cast.maud])
    assert told("confirmation_due") + told("confirmation_late") == 0
    run(ask_for_confirmation, 40)
    assert told("confirmation_due") == 0


def test_where_nobody_represents_the_partner_coordinators_are_asked_at_once(cast: Cast) -> None:
    Membership.objects.exclude(partner=cast.malmo).update(confirmed_at=clock.now())
    run(ask_for_confirmation, 0.1)
    assert (told("confirmation_due"), told("confirmation_late", user=cast.clara)) == (0, 1)


def test_a_notice_of_last_year_does_not_hurry_this_years(cast: Cast) -> None:
    Membership.objects.exclude(partner=cast.liege).update(confirmed_at=clock.now() + 800 * DAY)
    run(ask_for_confirmation, 0.1)
    Membership.objects.filter(partner=cast.liege).update(confirmed_at=clock.now())
    run(ask_for_confirmation, 1)
    run(ask_for_confirmation, 366)
    assert (told("confirmation_due", user=cast.luc), told("confirmation_late")) == (1, 0)
