"""A part of a discussion becomes one of its own; two of a room become one. No reply is lost or doubled."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums import reach
from forums.actions import polls
from forums.actions.changes import note_change
from forums.actions.moderation import clean_reason
from forums.actions.posts import lock, tell_after_commit
from forums.actions.rehoming import family, lock_both, places, rehome, watch_too
from forums.models.changes import Change
from forums.models.threads import Post, Thread
from forums.permissions.moving import check_merge, check_split
from network import chatham
from network.actions.sendings import clean_title
from network.audit import record
from network.labels import Label
from network.models.following import Follow
from network.models.items import Participant, Placement, State
from network.models.people import User
from network.notifications import notify
from network.refusals import Forbidden, Invalid


@transaction.atomic
def split_thread(
    *,
    by: User,
    thread: Thread,
    posts: Collection[uuid.UUID],
    title: str,
    reason: str = "",
    once: uuid.UUID | None = None,
) -> Thread:
    """These replies, each with all that answers it, become a discussion of its own in the same room.

    The first of them opens it. It has the label of the old one and names whom that one reaches. `once` is made by the
    form: sent again, it finds the first. Raises Unseen, Forbidden, Invalid (posts, title, reason).
    """
    thread = lock(thread)
    check_split(by, thread)
    again = Change.objects.filter(kind=Change.Kind.SPLIT, thread=thread, other__uid=once).first() if once else None
    if again is not None and again.other is not None:
        return again.other
    words, named = clean_reason(reason, demanded=False), clean_title(title)
    roots, moved = chosen(thread, posts)
    new = _begin(thread, roots[0], named, once)
    if reach.would_gain(thread, new):
        raise Forbidden(_("Whoever wrote the first of these posts reads less of this now, and the rest of it with it."))
    before = {
        "above": {str(post.pk): post.parent_id for post in roots},
        "answer": thread.answer_id if thread.answer_id in {post.pk for post in moved} else None,
        "places": places(moved),
    }
    note_change(by=by, thread=thread, kind=Change.Kind.SPLIT, other=new, reason=words, before=before, posts=len(moved))
    authors = list(User.objects.filter(pk__in={post.author_id for post in moved}))
    rehome(moved, thread, new, {post.pk: roots[0].pk if number else None for number, post in enumerate(roots)})
    if before["answer"]:
        Thread.objects.filter(pk=thread.pk).update(answer=None, answered=False)
    watch_too(thread, new, choices=Follow.Choice.values)
    actor = chatham.moderator(thread, by)
    record("forums.split", by=actor, target=thread, room=thread.room, reason=words)
    record("forums.split_off", by=chatham.moderator(new, by), target=new, room=thread.room)
    notify(authors, kind="thread_split", item=new, by=by)
    tell_after_commit()
    new.refresh_from_db()
    return new


def chosen(thread: Thread, posts: Collection[uuid.UUID]) -> tuple[list[Post], list[Post]]:
    """The posts at the top of what is to go, and all of it, in the order of reading. Raises Invalid (posts)."""
    found = list(Post.objects.filter(thread=thread, uid__in=posts))
    if not found or len(found) != len(set(posts)):
        raise Invalid("posts", _("Choose replies of this discussion."))
    if any(post.parent_id is None for post in found):
        raise Invalid("posts", _("The opening post stays: without it nothing would be left."))
    moved = family(thread, [post.pk for post in found])
    keys, wanted = {post.pk for post in moved}, {post.pk for post in found}
    roots = [post for post in moved if post.pk in wanted and post.parent_id not in keys]
    if roots[0].state != State.PUBLISHED:
        raise Invalid("posts", _("The first of them opens the new discussion, so everybody must be able to read it."))
    return roots, moved


@transaction.atomic
def merge_threads(*, by: User, thread: Thread, into: Thread, reason: str = "") -> Thread:
    """All of a discussion goes below the opening post of another in the same room; its address leads there.

    Twice is once. Raises Unseen, Forbidden, Invalid (into, reason).
    """
    thread, into = lock_both(thread, into)
    if thread.merged_into_id == into.pk:
        return into
    check_merge(by, thread, into)
    words = clean_reason(reason, demanded=False)
    posts = list(Post.objects.filter(thread=thread).defer("body", "html").order_by("path"))
    before = {
        "opening": posts[0].pk,
        "opening_uid": str(posts[0].uid),
        "state": thread.state,
        "tlp": thread.tlp,
        "pinned_at": thread.pinned_at.isoformat() if thread.pinned_at else None,
        "carried": _carried(thread),
        "places": places(posts),
        "takes_answer": bool(into.is_question and into.answer_id is None and thread.answer_id),
    }
    note_change(
        by=by, thread=thread, kind=Change.Kind.MERGED, other=into, reason=words, before=before, posts=len(posts)
    )
    authors = list(User.objects.filter(pk__in={post.author_id for post in posts}))
    top = Post.objects.values_list("pk", flat=True).get(thread=into, parent=None)
    rehome(posts, thread, into, {posts[0].pk: top})
    if before["takes_answer"]:
        Thread.objects.filter(pk=into.pk).update(answer=thread.answer_id, answered=thread.answered)
    retire(thread, into)
    if into.is_locked:
        polls.end_with_thread(by=by, actor=chatham.moderator(into, by), thread=into)
    record("forums.merged", by=by, target=thread, room=thread.room, reason=words)
    record("forums.took_in", by=by, target=into, room=into.room)
    notify(authors, kind="thread_merged", item=into, by=by)
    tell_after_commit()
    return into


def _carried(thread: Thread) -> list[dict[str, int]]:
    """What had been joined to it before, and to that: discussions and opening posts, so that nothing is lost."""
    found: list[dict[str, int]] = []
    for row in Change.objects.filter(kind=Change.Kind.MERGED, other=thread, undone_at=None).order_by("pk"):
        found += [{"thread": row.thread_id, "opening": row.before["opening"]}, *row.before.get("carried", [])]
    return found


def retire(thread: Thread, into: Thread) -> None:
    """A locked thread without posts is removed, and its address leads to where they are."""
    watch_too(thread, into, choices=[Follow.Choice.WATCH])
    Thread.objects.filter(pk=thread.pk).update(state=State.REMOVED, merged_into=into, pinned_at=None)


def _begin(thread: Thread, opening: Post, title: str, once: uuid.UUID | None) -> Thread:
    """As tight as the old one. It names besides whom the old one reached as its own source."""
    key = once if once and not Thread.objects.filter(uid=once).exists() else uuid.uuid4()
    new = Thread(
        uid=key,
        kind=Thread.KIND,
        room=thread.room,
        author=opening.author,
        partner=opening.partner,
        title=title,
        language=opening.language,
        tlp=thread.tlp,
        state=thread.state,
        chatham=thread.chatham,
        created_at=opening.at,
        active_at=opening.at,
    )
    new.save(force_insert=True)
    new.themes.set(thread.themes.all())
    if thread.tlp == Label.AMBER_STRICT:
        new.named_partners.set([*thread.named_partners.all(), *([thread.partner] if thread.partner else [])])
    if thread.tlp == Label.RED:
        new.named_people.set([*thread.named_people.all(), thread.author])
    Placement.objects.bulk_create(
        Placement(item=new, room_id=row.room_id, by_id=row.by_id) for row in thread.placements.all()
    )
    # Everybody's number is the same in both, also of who has not written in the new one.
    Participant.objects.bulk_create(
        Participant(item=new, user_id=row.user_id, number=row.number) for row in Participant.objects.filter(item=thread)
    )
    return new
