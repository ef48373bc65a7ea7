"""The posts of one page, ready to be shown: a thread has fifty a page, so a template only writes them out.

One query for the rows; everything that repeats (who wrote, how a list nests) is made once here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from forums import trees
from forums.models.threads import Post, Thread
from network import chatham, rendering
from network.models.items import State
from network.models.people import User
from network.templatetags.look import monogram, person, when

COLUMNS = (
    "pk", "uid", "state", "depth", "at", "html", "renderer", "language", "author_id", "partner_id", "parent_id",
    "reason", "decided_at",
)  # fmt: skip


class Page:
    """Some posts of a thread in the order of the tree, as one reader sees them."""

    def __init__(self, thread: Thread, reader: User, *, moderates: bool) -> None:
        self.thread = thread
        self.reader = reader
        self.moderates = moderates
        self.numbers = chatham.numbers(thread) if thread.chatham else None
        self.base = reverse("forums:discussion", args=[thread.uid])
        self.people: dict[tuple[int, str], tuple[SafeString, str]] = {}

    def posts(self, first: int, last: int) -> list[dict[str, Any]]:
        """The rows from the `first` to before the `last`, counted from 0.

        One query; one more where there is a newer renderer than that which made the rows.
        """
        return self._nested(self._fetch()[first:last])

    def one(self, uid: uuid.UUID, *, removed: bool = False) -> dict[str, Any] | None:
        """One post by itself, a `removed` one only if asked for; None where this reader has none."""
        found = [row for row in self._fetch(uid=uid) if removed or row["state"] != State.REMOVED]
        self._render_anew([row for row in found if row["renderer"] != rendering.VERSION])
        return self._ready(found[0], "", "", self_evident=True) if found else None

    def _fetch(self, **which: Any) -> QuerySet[Any, dict[str, Any]]:
        posts = Post.objects.filter(thread=self.thread, **which).order_by("path")
        return posts.placed_for(self.reader, moderates=self.moderates).values(
            *COLUMNS,
            author_uid=F("author__uid"),
            author_name=F("author__name"),
            partner_name=F("partner__short_name"),
            answered_author=F("parent__author_id"),
            answered_name=F("parent__author__name"),
            answered_state=F("parent__state"),
        )

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
        return ready

    def _ready(self, row: dict[str, Any], before: str, after: str, *, self_evident: bool) -> dict[str, Any]:
        uid = row["uid"]
        who, letters = self._person(row)
        removed = row["state"] == State.REMOVED
        held = row["state"] == State.HELD
        own = row["author_id"] == self.reader.pk
        return {
            "uid": uid,
            "before": mark_safe(before),  # noqa: S308 - list markup of forums.trees
            "after": mark_safe(after),  # noqa: S308 - list markup of forums.trees
            "who": who,
            "monogram": letters,
            "when": when(row["at"]),
            "answers": "" if self_evident else self._answered(row),
            "html": "" if removed and not self.moderates else mark_safe(row["html"]),  # noqa: S308 - cleaned when written
            "lang": row["language"],
            "held": held,
            "removed": removed,
            "own": own,
            "opening": row["depth"] == 0 and not self.thread.parent_id,
            "note": self._note(row, own=own) if held or removed else "",
            "url": f"{self.base}posts/{uid}/",
            "answer_url": f"{self.base}reply/?parent={uid}",
        }

    def _person(self, row: dict[str, Any]) -> tuple[SafeString, str]:
        key = row["author_id"], row["partner_name"] or ""
        if key not in self.people:
            author = User(pk=row["author_id"], uid=row["author_uid"], name=row["author_name"])
            name = self._name(row["author_id"], row["author_name"])
            if self.numbers is not None:
                number = self.numbers.get(row["author_id"], 0)
                self.people[key] = person(name), f"P{number}"
            else:
                self.people[key] = person(author, row["partner_name"] or _("guest")), monogram(row["author_name"])
        return self.people[key]

    def _name(self, author: int, name: str) -> str:
        if self.numbers is None:
            return name
        if author == self.reader.pk:
            return _("You")
        return _("Participant %(number)d") % {"number": self.numbers.get(author, 0)}

    def _answered(self, row: dict[str, Any]) -> str:
        if row["answered_author"] is None or (row["answered_state"] != State.PUBLISHED and not self.moderates):
            return ""
        return _("to %(name)s") % {"name": self._name(row["answered_author"], row["answered_name"])}

    def _note(self, row: dict[str, Any], *, own: bool) -> str:
        if row["state"] == State.HELD:
            if own:
                return _("A moderator will look at it. Until then only you and the moderators read it.")
            return row["reason"] or _("You see this because you moderate this room.")
        gone = when(row["decided_at"])
        if self.moderates:
            return format_html(_("A moderator removed it, {}: {}"), gone, row["reason"])
        if own:
            return format_html(_("Your post was here. A moderator removed it, {}: {}"), gone, row["reason"])
        return format_html(_("A post was here. A moderator removed it, {}."), gone)

    def _render_anew(self, stale: list[dict[str, Any]]) -> None:
        if not stale:
            return
        bodies = dict(Post.objects.filter(pk__in=[row["pk"] for row in stale]).values_list("pk", "body"))
        for row in stale:
            row["html"] = rendering.to_html(bodies[row["pk"]])
