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


@dataclass(frozen=True)
class Note:
    """One sentence about where posts went or came from; the way there where its reader sees that discussion."""

    words: str
    at: datetime
    url: str = ""
    title: str = ""
    lang: str = ""
    # What the discussion that was joined to this one came to, and the vote that came with it.
    summary: Summary | None = None
    poll: Poll | None = None

    @property
    def summary_html(self) -> SafeString:
        """Ready to be shown, whatever renderer made it."""
        if self.summary is None:
            return mark_safe("")
        fresh = self.summary.renderer == rendering.VERSION
        return mark_safe(self.summary.html) if fresh else rendering.to_html(self.summary.body)  # noqa: S308 - cleaned when written


@dataclass(frozen=True)
class Told:
    """What the page says; both empty of a discussion with which nothing was done."""

    notes: list[Note] = field(default_factory=list)
    undoable: list[Change] = field(default_factory=list)


def told(thread: Thread, user: Any) -> Told:
    """No query for a discussion with which nothing was done, else two; two more where another was joined to it."""
    if thread.changed_at is None:
        return Told()
    rows = list(Change.objects.of(thread).filter(undone_at=None))
    keys = {key for row in rows for key in (row.thread_id, row.other_id) if key}
    seen = {one.pk: one for one in Thread.objects.seen_inside_by(user).filter(pk__in=keys - {thread.pk})}
    came = _came_with(rows, thread)
    notes = [note for row in rows if (note := _note(row, thread, seen, came)) is not None]
    return Told(notes[::-1], [row for row in rows if row.is_fresh and _newest(row, rows)])


@dataclass(frozen=True)
class Came:
    """What came with the discussions that were joined to one: summaries by discussion, votes by opening post."""

    summaries: dict[int, Summary] = field(default_factory=dict)
    polls: dict[int, Poll] = field(default_factory=dict)


def _came_with(rows: list[Change], thread: Thread) -> Came:
    joined = [row for row in rows if row.kind == Change.Kind.MERGED and row.other_id == thread.pk]
    if not joined:
        return Came()
    # Whoever reads this one reads all that was joined to it: nobody came to read it by that.
    summaries = Summary.objects.filter(thread__in=[row.thread_id for row in joined])
    standing = Post.objects.filter(
        thread=thread, state=State.PUBLISHED, pk__in=[row.before["opening"] for row in joined]
    )
    polls = Poll.objects.filter(post__in=standing).select_related("post__thread")
    return Came({one.thread_id: one for one in summaries}, {one.post_id: one for one in polls})


def _note(row: Change, thread: Thread, seen: dict[int, Thread], joined: Came) -> Note | None:
    if row.kind == Change.Kind.MOVED:
        return Note(_("Moved here from another room"), row.at)
    if row.kind == Change.Kind.SPLIT and row.thread_id == thread.pk:
        went = ngettext("%(n)d post went to another discussion", "%(n)d posts went to another discussion", row.posts)
        return _leading(went % {"n": row.posts}, row, seen.get(row.other_id or 0))
    if row.kind == Change.Kind.SPLIT:
        return _leading(_("Begun with posts of another discussion"), row, seen.get(row.thread_id))
    if row.kind == Change.Kind.MERGED and row.other_id == thread.pk:
        came = ngettext("%(n)d post came from another one", "%(n)d posts came from another one", row.posts)
        url = reverse("forums:post", args=[thread.uid, row.before["opening_uid"]])
        words, opening = f"{came % {'n': row.posts}}:", row.before["opening"]
        summary, poll = joined.summaries.get(row.thread_id), joined.polls.get(opening)
        return Note(words, row.at, url, _("the first of them"), summary=summary, poll=poll)
    return None


def _leading(words: str, row: Change, other: Thread | None) -> Note:
    if other is None:
        return Note(words, row.at)
    return Note(f"{words}:", row.at, other.get_absolute_url(), other.title, other.language)


def _newest(row: Change, rows: list[Change]) -> bool:
    return not any(other.pk > row.pk and other.kind in row.group for other in rows)
