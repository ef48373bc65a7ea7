"""The posts of a page as HTML. A page has fifty, and a template took a third of its time to write them out.

Each piece is put together by `filled`, which escapes what is not marked as safe; words are looked up once a page.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from network.html import filled

NOTHING = mark_safe("")
REMOVED = '{before}<p class="post post-removed" id="post-{uid}"><span>{note}</span></p>{after}'
POST = """\
{before}<article class="post{held}" id="post-{uid}" aria-labelledby="by-{uid}" data-by="{by}">
<header class="post-head"><span class="monogram" aria-hidden="true">{monogram}</span><p id="by-{uid}">{who}{answers} \
<span class="meta"><a href="{url}">{when}</a>{edited}{new}</span>{answer}</p></header>
{note}<div class="prose" lang="{lang}">{html}</div>{poll}
{attached}<div class="post-foot">{reactions}<p class="actions">{actions}</p>{more}</div>
{approve}</article>{below}{after}"""
LINK = '<a class="button-quiet" href="{}{}">{}</a>'
WAY = f"{LINK} "
MORE = '<details class="post-more"><summary>{}</summary><p class="actions">{}</p></details>'
ATTACHED = '<li><a href="{}" lang="{}">{}</a> <span class="meta">{} · {}{}</span></li>'
ANSWER = (
    '<aside class="notice notice-calm" aria-label="{}"><strong>{}</strong><p lang="{}">{}</p>'
    '<p class="meta">{} · <a href="{}">{}</a></p></aside>'
)


class Writer:
    """Writes out the rows of forums.rows.Page for one reader.

    `may_mark`: the page has a form with the id "mark". `answer`: that of a question (Page.beginning_of). `token`: the
    hidden field of a form, against forgeries.
    """

    def __init__(
        self, *, may_reply: bool, moderates: bool, may_mark: bool, answer: dict[str, Any] | None, token: SafeString
    ) -> None:
        self.may_reply = may_reply
        self.moderates = moderates
        self.may_mark = may_mark
        self.answer = answer
        self.token = token
        self.reply, self.moderate, self.report = word(_("Reply")), word(_("Moderate")), word(_("Report"))
        self.edit, self.withdraw = word(_("Edit")), word(_("Withdraw"))
        self.more = word(_("More"))
        self.answered = filled(' <span class="badge">{}</span>', _("the answer"))
        self.new = filled(' <span class="unread">{}</span>', _("new"))

    def written(self, rows: Iterable[dict[str, Any]], *, poll: SafeString = NOTHING) -> SafeString:
        """All of them, in their order; `poll` stands below the words of the opening post."""
        return mark_safe("".join([self._row(row, poll if row["opening"] else NOTHING) for row in rows]))  # noqa: S308 - of safe pieces

    def _row(self, row: dict[str, Any], poll: SafeString) -> SafeString:
        before = row["before"]
        if row.get("line"):
            before += filled('<p class="mark-new" id="new">{}</p>', _("New since your last visit"))
        if row["removed"] and not row["html"]:
            return filled(REMOVED, before=before, uid=row["uid"], note=row["note"], after=row["after"])
        approves = row["held"] and self.moderates
        return filled(
            POST,
            before=before,
            held=" post-held" if row["held"] or row["removed"] else "",
            uid=row["uid"],
            by=row["by"],
            monogram=row["monogram"],
            who=row["who"],
            answers=filled(' <span class="soft">· {}</span>', row["answers"]) if row["answers"] else NOTHING,
            url=row["url"],
            when=row["when"],
            edited=filled(" {}", row["edited"]) if row["edited"] else NOTHING,
            new=self.new if row["new"] else NOTHING,
            answer=self.answered if row["answer"] else NOTHING,
            note=self._note(row) if row["note"] else NOTHING,
            lang=row["lang"],
            html=row["html"],
            poll=poll,
            attached=self._attached(row["attached"]) if row.get("attached") else NOTHING,
            reactions=self._reactions(row) if row["reactions"] else NOTHING,
            actions=self._actions(row),
            more=self._more(row),
            approve=self._approval(row) if approves else NOTHING,
            below=self._answer() if row["opening"] and self.answer else NOTHING,
            after=row["after"],
        )

    def _note(self, row: dict[str, Any]) -> SafeString:
        held = filled("<strong>{}</strong> ", _("Held.")) if row["held"] else NOTHING
        return filled('<p class="post-state">{}{}</p>', held, row["note"])

    def _attached(self, files: Iterable[dict[str, Any]]) -> SafeString:
        held = filled(" · {}", _("held"))
        lines = format_html_join(
            "",
            ATTACHED,
            (
                (one["url"], one["lang"], one["title"], one["file"], one["label"], held if one["held"] else NOTHING)
                for one in files
            ),
        )
        return filled('<ul class="rows rows-tight attached" aria-label="{}">{}</ul>\n', _("Attached"), lines)

    def _reactions(self, row: dict[str, Any]) -> SafeString:
        return filled('<p class="reactions" data-reactions>{}</p>', row["reactions"])

    def _actions(self, row: dict[str, Any]) -> SafeString:
        url = row["url"]
        ways = []
        if row["held"] and self.moderates and not row["own"]:
            ways.append(filled('<button class="button" form="approve-{}">{}</button> ', row["uid"], _("Let it stand")))
            ways.append(filled(LINK, url, "moderate/", _("Remove with a reason")))
        else:
            if self.may_reply and not row["removed"]:
                ways.append(filled(WAY, row["answer_url"], "", self.reply))
            if self.may_mark and row["may_answer"]:
                marking = '<button class="button-quiet" form="mark" formaction="{}answer/">{}</button> '
                ways.append(filled(marking, url, _("Mark as the answer")))
        if row["may_edit"]:
            ways.append(filled(WAY, url, "edit/", self.edit))
        return mark_safe("".join(ways))  # noqa: S308 - of safe pieces

    def _more(self, row: dict[str, Any]) -> SafeString:
        """What is rarely done, folded, so that fifty posts are no wall of buttons."""
        ways = []
        if row["may_withdraw"]:
            ways.append(filled(WAY, row["url"], "withdraw/", self.withdraw))
        if self.moderates:
            ways.append(filled(WAY, row["url"], "moderate/", self.moderate))
        if row["report_url"]:
            ways.append(filled(LINK, row["report_url"], "", self.report))
        folded = mark_safe("".join(ways))  # noqa: S308 - of safe pieces
        return filled(MORE, self.more, folded) if ways else NOTHING

    def _approval(self, row: dict[str, Any]) -> SafeString:
        form = '<form id="approve-{}" method="post" action="{}approve/">{}</form>'
        return filled(form, row["uid"], row["url"], self.token)

    def _answer(self) -> SafeString:
        found = self.answer or {}
        return filled(
            ANSWER, _("The answer"), _("Answered"), found["lang"], found["words"], found["who"], found["url"],
            _("Go to the answer"),
        )  # fmt: skip


def word(words: str) -> SafeString:
    """Escaped once for all rows."""
    return escape(words)
