"""What an action cannot use, where no form stands to say so: a page with the reason, and nothing broken."""

import pytest
from django.test import Client

from accounts.actions import invitations as accounts
from forums.actions.threads import start_thread
from network.models import Partner
from tests.cast import Cast


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def test_a_reason_that_is_too_long_is_refused_with_a_word(client: Client, cast: Cast) -> None:
    thread = start_thread(by=cast.luc, room=cast.families, title="Talk", body="Words.")
    client.force_login(cast.mona)
    for reason in ("x" * 501, "a\0b"):
        answer = client.post(f"/discussions/{thread.uid}/close/", {"cause": "locked", "reason": reason})
        assert answer.status_code == 422


def test_nobody_is_invited_for_a_partner_that_does_not_take_part(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    answer = client.get("/partners/vallombre/invite/")
    assert answer.status_code == 422
    assert "does not take part at present" in answer.content.decode()


def test_an_invitation_of_a_partner_suspended_meanwhile_says_so(client: Client, cast: Cast) -> None:
    invitation = accounts.invite(by=cast.luc, email=cast.olga.email, partner=cast.liege)
    Partner.objects.filter(pk=cast.liege.pk).update(status=Partner.Status.SUSPENDED)
    client.force_login(cast.olga)
    answer = client.post(f"/accounts/invitation/{accounts.token_of(invitation)}/")
    assert answer.status_code in (403, 422)


def test_an_address_that_is_only_posted_to_has_a_page_and_a_way_on(client: Client, cast: Cast) -> None:
    client.force_login(cast.maud)
    answer = client.get("/rooms/families/archive/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "Nothing was changed" in answer.content.decode()
