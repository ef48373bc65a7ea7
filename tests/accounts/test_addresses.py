"""Somebody changes their e-mail address: it follows when it is confirmed, and nobody learns who else is here."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django.test import Client

from network import mail
from network.models import AuditDetail, AuditEntry, User
from tests.cast import Cast


@pytest.fixture
def anna(cast: Cast, client: Client) -> User:
    """Signed in just now, so that nothing asks for the password again."""
    cast.anna.set_password("a long walk by the river")
    cast.anna.save()
    EmailAddress.objects.create(user=cast.anna, email=cast.anna.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": cast.anna.email, "password": "a long walk by the river"})
    return cast.anna


def ask(client: Client, address: str) -> str:
    """What the page says to the wish for another address."""
    page = client.post("/accounts/email/", {"email": address, "action_add": ""}, follow=True)
    said = re.findall(r'role="(?:status|alert)"><p>(.*?)</p>', page.content.decode())
    return " ".join(said).replace(address.lower(), "ADDRESS")


def link_in(body: str) -> str:
    return re.search(r"http://\S+?(/accounts/confirm-email/\S+)", body)[1]


def test_the_new_address_follows_once_it_is_confirmed_and_the_old_one_is_told(anna: User, client: Client) -> None:
    ask(client, "Lindqvist@malmo.example")
    anna.refresh_from_db()
    assert anna.email == "anna@malmo.example"
    client.post(link_in(outbox.outbox[-1].body))
    anna.refresh_from_db()
    assert anna.email == "lindqvist@malmo.example"
    entry = AuditEntry.objects.get(verb="accounts.address_changed", target=anna.uid)
    assert AuditDetail.objects.get(entry=entry.pk).data == {
        "before": "anna@malmo.example",
        "after": "lindqvist@malmo.example",
    }
    mail.send_due()
    [letter] = [one for one in outbox.outbox if one.to == ["anna@malmo.example"]]
    assert "no longer with anna@malmo.example" in letter.body
    client.logout()
    given = {"login": "lindqvist@malmo.example", "password": "a long walk by the river"}
    assert client.post("/accounts/login/", given).status_code == 302


def test_an_address_of_somebody_else_is_answered_as_any_other_and_confirms_nothing(
    anna: User, cast: Cast, client: Client
) -> None:
    free = ask(client, "nobody@malmo.example")
    taken = ask(client, "Luc@Liege.example")
    assert free == taken != ""
    [letter] = [one for one in outbox.outbox if one.to == ["luc@liege.example"]]
    assert "confirm-email" not in letter.body
    cast.luc.refresh_from_db()
    anna.refresh_from_db()
    assert (cast.luc.email, anna.email) == ("luc@liege.example", "anna@malmo.example")


def test_an_address_that_was_taken_meanwhile_is_not_given_twice(anna: User, client: Client) -> None:
    ask(client, "new@malmo.example")
    link = link_in(outbox.outbox[-1].body)
    other = User.objects.create_user("New@malmo.example", name="Somebody Else")
    assert client.post(link).status_code in (302, 404)
    anna.refresh_from_db()
    assert anna.email == "anna@malmo.example"
    assert User.objects.get(email__iexact="new@malmo.example") == other


def test_an_address_is_one_persons_whatever_its_capitals(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ANNA@malmo.example", name="Somebody Else")
