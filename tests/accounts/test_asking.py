"""Whoever was not invited asks; strangers learn nothing by it, and nobody comes in before somebody says yes."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import memberships, standing
from accounts.actions import requests as actions
from accounts.actions.absence import let_the_silent_go
from accounts.actions.deputies import name_deputy
from accounts.actions.leaving import close_account
from accounts.actions.moving import move_person
from accounts.models import AccessRequest, Invitation
from accounts.permissions.requests import requests_to
from accounts.tasks import sort_request, tell_who_answers
from network import clock, mail
from network.background import enqueue
from network.models import HandOver, Membership, Notification, Partner, User
from network.notifications import visible_notices
from network.refusals import Forbidden, Refusal
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import MembershipFactory, PartnerFactory
from tests.working import work_off

GIVEN = {
    "name": "Ada Renard",
    "email": "ada@liege.example",
    "partner": "liege",
    "function": "Prevention officer",
    "language": "fr",
    "note": "I am new in the team.",
}


def ask(client: Client, **changes: str) -> Any:
    return client.post("/accounts/ask/", GIVEN | changes)


def sorted_request(**changes: Any) -> AccessRequest:
    given = {"email": "ada@liege.example", "name": "Ada Renard", "note": "I am new."} | changes
    request = actions.ask(**given)
    sort_request(request.pk)
    return request


def letters() -> list[Any]:
    mail.send_due()
    return outbox.outbox


def test_somebody_asks_a_representative_approves_and_they_come_in(client: Client, cast: Cast) -> None:
    assert ask(client).url == "/accounts/ask/sent/"
    request = AccessRequest.objects.get()
    sort_request(request.pk)
    client.force_login(cast.luc)
    assert "Ada Renard asks to take part" in client.get("/").content.decode()
    assert "Ada Renard asks to take part" in client.get("/notifications/").content.decode()
    assert "Ada Renard" in client.get("/partners/liege/people/").content.decode()
    assert "I am new in the team." in client.get(f"/accounts/requests/{request.uid}/").content.decode()
    assert client.post(f"/accounts/requests/{request.uid}/", {"approve": "1"}).status_code == 302
    request.refresh_from_db()
    assert (request.settled_by, request.invitation.by, request.invitation.language) == (cast.luc, cast.luc, "fr")
    assert request.invitation.expires_at - clock.now() > timedelta(days=13)
    assert "asks to take part" not in client.get("/notifications/").content.decode()
    client.logout()
    [letter] = [one for one in letters() if one.to == ["ada@liege.example"]]
    link = re.search(r"http://\S+(/accounts/invitation/\S+)", letter.body)[1]
    client.post(link, {"name": "Ada Renard", "password": "a long walk by the river", "time_zone": "Europe/Paris"})
    assert Membership.objects.get(user__email="ada@liege.example").approved_by == cast.luc


def test_a_refused_one_reads_why_in_a_polite_letter(client: Client, cast: Cast) -> None:
    request = sorted_request(partner=cast.liege, language="fr")
    client.force_login(cast.luc)
    page = f"/accounts/requests/{request.uid}/"
    assert "This field is required" in client.post(page, {"decline": "1", "reason": ""}).content.decode()
    assert client.post(page, {"decline": "1", "reason": "Ask your head of unit first."}).status_code == 302
    assert client.get(page).status_code == 404
    [letter] = [one for one in letters() if one.to == ["ada@liege.example"]]
    assert "Ask your head of unit first." in letter.body
    assert not Invitation.objects.exists()


def test_a_coordinator_chooses_the_partner_for_another_organisation(client: Client, cast: Cast) -> None:
    request = sorted_request()
    assert not requests_to(cast.luc).exists()
    client.force_login(cast.clara)
    page = f"/accounts/requests/{request.uid}/"
    assert "This field is required" in client.post(page, {"approve": "1"}).content.decode()
    assert client.post(page, {"approve": "1", "partner": "augsburg"}).status_code == 302
    assert Invitation.objects.get().partner == cast.augsburg


def test_strangers_get_one_answer_and_cause_one_piece_of_work_whoever_the_address_is(
    client: Client, cast: Cast
) -> None:
    actions.ask(email="asked@liege.example", name="Asked Before")
    told = []
    for address in ("nobody@liege.example", cast.olga.email, cast.ivan.email, "Asked@liege.example"):
        before = Notification.objects.count(), len(letters())
        with CaptureQueriesContext(connection) as queries:
            answer = ask(client, email=address)
        page = client.get(answer.url).content.decode()
        shape = [re.sub(r"'[^']*'|\d+|[0-9a-f]{32}", "?", query["sql"]) for query in queries.captured_queries]
        told.append((answer.status_code, answer.url, len(page), [one.split("(")[0] for one in shape]))
        assert before == (Notification.objects.count(), len(letters())), "What differs is found out later."
    assert all(one == told[0] for one in told)


def test_a_known_member_gets_a_letter_once_a_day_and_nobody_else_is_told(cast: Cast) -> None:
    for _ in range(3):
        sorted_request(email=cast.olga.email.upper(), partner=cast.augsburg)
    [letter] = [one for one in letters() if one.to == [cast.olga.email]]
    assert "You have an account already" in letter.body
    assert not Notification.objects.filter(kind="access_asked").exists()
    assert not requests_to(cast.clara).exists()
    with clock.at(clock.now() + timedelta(days=2)):
        sorted_request(email=cast.olga.email)
        assert len([one for one in letters() if one.to == [cast.olga.email]]) == 2


def test_who_was_a_member_once_asks_like_everybody(client: Client, cast: Cast) -> None:
    request = sorted_request(email=cast.ivan.email, partner=cast.malmo)
    actions.approve(by=cast.clara, request=request)
    [letter] = [one for one in letters() if one.to == [cast.ivan.email]]
    client.force_login(cast.ivan)
    client.post(re.search(r"http://\S+(/accounts/invitation/\S+)", letter.body)[1])
    assert Membership.objects.effective().get(user=cast.ivan).approved_by == cast.clara


def test_asking_twice_is_once_and_sorting_twice_tells_once(cast: Cast) -> None:
    first = sorted_request(partner=cast.liege)
    second = actions.ask(email="ADA@liege.example", name="Ada Again", partner=cast.liege)
    assert list(requests_to(cast.luc)) == [first]
    for _ in range(2):
        sort_request(first.pk)
        sort_request(second.pk)
    assert list(AccessRequest.objects.all()) == [first]
    assert Notification.objects.filter(kind="access_asked").count() == 1


def to_suspend(cast: Cast) -> None:
    standing.suspend(by=cast.clara, partner=cast.liege, reason="The fee.")


def to_end(cast: Cast) -> None:
    memberships.end_membership(by=cast.clara, person=cast.luc, partner=cast.liege)


def to_make_a_member(cast: Cast) -> None:
    memberships.change_role(by=cast.clara, person=cast.luc, partner=cast.liege, role=Membership.Role.MEMBER)


def to_leave(cast: Cast) -> None:
    cast.maud.memberships.all().delete()
    close_account(by=cast.luc)


def to_move(cast: Cast) -> None:
    move_person(by=cast.clara, person=cast.luc, old=cast.liege, new=cast.malmo, since=clock.now())


def to_shut_out(cast: Cast) -> None:
    name_deputy(
        by=cast.luc,
        absent=cast.luc,
        partner=cast.liege,
        deputy=cast.maud,
        since=clock.now(),
        until=clock.now() + timedelta(days=9),
    )
    User.objects.filter(pk=cast.luc.pk).update(asked_at=clock.now() - timedelta(days=31))
    let_the_silent_go()


def to_run_out(cast: Cast) -> None:
    cast.luc.memberships.update(until=clock.now())
    enqueue("accounts.tasks.tell_who_answers")  # as the clock does


@pytest.mark.parametrize(
    "change",
    [to_suspend, to_end, to_make_a_member, to_leave, to_move, to_shut_out, to_run_out],
    ids=lambda one: one.__name__,
)
def test_what_nobody_of_the_partner_answers_any_more_falls_to_the_coordinators_who_are_told(
    client: Client, cast: Cast, change: Callable[[Cast], None]
) -> None:
    Partner.objects.filter(pk=cast.liege.pk).update(status=Partner.Status.ACTIVE)
    request = sorted_request(partner=cast.liege)
    about = Notification.objects.filter(kind="access_asked", part_id=request.pk)
    assert [one.user for one in about] == [cast.luc]
    with transaction.atomic():
        # That somebody is the last to represent a partner with members is another rule.
        HandOver.objects.create(partner=cast.liege, begun_by=cast.clara)
        change(cast)
    for _ in range(2):
        work_off()
        tell_who_answers()
    assert about.filter(user=cast.clara).count() == 1
    assert visible_notices(cast.clara).filter(kind="access_asked").count() == 1
    client.force_login(cast.clara)
    assert request.name in client.get("/accounts/requests/").content.decode()


def test_a_partner_without_representatives_is_answered_for_by_coordinators(cast: Cast) -> None:
    sorted_request(partner=cast.augsburg)
    assert Notification.objects.get(kind="access_asked").user == cast.clara
    sorted_request(email="other@liege.example", partner=cast.liege)
    assert set(Notification.objects.filter(kind="access_asked").values_list("user", flat=True)) == {
        cast.clara.pk,
        cast.luc.pk,
    }


def test_what_is_answered_is_answered_once(cast: Cast) -> None:
    request = sorted_request(partner=cast.liege)
    actions.approve(by=cast.luc, request=request)
    for again in (
        lambda: actions.approve(by=cast.clara, request=request),
        lambda: actions.decline(by=cast.clara, request=request, reason="No."),
    ):
        with pytest.raises(Refusal):
            again()
    assert Invitation.objects.count() == 1


def test_a_representative_approves_for_their_own_partner_only(cast: Cast) -> None:
    request = sorted_request(partner=cast.liege)
    with pytest.raises(Forbidden):
        actions.approve(by=cast.luc, request=request, partner=cast.malmo)
    assert AccessRequest.objects.open().filter(pk=request.pk).exists()


@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    asks=st.lists(st.sampled_from([None, "liege", "malmo", "vallombre", "efus"]), min_size=1, max_size=4),
    represents=st.dictionaries(st.sampled_from(["liege", "malmo", "vallombre", "efus"]), st.integers(-2, 2)),
)
def test_only_who_may_answer_sees_a_request_wherever_it_is_shown(
    cast: Cast, asks: list[str | None], represents: dict[str, int]
) -> None:
    """Olga represents some partners from a day until two days later."""
    with transaction.atomic():
        for name, first in represents.items():
            since = clock.now() + timedelta(days=first, minutes=-1)
            MembershipFactory(
                user=cast.olga,
                partner=getattr(cast, name),
                role="representative",
                since=since,
                until=since + timedelta(days=2),
            )
        now_for = {name for name, first in represents.items() if first in (-1, 0) and name != "vallombre"}
        made = [
            sorted_request(email=f"{n}@city.example", partner=getattr(cast, name) if name else None)
            for n, name in enumerate(asks)
        ]
        expected = {one.pk for one in made if "efus" in now_for or (one.partner and one.partner.slug in now_for)}
        assert set(requests_to(cast.olga).values_list("pk", flat=True)) == expected
        told = visible_notices(cast.olga).filter(kind="access_asked").values_list("part_id", flat=True)
        assert set(told) <= expected
        for one in made:
            page = Client()
            page.force_login(cast.olga)
            answer = page.get(f"/accounts/requests/{one.uid}/")
            assert (answer.status_code == 200) is (one.pk in expected)
        transaction.set_rollback(True)


def test_whoever_fills_what_people_do_not_see_is_told_the_same_and_nothing_is_kept(client: Client, cast: Cast) -> None:
    assert ask(client, website="https://spam.example").url == "/accounts/ask/sent/"
    assert not AccessRequest.objects.exists()


def test_one_client_asks_ten_times_an_hour(client: Client, cast: Cast, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"ask_to_take_part": "10/h/ip"}
    cache.clear()
    answers = [ask(client, email=f"{n}@city.example").status_code for n in range(11)]
    assert answers == [302] * 10 + [429]
    assert AccessRequest.objects.count() == 10
    assert client.get("/accounts/ask/").status_code == 200
    cache.clear()


def test_more_than_people_answer_are_not_taken(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_OPEN", 1)
    ask(client)
    page = ask(client, email="other@liege.example").content.decode()
    assert "Too many requests are waiting" in page
    assert 'value="other@liege.example"' in page
    assert AccessRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "nobody"}, "valid email address"),
        ({"name": ""}, "This field is required"),
        ({"note": "a\x00b"}, "Null characters"),
        ({"note": "x" * 1001}, "at most 1000"),
        ({"partner": "vallombre"}, "Select a valid choice"),
        ({"language": "xx"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(
    client: Client, cast: Cast, changes: dict[str, str], words: str
) -> None:
    page = ask(client, **changes).content.decode()
    assert words in page
    assert GIVEN["function"] in page
    assert not AccessRequest.objects.exists()


def test_only_partners_that_take_part_are_offered(client: Client, cast: Cast) -> None:
    PartnerFactory(name="City of Nowhere", status=Partner.Status.INVITED)
    page = client.get("/accounts/ask/").content.decode()
    assert cast.liege.name in page
    assert "City of Nowhere" not in page
    assert not any(person.name in page for person in User.objects.all())


def test_a_request_to_a_partner_that_stands_no_more_is_approved_for_another(client: Client, cast: Cast) -> None:
    asking = AccessRequest.objects.create(email="nora@vallombre.example", name="Nora", partner=cast.vallombre)
    client.force_login(cast.clara)
    address = f"/accounts/requests/{asking.uid}/"
    assert 'name="partner"' in client.get(address).content.decode()
    assert client.post(address, {"partner": "malmo"}).status_code == 302
    asking.refresh_from_db()
    assert asking.invitation is not None
    assert asking.invitation.partner == cast.malmo
