"""Posts go from one discussion to another, with all that hangs on them: nothing is lost, doubled or new again.

Both discussions are locked by the caller. A post keeps its key, its address, its words and its state; it gets a new
place in the tree and, where all read it, a new number behind those of its new discussion. The old number is gone.
What goes back where it came from has its old place and number again: neither is ever given to another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, Max, Q

from forums import numbers, stretches, trees
from forums.actions.posts import cut, lock
from forums.actions.reading import settle_marks, take_along
from forums.models.cases import Case
from forums.models.threads import Post, Thread
from network import search
from network.models.following import Follow
from network.models.items import State
from network.models.records import Notification, SearchEntry
from network.models.sanctions import Sanction

A_BATCH = 100

# By key of the post, as JSON keeps it: its path, how many were ever placed below it, and its number.
Places = Mapping[str, list[Any]]


def lock_both(one: Thread, other: Thread) -> tuple[Thread, Thread]:
    """The two as they are now, always in the same order, so that nobody waits in a circle."""
    rows = {thread.pk: lock(thread) for thread in sorted((one, other), key=lambda thread: thread.pk)}
    return rows[one.pk], rows[other.pk]


def family(thread: Thread, roots: Collection[int]) -> list[Post]:
    """These posts and all that answers them, in the order in which they are read. One query."""
    found, kept = [], set(roots)
    for post in Post.objects.filter(thread=thread).defer("body", "html").order_by("path"):
        # What is answered is always read before its answers, so one look is enough.
        if post.pk in kept or post.parent_id in kept:
            kept.add(post.pk)
            found.append(post)
    return found


def places(posts: Iterable[Post]) -> dict[str, list[Any]]:
    """Where each of these stands in its discussion, to be kept for the way back."""
    return {str(post.pk): [post.path, post.below, post.number] for post in posts}


def rehome(
    posts: list[Post], source: Thread, target: Thread, above: dict[int, int | None], *, had: Places | None = None
) -> None:
    """Takes `posts`, a family, from `source` to `target`, where each of its roots answers what `above` says.

    Those that were in `target` before have the places and numbers again that they `had` there.
    """
    had = had or {}
    settle_marks(source)
    settle_marks(target)
    opening = _opening(source)
    _place(posts, target, above, had)
    given = _number(posts, source, target, had)
    fields = ["thread", "parent", "path", "depth", "below", "number"]
    Post.objects.bulk_update(posts, fields, batch_size=A_BATCH)
    take_along(source, target, given)
    moved = [post.pk for post in posts]
    _carry(moved, source, target, was_opening=opening if opening in moved else None)
    _mute_too(source, target)
    for thread in (source, target):
        recount(thread)


def _mute_too(source: Thread, target: Thread) -> None:
    """Who is kept from writing in the one, under the Chatham House Rule, is so in the other, as long."""
    if not source.chatham:
        return
    known = {origin or pk for pk, origin in Sanction.objects.filter(item=target).values_list("pk", "origin")}
    Sanction.objects.bulk_create(
        Sanction(
            user_id=row.user_id,
            room_id=target.room_id,
            item=target,
            kind=row.kind,
            since=row.since,
            until=row.until,
            origin_id=row.origin_id or row.pk,
        )
        for row in Sanction.objects.current().filter(item=source)
        if (row.origin_id or row.pk) not in known
    )


def recount(thread: Thread) -> None:
    """The stored numbers of a locked thread, from its posts. Two queries, three where it is long."""
    reply = Q(parent__isnull=False) if thread.parent_id is None else Q()
    counted = Post.objects.filter(thread=thread).aggregate(
        reply_count=Count("pk", filter=reply & Q(state=State.PUBLISHED)),
        placed_count=Count("pk", filter=~Q(state=State.HELD)),
        held_count=Count("pk", filter=Q(state=State.HELD)),
        active_at=Max("shown_at", filter=Q(state=State.PUBLISHED)),
    )
    if counted["active_at"] is None:
        del counted["active_at"]
    long = counted["placed_count"] > stretches.LONGEST
    counted["stretches"] = stretches.text(cut(thread)) if long else ""
    Thread.objects.filter(pk=thread.pk).update(**counted)


def watch_too(source: Thread, target: Thread, *, choices: Iterable[str]) -> None:
    """Whoever chose to be told of the one is told of the other, unless they chose something for it."""
    known = Follow.objects.filter(item=target).values("user")
    rows = Follow.objects.filter(item=source, choice__in=choices).exclude(user__in=known)
    Follow.objects.bulk_create([Follow(user_id=row.user_id, item=target, choice=row.choice, at=row.at) for row in rows])


def _opening(thread: Thread) -> int | None:
    return Post.objects.filter(thread=thread, parent=None).values_list("pk", flat=True).first()


def _place(posts: list[Post], target: Thread, above: dict[int, int | None], had: Places) -> None:
    """The old places, else new ones, as they would have been given one after the other (`forums.actions.posts`)."""
    there = list(Post.objects.filter(thread=target).only("pk", "path", "depth", "below"))
    by_key = {post.pk: post for post in there}
    by_path = {post.path: post for post in there}
    grown: dict[int, Post] = {}
    for post in posts:
        key = above.get(post.pk, post.parent_id)
        post.thread, post.parent_id = target, key
        stem = _stem(by_key[key], by_path) if key is not None else None
        post.depth = stem.depth + 1 if stem is not None else 0
        path, below, _number = had.get(str(post.pk), ("", 0, None))
        # What it answered may stand elsewhere by now.
        if path and path not in by_path and trees.ancestor(path) == (stem.path if stem is not None else ""):
            post.path, post.below = path, below
        elif stem is None:
            post.path, post.below = trees.segment(target.tops), 0
            target.tops += 1
        else:
            post.path, post.below = stem.path + trees.segment(stem.below), 0
            stem.below += 1
            grown[stem.pk] = stem
        by_key[post.pk] = by_path[post.path] = post
    old = {post.pk for post in there}
    Post.objects.bulk_update([post for pk, post in grown.items() if pk in old], ["below"], batch_size=A_BATCH)
    Thread.objects.filter(pk=target.pk).update(tops=target.tops)


def _stem(parent: Post, by_path: Mapping[str, Post]) -> Post:
    """Below which post the answers to this one have their places."""
    return by_path[trees.ancestor(parent.path)] if parent.depth >= trees.DEEPEST else parent


def _number(posts: list[Post], source: Thread, target: Thread, had: Places) -> dict[int, int]:
    """The old numbers, else new ones in the order of those until now; what number became what."""
    numbered = sorted((post for post in posts if post.number is not None), key=lambda post: post.number or 0)
    given: dict[int, int] = {}
    last = target.last_number
    for post in numbered:
        _path, _below, number = had.get(str(post.pk), ("", 0, None))
        if number is None:
            number = last = last + 1
        given[post.number or 0], post.number = number, number
    hidden = [post.number or 0 for post in numbered if post.state != State.PUBLISHED]
    left = numbers.joined(numbers.runs(source.gone), numbers.of(given))
    gone = numbers.without(numbers.runs(target.gone), numbers.of(given.values()))
    came = numbers.joined(gone, numbers.of(hidden))
    Thread.objects.filter(pk=source.pk).update(gone=numbers.text(left))
    Thread.objects.filter(pk=target.pk).update(gone=numbers.text(came), last_number=last)
    return given


def _carry(moved: list[int], source: Thread, target: Thread, *, was_opening: int | None) -> None:
    """What speaks of the posts: words to find, notices, and what was reported and decided."""
    parts = {"part_kind": "post", "part_id__in": moved}
    Notification.objects.filter(item=source, **parts).update(item=target)
    Case.objects.filter(item=source, **parts).update(item=target)
    SearchEntry.objects.filter(item=source, **parts).update(item=target)
    if was_opening is not None:
        # The discussion itself was what was reported and found; now it is a reply among others.
        Case.objects.filter(item=source, part_kind="").update(item=target, part_kind="post", part_id=was_opening)
        search.forget(item=source)
        post = Post.objects.get(pk=was_opening)
        if post.state == State.PUBLISHED and target.state in (State.PUBLISHED, State.ARCHIVED):
            search.index(item=target, part=("post", post.pk), text=post.html, language=post.language)
    opening = Post.objects.filter(thread=target, parent=None, pk__in=moved).first()
    if opening is not None:
        Case.objects.filter(item=target, part_kind="post", part_id=opening.pk).update(part_kind="", part_id=0)
        search.forget(item=target, part=("post", opening.pk))
        search.index(item=target, title=target.title, text=opening.html, language=opening.language)
