"""What a discussion's page says of how it came to be as it is, and what of it can still be undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.models.changes import Change
from forums.models.polls import Poll
from forums.models.summaries import Summary
from forums.models.threads import Post, Thread
from network import rendering
from network.models.items import State
from network.permissions import Level, where_allowed


@dataclass(frozen=True)
class Note:
    """One sentence about where posts went or came from; the way there where its reader sees that discussion."""

    words: str
    at: datetime
    url: str = ""
    title: str = ""
    lang: str = ""
    # What the discussions that were joined to this one came to, and the votes that came with them.
    summaries: list[tuple[str, SafeString]] = field(default_factory=list)
    polls: list[Poll] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """What the page says; both empty of a discussion with which nothing was done."""

    notes: list[Note] = field(default_factory=list)
    undoable: list[Change] = field(default_factory=list)


def told(thread: Thread, user: Any) -> Told:
    """What was done with a discussion that was fetched with its reader's rights.

    No query where nothing was done, else two; three more where another was joined to it, and one where something was
    done in another room that can still be undone.
    """
    if thread.changed_at is None:
        return Told()
    rows = list(Change.objects.of(thread).filter(undone_at=None).select_related("thread"))
    keys = {key for row in rows for key in (row.thread_id, row.other_id) if key}
    seen = {one.pk: one for one in Thread.objects.seen_inside_by(user).filter(pk__in=keys - {thread.pk})}
    came = _came_with(rows, thread)
    notes = [note for row in rows if (note := _note(row, thread, seen, came)) is not None]
    fresh = [row for row in rows if row.is_fresh and _newest(row, rows)]
    return Told(notes[::-1], _offered(fresh, thread, user))


def _offered(fresh: list[Change], thread: Thread, user: Any) -> list[Change]:
    """What of it this reader may undo: who moderates here or where it was done, and a move who contributes there.

    As `forums.permissions.moving.check_undo` has it. No query, or one where something was done in another room.
    """
    elsewhere = {row.room_id for row in fresh} - {thread.room_id}
    if not elsewhere:
        return fresh if thread.moderates else []
    asked = where_allowed(user, Level.CONTRIBUTE if thread.moderates else Level.MODERATE).filter(pk__in=elsewhere)
    there = set(asked.values_list("pk", flat=True))
    if thread.moderates:
        return [row for row in fresh if row.kind != Change.Kind.MOVED or row.room_id in there]
    return [row for row in fresh if row.room_id in there]


@dataclass(frozen=True)
class Came:
    """What came with the discussions that were joined to one: summaries by discussion, votes by opening post.

    `standing` are those of their opening posts that stand in it and that everybody reads.
    """

    summaries: dict[int, Summary] = field(default_factory=dict)
    polls: dict[int, Poll] = field(default_factory=dict)
    standing: frozenset[int] = frozenset()


def _came_with(rows: list[Change], thread: Thread) -> Came:
    joined = [one for row in rows if _took_in(row, thread) for one in _all_of(row)]
    if not joined:
        return Came()
    # Whoever reads this one reads all that was joined to it: nobody came to read it by that.
    summaries = Summary.objects.filter(thread__in=[one["thread"] for one in joined])
    posts = Post.objects.filter(thread=thread, state=State.PUBLISHED, pk__in=[one["opening"] for one in joined])
    standing = frozenset(posts.values_list("pk", flat=True))
    polls = Poll.objects.filter(post__in=standing).select_related("post__thread")
    return Came({one.thread_id: one for one in summaries}, {one.post_id: one for one in polls}, standing)


def _took_in(row: Change, thread: Thread) -> bool:
    return row.kind == Change.Kind.MERGED and row.other_id == thread.pk


def _all_of(row: Change) -> list[dict[str, int]]:
    """The discussion that was joined, and what had been joined to it before."""
    return [{"thread": row.thread_id, "opening": row.before["opening"]}, *row.before.get("carried", [])]


def _note(row: Change, thread: Thread, seen: dict[int, Thread], joined: Came) -> Note | None:
    if row.kind == Change.Kind.MOVED:
        return Note(_("Moved here from another room"), row.at)
    if row.kind == Change.Kind.SPLIT and row.thread_id == thread.pk:
        went = ngettext("%(n)d post went to another discussion", "%(n)d posts went to another discussion", row.posts)
        return _leading(went % {"n": row.posts}, row, seen.get(row.other_id or 0))
    if row.kind == Change.Kind.SPLIT:
        return _leading(_("Begun with posts of another discussion"), row, seen.get(row.thread_id))
    if _took_in(row, thread):
        return _joined(row, thread, joined)
    return None


def _joined(row: Change, thread: Thread, came: Came) -> Note:
    """By the title that it had, as long as everybody reads the post that stood below it."""
    words = ngettext("%(n)d post came from another one", "%(n)d posts came from another one", row.posts) % {
        "n": row.posts
    }
    named = row.before["opening"] in came.standing
    parts = _all_of(row)
    found = [came.summaries[one["thread"]] for one in parts if one["thread"] in came.summaries]
    return Note(
        f"{words}:",
        row.at,
        reverse("forums:post", args=[thread.uid, row.before["opening_uid"]]),
        row.thread.title if named else _("the first of them"),
        row.thread.language if named else "",
        summaries=[(one.language, _html(one)) for one in found],
        polls=[came.polls[one["opening"]] for one in parts if one["opening"] in came.polls],
    )


def _html(summary: Summary) -> SafeString:
    """Ready to be shown, whatever renderer made it."""
    fresh = summary.renderer == rendering.VERSION
    return mark_safe(summary.html) if fresh else rendering.to_html(summary.body)  # noqa: S308 - cleaned when written


def _leading(words: str, row: Change, other: Thread | None) -> Note:
    if other is None:
        return Note(words, row.at)
    return Note(f"{words}:", row.at, other.get_absolute_url(), other.title, other.language)


def _newest(row: Change, rows: list[Change]) -> bool:
    return not any(other.pk > row.pk and other.kind in row.group for other in rows)
