"""Who has not come for a year is asked, and a month later can no longer sign in, unless they came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.test import Client

from accounts import tasks
from accounts.actions import absence
from accounts.actions.leaving import erase_person
from network import clock, mail
from network.models import Mandate, Notification, Retention, User
from network.refusals import Forbidden, Unseen
from tests.cast import Cast
from tests.factories import MembershipFactory, member_of


@pytest.fixture
def away(cast: Cast) -> User:
    """Anna has not come for 400 days; the others were here today."""
    User.objects.update(last_login=clock.now())
    long_ago = clock.now() - timedelta(days=400)
    User.objects.filter(pk=cast.anna.pk).update(last_login=long_ago, date_joined=long_ago)
    cast.malmo.memberships.filter(user=cast.mona).update(role="representative")
    return cast.anna


def after(days: int) -> None:
    """The nightly task, so many days from now."""
    with clock.at(clock.now() + timedelta(days=days)):
        tasks.see_to_absence()


def asked(person: User) -> list[str]:
    mail.send_due()
    return [one.body for one in outbox.outbox if one.to == [person.email] and "still take part" in one.body]


def test_is_asked_once_and_a_month_later_can_no_longer_sign_in(away: User, cast: Cast, client: Client) -> None:
    client.force_login(away)
    User.objects.filter(pk=away.pk).update(last_login=clock.now() - timedelta(days=400))
    for day in (0, 1, 1, 29):
        after(day)
    assert len(asked(away)) == 1
    assert "/accounts/login/" in asked(away)[0]
    assert client.get("/rooms/").status_code == 200
    after(30)
    after(31)
    away.refresh_from_db()
    assert not away.is_active
    assert client.get("/rooms/").status_code == 302
    assert Notification.objects.filter(user=cast.mona, kind="deactivated", person=away).count() == 1
    assert User.objects.filter(is_active=False).count() == 1


def test_who_comes_in_time_stays(away: User, client: Client) -> None:
    after(0)
    client.force_login(away)
    after(40)
    away.refresh_from_db()
    assert (away.is_active, away.asked_at) == (True, None)


def test_days_without_a_worker_leave_as_much_time_to_answer(away: User) -> None:
    after(200)
    after(229)
    assert User.objects.get(pk=away.pk).is_active
    after(260)
    assert not User.objects.get(pk=away.pk).is_active


def test_the_network_says_how_long_is_long(away: User) -> None:
    Retention.objects.update_or_create(kind="inactive", defaults={"days": 500})
    after(0)
    assert User.objects.get(pk=away.pk).asked_at is None
    after(150)
    assert User.objects.get(pk=away.pk).asked_at is not None


def test_the_last_coordinator_and_the_last_host_stay(cast: Cast) -> None:
    Mandate.objects.create(user=cast.olga, kind=Mandate.Kind.OPERATE)
    User.objects.update(last_login=clock.now() - timedelta(days=400))
    after(0)
    after(60)
    assert set(User.objects.filter(is_active=True)) == {cast.clara, cast.olga}


def test_a_representative_of_theirs_or_a_coordinator_lets_them_in_again(away: User, cast: Cast) -> None:
    after(0)
    after(31)
    away.refresh_from_db()
    with pytest.raises(Forbidden):
        absence.reactivate(by=cast.luc, person=away)
    with pytest.raises(Unseen):
        absence.reactivate(by=cast.clara, person=cast.luc)
    client = Client()
    client.force_login(cast.mona)
    assert "Let them sign in again" in client.get(f"/people/{away.uid}/").content.decode()
    client.post(f"/people/{away.uid}/reactivate/")
    after(32)
    away.refresh_from_db()
    assert (away.is_active, away.asked_at) == (True, None)


def test_whose_account_was_closed_meanwhile_is_not_let_in_again(away: User, cast: Cast) -> None:
    User.objects.filter(pk=away.pk).update(is_active=False, asked_at=clock.now())
    seen_before = User.objects.get(pk=away.pk)
    erase_person(by=None, person=away)
    with pytest.raises(Unseen):
        absence.reactivate(by=cast.clara, person=seen_before)
    assert not User.objects.get(pk=away.pk).is_active


def test_a_deputy_does_not_make_the_last_coordinator_one_of_two(cast: Cast) -> None:
    dora, now = member_of(cast.efus), clock.now()
    MembershipFactory(
        user=dora, partner=cast.efus, role="representative", deputy_for=cast.clara, until=now + timedelta(days=60)
    )
    User.objects.update(last_login=now)
    User.objects.filter(pk=cast.clara.pk).update(last_login=now - timedelta(days=400))
    after(0)
    after(31)
    assert User.objects.get(pk=cast.clara.pk).is_active
