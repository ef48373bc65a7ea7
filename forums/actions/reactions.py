"""Answering a post with one press, and taking that back."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from forums.actions.posts import lock, tell_after_commit
from forums.following import wants_none
from forums.models.reactions import COUNTED, Reaction
from forums.models.threads import Post, Thread
from forums.permissions.reactions import check_post_seen, check_react
from network import chatham, clock
from network.audit import record
from network.models.people import Partner, User
from network.models.records import Notification
from network.notifications import notify
from network.permissions import by_hat, partners_of
from network.permissions.items import speaker_for
from network.refusals import Unseen

# The author is told of a post once, and again at the earliest after this while.
QUIET = timedelta(days=1)
VERBS = {
    Reaction.Kind.THANK: "forums.thanked",
    Reaction.Kind.AGREE: "forums.agreed",
    Reaction.Kind.TOO: "forums.does_too",
}


@transaction.atomic
def react(*, by: User, post: Post, kind: int) -> None:
    """Thanks, agrees, or says "we do this too" for the partner whose hat they wear. Twice is once.

    Raises Unseen, Forbidden, Invalid (kind).
    """
    post, thread = _fetch(post)
    check_react(by, post, kind)
    known = Reaction.Kind(kind)
    partner = _partner(by, thread, known)
    _reaction, made = Reaction.objects.get_or_create(post=post, user=by, kind=known, defaults={"partner": partner})
    if not made:
        return
    _count(post, known, 1)
    record(VERBS[known], by=chatham.subject(thread, by), target=post, room=thread.room, partner=partner)
    _tell(post, thread)


@transaction.atomic
def take_back(*, by: User, post: Post, kind: int) -> None:
    """Takes one's own answer back; for who still reads the post. Twice is once. Raises Unseen."""
    post, thread = _fetch(post)
    check_post_seen(by, post)
    for mine in Reaction.objects.filter(post=post, user=by, kind=kind):
        mine.delete()
        _count(post, Reaction.Kind(kind), -1)
        record("forums.reaction_taken_back", by=chatham.subject(thread, by), target=post, room=thread.room)
    if not Reaction.objects.filter(post=post).exists():
        Notification.objects.filter(kind="reacted", part_kind="reactions", part_id=post.pk).delete()


def join_reactions(kept: User, closed: User) -> None:
    """What both accounts of one person answered to a post counts once, and nothing what one answered to the other.

    The rest goes over to the account that is kept. Under the Chatham House Rule all stays: it stands beside no name.
    """
    theirs = Reaction.objects.filter(user=closed, post__thread__chatham=False)
    mine = set(Reaction.objects.filter(user=kept).values_list("post", "kind"))
    for row in theirs.select_related("post"):
        if (row.post_id, row.kind) in mine or row.post.author_id in (kept.pk, closed.pk):
            row.delete()
            _count(row.post, Reaction.Kind(row.kind), -1)
    theirs.update(user=kept)


def _fetch(post: Post) -> tuple[Post, Thread]:
    thread = lock(post.thread)
    found = Post.objects.select_related("author").filter(pk=post.pk, thread=thread).first()
    if found is None:
        raise Unseen  # moved to another discussion at this moment
    found.thread = thread
    return found, thread


def _partner(by: User, thread: Thread, kind: Reaction.Kind) -> Partner | None:
    if thread.chatham:
        return None
    if kind == Reaction.Kind.TOO:
        return speaker_for(by, thread.room, None)
    return partners_of(by).order_by(*by_hat(by)).first()


def _count(post: Post, kind: Reaction.Kind, change: int) -> None:
    field = COUNTED[kind]
    Post.objects.filter(pk=post.pk).update(**{field: F(field) + change})


def _tell(post: Post, thread: Thread) -> None:
    """One notice for all that is answered to a post; it says how many when it is read."""
    if wants_none(thread, post.author):
        return
    told = Notification.objects.filter(user=post.author, kind="reacted", part_kind="reactions", part_id=post.pk)
    if told.filter(read_at=None).exists() or told.filter(at__gt=clock.now() - QUIET).exists():
        return
    told.delete()
    # By nobody: the notice speaks of all of them.
    notify([post.author], kind="reacted", item=thread, part=("reactions", post.pk))
    tell_after_commit()
