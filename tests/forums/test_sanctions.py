"""Muting and suspending: who may, what it takes from whom, how it ends, and that the Chatham House Rule holds."""

from __future__ import annotations

import contextlib
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums import targets
from forums.actions import appeals, cases, chat, restoring, sanctions, threads
from forums.models import Appeal, Case, Decision, Post, Thread
from network import clock
from network.actions.items import begin
from network.actions.rooms import open_direct_room
from network.models import AuditEntry, Item, Notification, PartnerGrant, PersonGrant, Sanction
from network.permissions import Level, allowed, audience, level_in, who_may
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.factories import ItemFactory, grant
from tests.forums.test_cases import decide, report, signed_in
from tests.forums.test_discussing import sentences, start

pytestmark = pytest.mark.django_db
WHY = {"ground": "charter", "facts": "It insults three people."}


def in_a_week() -> Any:
    return clock.now() + timedelta(days=7)


@pytest.fixture
def thread(cast: Cast) -> Thread:
    return start(cast)


@pytest.fixture
def post(cast: Cast, thread: Thread) -> Post:
    return threads.reply(by=cast.anna, thread=thread, body="You are all fools.")


def mute(by: Any, thing: Post, action: str = "muted", **given: Any) -> Decision:
    terms: dict[str, Any] = {"until": in_a_week(), **WHY, **given}
    return sanctions.sanction(by=by, target=targets.of_post(thing), action=action, **terms)


# --- what it takes --------------------------------------------------------------------------------


def test_who_is_muted_reads_and_writes_nothing_there_and_is_told_why(cast: Cast, thread: Thread, post: Post) -> None:
    mute(cast.maud, post)
    assert level_in(cast.anna, cast.families) == Level.VIEW
    refused = "You may read here, but not write until"
    with pytest.raises(Forbidden, match=refused):
        threads.reply(by=cast.anna, thread=thread, body="And another thing.")
    with pytest.raises(Forbidden, match=refused):
        start(cast, by=cast.anna)
    with pytest.raises(Forbidden, match=refused):
        chat.say(by=cast.anna, room=cast.families, body="Hello.", client_id=uuid.uuid4())
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    with pytest.raises(Forbidden, match=refused):
        threads.comment_on(by=cast.anna, item=item, room=cast.families, body="Fools.")
    with pytest.raises(Forbidden, match=refused):
        begin(Thread, by=cast.anna, room=cast.families, title="Once more")
    page = signed_in(cast.anna).get(thread.get_absolute_url()).content.decode()
    assert refused in page
    assert 'name="body"' not in page
    # In another room nothing is taken.
    assert allowed(cast.anna, Level.VIEW, cast.commons)


def test_who_is_suspended_has_no_place_there_until_then(cast: Cast, thread: Thread, post: Post) -> None:
    mute(cast.maud, post, "suspended")
    anna = signed_in(cast.anna)
    assert level_in(cast.anna, cast.families) is None
    assert anna.get(thread.get_absolute_url()).status_code == 404
    assert anna.get("/rooms/families/discussions/").status_code == 404
    # Of a restricted room members know the name. To ask for a place again is no way round it.
    asked = anna.post("/rooms/families/join/", {"note": "Let me in."})
    assert asked.status_code in (403, 404)
    with clock.at(in_a_week() + timedelta(minutes=1)):
        assert level_in(cast.anna, cast.families) == Level.CONTRIBUTE
        threads.reply(by=cast.anna, thread=thread, body="Sorry.")


def test_a_network_room_keeps_somebody_out_as_well(cast: Cast) -> None:
    grant(cast.malmo, Level.CONTRIBUTE, cast.commons)
    thread = start(cast, room=cast.commons, by=cast.anna)
    opening = Post.objects.get(thread=thread)
    mute(cast.clara, opening, "suspended")
    assert not allowed(cast.anna, Level.VIEW, cast.commons)
    assert not Item.objects.visible_to(cast.anna).filter(pk=thread.pk).exists()
    assert not audience(thread).filter(pk=cast.anna.pk).exists()
    assert allowed(cast.mona, Level.VIEW, cast.commons)


def test_it_is_decided_in_a_case_with_rule_facts_and_duration(cast: Cast, post: Post) -> None:
    case = report(cast.luc, post)
    maud = signed_in(cast.maud)
    sent = {"action": "muted", "lasts": "day", "until": "", **WHY}
    page = maud.post(case.get_absolute_url(), {**sent, "lasts": "date"})
    assert (page.status_code, "Say until when." in page.content.decode()) == (422, True)
    assert maud.post(case.get_absolute_url(), sent).url == "/moderation/"
    decision = Decision.objects.get()
    assert (decision.action, decision.ground, decision.from_report) == ("muted", "charter", True)
    assert timedelta(hours=23) < decision.until - clock.now() <= timedelta(hours=24)
    statement = signed_in(cast.anna).get(decision.get_absolute_url()).content.decode()
    for told in ("It insults three people.", "Until ", "It ends by itself.", "Appeal"):
        assert told in statement
    assert "It was decided about something that you wrote or shared" in sentences(cast.anna)
    log = signed_in(cast.vera).get("/rooms/families/decisions/").content.decode()
    log = log[log.index("<main") : log.index("</main>")]
    assert "its author may read but not write here" in log
    assert "until" in log
    assert "Anna" not in log
    rows = signed_in(cast.clara).get("/moderation/figures/?as=csv").content.decode().splitlines()
    assert (
        '"Days for which people were muted or suspended, on average",its author may read but not write here,1' in rows
    )


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_it_lasts_at_least_a_moment_and_at_most_a_year(cast: Cast, post: Post, days: int) -> None:
    with pytest.raises(Invalid):
        mute(cast.maud, post, until=clock.now() + timedelta(days=days))
    with pytest.raises(Invalid):
        mute(cast.maud, post, until=None)
    assert not Sanction.objects.exists()


def test_a_page_refuses_what_is_wrong_and_loses_nothing(cast: Cast, thread: Thread, post: Post) -> None:
    at = f"{thread.get_absolute_url()}posts/{post.uid}/sanction/"
    maud = signed_in(cast.maud)
    for wrong in ({"action": "banned"}, {"lasts": "ever"}, {"lasts": "date", "until": "yesterday"}, {"facts": "a\0b"}):
        answer = maud.post(
            at, {"action": "muted", "lasts": "week", "ground": "charter", "facts": "Typed long.", **wrong}
        )
        assert answer.status_code == 422, wrong
        assert "facts" in wrong or "Typed long." in answer.content.decode()
    assert not Sanction.objects.exists()
    assert maud.post(at, {"action": "suspended", "lasts": "month", **WHY}).status_code == 302
    assert Sanction.objects.get().kind == "suspension"


def test_a_form_that_is_sent_twice_mutes_once(cast: Cast, post: Post) -> None:
    mute(cast.maud, post)
    with pytest.raises(Invalid, match="runs already"):
        mute(cast.maud, post, until=in_a_week() + timedelta(minutes=1))
    assert Sanction.objects.count() == 1
    mute(cast.maud, post, until=in_a_week() + timedelta(days=7))
    assert Sanction.objects.count() == 2


# --- who may --------------------------------------------------------------------------------------

LEVELS = [None, Level.VIEW, Level.CONTRIBUTE, Level.MODERATE, Level.MANAGE]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(mine=st.sampled_from(LEVELS), theirs=st.sampled_from(LEVELS), action=st.sampled_from(["muted", "suspended"]))
def test_nobody_sanctions_whoever_stands_as_high(cast: Cast, mine: Any, theirs: Any, action: str) -> None:
    """Moderators those below them, managers moderators too, managers themselves by coordinators alone."""
    with transaction.atomic():
        thread = start(cast, by=cast.clara)
        grant(cast.olga, Level.CONTRIBUTE, cast.families)
        post = threads.reply(by=cast.olga, thread=thread, body="Fools.")
        for person, level in ((cast.vera, mine), (cast.olga, theirs)):
            PersonGrant.objects.filter(user=person).delete()
            if level is not None:
                grant(person, level, cast.families)
        expected = mine is not None and mine >= Level.MODERATE and (theirs is None or theirs < mine)
        expected = expected and theirs != Level.MANAGE
        with contextlib.nullcontext() if expected else pytest.raises((Forbidden, Unseen)):
            mute(cast.vera, post, action)
        assert Sanction.objects.exists() == expected
        transaction.set_rollback(True)


def test_nobody_decides_about_their_own_nor_in_a_direct_room(cast: Cast, post: Post) -> None:
    own = threads.reply(by=cast.mona, thread=post.thread, body="Mine.")
    with pytest.raises(Forbidden):
        mute(cast.mona, own)
    direct = open_direct_room(by=cast.anna, people=[cast.luc])
    said = chat.say(by=cast.anna, room=direct, body="Fools.", client_id=uuid.uuid4())
    case = report(cast.luc, said, kind="message")
    with pytest.raises(Forbidden):
        decide(cast.clara, case, action="muted", until=in_a_week())
    cases.take_case(by=cast.clara, case=case)
    with pytest.raises(Invalid):
        decide(cast.clara, case, action="muted", until=in_a_week())


def test_the_last_manager_is_never_kept_from_the_room(cast: Cast, thread: Thread) -> None:
    PartnerGrant.objects.filter(content_object=cast.families, group=cast.efus.group).delete()
    grant(cast.clara, Level.MODERATE, cast.families)
    post = threads.reply(by=cast.maud, thread=thread, body="Fools.")
    with pytest.raises(Forbidden, match="no manager"):
        mute(cast.clara, post)
    assert not Sanction.objects.exists()


def test_a_muted_moderator_moderates_nothing(cast: Cast, thread: Thread) -> None:
    post = threads.reply(by=cast.mona, thread=thread, body="Fools.")
    mute(cast.maud, post)
    assert not who_may(Level.MODERATE, cast.families).filter(pk=cast.mona.pk).exists()
    # What they were above is not forgotten: a moderator may not sanction them now either.
    grant(cast.olga, Level.MODERATE, cast.families)
    with pytest.raises(Forbidden):
        mute(cast.olga, post, "suspended")


# --- how it ends ----------------------------------------------------------------------------------


def test_an_appeal_that_is_right_lets_them_write_again(cast: Cast, thread: Thread, post: Post) -> None:
    decision = mute(cast.maud, post)
    appeals.appeal(by=cast.anna, decision=decision, text="It was a quotation.")
    appeals.decide_appeal(by=cast.clara, appeal=Appeal.objects.get(), upheld=True, answer="It was.")
    threads.reply(by=cast.anna, thread=thread, body="Thank you.")
    assert Sanction.objects.get().lifted_by == cast.clara


def test_moderators_see_who_is_kept_from_their_room_and_let_them_back(cast: Cast, thread: Thread, post: Post) -> None:
    decision = mute(cast.maud, post, "suspended")
    assert signed_in(cast.vera).get("/rooms/families/sanctions/").status_code == 403
    assert signed_in(cast.olga).get("/rooms/families/sanctions/").status_code == 404
    maud = signed_in(cast.maud)
    page = maud.get("/rooms/families/sanctions/").content.decode()
    undo = f"/decisions/{decision.uid}/undo/"
    assert "Anna Lindqvist" in page
    assert undo in page
    assert maud.post(undo, {"facts": ""}).status_code == 422
    with clock.at(clock.now() + timedelta(days=3)):
        assert maud.post(undo, {"facts": "They have said sorry."}).status_code == 302
        assert "Nobody is muted" in maud.get("/rooms/families/sanctions/").content.decode()
        assert allowed(cast.anna, Level.CONTRIBUTE, cast.families)
    made = Decision.objects.get(action="lifted")
    assert (made.undoes, made.case) == (decision, decision.case)
    statement = signed_in(cast.anna).get(made.get_absolute_url()).content.decode()
    assert "They have said sorry." in statement
    assert "/appeal/" not in statement
    with pytest.raises(Forbidden):
        appeals.appeal(by=cast.anna, decision=made, text="Why?")
    with pytest.raises(Forbidden):
        restoring.undo(by=cast.maud, decision=Decision.objects.get(pk=decision.pk), facts="Twice.")


def test_the_list_asks_as_often_for_many_as_for_few(cast: Cast, thread: Thread) -> None:
    maud = signed_in(cast.maud)

    def add(people: list[Any]) -> None:
        for person in people:
            mute(cast.maud, threads.reply(by=person, thread=thread, body="Fools."))

    add([cast.anna])
    maud.get("/rooms/families/sanctions/")
    with CaptureQueriesContext(connection) as few:
        maud.get("/rooms/families/sanctions/")
    add([cast.luc, cast.carlo, cast.mona])
    with CaptureQueriesContext(connection) as many:
        assert maud.get("/rooms/families/sanctions/").content.decode().count("Let back before the time") == 4
    assert len(few) == len(many)


# --- under the Chatham House Rule -----------------------------------------------------------------


def test_under_the_rule_the_mute_is_of_that_thread_alone(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    post = threads.reply(by=cast.anna, thread=thread, body="Fools.")
    with pytest.raises(Forbidden):
        mute(cast.maud, post, "suspended")
    mute(cast.maud, post)
    with pytest.raises(Forbidden, match="not write until"):
        threads.reply(by=cast.anna, thread=thread, body="Once more.")
    page = signed_in(cast.anna).get(thread.get_absolute_url()).content.decode()
    assert "not write until" in page
    assert level_in(cast.anna, cast.families) == Level.CONTRIBUTE
    threads.reply(by=cast.anna, thread=start(cast), body="Elsewhere.")
    for person in (cast.luc, cast.carlo, cast.mona):
        threads.reply(by=person, thread=thread, body="I may.")


def what_moderators_fetch(cast: Cast, thread: Thread, case: Case, decision: Decision) -> list[str]:
    pages = []
    for person in (cast.maud, cast.mona):
        client = signed_in(person)
        for at in (
            "/moderation/",
            case.get_absolute_url(),
            "/rooms/families/sanctions/",
            "/rooms/families/decisions/",
            "/rooms/families/members/",
            f"/decisions/{decision.uid}/undo/",
            f"{thread.get_absolute_url()}",
            "/audit/",
            "/notifications/",
        ):
            answer = client.get(at)
            pages.append(f"{answer.status_code} {answer.content.decode()}")
    return pages


def test_nothing_that_a_moderator_fetches_tells_who_the_muted_participant_is(cast: Cast) -> None:
    """Two worlds: Anna speaks first or Carlo does, and whoever was first is muted."""
    told = []
    for muted, other in ((cast.anna, cast.carlo), (cast.carlo, cast.anna)):
        with transaction.atomic():
            thread = start(cast, chatham=True, by=cast.luc)
            first = threads.reply(by=muted, thread=thread, body="Fools.")
            threads.reply(by=other, thread=thread, body="Not so.")
            decision = mute(cast.maud, first)
            pages = what_moderators_fetch(cast, thread, decision.case, decision)
            told.append(pages)
            entries = AuditEntry.objects.filter(verb="forums.sanctioned")
            assert {entry.target for entry in entries} == {decision.case.uid}
            assert not Notification.objects.filter(user__in=[cast.maud, cast.mona], kind="decided").exists()
            transaction.set_rollback(True)

    def plain(page: str) -> str:
        page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UID", page)
        page = re.sub(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", "NUMBER", page)
        page = re.sub(r'(csrfmiddlewaretoken" value|nonce|csrf-token" content|data-csrf)="[^"]*"', "TOKEN", page)
        page = re.sub(r'datetime="[^"]*"', "AT", page)
        return re.sub(r"\b\d\d:\d\d\b", "TIME", page)

    for one, two in zip(*told, strict=True):
        assert plain(one) == plain(two)
