"""What something that is made of a discussion may begin with."""

from __future__ import annotations

from forums.models.summaries import Summary
from forums.models.threads import Post
from network.models.items import Item
from network.rendering import to_text


def outline(thread: Item) -> dict[str, str]:
    """`title`, `question` (the opening post) and `summary`, as plain text. Two queries, of what its reader sees.

    Under the Chatham House Rule what somebody said is left out: the summary is written for others, and names nobody.
    """
    words = {"title": thread.title, "question": "", "summary": ""}
    if not thread.chatham and thread.parent_id is None:
        opening = Post.objects.filter(thread=thread.pk, parent=None).values_list("html", flat=True).first()
        words["question"] = to_text(opening or "")
    summed_up = Summary.objects.filter(thread=thread.pk).values_list("html", flat=True).first()
    words["summary"] = to_text(summed_up or "")
    return words
