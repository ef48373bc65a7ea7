"""Who answers for others shows a second factor before anything opens; who has none is led to one."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.signals import authenticator_added
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as drawn
from hypothesis import strategies as st

from exchange.actions.documents import share_document
from network import clock
from network.actions import rooms
from network.labels import Label
from network.models import AuditEntry, Mandate, User
from network.permissions import NETWORK, Level, allowed, answering_among, answers_for_others, where_allowed
from tests.cast import Cast, gather
from tests.drawing import examples
from tests.factories import RoomFactory, UserFactory, grant
from tests.serving import Server
from tests.talking import Talker, cookie_of

PASSWORD = "a long walk by the river"


@pytest.fixture(autouse=True)
def _asked_of_those_who_answer_for_others(settings: Any) -> None:
    settings.LIAISE_REQUIRE_MFA = True


def code_of(secret: str) -> str:
    return f"{hotp_value(secret, int(time.time()) // 30):06d}"


def with_app(person: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def test_coordinators_hosts_and_moderators_answer_for_others_and_nobody_else_does(cast: Cast) -> None:
    host = UserFactory()
    Mandate.objects.create(user=host, kind=Mandate.Kind.OPERATE)
    for person in (cast.clara, cast.maud, cast.mona, host):
        assert answers_for_others(person), person
    for person in (cast.luc, cast.anna, cast.eva, cast.olga, cast.carlo, cast.vera, cast.ivan, cast.gus, cast.sven):
        assert not answers_for_others(person), person


@drawn(max_examples=examples(30), deadline=None)
@given(
    places=st.lists(
        st.tuples(
            st.sampled_from(["anna", "olga", "eva", "sven", "liege", "augsburg", "vallombre"]),
            st.sampled_from([Level.VIEW, Level.CONTRIBUTE, Level.MODERATE, Level.MANAGE]),
            st.integers(0, 2),
        ),
        max_size=5,
        unique_by=lambda place: (place[0], place[2]),
    )
)
@pytest.mark.django_db
def test_in_every_world_one_answers_for_others_exactly_where_the_gate_says_so_of_some_place(
    places: list[tuple[str, Level, int]],
) -> None:
    with transaction.atomic():
        cast = gather()
        rooms = RoomFactory.create_batch(3)
        for holder, level, room in places:
            grant(getattr(cast, holder), level, rooms[room], until=clock.now() + timedelta(days=9))
        for person in User.objects.all():
            coordinates = allowed(person, Level.COORDINATE, NETWORK) or allowed(person, Level.OPERATE, NETWORK)
            moderates = where_allowed(person, Level.MODERATE).exists()
            assert answers_for_others(person) == (coordinates or moderates), person
        everybody = User.objects.values_list("pk", flat=True)
        assert answering_among(everybody) == {one.pk for one in User.objects.all() if answers_for_others(one)}
        transaction.set_rollback(True)


def test_the_answer_follows_the_rights_of_the_moment(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    assert client.get("/rooms/").status_code == 200
    grant(cast.anna, Level.MODERATE, cast.schools)
    assert client.get("/rooms/").url == "/accounts/second-factor/?next=%2Frooms%2F"


def test_without_one_they_are_led_to_the_ways_and_nowhere_else_but_out(client: Client, cast: Cast) -> None:
    client.force_login(cast.mona)
    for address in ("/", "/rooms/families/", "/accounts/email/", "/accounts/sessions/", "/search/"):
        assert client.get(address).url.startswith("/accounts/second-factor/"), address
    page = client.get("/accounts/second-factor/?next=/rooms/families/").content.decode()
    assert "/accounts/2fa/webauthn/add/" in page
    assert "/accounts/2fa/totp/activate/" in page
    assert "You answer for others here" in page
    assert "/rooms/families/documents/" not in page
    assert "My rooms" not in page
    for address in ("/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/", "/charter/", "/accounts/logout/"):
        assert client.get(address).status_code == 200, address
    assert client.post("/accounts/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db(transaction=True)
def test_who_sets_up_the_app_gets_recovery_codes_and_is_let_in(client: Client, cast: Cast, still: None) -> None:
    client.force_login(cast.mona)
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.url == "/accounts/2fa/recovery-codes/"
    assert client.get(answer.url).status_code == 200
    assert client.get("/rooms/families/").status_code == 200
    assert AuditEntry.objects.filter(verb="accounts.factor_added", actor=cast.mona.uid).count() == 1


def test_a_session_that_has_not_shown_it_shows_it_and_goes_on(client: Client, cast: Cast, still: None) -> None:
    secret = with_app(cast.mona)
    client.force_login(cast.mona)
    answer = client.get("/rooms/families/")
    page = client.get(answer.url).content.decode()
    assert "Show your second factor" in page
    answer = client.post("/accounts/2fa/reauthenticate/?next=/rooms/families/", {"code": code_of(secret)})
    assert answer.url == "/rooms/families/"
    assert client.get(answer.url).status_code == 200


def test_a_second_one_is_no_way_round_the_first(client: Client, cast: Cast) -> None:
    """Somebody has the password and an old session; setting up a passkey of their own does not open it."""
    cast.mona.set_password(PASSWORD)
    cast.mona.save()
    with_app(cast.mona)
    client.force_login(cast.mona)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/webauthn/add/")
    key = Authenticator.objects.create(user=cast.mona, type=Authenticator.Type.WEBAUTHN, data={})
    request = client.get("/accounts/second-factor/").wsgi_request
    authenticator_added.send(Authenticator, request=request, user=cast.mona, authenticator=key)
    assert not [one for one in get_authentication_records(request, cast.mona) if one["method"] == "mfa"]
    assert client.get("/rooms/families/").status_code == 302


def test_a_recovery_code_opens_as_the_app_does_and_once(client: Client, cast: Cast) -> None:
    with_app(cast.mona)
    codes = RecoveryCodes.activate(cast.mona).get_unused_codes()
    client.force_login(cast.mona)
    client.post("/accounts/2fa/reauthenticate/", {"code": codes[0]})
    assert client.get("/rooms/families/").status_code == 200
    other = Client()
    other.force_login(cast.mona)
    other.post("/accounts/2fa/reauthenticate/", {"code": codes[0]})
    assert other.get("/rooms/families/").status_code == 302


def test_what_is_red_leads_whoever_has_none_to_one(client: Client, cast: Cast) -> None:
    guide = SimpleUploadedFile("guide.txt", b"How we speak.")
    cast.luc.assured = True
    document = share_document(
        by=cast.luc, room=cast.families, title="Guide", file=guide, tlp=Label.RED, named_people=[cast.anna]
    )
    client.force_login(cast.anna)
    assert client.get("/rooms/families/").status_code == 200
    page = client.get(f"/documents/{document.uid}/")
    assert page.status_code == 403
    assert f"/accounts/second-factor/?next=/documents/{document.uid}/" in page.content.decode()
    page = client.get("/accounts/second-factor/").content.decode()
    assert "AMBER+STRICT or RED" in page
    assert "Not now" in page


def test_it_costs_one_query_until_it_is_shown_and_none_afterwards(client: Client, cast: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/accounts/profile/")
        return len(queries)

    client.force_login(cast.anna)
    asked()
    before = asked()
    session = client.session
    session["assured_at"] = "2026-01-01T00:00:00+00:00"
    session.save()
    assert before - asked() == 1


def test_where_it_is_not_required_nobody_is_asked(client: Client, cast: Cast, settings: Any) -> None:
    settings.LIAISE_REQUIRE_MFA = False
    client.force_login(cast.clara)
    assert client.get("/rooms/").status_code == 200


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_the_socket_asks_the_same(cast: Cast, talk: Callable[..., Talker], serve: Callable[..., Server]) -> None:
    strict = serve(LIAISE_TEST_REQUIRE_MFA="1")
    assert talk(cast.mona, server=strict).closed() == 4003
    assert talk(cast.anna, server=strict).ask(type="ping") == {"type": "pong"}
    client = Client()
    client.force_login(cast.mona)
    session = client.session
    session["assured_at"] = "2026-01-01T00:00:00+00:00"
    session.save()
    assert cookie_of(cast.anna) != f"sessionid={session.session_key}"
    assert talk(None, server=strict, cookie=f"sessionid={session.session_key}").ask(type="ping") == {"type": "pong"}


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_who_comes_to_moderate_is_hung_up_until_they_show_one(
    cast: Cast, talk: Callable[..., Talker], serve: Callable[..., Server]
) -> None:
    strict = serve(LIAISE_TEST_REQUIRE_MFA="1")
    anna, vera = talk(cast.anna, server=strict), talk(cast.vera, server=strict)
    browser = Client()
    browser.force_login(cast.anna)
    shown = talk(None, server=strict, cookie=f"sessionid={browser.session.session_key}")
    for one in (anna, vera, shown):
        assert one.ask(type="ping") == {"type": "pong"}
    # Set up while the socket was open already.
    session = browser.session
    session["assured_at"] = "2026-01-01T00:00:00+00:00"
    session.save()
    begin = time.monotonic()
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.anna, level=Level.MODERATE)
    assert anna.closed() == 4003
    assert time.monotonic() - begin < 2.5
    assert vera.quiet() == []
    # Told of the place that they were given, and nothing else.
    assert {frame["type"] for frame in shown.quiet()} <= {"notification"}


def test_the_digits_that_set_up_an_app_do_not_open_a_second_door(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.anna)
    client.get("/accounts/2fa/totp/activate/")
    digits = code_of(client.session["mfa.totp.secret"])
    client.post("/accounts/2fa/totp/activate/", {"code": digits})
    app = TOTP(Authenticator.objects.get(user=cast.anna, type="totp"))
    assert not app.validate_code(digits)
