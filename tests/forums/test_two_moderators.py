"""What takes two: erasing, and taking away a discussion with many answers, whatever the way to it. And undoing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from forums import targets
from forums.actions import appeals, chat, moderation, proposals, restoring, threads
from forums.models import Case, Decision, Post, Proposal, Thread
from network import clock
from network.actions import items
from network.actions.redactions import redact
from network.models import AuditEntry, Item, PartnerGrant, PersonGrant, RedactionRequest, State
from network.permissions import Level
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.factories import grant
from tests.forums.test_cases import decide, report, signed_in
from tests.forums.test_discussing import sentences, start

pytestmark = pytest.mark.django_db
WHY = {"ground": "charter", "facts": "Nothing in it is true."}


@pytest.fixture
def thread(cast: Cast) -> Thread:
    return start(cast, by=cast.carlo)


@pytest.fixture
def long(thread: Thread) -> Thread:
    """A discussion of Carlo's that holds 21 answers, as its number says."""
    Thread.objects.filter(pk=thread.pk).update(reply_count=21)
    thread.refresh_from_db()
    return thread


@pytest.fixture
def post(cast: Cast, thread: Thread) -> Post:
    return threads.reply(by=cast.anna, thread=thread, body="Telephones frighten nobody.")


def state_of(item: Item) -> str:
    return Item.objects.get(pk=item.pk).state


def confirm(by: Any) -> Decision:
    return proposals.confirm(by=by, proposal=Proposal.objects.get(settled_at=None))


# --- every way to it ------------------------------------------------------------------------------


def by_case(cast: Cast, thread: Thread) -> None:
    decide(cast.maud, report(cast.luc, thread, kind="item"), action="removed")


def by_case_erasing(cast: Cast, thread: Thread) -> None:
    decide(cast.maud, report(cast.luc, thread, kind="item"), action="redacted")


def by_item_page(cast: Cast, thread: Thread) -> None:
    answer = signed_in(cast.maud).post(f"/items/{thread.uid}/remove/", {"reason": "Untrue."}, follow=True)
    assert "until another moderator confirms" in answer.content.decode()


def by_item_action(cast: Cast, thread: Thread) -> None:
    assert items.remove(by=cast.maud, item=thread, reason="Untrue.") is False


def by_opening_post(cast: Cast, thread: Thread) -> None:
    opening = Post.objects.get(thread=thread, parent=None)
    at = f"{thread.get_absolute_url()}posts/{opening.uid}/remove/"
    answer = signed_in(cast.maud).post(at, {"reason": "Untrue.", "ground": "charter"}, follow=True)
    assert "This takes two moderators" in answer.content.decode()


def by_queue(cast: Cast, thread: Thread) -> None:
    items.hold(by=cast.maud, item=thread, reason="To be read.")
    at = f"/moderation/item/{thread.uid}/"
    signed_in(cast.maud).post(at, {"decision": "remove", "reason": "Untrue.", "ground": "charter"})


def by_request_on_leaving(cast: Cast, thread: Thread) -> None:
    request = RedactionRequest.objects.create(room=cast.families, user=cast.carlo)
    PersonGrant.objects.filter(user=cast.carlo).delete()
    redact(by=cast.maud, request=request, chosen=[f"item:{thread.uid}"])


WAYS = [by_case, by_case_erasing, by_item_page, by_item_action, by_opening_post, by_queue, by_request_on_leaving]


@pytest.mark.parametrize("way", WAYS)
def test_no_way_takes_a_long_discussion_away_without_a_second_moderator(
    cast: Cast, long: Thread, way: Callable[..., None]
) -> None:
    way(cast, long)
    assert state_of(long) != State.REMOVED
    proposal = Proposal.objects.get()
    assert (proposal.by, proposal.settled_at) == (cast.maud, None)
    assert not Decision.objects.filter(action__in=("removed", "redacted")).exists()
    with pytest.raises(Forbidden):
        confirm(cast.maud)
    assert state_of(long) != State.REMOVED
    decision = confirm(cast.mona)
    assert state_of(long) == State.REMOVED
    assert (decision.by, decision.second, decision.action) == (cast.maud, cast.mona, proposal.action)
    assert Case.objects.get(pk=proposal.case_id).closed_at is not None


def test_a_discussion_of_twenty_answers_takes_one(cast: Cast, thread: Thread) -> None:
    Thread.objects.filter(pk=thread.pk).update(reply_count=20)
    assert items.remove(by=cast.maud, item=thread, reason="Untrue.") is True
    assert state_of(thread) == State.REMOVED


@pytest.mark.parametrize("kind", ["post", "message", "item"])
def test_erasing_takes_two_whatever_it_is(cast: Cast, thread: Thread, post: Post, kind: str) -> None:
    message = chat.say(by=cast.anna, room=cast.families, body="A name.", client_id=uuid.uuid4())
    thing = {"post": post, "message": message, "item": thread}[kind]
    case = report(cast.luc, thing, kind=kind)
    assert isinstance(decide(cast.maud, case, action="redacted"), Proposal)
    thing.refresh_from_db()
    assert thing.state == State.PUBLISHED
    confirm(cast.clara)
    thing.refresh_from_db()
    assert thing.state == State.REMOVED
    assert (thing.title if kind == "item" else thing.body) in ("", "Erased")


# --- who is the second ----------------------------------------------------------------------------


def test_the_second_finds_it_on_top_reads_why_and_confirms_on_the_page(cast: Cast, long: Thread) -> None:
    case = report(cast.luc, long, kind="item")
    signed_in(cast.maud).post(case.get_absolute_url(), {"action": "removed", "hold": "on", **WHY})
    assert state_of(long) == State.HELD
    assert f"Something in the room {cast.families.name} waits for you as a second moderator" in sentences(cast.mona)
    mona, maud = signed_in(cast.mona), signed_in(cast.maud)
    queue = mona.get("/moderation/").content.decode()
    assert "Waits for a second moderator" in queue
    assert "Waits for a second moderator" not in maud.get("/moderation/").content.decode()
    page = mona.get(case.get_absolute_url()).content.decode()
    for told in ("Nothing in it is true.", "Maud Lambert", "Confirm it"):
        assert told in page
    assert "Confirm it" not in maud.get(case.get_absolute_url()).content.decode()
    proposal = Proposal.objects.get()
    at = f"/proposals/{proposal.uid}/"
    assert maud.post(at, {"decision": "confirm"}).status_code == 403
    assert signed_in(cast.carlo).post(at, {"decision": "confirm"}).status_code == 404
    assert signed_in(cast.vera).post(at, {"decision": "confirm"}).status_code == 404
    assert mona.post(at, {"decision": "confirm"}).url == "/moderation/"
    assert state_of(long) == State.REMOVED
    assert "A second moderator confirmed what you proposed" in sentences(cast.maud)
    told = mona.post(at, {"decision": "confirm"}, follow=True).content.decode()
    assert "Somebody else has decided this in the meantime." in told
    verbs = set(AuditEntry.objects.filter(target=case.uid).values_list("verb", flat=True))
    assert {"forums.proposed", "forums.proposal_confirmed"} <= verbs


def test_whoever_declines_says_why_and_what_was_reported_waits_on(cast: Cast, long: Thread) -> None:
    case = report(cast.luc, long, kind="item")
    decide(cast.maud, case, action="removed")
    mona = signed_in(cast.mona)
    at = f"/proposals/{Proposal.objects.get().uid}/"
    assert mona.post(at, {"decision": "decline", "answer": ""}).status_code == 422
    assert mona.post(at, {"decision": "decline", "answer": "Much of it is true."}).status_code == 302
    assert (state_of(long), Decision.objects.exists()) == (State.PUBLISHED, False)
    case.refresh_from_db()
    assert case.closed_at is None
    assert "A second moderator declined what you proposed" in sentences(cast.maud)
    assert "Much of it is true." in signed_in(cast.maud).get(Case.objects.get().get_absolute_url()).content.decode()
    decide(cast.mona, case, action="locked")
    assert Case.objects.get(pk=case.pk).closed_at is not None


def test_what_is_decided_otherwise_asks_nobody_to_confirm_any_more(cast: Cast, long: Thread) -> None:
    case = report(cast.luc, long, kind="item")
    decide(cast.maud, case, action="removed")
    proposal = Proposal.objects.get()
    decide(cast.mona, case, action="stands")
    with pytest.raises((Forbidden, Unseen)):
        proposals.confirm(by=cast.clara, proposal=proposal)
    assert state_of(long) == State.PUBLISHED


def test_nobody_is_asked_to_confirm_two_things_about_one(cast: Cast, long: Thread) -> None:
    case = report(cast.luc, long, kind="item")
    first = decide(cast.maud, case, action="removed")
    assert decide(cast.maud, case, action="removed") == first
    with pytest.raises(Invalid):
        decide(cast.mona, case, action="redacted")
    assert Proposal.objects.count() == 1


def test_neither_the_author_nor_their_partner_is_the_second_where_another_can(cast: Cast, post: Post) -> None:
    decide(cast.maud, report(cast.luc, post), action="redacted")
    # Mona is of Malmö, as Anna is; Clara could.
    with pytest.raises(Forbidden, match="own partner"):
        confirm(cast.mona)
    grant(cast.anna, Level.MODERATE, cast.families)
    with pytest.raises(Unseen):
        confirm(cast.anna)
    confirm(cast.clara)


def test_where_nobody_else_moderates_a_coordinator_confirms(cast: Cast, long: Thread) -> None:
    PersonGrant.objects.filter(user=cast.mona).delete()
    PartnerGrant.objects.filter(content_object=cast.families, group=cast.efus.group).delete()
    items.remove(by=cast.maud, item=long, reason="Untrue.")
    proposal = Proposal.objects.get()
    assert proposal.case.for_coordinators
    assert "Something waits for a coordinator to confirm it, as it takes two" in sentences(cast.clara)
    # Clara does not read the room: to confirm it, she takes the case on, and that is recorded.
    with pytest.raises(Forbidden, match="Take the case on"):
        confirm(cast.clara)
    signed_in(cast.clara).post(f"{proposal.case.get_absolute_url()}take/")
    confirm(cast.clara)
    assert state_of(long) == State.REMOVED


# --- undoing --------------------------------------------------------------------------------------


def test_a_mistake_is_undone_within_a_day_and_its_author_is_told(cast: Cast, post: Post) -> None:
    moderation.remove_post(by=cast.maud, post=post, reason="It names a school.")
    decision = Decision.objects.get()
    made = restoring.undo(by=cast.maud, decision=decision, facts="I misread it.")
    post.refresh_from_db()
    assert (post.state, made.action, made.undoes) == (State.PUBLISHED, "undone", decision)
    assert "I misread it." in signed_in(cast.anna).get(made.get_absolute_url()).content.decode()
    page = signed_in(cast.anna).get(decision.get_absolute_url()).content.decode()
    assert "I misread it." in page
    assert "/appeal/" not in page
    with pytest.raises(Forbidden):
        appeals.appeal(by=cast.anna, decision=decision, text="It names none.")
    with pytest.raises(Forbidden):
        restoring.undo(by=cast.clara, decision=decision, facts="Twice.")
    assert AuditEntry.objects.filter(verb="forums.decision_undone", actor=cast.maud.uid).count() == 1


def test_a_locked_discussion_opens_again_and_a_long_one_comes_back(cast: Cast, long: Thread) -> None:
    decide(cast.maud, report(cast.luc, long, kind="item"), action="locked")
    restoring.undo(by=cast.mona, decision=Decision.objects.latest("pk"), facts="Too early.")
    assert not Thread.objects.get(pk=long.pk).is_locked
    decide(cast.maud, report(cast.luc, long, kind="item"), action="removed")
    decision = confirm(cast.mona)
    assert signed_in(cast.clara).post(f"/decisions/{decision.uid}/undo/", {"facts": "True."}).status_code == 302
    assert state_of(long) == State.PUBLISHED


def test_what_cannot_be_undone_says_why(cast: Cast, thread: Thread, post: Post) -> None:
    moderation.remove_post(by=cast.maud, post=post, reason="It names a school.")
    decision = Decision.objects.get()
    for person in (cast.anna, cast.luc, cast.vera, cast.olga):
        with pytest.raises(Unseen):
            restoring.undo(by=person, decision=decision, facts="So.")
    with pytest.raises(Forbidden, match="own partner"):
        restoring.undo(by=cast.mona, decision=decision, facts="So.")
    with clock.at(clock.now() + timedelta(days=1, minutes=1)), pytest.raises(Forbidden, match="more than a day"):
        restoring.undo(by=cast.maud, decision=decision, facts="So.")
    with pytest.raises(Invalid):
        restoring.undo(by=cast.maud, decision=decision, facts=" ")
    appeals.appeal(by=cast.anna, decision=decision, text="It names none.")
    decision = Decision.objects.get(pk=decision.pk)
    with pytest.raises(Forbidden, match="appealed"):
        restoring.undo(by=cast.maud, decision=decision, facts="So.")
    erased = threads.reply(by=cast.carlo, thread=thread, body="A name.")
    decide(cast.maud, report(cast.luc, erased), action="redacted")
    with pytest.raises(Forbidden, match="cannot be undone"):
        restoring.undo(by=cast.maud, decision=confirm(cast.mona), facts="So.")


def test_nothing_that_takes_two_is_written_down_by_one(cast: Cast, post: Post) -> None:
    from forums.actions.records import note
    from forums.models.cases import Action
    from forums.permissions.proposals import TakesTwo

    with pytest.raises(TakesTwo):
        note(by=cast.maud, target=targets.of_post(post), action=Action.REDACTED, facts="So.")
