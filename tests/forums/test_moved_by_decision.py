"""A case that ends with moving the discussion, or with hiding it until it is decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from forums.actions import appeals, moderation, restoring, threads, undoing
from forums.models import Appeal, Case, Change, Decision, Post, Thread
from forums.permissions.cases import appeal_deciders
from network import clock
from network.labels import Label
from network.models import Room, State
from network.permissions import Level, audience
from network.refusals import Forbidden, Invalid, Refusal
from tests.cast import Cast
from tests.factories import grant
from tests.forums.test_cases import decide, report, signed_in
from tests.forums.test_discussing import sentences, start
from tests.forums.test_kinds import now
from tests.forums.test_moving import narrower
from tests.forums.test_properties import SETTINGS, undone

pytestmark = pytest.mark.django_db
MOVE = {"action": "moved", "ground": "off_topic", "facts": "It is about the pilot of two cities."}


@pytest.fixture
def thread(cast: Cast) -> Thread:
    return start(cast)


@pytest.fixture
def room(cast: Cast) -> Room:
    return narrower(cast)


def moved(cast: Cast, thread: Thread, room: Room) -> Decision:
    return decide(cast.mona, report(cast.anna, thread, "off_topic", kind="item"), **MOVE, room=room)


def test_it_is_moved_with_a_statement_of_reasons_and_both_logs_say_so(cast: Cast, thread: Thread, room: Room) -> None:
    decision = moved(cast, thread, room)
    change = Change.objects.get(decision=decision)
    assert (now(thread).room, change.room, change.to_room) == (room, cast.families, room)
    assert decision.case.item is not None
    assert Case.objects.get(pk=decision.case_id).closed_at
    statement = signed_in(cast.luc).get(decision.get_absolute_url()).content.decode()
    assert "Moved to another room" in statement
    assert "It is about the pilot" in statement
    assert "Appeal" in statement
    for where in ("families", "narrow"):
        log = signed_in(cast.luc).get(f"/rooms/{where}/decisions/").content.decode()
        assert "oved to another room" in log
        assert "It is about the pilot" not in log
    assert any("decided" in said for said in sentences(cast.luc))


def test_who_gains_and_loses_is_said_before_it_is_decided(cast: Cast, thread: Thread, room: Room) -> None:
    case = report(cast.anna, thread, "off_topic", kind="item")
    mona, sent = signed_in(cast.mona), MOVE | {"room": room.slug}
    assert f'value="{room.slug}"' in mona.get(case.get_absolute_url()).content.decode()
    sure = mona.post(case.get_absolute_url(), sent)
    page = sure.content.decode()
    assert "Readers:" in page
    assert "loses" in page
    assert "It is about the pilot" in page
    assert not Decision.objects.exists()
    back = mona.post(case.get_absolute_url(), sent | {"back": "1"})
    assert (back.status_code, "It is about the pilot" in back.content.decode()) == (200, True)
    stale = mona.post(case.get_absolute_url(), sent | {"seen": "something else"})
    assert (stale.status_code, Decision.objects.exists()) == (200, False)
    assert mona.post(case.get_absolute_url(), sent | {"seen": sure.context["mark"]}).status_code == 302
    assert now(thread).room == room


@pytest.mark.parametrize("wrong", [{"room": ""}, {"room": "nowhere"}, {"room": "families"}, {"ground": ""}])
def test_what_is_missing_is_said_and_nothing_is_lost(cast: Cast, thread: Thread, room: Room, wrong: Any) -> None:
    case = report(cast.anna, thread, "off_topic", kind="item")
    answer = signed_in(cast.mona).post(case.get_absolute_url(), MOVE | {"room": room.slug} | wrong)
    assert (answer.status_code, Decision.objects.exists()) == (422, False)
    assert "It is about the pilot" in answer.content.decode()


def test_what_is_amber_is_not_moved_to_where_somebody_comes_to_read_it(cast: Cast) -> None:
    thread = start(cast, tlp=Label.AMBER)
    grant(cast.mona, Level.CONTRIBUTE, cast.schools)
    case = report(cast.anna, thread, "off_topic", kind="item")
    answer = signed_in(cast.mona).post(case.get_absolute_url(), MOVE | {"room": "schools"})
    assert (answer.status_code, now(thread).room) == (422, cast.families)
    assert "AMBER or stricter" in answer.content.decode()
    with pytest.raises(Forbidden):
        decide(cast.mona, case, **MOVE, room=cast.schools)


def test_a_reply_stays_with_what_it_answers(cast: Cast, thread: Thread, room: Room) -> None:
    case = report(cast.luc, threads.reply(by=cast.carlo, thread=thread, body="A word."))
    assert 'value="moved"' not in signed_in(cast.mona).get(case.get_absolute_url()).content.decode()
    with pytest.raises(Invalid):
        decide(cast.mona, case, **MOVE, room=room)


@SETTINGS
@given(
    who=st.sampled_from(("mona", "maud", "clara", "luc", "anna", "carlo", "vera")),
    label=st.sampled_from((Label.GREEN, Label.AMBER, Label.RED)),
    place=st.sampled_from(("narrow", "schools", "families")),
)
def test_whatever_is_decided_reaches_nobody_unseen(cast: Cast, who: str, label: Label, place: str) -> None:
    with undone():
        narrower(cast)
        thread = start(cast, tlp=label, named_people=[cast.anna, cast.mona] if label == Label.RED else [])
        case = report(cast.anna, thread, "off_topic", kind="item")
        before = set(audience(thread))
        try:
            decide(getattr(cast, who), case, **MOVE, room=Room.objects.get(slug=place))
        except Refusal:
            assert (now(thread).room, Decision.objects.exists()) == (cast.families, False)
            return
        assert who in ("mona", "maud", "clara")
        if label > Label.GREEN:
            assert set(audience(now(thread))) <= before


def test_within_a_day_it_goes_back_by_the_decision_or_by_the_discussion(cast: Cast, thread: Thread, room: Room) -> None:
    first = moved(cast, thread, room)
    restoring.undo(by=cast.mona, decision=first, facts="It belongs here after all.")
    assert now(thread).room == cast.families
    assert Decision.objects.get(undoes=first).facts == "It belongs here after all."
    second = moved(cast, thread, room)
    undoing.undo_change(by=cast.mona, change=Change.objects.get(decision=second))
    assert now(thread).room == cast.families
    assert Decision.objects.get(undoes=second).action == "undone"
    assert not Change.objects.filter(undone_at=None).exists()


def test_whose_it_is_does_not_undo_what_was_decided_about_it(cast: Cast, room: Room) -> None:
    thread = start(cast, by=cast.maud)
    decision = moved(cast, thread, room)
    with pytest.raises(Forbidden, match="about what you wrote"):
        undoing.undo_change(by=cast.maud, change=Change.objects.get(decision=decision))
    appeals.appeal(by=cast.maud, decision=decision, text="It is about families.")
    with pytest.raises(Forbidden, match="appealed"):
        undoing.undo_change(by=cast.mona, change=Change.objects.get(decision=decision))


@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(days=9)])
def test_an_appeal_that_is_right_brings_it_back(
    cast: Cast, thread: Thread, room: Room, later: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As a page finds it, in its new room.
    decision = Decision.objects.get(pk=moved(cast, thread, room).pk)
    appeal = appeals.appeal(by=cast.luc, decision=decision, text="It is about families.")
    moment = clock.now() + later
    monkeypatch.setattr(clock, "now", lambda: moment)
    other = appeal_deciders(appeal).first()
    assert other not in (None, cast.mona, cast.luc)
    appeals.take_appeal(by=other, appeal=appeal)
    taken = Appeal.objects.get(pk=appeal.pk)
    appeals.decide_appeal(by=other, appeal=taken, upheld=True, answer="It is.")
    assert now(thread).room == cast.families


@pytest.mark.parametrize("kind", ["post", "item"])
def test_it_is_hidden_until_it_is_decided_and_the_case_stays_open(cast: Cast, thread: Thread, kind: str) -> None:
    post = threads.reply(by=cast.carlo, thread=thread, body="Telephones frighten nobody.")
    thing: Any = post if kind == "post" else thread
    case = report(cast.anna, thing, kind=kind)
    client = signed_in(cast.mona)
    assert "Hide it until it is decided" in client.get(case.get_absolute_url()).content.decode()
    assert client.post(case.get_absolute_url(), {"action": "held", "facts": ""}).status_code == 422
    client.post(case.get_absolute_url(), {"action": "held", "facts": "One can tell who it is."})
    thing.refresh_from_db()
    case.refresh_from_db()
    assert (thing.state, case.closed_at) == (State.HELD, None)
    assert "Hide it until it is decided" not in client.get(case.get_absolute_url()).content.decode()
    decide(cast.mona, case, action="stands")
    thing.refresh_from_db()
    assert thing.state == State.PUBLISHED


def test_a_decision_that_is_saved_hides_nothing(cast: Cast, client: Client) -> None:
    client.force_login(cast.mona)
    page = client.get("/rooms/families/decisions/saved/").content.decode()
    assert 'value="moved"' in page
    assert 'value="held"' not in page


def test_what_was_hidden_and_what_a_reply_says_stay_where_they_are(cast: Cast, thread: Thread, room: Room) -> None:
    """A discussion that everybody does not read is decided about first; only then it goes anywhere."""
    case = report(cast.anna, thread, kind="item")
    moderation.hold_post(by=cast.mona, post=Post.objects.get(thread=thread, parent=None))
    with pytest.raises(Invalid):
        decide(cast.mona, case, **MOVE, room=room)
