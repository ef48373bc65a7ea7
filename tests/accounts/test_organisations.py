"""People sign in at their own organisation: a real OpenID provider on this machine, and what it may not do."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from joserfc.jwk import RSAKey
from oidc_provider_mock import _app as provider_inside

from accounts.actions import invitations, providers
from accounts.actions.moving import move_person
from accounts.models import AccessRequest, EmailDomain, IdentityProvider
from accounts.oidc.exchange import is_verified
from accounts.oidc.issuers import may_be_asked
from accounts.permissions.providers import Identity
from network import clock
from network.models import AuditEntry, Partner, User
from network.permissions import Level, level_in
from network.refusals import Forbidden, Invalid
from tests.accounts.at_home import Home, come, set_home, way_there
from tests.cast import Cast

# Nothing here differs between the databases.
pytestmark = pytest.mark.once


def signed_in(client: Client) -> str | None:
    """The key of whom the browser is signed in as."""
    return client.session.get("_auth_user_id")


def in_the_query(address: str, **changes: str) -> str:
    """The same address, with other values in its query."""
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return parts._replace(query=urlencode(query)).geturl()


def test_a_member_signs_in_at_home_and_comes_back_to_where_they_wanted(
    client: Client,
    cast: Cast,
    home: Home,
) -> None:
    set_home(cast, home)
    subject = home.tell("s-1", email="Anna@Malmo.example", email_verified=True)
    answer = come(client, home, subject, next="/rooms/families/")
    assert (answer.status_code, answer.url) == (302, "/rooms/families/")
    assert signed_in(client) == str(cast.anna.pk)
    assert SocialAccount.objects.get(user=cast.anna).extra_data == {}
    assert AuditEntry.objects.filter(verb="accounts.home_linked", actor=cast.anna.uid).count() == 1
    client.logout()
    come(client, home, subject)
    assert signed_in(client) == str(cast.anna.pk)
    assert AuditEntry.objects.filter(verb="accounts.home_linked").count() == 1


def test_an_invited_person_comes_in_by_their_invitation_without_a_password(
    client: Client,
    cast: Cast,
    home: Home,
) -> None:
    set_home(cast, home)
    invitations.invite(by=cast.clara, email="nils@malmo.example", partner=cast.malmo)
    come(client, home, home.tell("s-2", email="nils@malmo.example", email_verified=True, name="Nils Berg"))
    nils = User.objects.get(email="nils@malmo.example")
    assert (nils.name, nils.has_usable_password()) == ("Nils Berg", False)
    assert signed_in(client) == str(nils.pk)
    assert level_in(nils, cast.families) == Level.CONTRIBUTE


def test_whom_nobody_invited_gets_no_account_but_a_request_that_waits_for_the_partner(
    client: Client,
    cast: Cast,
    home: Home,
) -> None:
    set_home(cast, home)
    subject = home.tell("s-3", email="new@malmo.example", email_verified=True, name="New\nPerson")
    for _ in range(2):
        answer = come(client, home, subject)
        assert answer.url == "/accounts/organisation/asked/"
    request = AccessRequest.objects.get()
    assert (request.email, request.name, request.partner, request.vouched) == (
        "new@malmo.example",
        "New Person",
        cast.malmo,
        True,
    )
    assert signed_in(client) is None
    assert not User.objects.filter(email="new@malmo.example").exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "luc@liege.example", "email_verified": True},
        {"email": "anna@malmo.example"},
        {"email": "anna@malmo.example", "email_verified": False},
        {"email": "anna@malmo.example", "email_verified": "true"},
        {"email": "anna@malmo.example", "xms_edov": True},
        {"email": "anna@malmo.example.evil.example", "email_verified": True},
        {"email": "", "email_verified": True},
        {},
    ],
)
def test_a_provider_is_believed_for_verified_addresses_in_its_partners_domains_and_no_others(
    client: Client,
    cast: Cast,
    home: Home,
    claims: dict[str, Any],
) -> None:
    set_home(cast, home)
    answer = come(client, home, home.tell("s-4", **claims))
    assert answer.status_code in (401, 403)
    assert signed_in(client) is None
    assert not SocialAccount.objects.exists()
    assert not AccessRequest.objects.exists()


def test_an_address_given_to_somebody_else_at_home_does_not_open_the_account(
    client: Client,
    cast: Cast,
    home: Home,
) -> None:
    set_home(cast, home)
    come(client, home, home.tell("first", email="anna@malmo.example", email_verified=True))
    client.logout()
    answer = come(client, home, home.tell("second", email="anna@malmo.example", email_verified=True))
    assert answer.status_code == 403
    assert signed_in(client) is None


def test_a_new_issuer_inherits_nobody_from_the_old_one(client: Client, cast: Cast, home: Home) -> None:
    provider = set_home(cast, home, issuer="https://old.malmo.example")
    SocialAccount.objects.create(provider=provider.slug, uid="s-5", user=cast.anna)
    set_home(cast, home)
    come(client, home, home.tell("s-5", email="mona@malmo.example", email_verified=True))
    assert signed_in(client) == str(cast.mona.pk)


def test_a_state_works_once_and_only_in_the_browser_that_began(client: Client, cast: Cast, home: Home) -> None:
    set_home(cast, home)
    subject = home.tell("s-6", email="anna@malmo.example", email_verified=True)
    back = home.sign_in(way_there(client), subject)
    assert Client().get(back).status_code == 401
    assert client.get(back).status_code == 302
    client.logout()
    assert client.get(back).status_code == 401
    assert signed_in(client) is None


def test_a_token_of_another_attempt_is_refused(client: Client, cast: Cast, home: Home) -> None:
    set_home(cast, home)
    subject = home.tell("s-7", email="anna@malmo.example", email_verified=True)
    there = in_the_query(way_there(client), nonce="of another attempt")
    assert client.get(home.sign_in(there, subject)).status_code == 401
    assert signed_in(client) is None


def test_a_code_for_somebody_elses_browser_is_refused(client: Client, cast: Cast, home: Home) -> None:
    set_home(cast, home)
    subject = home.tell("s-8", email="anna@malmo.example", email_verified=True)
    stolen = parse_qs(urlsplit(home.sign_in(way_there(Client()), subject)).query)["code"][0]
    mine = home.sign_in(way_there(client), subject)
    assert client.get(in_the_query(mine, code=stolen)).status_code == 401
    assert signed_in(client) is None


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("get_jwt_config", lambda config: config | {"iss": "https://other.example"}),
        ("generate_user_info", lambda claims: claims | {"aud": ["another client"]}),
        ("get_jwt_config", lambda config: config | {"exp": -100}),
        ("get_jwt_config", lambda config: config | {"key": RSAKey.generate_key(2048).as_dict(private=True)}),
        ("get_jwt_config", lambda config: config | {"key": "a" * 32, "alg": "HS256"}),
    ],
    ids=["another issuer", "another audience", "run out", "another key", "a shared key"],
)
def test_a_token_that_was_not_made_for_us_by_them_is_refused(
    client: Client,
    cast: Cast,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    said: Any,
) -> None:
    set_home(cast, home)
    subject = home.tell("s-9", email="anna@malmo.example", email_verified=True)
    honest = getattr(provider_inside.OpenIDCode, method)
    monkeypatch.setattr(
        provider_inside.OpenIDCode, method, lambda self, *args, **kwargs: said(honest(self, *args, **kwargs))
    )
    assert come(client, home, subject).status_code == 401
    assert signed_in(client) is None


def test_a_provider_that_names_another_issuer_is_not_asked(client: Client, cast: Cast, home: Home) -> None:
    set_home(cast, home, issuer=home.issuer.replace("localhost", "127.0.0.1"))
    IdentityProvider.objects.update(issuer=home.issuer + "/")
    page = client.post("/accounts/organisation/", {"email": "anna@malmo.example"})
    assert page.status_code == 503


def test_a_provider_that_does_not_answer_is_a_page_and_no_fault(client: Client, cast: Cast) -> None:
    set_home(cast, Home("http://localhost:1"))
    page = client.post("/accounts/organisation/", {"email": "anna@malmo.example"})
    assert page.status_code == 503
    assert "does not answer" in page.content.decode()


def test_a_provider_that_stops_answering_on_the_way_back_is_a_page(
    client: Client,
    cast: Cast,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_home(cast, home)
    back = home.sign_in(way_there(client), home.tell("s-10", email="anna@malmo.example", email_verified=True))
    IdentityProvider.objects.update(issuer="http://localhost:1")
    assert client.get(back).status_code == 401
    assert signed_in(client) is None


def test_the_page_tells_nothing_of_who_has_an_account(client: Client, cast: Cast, home: Home) -> None:
    set_home(cast, home)
    told = set()
    for name in ("anna", "nobody"):
        page = client.post("/accounts/organisation/", {"email": f"{name}@malmo.example"}).content.decode()
        told.add(re.sub(r'href="http[^"]+"|csrfmiddlewaretoken" value="[^"]+"', "", page))
    assert len(told) == 1
    unknown = client.post("/accounts/organisation/", {"email": "luc@liege.example"})
    assert "No organisation signs in here" in unknown.content.decode()


def test_a_suspended_partners_provider_lets_nobody_in(client: Client, cast: Cast, home: Home) -> None:
    set_home(cast, home)
    back = home.sign_in(way_there(client), home.tell("s-11", email="anna@malmo.example", email_verified=True))
    Partner.objects.filter(pk=cast.malmo.pk).update(status=Partner.Status.SUSPENDED)
    assert client.get(back).status_code == 403
    assert "No organisation" in client.post("/accounts/organisation/", {"email": "a@malmo.example"}).content.decode()


def test_a_closed_account_stays_closed(client: Client, cast: Cast, home: Home) -> None:
    set_home(cast, home)
    User.objects.filter(pk=cast.anna.pk).update(is_active=False)
    come(client, home, home.tell("s-12", email="anna@malmo.example", email_verified=True))
    assert signed_in(client) is None


# --- setting it -----------------------------------------------------------------------------------

GIVEN = {
    "name": "City of Malmö",
    "issuer": "https://id.malmo.example/realms/staff",
    "client_id": "liaise",
    "secret": "a word of the provider",
    "domains": "malmo.example\nEDU.malmo.example",
    "active": "on",
}


def test_a_coordinator_sets_it_and_never_sees_the_secret_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    assert client.post("/partners/malmo/sign-in/", GIVEN).status_code == 302
    page = client.get("/partners/malmo/sign-in/").content.decode()
    provider = IdentityProvider.objects.get()
    assert "a word of the provider" not in page
    assert f"/accounts/organisation/{provider.slug}/callback/" in page
    assert set(EmailDomain.objects.values_list("domain", flat=True)) == {"malmo.example", "edu.malmo.example"}
    client.post("/partners/malmo/sign-in/", GIVEN | {"secret": "", "domains": "malmo.example"})
    provider.refresh_from_db()
    assert provider.secret == "a word of the provider"
    assert list(EmailDomain.objects.values_list("domain", flat=True)) == ["malmo.example"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"issuer": "http://id.malmo.example"}, "begins with https://"),
        ({"issuer": "https://user:word@id.malmo.example"}, "begins with https://"),
        ({"issuer": "https://login.microsoftonline.com/common/v2.0"}, "signs for everybody"),
        ({"domains": "gmail.com"}, "Everybody gets an address at gmail.com"),
        ({"domains": "malmo"}, "is no e-mail domain"),
        ({"domains": "liege.example"}, "belongs to another partner"),
        ({"secret": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_meant_is_said_at_its_field(
    client: Client, cast: Cast, changes: dict[str, str], words: str
) -> None:
    EmailDomain.objects.create(partner=cast.liege, domain="liege.example")
    client.force_login(cast.clara)
    page = client.post("/partners/malmo/sign-in/", GIVEN | changes).content.decode()
    assert words in page
    assert 'value="liaise"' in page
    assert not IdentityProvider.objects.exists()


def test_a_partners_representative_does_not_decide_who_vouches(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        providers.set_provider(by=cast.luc, partner=cast.liege, name="x", issuer="x", client_id="x", domains=[])
    EmailDomain.objects.create(partner=cast.liege, domain="liege.example")
    with pytest.raises(Invalid):
        set_home(cast, Home("https://id.example"), domains=["liege.example"])


@pytest.mark.once
@pytest.mark.parametrize(
    ("claims", "verified"),
    [
        ({"email_verified": True}, False),
        ({"xms_edov": True}, True),
        ({"xms_edov": "1"}, True),
        ({"xms_edov": "0"}, False),
        ({}, False),
    ],
)
def test_entra_id_is_believed_only_for_what_the_domains_owner_confirmed(claims: dict[str, Any], verified: bool) -> None:
    assert is_verified(claims, "https://login.microsoftonline.com/tenant/v2.0") is verified


@pytest.mark.once
def test_in_production_only_https_is_asked(settings: Any) -> None:
    assert may_be_asked("http://localhost:8080/realms/x")
    assert not may_be_asked("http://10.0.0.1/")
    assert not may_be_asked("file:///etc/passwd")
    settings.PRODUCTION = True
    assert not may_be_asked("http://localhost:8080/realms/x")
    assert may_be_asked("https://id.malmo.example")


@pytest.mark.once
def test_a_provider_does_not_send_us_elsewhere(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.oidc.issuers import IssuerSession

    with IssuerSession() as session, pytest.raises(requests.RequestException):
        session.get("http://192.0.2.1/")
    monkeypatch.setattr("accounts.oidc.issuers.LARGEST", 10)
    with IssuerSession() as session, pytest.raises(requests.RequestException):
        session.get(f"{home.issuer}/jwks")


def test_the_old_organisation_opens_no_account_of_somebody_who_has_moved_and_has_another_address(cast: Cast) -> None:
    provider = set_home(cast, Home("https://id.malmo.example"))
    said = Identity("s-1", "anna@malmo.example", verified=True)
    assert providers.recognise(provider=provider, identity=said) == cast.anna
    move_person(by=cast.clara, person=cast.anna, old=cast.malmo, new=cast.liege, since=clock.now())
    # Whoever reads the mail of an address gets in by it anyway.
    assert providers.recognise(provider=provider, identity=said) == cast.anna
    User.objects.filter(pk=cast.anna.pk).update(email="anna@liege.example")
    with pytest.raises(Forbidden):
        providers.recognise(provider=provider, identity=said)


def test_who_takes_part_signs_in_at_home_whatever_their_address_here(cast: Cast) -> None:
    provider = set_home(cast, Home("https://id.malmo.example"))
    said = Identity("s-1", "anna@malmo.example", verified=True)
    providers.recognise(provider=provider, identity=said)
    User.objects.filter(pk=cast.anna.pk).update(email="anna@home.example")
    assert providers.recognise(provider=provider, identity=said) == cast.anna
