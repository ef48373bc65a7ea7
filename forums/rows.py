"""The posts of one page, ready to be shown: a thread has fifty a page, so a template only writes them out.

One query for the rows; everything that repeats (who wrote, how a list nests) is made once here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from forums import numbers, reactions, reading, stretches, trees
from forums.attachments import attached
from forums.models.threads import Post, Thread
from forums.parts import excerpt
from forums.permissions.editing import PUT_BACK_WITHIN, demand_writing
from forums.querysets import PostQuerySet
from network import chatham, clock, rendering
from network.html import filled
from network.models.items import State
from network.models.people import User
from network.permissions import can
from network.permissions.whole import whole
from network.templatetags.look import monogram, person, when

COLUMNS = (
    "pk", "uid", "state", "depth", "at", "html", "renderer", "language", "author_id", "partner_id", "parent_id",
    "reason", "decided_at", "number", "thanks", "agreed", "does_too", "attached", "edited_at", "withdrawn_at",
)  # fmt: skip


@dataclass(frozen=True)
class _Author:
    """What `person` asks of somebody, at a tenth of the price of a User."""

    uid: uuid.UUID
    name: str

    def __str__(self) -> str:
        return self.name


class Page:
    """Some posts of a thread in the order of the tree, as one reader sees them."""

    def __init__(self, thread: Thread, reader: User, *, moderates: bool) -> None:
        self.thread = thread
        self.reader = reader
        self.moderates = moderates
        self.buttons = reactions.Buttons(thread, reader, contributes=getattr(thread, "contributes", False))
        self.numbers = chatham.numbers(thread) if thread.chatham else None
        self.base = reverse("forums:discussion", args=[thread.uid])
        # Of any post, less its key: an address is not made anew for each row.
        self.reports = reverse("forums:report", args=["post", thread.uid]).removesuffix(f"{thread.uid}/")
        self.people: dict[tuple[int, str], tuple[SafeString, str, str]] = {}
        self.answer = thread.answer_id if thread.answered else None
        # Whether its reader could change what they wrote here.
        contributes = getattr(thread, "contributes", False) and not getattr(thread, "muted", None)
        self.writes = bool(can(demand_writing, thread, contributes=contributes, at_home=True))
        # The numbers of what has been shown so far, which its reader has read from now on.
        self.seen: list[int] = []
        # Nothing is marked as new for somebody who is here for the first time, to whom all of it is.
        self.known: numbers.Runs = getattr(thread, "read", ())

    def as_tree(self, page: int = 1) -> list[dict[str, Any]]:
        """The rows of a page, each answer below what it answers; what is held among them stands in its place.

        One query; one more where posts of the thread are held, and where there is a newer renderer than theirs. What is
        passed over is less than a stretch (forums.stretches), however long the thread is.
        """
        size, thread = reading.POSTS_A_PAGE, self.thread
        kept = stretches.parsed(thread.stretches, thread.placed_count)
        first, over = stretches.reaching(kept, (page - 1) * size)
        if thread.held_count == 0:
            shape = {"moderates": self.moderates, "chatham": thread.chatham, "over": over, "size": size}
            return self._nested(_stretch(self.reader.pk, thread.pk, first, **shape))
        rows = self._fetch(path__gte=first)
        placed = (
            Post.objects.filter(thread=thread, path__gte=first, path__lt=trees.END)
            .exclude(state=State.HELD)
            .order_by("path")
        )
        edges = list(placed.values_list("path", flat=True)[over : over + size + 1])
        if page > 1 and edges:
            rows = rows.filter(path__gte=edges[0])
        return self._nested(rows.filter(path__lt=edges[size]) if len(edges) > size else rows)

    def in_time(self, page: int, last: int) -> list[dict[str, Any]]:
        """The rows of a page in the order in which they could be read, a page being so many numbers.

        On the `last` page stands also what has none yet, for its author and moderators. Queries as `as_tree`, at most
        two.
        """
        size = reading.POSTS_A_PAGE
        here = Q(number__gt=(page - 1) * size, number__lte=page * size)
        if page == last:
            here |= Q(number=None) if self.moderates else Q(number=None, author=self.reader.pk)
        rows = list(self._fetch().filter(here).order_by(F("number").asc(nulls_last=True), "pk"))
        self._render_anew([row for row in rows if row["renderer"] != rendering.VERSION])
        opening = rows[0] if rows and not self.thread.parent_id and rows[0]["depth"] == 0 else None
        replies = [row for row in rows if row is not opening]
        ready = [self._ready(opening, "", "", self_evident=True)] if opening else []
        for row, (before, after) in zip(replies, trees.nested([0] * len(replies)), strict=True):
            ready.append(self._ready(row, before, after, self_evident=row["parent_id"] is None))
        self._mark_first_new(ready)
        self._attach(rows, ready)
        return ready

    def beginning_of(self, key: int | None) -> dict[str, Any] | None:
        """Who wrote a post, when, and its first words; None where not everybody reads it. One query."""
        row = self._fetch(pk=key, state=State.PUBLISHED).first()
        if row is None:
            return None
        return {
            "who": self._person(row)[0],
            "when": when(row["at"]),
            "words": excerpt(row["html"]),
            "lang": row["language"],
            "url": f"{self.base}posts/{row['uid']}/",
        }

    def beginnings(self) -> list[dict[str, Any]]:
        """Every reply with its first words, for who chooses among them. One query."""
        return [
            {
                "uid": row["uid"],
                "step": trees.shown_depth(row, 1),
                "who": self._name(row["author_id"], row["author_name"]),
                "when": when(row["at"]),
                "words": excerpt(row["html"]) if row["state"] == State.PUBLISHED else "",
                "state": _("withdrawn") if row["withdrawn_at"] else State(row["state"]).label,
                "lang": row["language"],
            }
            for row in self._fetch(parent__isnull=False)
        ]

    def one(self, uid: uuid.UUID, *, removed: bool = False) -> dict[str, Any] | None:
        """One post by itself, a `removed` one only if asked for; None where this reader has none."""
        found = [row for row in self._fetch(uid=uid) if removed or row["state"] != State.REMOVED]
        self._render_anew([row for row in found if row["renderer"] != rendering.VERSION])
        ready = [self._ready(row, "", "", self_evident=True) for row in found[:1]]
        self._attach(found, ready)
        return ready[0] if ready else None

    def summary(self) -> dict[str, Any] | None:
        """What stands on top of the discussion, None where there is nothing. No query: `reading.fetch` brought it."""
        summary = getattr(self.thread, "summary", None)
        if summary is None:
            return None
        fresh = summary.renderer == rendering.VERSION
        if self.numbers is not None:
            who = person(self._summarised_by(summary.author_id))
        else:
            who = person(summary.author, summary.partner.short_name if summary.partner else _("guest"))
        return {
            "html": mark_safe(summary.html) if fresh else rendering.to_html(summary.body),  # noqa: S308 - cleaned when written
            "lang": summary.language,
            "who": who,
            "when": when(summary.at),
        }

    def _fetch(self, **which: Any) -> QuerySet[Any, dict[str, Any]]:
        posts = Post.objects.filter(thread=self.thread, **which)
        placed = posts.placed_for(self.reader, moderates=self.moderates)
        return _rows(placed, self.reader, chatham=self.thread.chatham)

    def _nested(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        found = list(rows)
        self._render_anew([row for row in found if row["renderer"] != rendering.VERSION])
        top = 0 if self.thread.parent_id else 1
        opening = found[0] if found and not self.thread.parent_id and found[0]["depth"] == 0 else None
        replies = [row for row in found if row is not opening]
        steps = [min(row["depth"] - top, trees.SHOWN_DEPTH) for row in replies]
        lists = trees.nested(steps)
        shown: dict[int, int] = {opening["pk"]: -1} if opening else {}
        ready = [self._ready(opening, "", "", self_evident=True)] if opening else []
        for row, step, (before, after) in zip(replies, steps, lists, strict=True):
            evident = row["parent_id"] is None or shown.get(row["parent_id"]) == step - 1
            shown[row["pk"]] = step
            ready.append(self._ready(row, before, after, self_evident=evident))
        self._mark_first_new(ready)
        self._attach(found, ready)
        return ready

    def _attach(self, rows: list[dict[str, Any]], ready: list[dict[str, Any]]) -> None:
        """What hangs on posts whose words are shown. One query, where something does."""
        keys = {row["uid"]: row["pk"] for row in rows if row["attached"]}
        if not keys:
            return
        found = attached(keys.values(), self.reader)
        for row in ready:
            row["attached"] = found.get(keys.get(row["uid"], 0), ()) if row["html"] else ()

    def _mark_first_new(self, ready: list[dict[str, Any]]) -> None:
        """Above it the page says that this is where they stopped last time."""
        first = next((row for row in ready if row["new"]), None)
        if first is not None:
            first["line"] = True

    def _ready(self, row: dict[str, Any], before: str, after: str, *, self_evident: bool) -> dict[str, Any]:
        uid = row["uid"]
        who, letters, by = self._person(row)
        removed = row["state"] == State.REMOVED
        held = row["state"] == State.HELD
        own = row["author_id"] == self.reader.pk
        withdrawn = row["withdrawn_at"] is not None
        opening = row["depth"] == 0 and not self.thread.parent_id
        here = own and not removed and not withdrawn
        url = f"{self.base}posts/{uid}/"
        erased = opening and not row["html"] and self.thread.state == State.REMOVED
        stands = row["number"] is not None and row["state"] == State.PUBLISHED
        if stands:
            self.seen.append(row["number"])
        return {
            "uid": uid,
            "new": stands and bool(self.known) and not own and not numbers.holds(self.known, row["number"]),
            "before": mark_safe(before),  # noqa: S308 - list markup of forums.trees
            "after": mark_safe(after),  # noqa: S308 - list markup of forums.trees
            "who": who,
            "by": by,
            "monogram": letters,
            "when": when(row["at"]),
            "answers": "" if self_evident else self._answered(row),
            "html": "" if removed and not self.moderates else mark_safe(row["html"]),  # noqa: S308 - cleaned when written
            "lang": row["language"],
            "held": held,
            "removed": removed,
            "own": own,
            "answer": row["pk"] == self.answer,
            "may_answer": stands and row["parent_id"] is not None and row["pk"] != self.answer,
            "opening": opening,
            "note": self._note(row, own=own) if held or removed or withdrawn or erased else "",
            "url": url,
            "reactions": "" if held or removed else self.buttons.below(row, url, own=own),
            "doing_too": (row.get("doing_too") or "").splitlines() if stands else [],
            "edited": self._edited(row, url) if row["edited_at"] else "",
            "may_edit": here and self.writes,
            "may_withdraw": here and (not opening or self.thread.placed_count == 1),
            "answer_url": f"{self.base}reply/?parent={uid}",
            "report_url": "" if own or removed else f"{self.reports}{uid}/",
        }

    def _person(self, row: dict[str, Any]) -> tuple[SafeString, str, str]:
        key = row["author_id"], row["partner_name"] or ""
        if key not in self.people:
            name = self._name(row["author_id"], row["author_name"])
            if self.numbers is not None:
                number = self.numbers.get(row["author_id"], 0)
                self.people[key] = person(name), f"P{number}", f"Participant {number}"
            else:
                author = _Author(row["author_uid"], row["author_name"])
                who = person(author, row["partner_name"] or _("guest"))
                self.people[key] = who, monogram(row["author_name"]), row["author_name"]
        return self.people[key]

    def _name(self, author: int, name: str) -> str:
        if self.numbers is None:
            return name
        if author == self.reader.pk:
            return _("You")
        return _("Participant %(number)d") % {"number": self.numbers.get(author, 0)}

    def _summarised_by(self, author: int) -> str:
        """Under the rule: whoever started it has their number, and a moderator none (`network.chatham`)."""
        if author in (self.thread.author_id, self.reader.pk):
            return self._name(author, "")
        return _("A moderator")

    def _edited(self, row: dict[str, Any], url: str) -> SafeString:
        return filled('· <a href="{}history/">{} {}</a>', url, _("edited"), when(row["edited_at"]))

    def _answered(self, row: dict[str, Any]) -> str:
        if row["answered_author"] is None or (row["answered_state"] != State.PUBLISHED and not self.moderates):
            return ""
        return _("in reply to %(name)s") % {"name": self._name(row["answered_author"], row["answered_name"])}

    def _note(self, row: dict[str, Any], *, own: bool) -> str:
        if row["state"] == State.HELD:
            if own:
                return _("A moderator will look at it. Until then only you and the moderators read it.")
            return row["reason"] or _("You see this because you moderate this room.")
        if row["withdrawn_at"] is not None:
            return self._withdrawn(row, own=own)
        if row["state"] != State.REMOVED:
            # The post with which a discussion began that was erased: it has no state of its own.
            return _("A moderator erased its words.")
        gone = when(row["decided_at"])
        if self.moderates:
            return filled(_("A moderator removed it, {}: {}"), gone, row["reason"])
        if own:
            return filled(_("Your post was here. A moderator removed it, {}: {}"), gone, row["reason"])
        return filled(_("A post was here. A moderator removed it, {}."), gone)

    def _withdrawn(self, row: dict[str, Any], *, own: bool) -> SafeString:
        """Whose own doing it was, so that nobody takes it for a decision about them."""
        gone = when(row["withdrawn_at"])
        stays = _("Moderators still read it.")
        if own:
            words = filled("{} {}", filled(_("You withdrew this post, {}."), gone), stays)
            if self.writes_again(row):
                address = f"{self.base}posts/{row['uid']}/put-back/"
                return filled('{} <a href="{}">{}</a>', words, address, _("Put it back"))
            return words
        name = self._name(row["author_id"], row["author_name"])
        words = filled(_("{} withdrew this post, {}."), name, gone)
        return filled("{} {}", words, stays) if self.moderates else words

    def writes_again(self, row: dict[str, Any]) -> bool:
        """Whether its author can still put back what they withdrew."""
        return bool(row["html"]) and clock.now() < row["withdrawn_at"] + PUT_BACK_WITHIN

    def _render_anew(self, stale: list[dict[str, Any]]) -> None:
        if not stale:
            return
        bodies = dict(Post.objects.filter(pk__in=[row["pk"] for row in stale]).values_list("pk", "body"))
        for row in stale:
            row["html"] = rendering.to_html(bodies[row["pk"]])


def _rows(posts: PostQuerySet, reader: User, *, chatham: bool) -> QuerySet[Any, dict[str, Any]]:
    """What a page shows of posts, in the order of the tree."""
    return posts.order_by("path").values(
        *COLUMNS,
        author_uid=F("author__uid"),
        author_name=F("author__name"),
        partner_name=F("partner__short_name"),
        answered_author=F("parent__author_id"),
        answered_name=F("parent__author__name"),
        answered_state=F("parent__state"),
        **reactions.columns(reader, chatham=chatham),
    )


@whole
def _stretch(
    reader: int, thread: int, first: str, *, moderates: bool, chatham: bool, over: int, size: int
) -> QuerySet[Any, dict[str, Any]]:
    """So many posts that have a place for this reader, from the path `first` on, less some that are passed over."""
    user = User(pk=reader)
    posts = Post.objects.filter(thread=thread, path__gte=first, path__lt=trees.END).placed_for(
        user, moderates=moderates
    )
    # Found before anything is joined to them: a plan made for discussions of any length joins a long one as a whole.
    found = posts.order_by("path").values("pk")[over : over + size]
    return _rows(Post.objects.filter(pk__in=found), user, chatham=chatham)
