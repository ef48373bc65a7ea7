"""What a post has said, version by version, with what changed from each to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils.safestring import SafeString, mark_safe

from forums.models.revisions import Revision
from forums.models.threads import Post
from network import comparing, rendering


@dataclass(frozen=True)
class Words:
    """Some words of a passage: "same" in both, only "old" or only "new"."""

    kind: str
    text: str


MOST_STEPS = comparing.MOST_STEPS // 10  # for one of the ten versions of a page


@dataclass(frozen=True)
class Passage:
    """A passage as one text; or `same`: how many sentences are left out here that did not change."""

    words: list[Words]
    same: int = 0


@dataclass(frozen=True)
class Changes:
    """What changed, passage by passage; `alike` where no word did, `cut` where only the beginning was compared."""

    passages: list[Passage]
    alike: bool
    cut: bool


@dataclass(frozen=True)
class Version:
    """One of them. `changes` from the one before it that this reader may read; None where it is the first."""

    number: int
    at: datetime
    title: str
    language: str
    html: SafeString
    newest: bool
    changes: Changes | None
    renamed: str = ""


def now(post: Post) -> SafeString:
    """What it says, as it is shown."""
    return _shown(post)


def last_change(post: Post) -> Changes | None:
    """What its author changed last; None where nothing was. One query where something was."""
    before = post.revisions.order_by("-number").first() if post.edited_at else None
    return _compared(before, post) if before is not None else None


def of(post: Post, page: Iterable[Revision]) -> list[Version]:
    """The versions of a page of earlier ones, the newest first; on the first page with what it says now.

    One query more where the page is not the last: what is compared with the oldest of it stands on the next.
    """
    rows: list[Post | Revision] = [*page]
    if not getattr(page, "has_previous", bool)():
        rows.insert(0, post)
    if getattr(page, "has_next", bool)():
        paginator = page.paginator  # type: ignore[attr-defined]
        rows.append(paginator.object_list[page.end_index()])  # type: ignore[attr-defined]
        return [_version(post, row, before) for row, before in pairwise(rows)]
    return [_version(post, row, before) for row, before in zip(rows, [*rows[1:], None], strict=True)]


def _version(post: Post, row: Post | Revision, before: Post | Revision | None) -> Version:
    newest = isinstance(row, Post)
    title = _title(post, row)
    return Version(
        number=row.version if isinstance(row, Post) else row.number,
        at=(row.edited_at or row.at) if isinstance(row, Post) else row.at,
        title=title,
        language=row.language,
        html=_shown(row),
        newest=newest,
        changes=_compared(before, row) if before is not None else None,
        renamed=_title(post, before) if before is not None and _title(post, before) != title else "",
    )


def _title(post: Post, row: Post | Revision) -> str:
    if not post.is_opening:
        return ""
    return post.thread.title if isinstance(row, Post) else row.title


def _compared(before: Post | Revision, after: Post | Revision) -> Changes:
    found = comparing.compare([_words(before)], [_words(after)], steps=MOST_STEPS)
    return Changes([Passage(_in_one(row), row.same) for row in found.rows], found.alike, found.cut)


def _in_one(row: comparing.Row) -> list[Words]:
    """Both sides as one text: what stands in both once, what is gone before what came for it."""
    merged, old, new = [], list(row.old), list(row.new)
    while old or new:
        if old and (old[0].changed or not new):
            merged.append(Words("old", old.pop(0).text))
        elif new and (new[0].changed or not old):
            merged.append(Words("new", new.pop(0).text))
        else:
            old.pop(0)
            merged.append(Words("same", new.pop(0).text))
    return merged


def _words(row: Post | Revision) -> str:
    return rendering.to_text(_shown(row))


def _shown(row: Post | Revision) -> SafeString:
    """As it was cleaned when it was written; anew where there is a newer renderer."""
    if row.renderer != rendering.VERSION:
        return rendering.to_html(row.body)
    return mark_safe(row.html)  # noqa: S308 - cleaned when written
