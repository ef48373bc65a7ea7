"""What moderators announced, for the first page of a room, which belongs to the ground floor."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from forums.models.threads import Post, Thread
from forums.parts import first_words
from network.chatham import named
from network.models.rooms import Room

register = template.Library()

MOST = 3


@register.inclusion_tag("forums/_announcements.html", takes_context=True)
def announcements(context: Context, room: Room) -> dict[str, Any]:
    """The newest that this reader has not opened, with the first words that a list may show. Two queries at most."""
    threads = list(
        Thread.objects.announced_to(context["request"].user, room).select_related("author", "partner", "parent")[:MOST]
    )
    named(threads, context["request"].user)
    openings = Post.objects.filter(thread__in=threads, parent=None) if threads else ()
    by_key = {thread.pk: thread for thread in threads}
    words = {post.thread_id: first_words(post, by_key[post.thread_id]) for post in openings}
    return {"rows": [(thread, words.get(thread.pk, "")) for thread in threads]}
