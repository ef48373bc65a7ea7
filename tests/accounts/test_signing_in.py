"""The doors: what they tell, how often they may be tried, and that what was used once is used up."""

from __future__ import annotations

import re
import time
from typing import Any
from unittest import mock

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core import mail as outbox
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.actions import invitations
from network.models import User
from tests.cast import Cast

PASSWORD = "a long walk by the river"
WRONG = "a short walk by the river"


def with_password(person: User) -> User:
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password}, **extra)


def without_secrets(page: str, *emails: str) -> str:
    """A page less what differs with each request, and less the address that was typed."""
    for email in emails:
        page = page.replace(email, "X")
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page)


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows now, or some half minutes from now."""
    return f"{hotp_value(secret, int(time.time()) // 30 + steps):06d}"


# --- nothing is told ------------------------------------------------------------------------------


def test_a_wrong_password_and_an_unknown_address_are_told_in_the_same_words(client: Client, cast: Cast) -> None:
    with_password(cast.anna)
    known = sign_in(client, cast.anna.email, WRONG).content.decode()
    unknown = sign_in(client, "nobody@malmo.example", WRONG).content.decode()
    assert without_secrets(known, cast.anna.email) == without_secrets(unknown, "nobody@malmo.example")


@pytest.mark.parametrize("email", ["anna@malmo.example", "nobody@malmo.example"])
def test_an_unknown_address_costs_as_much_hashing_as_a_known_one(client: Client, cast: Cast, email: str) -> None:
    # Counted, not timed: one password is hashed, with the first of the hashers, whoever asks.
    hasher = PBKDF2PasswordHasher
    with mock.patch("django.contrib.auth.hashers.get_hashers_by_algorithm") as by_name:
        by_name.return_value = {"pbkdf2_sha256": hasher()}
        with mock.patch("django.contrib.auth.hashers.get_hashers", return_value=[hasher()]):
            with_password(cast.anna)
            with mock.patch.object(hasher, "encode", autospec=True, side_effect=hasher.encode) as hashed:
                sign_in(client, email, WRONG)
    assert hashed.call_count == 1


@pytest.mark.parametrize("address", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_asking_for_a_code_or_a_new_password_tells_nothing_and_sends_one_letter_either_way(
    cast: Cast, address: str
) -> None:
    said = []
    for email in (cast.anna.email, "nobody@malmo.example"):
        before = len(outbox.outbox)
        page = Client().post(address, {"email": email}, follow=True)
        assert [letter.to for letter in outbox.outbox[before:]] == [[email]]
        said.append(without_secrets(page.content.decode(), email))
    assert said[0] == said[1]


# --- what is used is used up ----------------------------------------------------------------------


def test_the_session_of_before_is_worth_nothing_after_signing_in(client: Client, cast: Cast) -> None:
    with_password(cast.anna)
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    sign_in(client, cast.anna.email)
    assert client.session.session_key != before
    stranger = Client()
    stranger.cookies["sessionid"] = before
    assert stranger.get("/rooms/").status_code == 302


def test_a_code_by_mail_opens_the_account_once(client: Client, cast: Cast) -> None:
    client.post("/accounts/login/code/", {"email": cast.anna.email})
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", outbox.outbox[-1].body, re.M)
    assert code, outbox.outbox[-1].body
    assert client.post("/accounts/login/code/confirm/", {"code": code[1]}).status_code == 302
    assert client.get("/rooms/").status_code == 200
    other = Client()
    other.post("/accounts/login/code/", {"email": cast.anna.email})
    assert other.post("/accounts/login/code/confirm/", {"code": code[1]}).status_code == 200
    assert other.get("/rooms/").status_code == 302


def test_a_code_is_guessed_three_times_at_most(client: Client, cast: Cast) -> None:
    client.post("/accounts/login/code/", {"email": cast.anna.email})
    answers = [client.post("/accounts/login/code/confirm/", {"code": "AAAA-AAAA"}).status_code for _ in range(3)]
    assert answers == [200, 200, 302]
    right = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", outbox.outbox[-1].body, re.M)
    client.post("/accounts/login/code/confirm/", {"code": right[1] if right else ""})
    assert client.get("/rooms/").status_code == 302


def test_the_digits_of_an_app_work_once(cast: Cast, still: None) -> None:
    secret = generate_totp_secret()
    TOTP.activate(with_password(cast.anna), secret)
    code = code_of(secret)
    opened = []
    for _ in range(2):
        client = Client()
        assert sign_in(client, cast.anna.email).url == "/accounts/2fa/authenticate/"
        client.post("/accounts/2fa/authenticate/", {"code": code})
        opened.append(client.get("/rooms/").status_code)
    assert opened == [200, 302]
    assert get_user_model().objects.get(pk=cast.anna.pk).is_active


# --- how often ------------------------------------------------------------------------------------


def test_one_account_is_tried_five_times_and_then_not_even_with_the_right_password(
    cast: Cast, limits: dict[str, str]
) -> None:
    with_password(cast.anna)
    for number in range(5):
        sign_in(Client(), cast.anna.email, WRONG, REMOTE_ADDR=f"192.0.2.{number}")
    refused = Client()
    page = sign_in(refused, cast.anna.email, REMOTE_ADDR="192.0.2.77")
    assert "too often" in page.content.decode()
    assert refused.get("/rooms/").status_code == 302


def test_one_caller_tries_ten_accounts_and_then_none(cast: Cast, limits: dict[str, str]) -> None:
    with_password(cast.anna)
    for number in range(10):
        sign_in(Client(), f"person-{number}@malmo.example", WRONG)
    assert "too often" in sign_in(Client(), cast.anna.email).content.decode()
    elsewhere = Client()
    sign_in(elsewhere, cast.anna.email, REMOTE_ADDR="192.0.2.9")
    assert elsewhere.get("/rooms/").status_code == 200


def test_a_browser_that_waits_for_a_code_is_sent_no_second_one(
    client: Client, cast: Cast, limits: dict[str, str]
) -> None:
    # It is led to the page that asks for the code, so that thirty questions of one browser are one letter.
    for number in range(30):
        answer = client.post("/accounts/login/code/", {"email": f"person-{number}@malmo.example"})
        assert answer.url == "/accounts/login/code/confirm/"
    assert len(outbox.outbox) == 1


@pytest.mark.parametrize("address", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_one_caller_asks_for_ten_letters_a_minute_whatever_browsers_they_use(
    cast: Cast, limits: dict[str, str], address: str
) -> None:
    for number in range(14):
        Client().post(address, {"email": f"person-{number}@malmo.example"})
    assert len(outbox.outbox) == 10


@pytest.mark.parametrize("address", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_one_address_gets_three_letters_a_minute_whoever_asks(cast: Cast, limits: dict[str, str], address: str) -> None:
    for number in range(6):
        Client().post(address, {"email": "Anna@malmo.example"}, REMOTE_ADDR=f"192.0.2.{number}")
    assert len(outbox.outbox) == 3


@pytest.mark.parametrize(
    ("address", "most"),
    [("/accounts/invitation/x/", 30), ("/accounts/organisation/x/callback/", 20)],
)
def test_links_are_opened_only_so_often(
    client: Client, cast: Cast, limits: dict[str, str], address: str, most: int
) -> None:
    answers = [client.get(address).status_code for _ in range(most + 2)]
    assert answers[most - 1] != 429
    assert answers[most:] == [429, 429]


def test_the_way_to_an_organisation_is_asked_only_so_often(client: Client, cast: Cast, limits: dict[str, str]) -> None:
    answers = [
        client.post("/accounts/organisation/", {"email": f"a@city-{number}.example"}).status_code
        for number in range(22)
    ]
    assert answers == [200] * 20 + [429] * 2


def test_whoever_is_signed_in_confirms_ten_times_a_minute(client: Client, cast: Cast, limits: dict[str, str]) -> None:
    client.force_login(with_password(cast.anna))
    answers = [client.post("/accounts/reauthenticate/", {"password": WRONG}).status_code for _ in range(12)]
    assert answers[10:] == [429, 429]


# --- passwords ------------------------------------------------------------------------------------


@pytest.mark.once
def test_in_production_the_password_of_the_demo_is_refused(settings: Any) -> None:
    validate_password("liaise-demo")
    settings.PRODUCTION = True
    for word in ("liaise-demo", " Liaise-Demo "):
        with pytest.raises(ValidationError, match="demonstration"):
            validate_password(word)


@pytest.mark.once
def test_passwords_are_kept_with_argon2() -> None:
    from config.settings import PASSWORD_HASHERS

    assert PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_who_comes_without_a_password_has_none(cast: Cast) -> None:
    invitation = invitations.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege)
    nora = invitations.accept(invitation=invitation, name="Nora")
    assert not nora.has_usable_password()
    assert not nora.check_password("")
