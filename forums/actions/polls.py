"""Asking for votes, voting, and the end of a vote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums.actions.posts import lock, tell_after_commit
from forums.models.polls import Ballot, Poll, Voted
from forums.models.threads import Post, Thread
from forums.permissions.polls import STANDS, check_ask, check_close, check_vote, voter
from network import background, chatham, clock
from network.audit import record
from network.chatham import Subject
from network.models.people import Partner, User
from network.notifications import notify
from network.refusals import Forbidden, Invalid, Unseen
from network.sharing import plain_line

FEWEST, MOST = 2, 12
LONGEST_QUESTION, LONGEST_OPTION = 300, 200


@transaction.atomic
def ask(
    *,
    by: User,
    thread: Thread,
    question: str,
    options: Sequence[str],
    kind: str = Poll.Kind.SINGLE,
    secret: bool = False,
    by_partner: bool = False,
    numbers_after: bool = False,
    closes_at: datetime | None = None,
) -> Poll:
    """Puts a question with its answers below the opening post of a discussion. The same again is once.

    Under the Chatham House Rule it is secret, and each person has a vote.
    Raises Unseen, Forbidden, Invalid (question, options, kind, closes_at).
    """
    words, answers = _clean(question, options)
    if kind not in Poll.Kind.values:
        raise Invalid("kind", _("Choose how one votes."))
    if closes_at is not None and closes_at <= clock.now():
        raise Invalid("closes_at", _("Choose a day that has not passed."))
    thread = lock(thread)
    check_ask(by, thread)
    opening = Post.objects.get(thread=thread, parent=None)
    before = Poll.objects.filter(post=opening).first()
    if before is not None:
        if (before.question, before.options) == (words, answers):
            return before
        raise Invalid("question", _("This discussion has a vote already."))
    poll = Poll.objects.create(
        post=opening,
        author=by,
        question=words,
        options=answers,
        kind=kind,
        secret=secret or thread.chatham,
        by_partner=by_partner and not thread.chatham,
        numbers_after=numbers_after,
        closes_at=closes_at,
    )
    record("forums.poll_asked", by=chatham.starter_or_moderator(thread, by), target=opening, room=thread.room)
    if closes_at is not None:
        background.enqueue("forums.tasks.close_poll", poll.pk, due=closes_at)
    return poll


@transaction.atomic
def vote(*, by: User, poll: Poll, choices: Sequence[int], partner: Partner | None = None) -> None:
    """Casts a vote, or another in its place until it is closed; a secret one stands as it was cast.

    Where partners vote, whoever votes for one changes what it voted before.
    Raises Unseen, Forbidden (closed, cast in secret before), Invalid (choices).
    """
    poll, thread = _fetch(poll)
    check_vote(by, poll)
    speaks = voter(by, poll, thread.room, partner)
    chosen = _clean_choices(poll, choices)
    holder = {"partner": speaks} if speaks is not None else {"person": by}
    voted = Voted.objects.filter(poll=poll, **holder).first()
    if voted is not None and poll.secret:
        raise Forbidden(STANDS)
    if voted is not None and voted.by_id == by.pk and voted.ballot.choices == chosen:
        return
    if voted is None:
        voted = Voted.objects.create(poll=poll, by=by, **holder)
        Ballot.objects.create(poll=poll, choices=chosen, voted=None if poll.secret else voted)
    else:
        Voted.objects.filter(pk=voted.pk).update(by=by, at=clock.now())
        Ballot.objects.filter(voted=voted).update(choices=chosen)
    record("forums.voted", by=chatham.subject(thread, by), target=poll.post, room=thread.room, partner=speaks)


@transaction.atomic
def close(*, by: User, poll: Poll) -> None:
    """Ends a vote before its day. Whoever voted is told. Twice is once. Raises Unseen, Forbidden."""
    poll, thread = _fetch(poll)
    check_close(by, poll)
    if poll.is_closed:
        return
    record("forums.poll_closed", by=chatham.starter_or_moderator(thread, by), target=poll.post, room=thread.room)
    _end(poll, thread, by=by)


@transaction.atomic
def close_by_date(pk: int) -> None:
    """What follows when the day has come; again and again is once."""
    poll = Poll.objects.select_related("post__thread").filter(pk=pk, closed_at=None).first()
    if poll is None or poll.closes_at is None or poll.closes_at > clock.now():
        return
    poll, thread = _fetch(poll)
    if poll.closed_at is None:
        _end(poll, thread)


def end_with_thread(*, by: User, actor: Subject, thread: Thread) -> None:
    """What is asked in a locked thread row ends when that is closed, since nothing is added to it any more.

    `actor` is whom the trail names where it says that the thread was closed.
    """
    for poll in Poll.objects.filter(post__thread=thread, closed_at=None).select_related("post"):
        if not poll.is_closed:
            record("forums.poll_closed", by=actor, target=poll.post, room=thread.room)
            _end(poll, thread, by=by, with_thread=True)


def resume_with_thread(*, actor: Subject, thread: Thread) -> None:
    """What ended with a locked thread row goes on until its day, now that the discussion is open again.

    Not a secret one: its numbers have been read, and whoever votes now would be told from the others by them.
    """
    ended = Poll.objects.filter(post__thread=thread, closed_with_thread=True)
    for poll in ended.filter(secret=False).select_related("post"):
        Poll.objects.filter(pk=poll.pk).update(closed_at=None, closed_with_thread=False)
        record("forums.poll_resumed", by=actor, target=poll.post, room=thread.room)
    ended.update(closed_with_thread=False)


def erase(post: Post) -> None:
    """No word and no vote is left."""
    Poll.objects.filter(post=post.pk).delete()


def _fetch(poll: Poll) -> tuple[Poll, Thread]:
    """The poll and its discussion as they are now, locked: of two who vote at once, one waits here."""
    thread = lock(Poll.objects.select_related("post__thread").get(pk=poll.pk).post.thread)
    found = Poll.objects.select_related("post").filter(pk=poll.pk, post__thread=thread).first()
    if found is None:
        raise Unseen  # moved to another discussion at this moment
    found.post.thread = thread
    return found, thread


def _end(poll: Poll, thread: Thread, *, by: User | None = None, with_thread: bool = False) -> None:
    Poll.objects.filter(pk=poll.pk).update(closed_at=clock.now(), closed_with_thread=with_thread)
    voters = Voted.objects.filter(poll=poll).values("by")
    people = User.objects.filter(pk__in=voters) | User.objects.filter(pk=poll.author_id)
    notify(people.distinct(), kind="poll_closed", item=thread, part=("post", poll.post_id), by=by)
    tell_after_commit()


def _clean(question: str, options: Sequence[str]) -> tuple[str, list[str]]:
    if "\0" in question or any("\0" in option for option in options):
        raise Invalid(
            "question", _("The text holds a character that cannot be stored. Type it anew rather than paste it.")
        )
    words, answers = plain_line(question), [plain_line(option) for option in options]
    answers = [answer for answer in answers if answer]
    if not words:
        raise Invalid("question", _("Ask something."))
    if len(words) > LONGEST_QUESTION:
        raise Invalid("question", _("The question may have 300 characters at most."))
    if not FEWEST <= len(answers) <= MOST:
        raise Invalid("options", _("Give two to twelve answers, one a line."))
    if any(len(answer) > LONGEST_OPTION for answer in answers):
        raise Invalid("options", _("An answer may have 200 characters at most."))
    if len({answer.casefold() for answer in answers}) < len(answers):
        raise Invalid("options", _("Two of the answers are the same."))
    return words, answers


def _clean_choices(poll: Poll, choices: Sequence[int]) -> list[int]:
    chosen = list(choices)
    known = range(len(poll.options))
    if poll.kind == Poll.Kind.RANKED and any(choice not in known for choice in chosen):
        raise Invalid("choices", _("Choose a place for each answer that you name, and no place twice."))
    if any(choice not in known for choice in chosen) or len(set(chosen)) < len(chosen):
        raise Invalid("choices", _("Choose from the answers, each once."))
    if not chosen:
        raise Invalid("choices", _("Choose an answer."))
    if poll.kind == Poll.Kind.SINGLE and len(chosen) > 1:
        raise Invalid("choices", _("Choose one answer."))
    return chosen if poll.kind == Poll.Kind.RANKED else sorted(chosen)
