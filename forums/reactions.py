"""Reactions, ready to be shown: the buttons below each post of a page, and what their author is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Aggregate, Case, OuterRef, Q, Subquery, Sum, TextField, When
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.models.reactions import COUNTED, Reaction
from forums.models.threads import Post, Thread
from forums.permissions.reactions import demand_reactions
from network.models.people import User
from network.permissions import can

# What takes an answer back: a button says what it does, so that pressing it twice does it once.
NOT = "not-"
ANY = Q(thanks__gt=0) | Q(agreed__gt=0) | Q(does_too__gt=0)


class _Lines(Aggregate):
    """The values of a text, one a line."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, CHAR(10))"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s, CHR(10))")


def columns(reader: User, *, chatham: bool) -> dict[str, Any]:
    """On posts: the reader's own as one number, and the partners that do this too.

    Of a post without reactions the database looks up nothing.
    """
    here = Reaction.objects.filter(post=OuterRef("pk")).order_by().values("post")
    own = here.filter(user=reader.pk).annotate(bits=Sum("kind"))
    found: dict[str, Any] = {"reacted": Case(When(ANY, then=Subquery(own.values("bits"))))}
    if not chatham:
        doing = here.filter(kind=Reaction.Kind.TOO, partner__isnull=False).annotate(names=_Lines("partner__short_name"))
        found["doing_too"] = Case(When(does_too__gt=0, then=Subquery(doing.values("names"))))
    return found


class Buttons:
    """What stands below the posts of one page; the words and addresses are looked up once."""

    def __init__(self, thread: Thread, reader: Any, *, contributes: bool) -> None:
        self.open = reader.pk is not None and bool(can(demand_reactions, thread))
        self.contributes = contributes and self.open
        # As text: what is lazy would be translated and escaped anew below each post.
        self.words = {kind: (field, escape(str(kind.label))) for kind, field in COUNTED.items()}
        self.who = escape(_("Who") if not thread.chatham else _("Why nobody is named"))
        self.offer = ""
        if self.contributes:
            address = f"{reverse('exchange:practice-new', args=[thread.room.slug])}?from={thread.uid}&too=1"
            words = _("Write a practice sheet about it")
            self.offer = f' <a href="{escape(address)}">{escape(words)}</a>'

    def below(self, row: dict[str, Any], url: str, *, own: bool) -> SafeString:
        """The buttons of one post, pressed where the reader has; for its author, the numbers alone."""
        mine = row["reacted"] or 0
        shown = []
        for kind, (field, word) in self.words.items():
            number = row[field]
            count = f' <span class="count">{number}</span>' if number else ""
            if self.open and not own and (kind != Reaction.Kind.TOO or self.contributes):
                pressed = bool(mine & kind)
                shown.append(
                    f'<button class="reaction" form="reacting" formaction="{url}react/" name="kind"'
                    f' value="{NOT if pressed else ""}{KEYS[kind]}" aria-pressed="{"true" if pressed else "false"}">'
                    f"{word}{count}</button>"
                )
            elif number:
                shown.append(f'<span class="reaction">{word}{count}</span>')
        if row["thanks"] or row["agreed"] or row["does_too"]:
            shown.append(f'<a class="button-quiet" href="{url}reactions/">{self.who}</a>')
        offer = self.offer if mine & Reaction.Kind.TOO else ""
        return mark_safe("".join(shown) + offer)  # noqa: S308 - escaped above


KEYS = {Reaction.Kind.THANK: "thank", Reaction.Kind.AGREE: "agree", Reaction.Kind.TOO: "too"}
KINDS = {word: kind for kind, word in KEYS.items()}


def asked(value: str) -> tuple[int, bool]:
    """What a button asks for: the kind, 0 for none that is known, and whether it is given or taken back."""
    return KINDS.get(value.removeprefix(NOT), 0), not value.startswith(NOT)


def doing_too(rows: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """The partners that do what a post of the page tells, each once, with the address of the first such post."""
    found: dict[str, str] = {}
    for row in rows:
        for name in row["doing_too"]:
            found.setdefault(name, f"#post-{row['uid']}")
    return sorted(found.items())


def in_words(post: Post) -> str:
    """How many there are, for whoever wrote the post: "3 thank you · 1 agrees"."""
    told = (
        (post.thanks, ngettext("%(n)d thanks you", "%(n)d thank you", post.thanks)),
        (post.agreed, ngettext("%(n)d agrees", "%(n)d agree", post.agreed)),
        (post.does_too, ngettext("%(n)d does this too", "%(n)d do this too", post.does_too)),
    )
    return " · ".join(words % {"n": number} for number, words in told if number)


def show_reactions(user: Any, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What is told of the reactions to these posts (network.parts): numbers, and never who. One query."""
    wanted = [pk for pk in ids if pk]
    if not wanted:
        return {}
    posts = Post.objects.visible_to(user).filter(pk__in=wanted).select_related("thread")
    return {
        post.pk: {
            "excerpt": in_words(post),
            "url": reverse("forums:post", args=[post.thread.uid, post.uid]),
            "author": "",
            "at": post.at,
            "title": post.thread.title,
        }
        for post in posts
    }
