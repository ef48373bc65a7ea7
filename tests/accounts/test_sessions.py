"""Where one is signed in, and an end to it: pages and sockets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.actions import invitations
from accounts.actions.sessions import end_session
from network.models import AuditEntry, User
from network.refusals import Unseen
from tests.accounts.test_signing_in import PASSWORD, sign_in, with_password
from tests.cast import Cast
from tests.talking import Talker


def devices(person: User, count: int) -> list[Client]:
    """So many browsers in which this person has signed in by the form."""
    with_password(person)
    browsers = [Client() for _ in range(count)]
    for browser in browsers:
        sign_in(browser, person.email)
    return browsers


def test_sign_out_everywhere_ends_every_session_of_that_person_and_no_others(cast: Cast) -> None:
    here, there = devices(cast.anna, 2)
    [other] = devices(cast.luc, 1)
    answer = here.post("/accounts/sessions/end/", follow=True)
    assert "signed out everywhere" in answer.content.decode()
    assert [browser.get("/rooms/").status_code for browser in (here, there, other)] == [302, 302, 200]
    assert not UserSession.objects.filter(user=cast.anna).exists()
    assert AuditEntry.objects.filter(verb="accounts.signed_out_everywhere", actor=cast.anna.uid).count() == 1


def test_one_browser_is_signed_out_and_the_others_stay(cast: Cast) -> None:
    here, there = devices(cast.anna, 2)
    row = UserSession.objects.get(session_key=there.session.session_key)
    assert here.post(f"/accounts/sessions/{row.pk}/end/").status_code == 302
    assert [browser.get("/rooms/").status_code for browser in (here, there)] == [200, 302]


def test_nobody_ends_the_session_of_somebody_else(cast: Cast) -> None:
    [anna] = devices(cast.anna, 1)
    [luc] = devices(cast.luc, 1)
    row = UserSession.objects.get(session_key=anna.session.session_key)
    assert luc.post(f"/accounts/sessions/{row.pk}/end/").status_code == 404
    assert anna.get("/rooms/").status_code == 200


def test_who_came_by_an_invitation_finds_that_session_in_the_list(client: Client, cast: Cast) -> None:
    invitation = invitations.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege)
    link = f"/accounts/invitation/{invitations.token_of(invitation)}/"
    client.post(link, {"name": "Nora Petit", "password": PASSWORD, "time_zone": "Europe/Paris"})
    assert "this one" in client.get("/accounts/sessions/").content.decode()


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_the_sockets_of_ended_sessions_close(cast: Cast, talk: Callable[..., Talker]) -> None:
    here, there = devices(cast.anna, 2)
    sockets = [talk(None, cookie=f"sessionid={browser.session.session_key}") for browser in (here, there)]
    assert [socket.ask(type="ping")["type"] for socket in sockets] == ["pong", "pong"]
    here.post("/accounts/sessions/end/")
    assert [socket.closed() for socket in sockets] == [4003, 4003]


def test_the_action_refuses_the_session_of_somebody_else_too(cast: Cast) -> None:
    devices(cast.luc, 1)
    with pytest.raises(Unseen):
        end_session(by=cast.anna, session=UserSession.objects.get(user=cast.luc))
    assert UserSession.objects.filter(user=cast.luc).exists()
