"""Two people look after a partner at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.actions import memberships, requests
from accounts.models import Invitation
from network.models import Membership
from network.permissions import Level, who_may
from network.refusals import Refusal
from tests.cast import gather

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[bool]:
    """Which of them were not refused."""

    def one(act: Callable[[], Any]) -> bool:
        try:
            act()
        except Refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(one, acts))


def test_two_representatives_who_end_each_other_leave_one() -> None:
    cast = gather()
    Membership.objects.filter(user=cast.maud).update(role="representative")
    about = {"partner": cast.liege}
    done = at_once(
        lambda: memberships.end_membership(by=cast.luc, person=cast.maud, **about),
        lambda: memberships.end_membership(by=cast.maud, person=cast.luc, **about),
    )
    assert sorted(done) == [False, True]
    assert who_may(Level.REPRESENT, cast.liege).count() == 1


def test_two_who_lay_down_their_role_leave_one() -> None:
    cast = gather()
    Membership.objects.filter(user=cast.maud).update(role="representative")
    done = at_once(
        lambda: memberships.change_role(by=cast.luc, person=cast.luc, partner=cast.liege, role="member"),
        lambda: memberships.end_membership(by=cast.maud, person=cast.maud, partner=cast.liege),
    )
    assert sorted(done) == [False, True]
    assert who_may(Level.REPRESENT, cast.liege).count() == 1


def test_a_request_answered_twice_at_once_is_answered_once() -> None:
    cast = gather()
    request = requests.ask(email="ada@liege.example", name="Ada", partner=cast.liege)
    done = at_once(
        lambda: requests.approve(by=cast.luc, request=request),
        lambda: requests.approve(by=cast.clara, request=request),
        lambda: requests.decline(by=cast.clara, request=request, reason="No."),
    )
    assert sum(done) == 1
    assert Invitation.objects.count() <= 1
