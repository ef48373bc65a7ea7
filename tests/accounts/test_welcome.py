"""The charter and the privacy notice come before everything else, and again with each new version."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions.texts import newest_texts, publish_text, texts_to_accept, welcome
from accounts.models import Acceptance, LegalText
from network.live import rights
from network.models import AuditEntry, Mail, Notification, User
from network.notifications import notify
from network.refusals import Forbidden, Invalid
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import member_of
from tests.serving import Server
from tests.talking import Talker, cookie_of


def publish(cast: Cast, kind: str = "charter", body: str = "What is said here stays here.") -> LegalText:
    newest = LegalText.objects.filter(kind=kind).first()
    return publish_text(by=cast.clara, kind=kind, body=body, after=newest.version if newest else 0)


def acceptance(**changes: Any) -> dict[str, Any]:
    """What the form of the first sign-in sends."""
    given = {
        "language": "en",
        "time_zone": "Europe/Stockholm",
        "mailed": ["talk"],
        "accept_charter": "on",
        "version_charter": "1",
        "accept_privacy": "on",
        "version_privacy": "1",
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def test_nothing_is_asked_where_nothing_was_published(client: Client, cast: Cast) -> None:
    User.objects.update(welcomed_at=None)
    client.force_login(cast.anna)
    assert client.get("/rooms/families/").status_code == 200


def test_first_the_texts_then_the_page_that_was_asked_for(client: Client, cast: Cast) -> None:
    publish(cast), publish(cast, "privacy")
    client.force_login(cast.anna)
    answer = client.get("/rooms/families/?page=2")
    assert answer.url == "/welcome/?next=%2Frooms%2Ffamilies%2F%3Fpage%3D2"
    page = client.get(answer.url).content.decode()
    assert "What is said here stays here." in page
    assert "data-guess" in page
    answer = client.post(answer.url, acceptance())
    assert answer.url == "/rooms/families/?page=2"
    assert client.get(answer.url).status_code == 200
    anna = User.objects.get(pk=cast.anna.pk)
    assert (anna.time_zone, "talk" in anna.unmailed, "rooms" in anna.unmailed) == ("Europe/Stockholm", False, True)
    assert set(Acceptance.objects.filter(user=anna).values_list("user", "text__kind")) == {
        (anna.pk, "charter"),
        (anna.pk, "privacy"),
    }
    assert AuditEntry.objects.filter(verb="accounts.welcomed", actor=anna.uid).count() == 1


@pytest.mark.parametrize("address", ["/charter/", "/privacy/", "/accounts/logout/", "/welcome/", "/healthz"])
def test_these_stay_open_meanwhile(client: Client, cast: Cast, address: str) -> None:
    publish(cast)
    client.force_login(cast.anna)
    assert client.get(address).status_code in (200, 503)


@pytest.mark.parametrize("address", ["/", "/search/", "/accounts/2fa/", "/documents/", "/nowhere/"])
def test_nothing_else_does(client: Client, cast: Cast, address: str) -> None:
    publish(cast)
    client.force_login(cast.anna)
    answer = client.get(address)
    assert answer.status_code == 404 or answer.url.startswith("/welcome/?next=")


def test_what_is_sent_meanwhile_changes_nothing_and_is_not_lost_silently(client: Client, cast: Cast) -> None:
    publish(cast)
    client.force_login(cast.anna)
    for referer, back in (
        ("http://testserver/rooms/families/discussions/new/", "http%3A%2F%2Ftestserver%2Frooms%2Ffamilies%2Fdisc"),
        ("https://evil.example/", "%2F"),
    ):
        answer = client.post("/rooms/families/discussions/new/", {"title": "x"}, headers={"referer": referer})
        assert answer.url.startswith(f"/welcome/?next={back}")
        assert "send it again" in str(next(iter(get_messages(answer.wsgi_request))))
    fragment = client.get("/rooms/families/", headers={"hx-request": "true"})
    assert fragment.headers["HX-Redirect"].startswith("/welcome/")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_leads_nowhere_else(client: Client, cast: Cast, back: str) -> None:
    publish(cast)
    client.force_login(cast.anna)
    given = acceptance(accept_privacy=None, version_privacy=None)
    assert client.post("/welcome/", given | {"next": back}).url == "/"


def test_a_new_version_asks_again_at_the_very_next_page_and_asks_only_for_that(client: Client, cast: Cast) -> None:
    publish(cast)
    client.force_login(cast.anna)
    client.post("/welcome/", acceptance())
    assert client.get("/rooms/").status_code == 200
    publish(cast, body="What is said here stays here. So does who said it.")
    assert client.get("/rooms/").status_code == 302
    page = client.get("/welcome/").content.decode()
    assert "There is something new to read" in page
    assert "time_zone" not in page
    client.post("/welcome/", {"accept_charter": "on", "version_charter": "2"})
    assert client.get("/rooms/").status_code == 200
    assert list(Acceptance.objects.filter(user=cast.anna).values_list("text__version", flat=True)) == [1, 2]


def test_nobody_accepts_a_version_that_they_did_not_see(client: Client, cast: Cast) -> None:
    publish(cast)
    client.force_login(cast.anna)
    client.get("/welcome/")
    publish(cast, body="Something else entirely.")
    page = client.post("/welcome/", acceptance()).content.decode()
    assert "Something else entirely." in page
    assert not Acceptance.objects.filter(user=cast.anna).exists()
    with pytest.raises(Invalid):
        welcome(by=cast.anna, texts=LegalText.objects.filter(version=1))


@pytest.mark.parametrize("missing", ["accept_charter", "accept_privacy"])
def test_without_a_yes_to_each_nothing_opens(client: Client, cast: Cast, missing: str) -> None:
    publish(cast), publish(cast, "privacy")
    client.force_login(cast.anna)
    page = client.post("/welcome/", acceptance(**{missing: None}))
    assert "Nothing else opens before you have done this" in page.content.decode()
    assert client.get("/rooms/").status_code == 302


def test_a_version_is_never_changed_and_stays_readable(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    for number, body in enumerate(("First words.", "Second words.")):
        answer = client.post("/texts/charter/", {"body": body, "after": number, "publish": "1"})
        assert answer.url == "/texts/", answer.content.decode()
    stranger = Client()
    assert "Second words." in stranger.get("/charter/").content.decode()
    assert "First words." in stranger.get("/charter/?version=1").content.decode()
    assert stranger.get("/charter/?version=3").status_code in (302, 404)
    assert "Nothing has been published" in stranger.get("/privacy/").content.decode()


def test_who_publishes_a_text_has_accepted_it_and_goes_on_to_the_other(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    assert "By publishing it you accept it yourself." in client.get("/texts/charter/").content.decode()
    for kind in ("charter", "privacy", "charter"):
        page = client.get(f"/texts/{kind}/")
        assert page.status_code == 200, kind
        known = page.context["form"].initial["after"]
        client.post(f"/texts/{kind}/", {"body": f"Words {known}.", "after": known, "publish": "1"})
    assert client.get("/rooms/").status_code == 200
    accepted = Acceptance.objects.filter(user=cast.clara).values_list("text__kind", "text__version")
    assert sorted(accepted) == [("charter", 1), ("charter", 2), ("privacy", 1)]
    assert AuditEntry.objects.filter(verb="accounts.welcomed", actor=cast.clara.uid).count() == 3


def test_who_publishes_one_text_still_has_to_accept_the_other(cast: Cast) -> None:
    other = member_of(cast.efus, represents=True)
    publish(cast)
    publish_text(by=other, kind="privacy", body="What is kept.", after=0)
    assert [text.kind for text in texts_to_accept(User.objects.get(pk=other.pk))] == ["charter"]
    assert User.objects.get(pk=other.pk).welcomed_at is None


def test_a_preview_publishes_nothing_and_takes_no_markup_that_does(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    given = {"body": "## Care\n\n<script>alert(1)</script>\n\nBe **kind**.", "after": "0", "preview": "1"}
    page = client.post("/texts/charter/", given).content.decode()
    assert "<strong>kind</strong>" in page
    assert "<script>alert" not in page
    assert not LegalText.objects.exists()


def test_only_coordinators_write_them_and_who_was_overtaken_is_told(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        publish_text(by=cast.luc, kind="charter", body="Mine.", after=0)
    first = publish_text(by=cast.clara, kind="charter", body="One.", after=0)
    assert publish_text(by=cast.clara, kind="charter", body="One.", after=0) == first
    with pytest.raises(Invalid):
        publish_text(by=cast.clara, kind="charter", body="Two.", after=0)


def test_who_has_been_welcomed_pays_no_query_for_it(client: Client, cast: Cast) -> None:
    publish(cast)
    client.force_login(cast.anna)
    client.post("/welcome/", acceptance())
    with CaptureQueriesContext(connection) as queries:
        client.get("/rooms/")
    assert not [query for query in queries.captured_queries if "legaltext" in query["sql"]]


@pytest.mark.django_db
@settings(max_examples=examples(30), deadline=None)
@given(steps=st.lists(st.sampled_from(["charter", "privacy", "accept"]), max_size=8))
def test_in_every_order_of_events_they_are_let_in_exactly_when_they_accepted_the_newest_of_both(
    steps: list[str],
) -> None:
    from tests.cast import gather

    with transaction.atomic():
        cast = gather()
        newest: dict[str, int] = {}
        accepted: dict[str, int] = {}
        client = Client()
        client.force_login(cast.anna)
        for number, step in enumerate(steps):
            if step == "accept":
                person = User.objects.get(pk=cast.anna.pk)
                welcome(by=person, texts=texts_to_accept(person))
                accepted = dict(newest)
            else:
                newest[step] = publish(cast, step, f"Words of step {number}.").version
            assert (client.get("/rooms/").status_code == 200) == (accepted == newest)
        assert {text.kind: text.version for text in newest_texts()} == newest
        transaction.set_rollback(True)


def test_what_somebody_does_not_want_by_mail_stands_on_the_page_only(cast: Cast) -> None:
    User.objects.filter(pk=cast.luc.pk).update(unmailed=["rooms"])
    notify([cast.luc, cast.anna], kind="granted", room=cast.families, by=cast.clara)
    assert Notification.objects.filter(kind="granted").count() == 2
    [letter] = Mail.objects.filter(kind="notification")
    assert Notification.objects.get(pk=letter.key).user == cast.anna


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_the_socket_does_not_open_before(cast: Cast, talk: Callable[..., Talker], serve: Callable[..., Server]) -> None:
    publish(cast)
    cookie = cookie_of(cast.anna)
    assert talk(None, cookie=cookie).closed() == 4003
    person = User.objects.get(pk=cast.anna.pk)
    welcome(by=person, texts=texts_to_accept(person))
    assert talk(None, cookie=cookie).ask(type="ping") == {"type": "pong"}


@pytest.mark.socket
@pytest.mark.django_db(transaction=True)
def test_a_new_version_hangs_up_the_sockets_that_are_open_in_every_process(
    cast: Cast, talk: Callable[..., Talker], serve: Callable[..., Server]
) -> None:
    sockets = [talk(cast.anna), talk(cast.luc, server=serve(LIAISE_LOG_LEVEL="INFO"))]
    assert [one.subscribe("families")[-1]["room"] for one in sockets] == ["families"] * 2
    begin = time.monotonic()
    publish(cast)
    assert [one.closed() for one in sockets] == [4003, 4003]
    assert time.monotonic() - begin < 2.5


def test_what_open_sockets_have_to_do_first_is_asked_in_as_many_queries_for_many(cast: Cast) -> None:
    def asked(*people: User) -> int:
        callers = [rights.caller_of(cookie_of(person)) for person in people]
        with CaptureQueriesContext(connection) as queries:
            assert len(rights.live_sessions([one for one in callers if one])) == len(people)
        return len(queries)

    assert asked(cast.anna) == asked(cast.anna, cast.luc, cast.olga, cast.clara)


def test_a_frame_of_somebody_with_something_to_do_first_does_nothing(cast: Cast) -> None:
    caller = rights.caller_of(cookie_of(cast.anna))
    assert caller is not None
    publish(cast)
    assert rights.live_sessions([caller]) == set()
    with pytest.raises(rights.Ended):
        rights.person_of(caller)


def test_the_page_of_the_texts_says_which_version_holds(client: Client, cast: Cast) -> None:
    publish(cast)
    client.force_login(cast.clara)
    client.post("/welcome/", acceptance())
    page = client.get("/texts/").content.decode()
    assert re.search(r"Version 1, of", page)
    assert "Not written yet" in page
