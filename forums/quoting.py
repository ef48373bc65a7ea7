"""Quoting a post whole, for who cannot select a piece of it: as Markdown, with who wrote it and where it stands."""

from __future__ import annotations

import uuid

from django.urls import reverse
from django.utils.translation import gettext as _

from forums.mentioning import escaped
from forums.models.threads import Post, Thread
from network import chatham
from network.models.items import State
from network.models.people import User


def of(reader: User, thread: Thread, key: str) -> str:
    """The post of this key as a quotation; "" where the reader has no such post to read, or it was taken away.

    Under the Chatham House Rule whoever wrote it is their number, also for themselves: others will read it.
    """
    try:
        uid = uuid.UUID(key.removeprefix("post-"))
    except ValueError:
        return ""
    posts = Post.objects.visible_to(reader).filter(thread=thread, uid=uid).exclude(state=State.REMOVED)
    post = posts.select_related("author").first()
    if post is None:
        return ""
    name = post.author.name
    if thread.chatham:
        name = f"Participant {chatham.numbers(thread).get(post.author_id, 0)}"
    address = reverse("forums:post", args=[thread.uid, post.uid])
    head = f"**{escaped(name)}** [{_('wrote')}]({address}):"
    return "\n".join(f"> {line}".rstrip() for line in [head, "", *post.body.splitlines()]) + "\n\n"
