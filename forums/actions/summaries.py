"""Summing up a discussion."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from forums.actions.posts import clean_body, lock
from forums.models.summaries import Summary
from forums.models.threads import Thread
from forums.permissions.summaries import check_summarise
from network import chatham, clock, rendering, search
from network.audit import record
from network.models.items import Item, State
from network.models.people import User
from network.permissions import by_hat, partners_of
from network.refusals import Invalid


@transaction.atomic
def summarise(*, by: User, thread: Thread, body: str, version: int = 0, language: str = "") -> None:
    """Writes what stands on top of the discussion; without words it is taken away. Twice is once.

    `version` is of the summary that its writer had before them, 0 where there was none.
    Raises Unseen, Forbidden, Invalid (body: no text that can be stored, or somebody else wrote meanwhile).
    """
    words = clean_body(body) if body.strip() else ""
    thread = lock(thread)
    check_summarise(by, thread)
    summary = Summary.objects.filter(thread=thread).first()
    if (summary.body if summary else "") == words:
        return
    if version != (summary.version if summary else 0):
        raise Invalid("body", _("Somebody else has changed the summary meanwhile. Their words stand above yours."))
    actor = chatham.starter_or_moderator(thread, by)
    if summary is not None and not words:
        take_away(thread)
        record("forums.summary_removed", by=actor, target=thread, room=thread.room)
        return
    summary = summary or Summary(thread=thread, version=0)
    summary.author, summary.at, summary.version = by, clock.now(), summary.version + 1
    summary.partner = None if thread.chatham else partners_of(by).order_by(*by_hat(by)).first()
    summary.body, summary.html, summary.renderer = words, rendering.to_html(words), rendering.VERSION
    summary.language = language or thread.language
    summary.save()
    record("forums.summarised", by=actor, target=thread, room=thread.room, partner=summary.partner)
    index(thread)


def index(thread: Item) -> None:
    """Writes the words of a discussion's summary into the search index, where there is one and all may read it."""
    for summary in Summary.objects.filter(thread=thread.pk, thread__state__in=(State.PUBLISHED, State.ARCHIVED)):
        search.index(item=thread, part=("summary", summary.pk), text=summary.html, language=summary.language)


def take_away(thread: Thread) -> None:
    """No word of it is left: neither in the row nor in the search."""
    _forget(Summary.objects.filter(thread=thread.pk))


def erase(thread: Thread) -> None:
    """The same for a discussion that is erased, also of what was joined to it."""
    found, joined = [thread.pk], [thread.pk]
    while joined:
        joined = list(Thread.objects.filter(merged_into__in=joined).values_list("pk", flat=True))
        found += joined
    _forget(Summary.objects.filter(thread__in=found))


def _forget(summaries: QuerySet[Summary]) -> None:
    for summary in summaries.select_related("thread"):
        search.forget(item=summary.thread, part=("summary", summary.pk))
        summary.delete()
