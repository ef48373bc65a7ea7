"""What people do in a discussion under the Chatham House Rule, each act by whoever sits at a seat, or by moderators.

An act is a method whose name begins with an underscore; it takes who is at the seat and the post that it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from exchange.models import Document
from forums import quoting, targets
from forums.actions import (
    answers,
    appeals,
    cases,
    closing,
    editing,
    moderation,
    moving,
    pinning,
    polls,
    proposals,
    reactions,
    reading,
    restoring,
    sanctions,
    splitting,
    summaries,
    threads,
    undoing,
    withdrawing,
)
from forums.models import Appeal, Case, Change, Decision, Poll, Post, Proposal, Reaction, Summary, Thread
from network import clock
from network.actions import drafts, items
from network.actions.bookmarks import bookmark
from network.actions.following import follow_item
from network.labels import Label
from network.models import Participant, Room, User
from tests.cast import Cast

WORD = "lanterns"


@dataclass
class Acts:
    """Who is there, and what they may do; `seats` says who sits where, behind the numbers."""

    cast: Cast
    room: Room
    # Where moderators may move it: of the same people, less one who only reads.
    annexe: Room
    document: Document
    seats: Sequence[User]
    # Whom the pages are asked about: those who changed places, in the same order in both worlds.
    asked_about: Sequence[User]
    # Whoever decides first, and next, and who stands in for one of these about what they wrote.
    moderators: Sequence[User]
    # Browsers of those who take part: that somebody came to the network is known, and says nothing of this talk.
    signed_in: dict[int, Client]
    thread: Thread = field(init=False)

    @property
    def posts(self) -> list[Post]:
        """All that was written under the rule, also in what was split off."""
        posts = Post.objects.filter(thread__chatham=True).order_by("pk")
        return list(posts.select_related("author", "parent", "thread__room"))

    def _do(self, what: str, seat: int, which: int) -> None:
        person, posts = self.seats[seat % len(self.seats)], self.posts
        getattr(self, f"_{what}")(person, posts[which % len(posts)])

    # --- what those who take part do ---

    def _answer_with(self, person: User, post: Post, body: str, **more: object) -> None:
        threads.reply(by=person, thread=post.thread, body=body, parent=post, **more)  # type: ignore[arg-type]

    def _reply(self, person: User, post: Post) -> None:
        self._answer_with(person, post, f"Number {len(self.posts)}: of {WORD} we have two.")

    def _quote(self, person: User, post: Post) -> None:
        self._answer_with(person, post, f"{quoting.of(person, post.thread, str(post.uid))}Not of {WORD}.")

    def _mention_number(self, person: User, post: Post) -> None:
        number = Participant.objects.get(item=post.thread, user=post.author).number
        self._answer_with(person, post, f"@Participant {number} has {WORD}.")

    def _mention_name(self, person: User, post: Post) -> None:
        """One who only reads, one who moderates, and one of those who changed places, whoever writes it."""
        people = (self.cast.vera, self.cast.mona, self.asked_about[0])
        links = ", ".join(f"[@{one.name}]({one.get_absolute_url()})" for one in people)
        self._answer_with(person, post, f"{links}: have you {WORD}?")

    def _attach(self, person: User, post: Post) -> None:
        self._answer_with(person, post, f"All about {WORD}.", attach=[self.document.uid])

    def _edit(self, _person: User, post: Post) -> None:
        body = f"Of {WORD}, {post.version + 2} at least."
        editing.edit_post(by=post.author, post=post, body=body, version=post.version)

    def _withdraw(self, _person: User, post: Post) -> None:
        withdrawing.withdraw_post(by=post.author, post=post)

    def _put_back(self, _person: User, post: Post) -> None:
        withdrawing.put_back_post(by=post.author, post=post)

    def _react(self, person: User, post: Post) -> None:
        for kind in Reaction.Kind.values if post.pk % 2 else (Reaction.Kind.THANK,):
            reactions.react(by=person, post=post, kind=kind)

    def _unreact(self, person: User, post: Post) -> None:
        reactions.take_back(by=person, post=post, kind=Reaction.Kind.THANK)

    def _poll(self, _person: User, _post: Post) -> None:
        """A vote that ends by itself within the script, where it is long enough."""
        closes_at = clock.now() + timedelta(hours=1)
        polls.ask(
            by=self.seats[0], thread=self.thread, question="How many?", options=["One", "Two"], closes_at=closes_at
        )

    def _vote(self, person: User, post: Post) -> None:
        for poll in Poll.objects.filter(post__thread=self.thread):
            polls.vote(by=person, poll=poll, choices=[post.pk % 2])

    def _close_poll(self, _person: User, _post: Post) -> None:
        for poll in Poll.objects.filter(post__thread=self.thread):
            polls.close(by=self.seats[0], poll=poll)

    def _sum_up(self, _person: User, post: Post) -> None:
        """Whoever began it, or a moderator."""
        version = Summary.objects.filter(thread=self.thread).values_list("version", flat=True).first() or 0
        by = (self.seats[0], self._first())[post.pk % 2]
        summaries.summarise(by=by, thread=self.thread, body=f"So much for {WORD} {version}.", version=version)

    def _mark(self, _person: User, post: Post) -> None:
        answers.mark_answer(by=self.seats[0], post=post)

    def _unmark(self, _person: User, _post: Post) -> None:
        answers.unmark_answer(by=self.seats[0], thread=self.thread)

    def _close(self, _person: User, _post: Post) -> None:
        closing.close_thread(by=self.seats[0], thread=self.thread, cause="settled", reason="We know now.")

    def _reopen(self, _person: User, _post: Post) -> None:
        closing.reopen_thread(by=self.seats[0], thread=self.thread)

    def _report(self, person: User, post: Post) -> None:
        kind, uid = ("item", post.thread.uid) if post.parent_id is None else ("post", post.uid)
        cases.report(by=person, target=targets.seen_by(person, kind, uid), ground="charter", note="Not so.")

    def _look(self, person: User, post: Post) -> None:
        client = self.signed_in[person.pk]
        client.get(post.thread.get_absolute_url())
        client.get(reverse("forums:discussions", args=[self.room.slug]))

    def _watch(self, person: User, post: Post) -> None:
        follow_item(by=person, item=post.thread, choice="watch")

    def _mute_it(self, person: User, post: Post) -> None:
        follow_item(by=person, item=post.thread, choice="mute")

    def _bookmark(self, person: User, post: Post) -> None:
        bookmark(by=person, item=post.thread)

    def _draft(self, person: User, post: Post) -> None:
        address = reverse("forums:reply", args=[post.thread.uid])
        drafts.keep(by=person, key=address, page=address, fields={"body": f"Of {WORD} I never …"})

    def _read(self, _person: User, _post: Post) -> None:
        """That somebody marked a room as read is the host's to count, and says nothing of this talk: both do it."""
        for person in self.asked_about:
            reading.read_room(by=person, room=self.room)

    def _appeal(self, _person: User, post: Post) -> None:
        """Whoever wrote it appeals against what was decided about it."""
        decision = Decision.objects.filter(case__item=post.thread, case__author=post.author).order_by("pk").last()
        if decision is not None:
            appeals.appeal(by=post.author, decision=decision, text="It was not meant so.")

    # --- what somebody does who takes no part ---

    def _follow(self, _person: User, post: Post) -> None:
        for reader in (self.cast.vera, self.cast.mona, self.cast.clara):
            follow_item(by=reader, item=post.thread, choice="watch")
            bookmark(by=reader, item=post.thread)

    def _thank(self, _person: User, post: Post) -> None:
        reactions.react(by=self.cast.vera, post=post, kind=Reaction.Kind.THANK)

    # --- what moderators do: the same in both worlds, but never about what they wrote themselves ---

    def _first(self, author: User | None = None) -> User:
        return next(one for one in self.moderators if one != author)

    def _second(self, author: User | None = None) -> User:
        return [one for one in self.moderators if one != author][1]

    def _hold(self, _person: User, post: Post) -> None:
        moderation.hold_post(by=self._first(post.author), post=post, reason="It is to be looked at.")

    def _approve(self, _person: User, post: Post) -> None:
        moderation.approve_post(by=self._second(post.author), post=post)

    def _remove(self, _person: User, post: Post) -> None:
        moderation.remove_post(by=self._second(post.author), post=post, reason="It names somebody.", ground="personal")

    def _lock(self, _person: User, post: Post) -> None:
        closing.lock_thread(by=self._first(), thread=post.thread, reason="It is settled.")

    def _unlock(self, _person: User, post: Post) -> None:
        closing.reopen_thread(by=self._first(), thread=post.thread)

    def _tighten(self, _person: User, post: Post) -> None:
        items.relabel(
            by=self._second(post.thread.author), item=post.thread, tlp=(Label.AMBER_STRICT, Label.RED)[post.pk % 2]
        )

    def _pin(self, _person: User, post: Post) -> None:
        pinning.pin_thread(by=self._second(), thread=post.thread)

    def _unpin(self, _person: User, post: Post) -> None:
        pinning.unpin_thread(by=self._first(), thread=post.thread)

    def _split(self, _person: User, post: Post) -> None:
        splitting.split_thread(by=self._first(), thread=post.thread, posts=[post.uid], title=f"More {WORD}")

    def _merge(self, _person: User, post: Post) -> None:
        into = Thread.objects.filter(room=post.thread.room).exclude(pk=post.thread_id).earliest("pk")
        splitting.merge_threads(by=self._first(), thread=post.thread, into=into)

    def _move(self, _person: User, post: Post) -> None:
        room = self.annexe if post.thread.room_id == self.room.pk else self.room
        moving.move_thread(by=self._first(), thread=post.thread, room=room)

    def _undo_change(self, _person: User, post: Post) -> None:
        for change in Change.objects.of(post.thread).filter(undone_at=None)[:1]:
            undoing.undo_change(by=self._second(), change=change)

    def _silence(self, _person: User, post: Post) -> None:
        until = clock.now() + timedelta(days=3)
        target = targets.of_post(post)
        by, why = self._second(post.author), {"ground": "charter", "facts": "It was said again and again."}
        sanctions.sanction(by=by, target=target, action="muted", until=until, **why)

    def _undo_decision(self, _person: User, _post: Post) -> None:
        for decision in Decision.objects.filter(case__item__chatham=True).order_by("-pk")[:1]:
            restoring.undo(by=self._first(decision.case.author), decision=decision, facts="It was a mistake.")

    def _decide(self, _person: User, _post: Post) -> None:
        case = Case.objects.filter(item__chatham=True, closed_at=None).first()
        if case is not None:
            by = self._first(case.author)
            cases.take_case(by=by, case=case)
            cases.decide_case(by=by, case=case, action="removed", ground="charter", facts="It was unkind.")

    def _propose(self, _person: User, _post: Post) -> None:
        case = Case.objects.filter(item__chatham=True, closed_at=None).last()
        if case is not None:
            by = self._first(case.author)
            cases.take_case(by=by, case=case)
            cases.decide_case(by=by, case=case, action="redacted", ground="personal", facts="A child.")

    def _confirm(self, _person: User, _post: Post) -> None:
        for proposal in Proposal.objects.filter(settled_at=None):
            proposals.confirm(by=self._second(proposal.case.author), proposal=proposal)

    def _decline(self, _person: User, _post: Post) -> None:
        for proposal in Proposal.objects.filter(settled_at=None):
            proposals.decline(by=self._second(proposal.case.author), proposal=proposal, answer="It may stay.")

    def _answer(self, _person: User, _post: Post) -> None:
        appeal = Appeal.objects.filter(decided_at=None, decision__case__item__chatham=True).first()
        if appeal is not None:
            appeals.decide_appeal(
                by=self._second(appeal.decision.case.author), appeal=appeal, upheld=True, answer="It may stand."
            )
