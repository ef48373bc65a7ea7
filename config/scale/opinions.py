"""What people make of what was said: reactions, answers, votes, what they follow and mark; reports and decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from config.scale.world import Place, World
from forums.models.cases import GRAVITY, Action, Appeal, Case, Decision, Ground, Report
from forums.models.polls import Ballot, Poll, Voted
from forums.models.reactions import COUNTED, Reaction
from forums.models.threads import Post, Purpose, Thread
from network.models.bookmarks import Bookmark
from network.models.following import Follow
from network.models.items import State
from network.models.people import User

A_BATCH = 2000
# How many of a thousand posts somebody reacted to, and reported; of a thousand discussions, how many have what.
REACTED, REPORTED = 150, 3
ASKED, VOTED_ON, FOLLOWED, MARKED = 200, 30, 100, 60
OPTIONS = ["This year", "Next year", "Not at all"]


def react(world: World, place: Place, post: Post) -> list[Reaction]:
    """What some readers answered to a post that is not written yet; it keeps how many that were."""
    if post.state != State.PUBLISHED or world.random.randrange(1000) >= REACTED:
        return []
    found = []
    for voice in world.random.sample(place.voices, min(len(place.voices), world.random.randrange(1, 5))):
        if voice.person.pk == post.author_id:
            continue
        kind = world.random.choice(list(Reaction.Kind))
        setattr(post, COUNTED[kind], getattr(post, COUNTED[kind]) + 1)
        found.append(Reaction(post=post, user=voice.person, partner=voice.partner, kind=kind, at=post.at))
    return found


def purpose(world: World) -> str:
    """Some discussions are questions."""
    return Purpose.QUESTION if world.random.randrange(1000) < ASKED else Purpose.DISCUSSION


def settle(world: World, said: Sequence[tuple[Place, Thread, list[Post]]]) -> None:
    """What hangs on discussions that are written: answers, votes, who follows and marks them, what was reported."""
    answered = []
    for place, thread, posts in said:
        replies = [post for post in posts if post.parent_id and post.state == State.PUBLISHED]
        if thread.purpose == Purpose.QUESTION and replies and world.random.random() < 0.6:
            thread.answer, thread.answered = world.random.choice(replies), True
            answered.append(thread)
        if thread.state == State.PUBLISHED and place.voices and world.random.randrange(1000) < VOTED_ON:
            _vote(world, place, posts[0])
    Thread.objects.bulk_update(answered, ["answer", "answered"], batch_size=100)
    world.count(Follow.objects.bulk_create(_followed(world, said), batch_size=A_BATCH))
    world.count(Bookmark.objects.bulk_create(_marked(world, said), batch_size=A_BATCH))
    _moderate(world, [(place, post) for place, _thread, posts in said for post in posts if post.parent_id])


def _vote(world: World, place: Place, opening: Post) -> None:
    poll = Poll.objects.create(
        post=opening, author_id=opening.author_id, question="When do we begin?", options=OPTIONS, at=opening.at
    )
    voices = world.random.sample(place.voices, min(len(place.voices), world.random.randrange(1, 12)))
    people = list({voice.person.pk: voice.person for voice in voices}.values())
    voted = Voted.objects.bulk_create([Voted(poll=poll, person=one, by=one, at=opening.at) for one in people])
    choices = [[world.random.randrange(len(OPTIONS))] for _one in voted]
    ballots = [
        Ballot(uid=world.uid(), poll=poll, choices=made, voted=one) for made, one in zip(choices, voted, strict=True)
    ]
    world.count([poll, *voted, *Ballot.objects.bulk_create(ballots)])


def _followed(world: World, said: Sequence[tuple[Place, Thread, list[Post]]]) -> Iterator[Follow]:
    for place, thread, _posts in said:
        if world.random.randrange(1000) < FOLLOWED:
            for person in _some(world, place):
                yield Follow(user=person, item=thread, choice=Follow.Choice.WATCH, at=thread.created_at)


def _marked(world: World, said: Sequence[tuple[Place, Thread, list[Post]]]) -> Iterator[Bookmark]:
    for place, thread, _posts in said:
        if world.random.randrange(1000) < MARKED:
            for person in _some(world, place):
                yield Bookmark(user=person, item=thread, at=thread.created_at)


def _some(world: World, place: Place) -> list[User]:
    voices = world.random.sample(place.voices, min(len(place.voices), 3))
    return list({voice.person.pk: voice.person for voice in voices}.values())


def _moderate(world: World, replies: list[tuple[Place, Post]]) -> None:
    """Cases about some that stand, and about each that was taken away; the newest wait."""
    cases, reporters = [], []
    for place, post in replies:
        taken = post.state == State.REMOVED
        others = [voice.person for voice in place.voices if voice.person.pk != post.author_id]
        if not others or not (taken or (post.state == State.PUBLISHED and world.random.randrange(1000) < REPORTED)):
            continue
        closed = taken or world.random.random() < 0.8
        cases.append(_case(world, post, closed=closed))
        reporters.append(world.random.choice(others))
    Case.objects.bulk_create(cases, batch_size=A_BATCH)
    reports = [
        Report(case=case, by=by, ground=_ground(case), note="Please have a look.", at=case.opened_at)
        for case, by in zip(cases, reporters, strict=True)
    ]
    states = {post.pk: post.state for _place, post in replies}
    decisions = [_decision(world, case, states[case.part_id]) for case in cases if case.closed_at is not None]
    world.count([*cases, *Report.objects.bulk_create(reports, batch_size=A_BATCH)])
    world.count(Decision.objects.bulk_create(decisions, batch_size=A_BATCH))
    appeals = [_appeal(one) for one in decisions if one.action == Action.REMOVED and world.random.random() < 0.2]
    world.count(Appeal.objects.bulk_create(appeals, batch_size=A_BATCH))


def _case(world: World, post: Post, *, closed: bool) -> Case:
    ground = world.random.choice([one for one in Ground if one != Ground.THREAT])
    opened = min(post.at + timedelta(hours=2), world.now)
    return Case(
        uid=world.uid(),
        item_id=post.thread_id,
        part_kind="post",
        part_id=post.pk,
        author_id=post.author_id,
        partner_id=post.partner_id,
        gravity=GRAVITY[ground],
        opened_at=opened,
        handler=world.coordinator if closed else None,
        closed_at=_soon(world, opened) if closed else None,
    )


def _ground(case: Case) -> str:
    return next(ground for ground, gravity in GRAVITY.items() if gravity == case.gravity)


def _decision(world: World, case: Case, state: str) -> Decision:
    action = Action.REMOVED if state == State.REMOVED else world.random.choice((Action.STANDS, Action.WARNED))
    return Decision(
        uid=world.uid(),
        case=case,
        action=action,
        ground="" if action == Action.STANDS else _ground(case),
        facts="It was looked at with its context.",
        by=world.coordinator,
        from_report=True,
        at=case.closed_at or world.now,
    )


def _appeal(decision: Decision) -> Appeal:
    return Appeal(decision=decision, text="I meant it otherwise.", for_coordinators=True, at=decision.at)


def _soon(world: World, opened: datetime) -> datetime:
    return min(opened + timedelta(hours=world.random.randrange(1, 72)), world.now)
