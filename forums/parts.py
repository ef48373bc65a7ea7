"""Posts, told to the ground floor: who sees them, what may be said of them, who decides about them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from forums.models.chat import ChatMessage
from forums.models.summaries import Summary
from forums.models.threads import Post, Thread
from network import chatham, rendering
from network.models.items import Participant
from network.models.people import User
from network.permissions import sees
from network.permissions.sources import keeps_openings
from network.querysets import is_assured

EXCERPT = 200


def visible_posts(user: Any) -> QuerySet[Post]:
    """The posts whose text this person may read now."""
    return Post.objects.visible_to(user)


def held_posts(user: Any) -> QuerySet[Post]:
    """The held posts in the rooms this person moderates, with the thread and room of each; without words."""
    return Post.objects.held_for(user).select_related("thread__room").defer("body", "html").order_by("held_since")


def show_posts(user: Any, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What this person may read of these posts; those they may not see are left out. One query, or two."""
    wanted = [pk for pk in ids if pk]
    if not wanted:
        return {}
    rows = Post.objects.visible_to(user).filter(pk__in=wanted).select_related("author", "partner", "thread__parent")
    posts = list(rows)
    hidden = {post.thread_id for post in posts if post.thread.chatham}
    numbers = _numbers(hidden) if hidden else {}
    # Under the rule there is a number for everybody, and never a name: 0 stands where a row is missing.
    return {
        post.pk: _words(post, user, numbers.get((post.thread_id, post.author_id), 0 if post.thread.chatham else None))
        for post in posts
    }


def _numbers(items: set[int]) -> dict[tuple[int, int], int]:
    rows = Participant.objects.filter(item__in=items).values_list("item", "user", "number")
    return {(item, user): number for item, user, number in rows}


def _words(post: Post, user: User, number: int | None) -> dict[str, Any]:
    byline = chatham.byline(post.author, post.partner, reader=user, number=number)
    return {
        "excerpt": first_words(post, post.thread),
        "url": reverse("forums:post", args=[post.thread.uid, post.uid]),
        "author": byline.name,
        "partner": byline.partner,
        "at": post.at,
        "title": post.thread.title,
        "language": post.language,
    }


def first_words(post: Post, thread: Thread) -> str:
    """What lists, notices and searches show of a post; nothing where it is written down who opens its discussion."""
    return "" if keeps_openings(thread) else excerpt(post.html)


def excerpt(html: str) -> str:
    """The first words of what was written, at most 200 characters, as plain text in one line."""
    words = " ".join(rendering.to_text(html).split())
    if len(words) <= EXCERPT:
        return words
    return words[: EXCERPT - 1].rsplit(" ", 1)[0] + "…"


def visible_summaries(user: Any) -> QuerySet[Summary]:
    """The summaries of the discussions that this person sees in a room."""
    # As posts ask it, and no deeper: the bell asks for all kinds of parts in one question (network.notifications).
    return Summary.objects.filter(sees(user, assured=is_assured(user), through_release=False, prefix="thread__"))


def show_summaries(user: User, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What this person may read of these summaries. One query, or two."""
    wanted = [pk for pk in ids if pk]
    if not wanted:
        return {}
    rows = visible_summaries(user).filter(pk__in=wanted).select_related("author", "partner", "thread__parent")
    found = list(rows)
    hidden = {row.thread_id for row in found if row.thread.chatham}
    numbers = _numbers(hidden) if hidden else {}
    shown = {}
    for row in found:
        number = numbers.get((row.thread_id, row.author_id), 0) if row.thread.chatham else None
        byline = chatham.byline(row.author, row.partner, reader=user, number=number)
        if row.thread.chatham and row.author_id != row.thread.author_id:
            byline = chatham.moderator_byline(row.author, reader=user)
        shown[row.pk] = {
            "excerpt": "" if keeps_openings(row.thread) else excerpt(row.html),
            "url": row.get_absolute_url(),
            "author": byline.name,
            "partner": byline.partner,
            "at": row.at,
            "title": row.thread.title,
            "language": row.language,
        }
    return shown


def written_posts(person: User) -> QuerySet[Post]:
    """What this person answered or commented; the opening post of a discussion goes and stays with the discussion."""
    return Post.objects.filter(author=person).exclude(parent=None, thread__parent=None)


def theirs(person: User) -> Iterable[uuid.UUID]:
    """What this person wrote, for the erasing of what the trail says of it."""
    for rows in (Post.objects.filter(author=person), ChatMessage.objects.filter(author=person)):
        yield from rows.order_by().values_list("uid", flat=True)
