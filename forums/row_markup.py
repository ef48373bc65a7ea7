"""The rows of a list of discussions as HTML, as `forums.markup` does it for posts (decision 22)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.models.threads import Thread
from network.html import filled
from network.models.items import State
from network.templatetags.look import person, tlp, when

NOTHING = SafeString("")
ROW = """\
<li class="row">
    <div>
      <h2 class="row-title"><a href="{url}" lang="{lang}">{title}</a>{new}</h2>
      <p class="meta">{about}{room}{badges}</p>
    </div>
    <div class="row-side"><span>{label}</span> <span>{count}</span> <span>{when}</span></div>
  </li>
"""
NEW = ' <a class="unread" href="{url}new/">{words}<span class="visually-hidden">, {title}</span></a>'


class Rows:
    """Writes out what a list fetched; `rooms` and `pins`: also in which room each is, and which are pinned."""

    def __init__(self, *, rooms: bool = False, pins: bool = False) -> None:
        self.rooms = rooms
        self.pins = pins

    def written(self, threads: Iterable[Any]) -> SafeString:
        """All of them, in their order."""
        return SafeString("".join([self._row(thread) for thread in threads]))

    def _row(self, thread: Any) -> SafeString:
        url = thread.get_absolute_url()
        new = NOTHING
        if thread.unread:
            words = ngettext("%(n)d new", "%(n)d new", thread.unread) % {"n": thread.unread}
            new = filled(NEW, url=url, words=words, title=thread.title)
        return filled(
            ROW,
            url=url,
            lang=thread.language,
            title=thread.title,
            new=new,
            about=self._about(thread),
            room=filled(" · {}", thread.home.name) if self.rooms and thread.home else NOTHING,
            badges=SafeString("".join(self._badges(thread))),
            label=tlp(thread.effective_label, short=True),
            count=_said(thread),
            when=when(thread.active_at),
        )

    def _about(self, thread: Any) -> str:
        if thread.parent_id:
            return _("Comments on the %(kind)s") % {"kind": thread.about_kind}
        if thread.byline:
            return person(thread.author, thread.byline.partner, link=False)
        return _("under the Chatham House Rule")

    def _badges(self, thread: Thread) -> Iterable[SafeString]:
        if thread.pinned_at and self.pins:
            yield _badge(_("pinned"))
        if thread.state == State.HELD:
            yield _badge(_("held"), "badge badge-caution")
        elif thread.state == State.ARCHIVED:
            yield _badge(_("archived"))
        if thread.is_announcement:
            yield _badge(_("announcement"))
        elif thread.answered:
            yield _badge(_("answered"))
        elif thread.is_question:
            yield _badge(_("question"))
        if thread.is_locked:
            yield _badge(thread.get_lock_cause_display() if thread.lock_cause else _("locked"))


def _said(thread: Thread) -> str:
    count = {"n": thread.reply_count}
    if thread.parent_id:
        return ngettext("%(n)d comment", "%(n)d comments", thread.reply_count) % count
    return ngettext("%(n)d reply", "%(n)d replies", thread.reply_count) % count


def _badge(words: str, css: str = "badge") -> SafeString:
    return filled(' <span class="{}">{}</span>', css, words)
