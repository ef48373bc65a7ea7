"""Who moderates under the Chatham House Rule and writes as well: neither tells of the other.

Few moderate a room, and everybody of it knows who. So nothing that somebody can fetch may tie what moderators do to a
number, or a number to those few (tests.two_worlds).
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from forums.actions import answers, cases, closing, moderation, pinning, proposals, splitting, summaries, threads
from forums.models import Change, Decision, Thread
from forums.targets import seen_by
from network.actions import items, rooms
from network.models import AuditEntry, Participant, Room, UnnamedModerator, User
from network.permissions import Level
from network.refusals import Forbidden
from tests.cast import Cast
from tests.factories import grant
from tests.forums.test_chatham import NEAR, Stage, told_apart
from tests.forums.test_discussing import start
from tests.two_worlds import Event, World, told

# Keys are drawn again where a transaction is taken back, which sequences of PostgreSQL are not.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

ABOUT_IT = ("network:trail", "forums:discussion", "forums:room-decisions", "forums:case", "forums:moderation")
WALKS = {
    "clara": (*ABOUT_IT, "forums:room-sanctions", "network:notifications", "forums:decision"),
    "berit": ("network:trail", "forums:discussion", "forums:people", "accounts:person"),
    "vera": ("forums:discussions", "forums:room-decisions", "network:notifications", "search"),
}
# One at seat 1 writes, and moderators do all that they can with it; nobody sits at seat 4, but the one of the two who
# moderates alone.
STORY: list[Event] = [
    ("follow", 0, 0),
    *[("reply", seat, 0) for seat in (1, 2, 3, 1, 2, 0)],
    *[("quote", seat, 2) for seat in (1, 2)],
    *[("react", seat, which) for seat in (1, 2) for which in (3, 4)],
    ("poll", 0, 0),
    ("vote", 1, 0),
    *[("sum_up", 0, which) for which in (0, 1, 2)],
    *[(act, 0, which) for act in ("hold", "approve", "remove") for which in (1, 2, 3)],
    ("mark", 0, 4),
    *[("report", 2, which) for which in (4, 6)],
    ("decide", 0, 0),
    ("appeal", 0, 4),
    ("answer", 0, 0),
    ("propose", 0, 0),
    ("confirm", 0, 0),
    ("silence", 0, 5),
    ("undo_decision", 0, 0),
    ("pin", 0, 0),
    ("unpin", 0, 0),
    ("split", 0, 5),
    ("undo_change", 0, 0),
    ("move", 0, 0),
    ("undo_change", 0, 0),
    ("lock", 0, 0),
    ("unlock", 0, 0),
    ("close", 0, 0),
    ("reopen", 0, 0),
    ("edit", 0, 1),
    ("withdraw", 0, 4),
    ("tighten", 0, 1),
]


class Few(Stage):
    """As ever, but that Mona and Maud both moderate, no more and no less, and may both take part."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast, Room.Moderation.FREE)
        grant(cast.efus, Level.MANAGE, self.annexe)
        for room in (cast.families, self.annexe):
            rooms.grant(by=cast.clara, room=room, holder=cast.maud, level=Level.MODERATE)

    def world(self, pair: tuple[int, int], events: list[Event], *, swapped: bool) -> World:
        world = super().world(pair, events, swapped=swapped)
        self.outcomes = world.outcomes
        return world

    def seat(self, *people: User) -> None:
        """Who sits at the first seats."""
        self.seats = [*people, *[one for one in self.seats if one not in people]]
        self.sign_in()


def apart(stage: Few, pair: tuple[int, int], events: list[Event]) -> dict[str, Any]:
    walks = {reader: [door for door in NEAR if door[0] in names] for reader, names in WALKS.items()}
    found = told_apart(stage, pair, events, walks)  # type: ignore[arg-type]
    assert stage.outcomes.count("done") > 0.8 * len(events)
    return found


def test_two_moderators_of_whom_one_also_writes_cannot_be_told_apart(cast: Cast) -> None:
    stage = Few(cast)
    stage.seat(cast.luc, cast.mona, cast.anna, cast.carlo, cast.maud)
    found = apart(stage, (1, 4), STORY)
    assert found == {}, told(found)


def test_nor_can_a_moderator_who_writes_and_begins_be_told_from_who_does_not_moderate(cast: Cast) -> None:
    """Mona does nothing here that others could not do; Maud and Clara moderate."""
    stage = Few(cast)
    stage.moderators = [cast.maud, cast.clara, cast.mona]
    stage.seat(cast.mona, cast.anna, cast.luc, stage.gisela, cast.carlo)
    found = apart(stage, (0, 4), STORY)
    assert found == {}, told(found)


def acts_of(thread: Thread) -> dict[str, set[Any]]:
    """By verb, whom the trail names in what was done with a discussion and its posts, apart from who began it."""
    found: dict[str, set[Any]] = {}
    for verb, actor in AuditEntry.objects.exclude(verb="forums.started").values_list("verb", "actor"):
        found.setdefault(verb, set()).add(actor)
    return found


def test_what_moderators_do_is_never_done_under_the_number_with_which_they_write(cast: Cast) -> None:
    thread = start(cast, chatham=True, by=cast.mona, purpose="question")
    first, other = (threads.reply(by=one, thread=thread, body="A word.") for one in (cast.anna, cast.carlo))
    threads.reply(by=cast.maud, thread=thread, body="A word.")
    numbers = set(Participant.objects.values_list("uid", flat=True))
    pinning.pin_thread(by=cast.mona, thread=thread)
    closing.lock_thread(by=cast.mona, thread=thread, reason="Enough.")
    closing.reopen_thread(by=cast.mona, thread=thread)
    moderation.hold_post(by=cast.maud, post=first)
    moderation.approve_post(by=cast.mona, post=first)
    moderation.remove_post(by=cast.maud, post=first, reason="No.")
    summaries.summarise(by=cast.maud, thread=thread, body="In short.")
    answers.mark_answer(by=cast.maud, post=other)
    case = cases.report(by=cast.luc, target=seen_by(cast.luc, "post", other.uid), ground="charter").case
    cases.take_case(by=cast.maud, case=case)
    proposal = cases.decide_case(
        by=cast.maud, case=case, action="redacted", ground="personal", facts="It names a child."
    )
    proposals.confirm(by=cast.mona, proposal=proposal)  # type: ignore[arg-type]
    splitting.split_thread(by=cast.maud, thread=thread, posts=[thread.posts.get(author=cast.maud).uid], title="Apart")
    items.archive(by=cast.maud, item=thread)
    without = {row.uid for row in UnnamedModerator.objects.all()}
    named = {person.uid for person in User.objects.all()}
    own = {"forums.replied", "forums.reported"}
    for verb, actors in acts_of(thread).items():
        assert not actors & named, verb
        assert actors <= (numbers | {None} if verb in own else without), verb
    # Nobody has come to have a number by what they moderate.
    assert set(Participant.objects.filter(item=thread).values_list("uid", flat=True)) == numbers


def test_who_began_it_does_as_such_what_they_may_do_as_such(cast: Cast, client: Client) -> None:
    thread = start(cast, chatham=True, by=cast.mona, purpose="question")
    post = threads.reply(by=cast.anna, thread=thread, body="A word.")
    answers.mark_answer(by=cast.mona, post=post)
    summaries.summarise(by=cast.mona, thread=thread, body="In short.")
    closing.close_thread(by=cast.mona, thread=thread, cause="settled")
    own = Participant.objects.get(item=thread, user=cast.mona).uid
    for verb in ("answer_marked", "summarised", "closed"):
        assert AuditEntry.objects.get(verb=f"forums.{verb}").actor == own
    client.force_login(cast.vera)
    for address in (thread.get_absolute_url(), "/rooms/families/decisions/"):
        page = client.get(address).content.decode().split("<main")[1]
        assert "hoever began it" in page
        assert "a moderator" not in page.split("</main")[0]
    closing.reopen_thread(by=cast.mona, thread=thread)
    assert AuditEntry.objects.get(verb="forums.unlocked").actor == own
    closing.lock_thread(by=cast.mona, thread=thread)
    assert "Closed by a moderator" in client.get(thread.get_absolute_url()).content.decode()
    assert list(Change.objects.order_by("pk").values_list("by_moderator", flat=True)) == [False, False, True]


def test_nobody_moderates_what_they_wrote_themselves_since_no_decision_of_it_would_stand(
    cast: Cast, client: Client
) -> None:
    thread = start(cast, chatham=True, by=cast.mona)
    post = threads.reply(by=cast.maud, thread=thread, body="A word.")
    for act in (moderation.hold_post, moderation.remove_post):
        with pytest.raises(Forbidden, match="Another moderator decides about what you wrote"):
            act(by=cast.maud, post=post, reason="Why.")
    for act in (items.hold, items.remove):
        with pytest.raises(Forbidden, match="Another moderator decides about what you shared"):
            act(by=cast.mona, item=thread, reason="Why.")
    client.force_login(cast.maud)
    page = client.get(f"{thread.get_absolute_url()}posts/{post.uid}/moderate/").content.decode()
    assert "Another moderator decides about what you wrote yourself. You can withdraw it." in page
    assert "Remove with this reason" not in page
    moderation.remove_post(by=cast.mona, post=post, reason="Why.")
    post.refresh_from_db()
    with pytest.raises(Forbidden):
        moderation.approve_post(by=cast.maud, post=post)
    assert Decision.objects.count() == 1
