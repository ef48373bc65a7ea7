"""What moderators do with posts: hold, approve, remove."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums import targets
from forums.actions import attaching, polls
from forums.actions.posts import count, hide, lock_with, show, tell_after_commit
from forums.actions.records import note, tell_author
from forums.models.cases import Action
from forums.models.chat import ChatMessage
from forums.models.revisions import Mention, Revision
from forums.models.threads import Post, Thread
from forums.permissions.threads import check_decide, check_take_away
from network import chatham, clock
from network.actions import items
from network.audit import record
from network.models.items import State
from network.models.people import User
from network.notifications import notify, withdraw
from network.permissions.items import check_seen
from network.refusals import Forbidden, Invalid

LONGEST_REASON = 500


@transaction.atomic
def hold_post(*, by: User, post: Post, reason: str = "") -> None:
    """Takes a published post out of sight until a moderator decides. Twice is once.

    Holding the opening post is holding the discussion.
    """
    if post.is_opening:
        return items.hold(by=by, item=post.thread, reason=reason or str(_("The opening post is to be checked.")))
    post, thread = fetch(post)
    check_take_away(by, post)
    if post.state == State.HELD:
        return None
    check_not_withdrawn(post)
    if post.state == State.REMOVED:
        raise Forbidden(_("This post was removed. It can be approved again, but not held."))
    words = clean_reason(reason, demanded=False)
    note(by=by, target=targets.of_post(post), action=Action.HELD, facts=words)
    _decide(post, State.HELD, by, words)
    count(thread, replies=-1, placed=-1, held=1, post=post)
    hide(post, thread)
    record("forums.post_held", by=chatham.moderator(thread, by), target=post, room=thread.room, reason=post.reason)
    return None


@transaction.atomic
def approve_post(*, by: User, post: Post) -> None:
    """Lets a held or removed post stand; its author and whom it answers are told. Twice is once."""
    if post.is_opening:
        return items.approve(by=by, item=post.thread)
    post, thread = fetch(post)
    check_decide(by, post)
    if post.state == State.PUBLISHED:
        return None
    check_not_withdrawn(post)
    check_words_left(post)
    note(by=by, target=targets.of_post(post), action=Action.STANDS)
    put_back(by=by, post=post, thread=thread)
    notify([post.author], kind="post_approved", item=thread, part=("post", post.pk), by=by)
    tell_after_commit()
    return None


@transaction.atomic
def remove_post(*, by: User, post: Post, reason: str, ground: str = "") -> bool:
    """Takes a post away for good reason; a trace stays in its place, the words with moderators.

    False where the discussion that it opens stays until a second moderator confirms it.
    Raises Invalid at "reason" where none is given. Twice is once.
    """
    if post.is_opening:
        return items.remove(by=by, item=post.thread, reason=clean_reason(reason), ground=ground)
    post, thread = fetch(post)
    check_take_away(by, post)
    if post.state == State.REMOVED and post.withdrawn_at is None:
        return True
    words = clean_reason(reason)
    decision = note(by=by, target=targets.of_post(post), action=Action.REMOVED, facts=words, ground=ground)
    take_away(by=by, post=post, thread=thread, reason=words)
    # About the thread and the decision: a part that one may not read any more is told of to nobody.
    tell_author(decision, post.author, kind="post_removed", item=thread, by=by)
    tell_after_commit()
    return True


def take_away(*, by: User, post: Post, thread: Thread, reason: str, erase: bool = False) -> None:
    """Takes a post of a locked thread out of sight, for a caller who has asked who may, and tells.

    What its author withdrew is removed for good by it. `erase` leaves no word of it anywhere. Twice is once.
    """
    if erase:
        erase_words(post, by=by, reason=reason)
    if post.state == State.REMOVED and post.withdrawn_at is None:
        return
    was = post.state
    _decide(post, State.REMOVED, by, reason)
    if was == State.HELD:
        count(thread, placed=1, held=-1, post=post)
    elif was == State.PUBLISHED:
        count(thread, replies=-1)
        hide(post, thread)
    record("forums.post_removed", by=chatham.moderator(thread, by), target=post, room=thread.room, reason=post.reason)
    withdraw("post_held", item=thread, part=("post", post.pk))


def put_back(*, by: User, post: Post, thread: Thread) -> None:
    """Lets a held or removed post of a locked thread be read again, for a caller who has asked who may, and tells."""
    waited = post.state == State.HELD
    _decide(post, State.PUBLISHED, by, "")
    if waited:
        count(thread, replies=1, placed=1, held=-1, post=post)
    else:
        count(thread, replies=1)
    show(post, thread)
    attaching.let_stand(post, by=by)
    record("forums.post_approved", by=chatham.moderator(thread, by), target=post, room=thread.room)
    withdraw("post_held", item=thread, part=("post", post.pk))


def erase_words(post: Post, *, by: User, reason: str) -> None:
    """Leaves no word of a post: what it says and said before, whom it mentioned, its vote, and what came with it."""
    post.body = post.html = ""
    post.save(update_fields=["body", "html"])
    Revision.objects.filter(post=post).delete()
    Mention.objects.filter(post=post).delete()
    polls.erase(post)
    attaching.take_off(post, by=by, reason=reason)


def check_not_withdrawn(post: Post) -> None:
    """Raises Forbidden for what its author took back: moderators may take it away for good, nothing else."""
    if post.withdrawn_at is not None:
        raise Forbidden(_("Its author withdrew this post. Nobody else puts it back."))


def check_words_left(part: Post | ChatMessage) -> None:
    """Raises Forbidden where the words were erased: nothing is left that could stand again."""
    if not part.body:
        raise Forbidden(_("Its words were erased. It cannot be let stand again."))


def decide_post(pk: int, decision: str, by: User, reason: str = "", ground: str = "") -> None:
    """What the queue asks for: "approve" or "remove" (network.parts)."""
    post = Post.objects.select_related("thread__room").get(pk=pk)
    check_seen(by, post.thread, inside=True)
    if decision == "approve":
        approve_post(by=by, post=post)
    elif decision == "remove":
        remove_post(by=by, post=post, reason=reason, ground=ground)
    else:
        raise Invalid("decision", _("Approve it or remove it."))


def clean_reason(reason: str, *, demanded: bool = True) -> str:
    """One trimmed line. Raises Invalid: missing where one is demanded, too long, unreadable."""
    words = " ".join(reason.split())
    if demanded and not words:
        raise Invalid("reason", _("Say why, so that the author can understand it."))
    if len(words) > LONGEST_REASON:
        raise Invalid("reason", _("The reason may have 500 characters at most."))
    if "\0" in words:
        raise Invalid("reason", _("The reason holds a character that cannot be stored."))
    return words


def fetch(post: Post) -> tuple[Post, Thread]:
    """The post and its thread as they are now, locked until this transaction ends."""
    found, thread = lock_with(post)
    if found.is_opening:
        raise Forbidden(_("A discussion of its own begins with this post now. Look at it there."))
    return found, thread


def _decide(post: Post, state: str, by: User, reason: str) -> None:
    now = clock.now()
    post.state, post.decided_at, post.decided_by, post.reason = state, now, by, reason
    post.held_since = now if state == State.HELD else None
    post.withdrawn_at, post.withdrawn_held = None, False
    post.save(
        update_fields=[
            "state", "held_since", "decided_at", "decided_by", "reason", "withdrawn_at", "withdrawn_held",
        ]
    )  # fmt: skip
