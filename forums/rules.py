"""Whether a rule of the room, or of all rooms, makes a text wait for a moderator.

Asked once for each text that is written or changed, with one small query; where there are no rules, that is all.
"""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from forums.folding import folded, holds_words
from forums.models.rules import Rule
from forums.models.threads import Thread
from forums.permissions.threads import post_state
from network import rendering
from network.labels import Label
from network.models.items import State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, allowed, who_may

ADDRESS = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"'()\[\]]+", re.IGNORECASE)


def held_by(room: Room, text: str, by: User, *, label: Label | None = None, chatham: bool = False) -> Rule | None:
    """The first rule that a text (Markdown or HTML, as written) meets in this room; None where it may stand at once.

    Never in direct rooms, nor of what is AMBER+STRICT or RED (`label` is the tighter of a thing's and its parent's);
    nor what moderators write, but under the Chatham House Rule (`chatham`), where it would tell who they are.
    """
    if room.is_direct or (label is not None and label > Label.AMBER):
        return None
    rules = list(Rule.objects.filter(Q(room=room) | Q(room=None)).order_by("kind", "pk"))
    if not rules:
        return None
    if allowed(by, Level.MODERATE, room) and (not chatham or who_may(Level.MODERATE, room).count() < 2):
        return None
    html = rendering.to_html(text)
    # As it is shown, and as it was typed: neither a mark inside a word nor an entity keeps a rule from it.
    words, hosts = folded(rendering.to_text(html)) + folded(text), _hosts(html, text)
    return next((rule for rule in rules if _meets(rule, words, hosts)), None)


def state_of(
    text: str, by: User, room: Room, *, label: Label, chatham: bool = False, thread: Thread | None = None
) -> tuple[str, str]:
    """Whether what somebody writes is held or published, by the room's moderation or by a rule, and by which."""
    rule = held_by(room, text, by, label=label, chatham=chatham)
    if rule is not None:
        return State.HELD, why_held(rule)
    return post_state(by, room, label, chatham=chatham, thread=thread), ""


def state_in(thread: Thread, text: str, by: User) -> tuple[str, str]:
    """The same of what is written in a discussion that is there."""
    return state_of(text, by, thread.room, label=thread.effective_label, chatham=thread.chatham, thread=thread)


def why_held(rule: Rule) -> str:
    """What moderators read beside a text that it holds."""
    return _("It meets a rule: %(rule)s") % {"rule": rule.sentence}


def host_of(address: str) -> str:
    """The site that an address leads to, as browsers understand it; "" where it is none."""
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
        plain = unicodedata.normalize("NFKC", host).strip(".")
        return plain.encode("idna").decode() if plain else ""
    except (ValueError, UnicodeError):
        return ""


def _meets(rule: Rule, words: str, hosts: list[str]) -> bool:
    if rule.kind == Rule.Kind.WORDS:
        return any(holds_words(words, folded(phrase)) for phrase in rule.text.split(","))
    if rule.kind == Rule.Kind.HOSTS:
        known = [*rule.text.split(), *_our_own()]
        return any(not any(host == one or host.endswith(f".{one}") for one in known) for host in hosts)
    return len(hosts) > int(rule.text)


def _our_own() -> list[str]:
    return [host] if (host := host_of(settings.LIAISE_URL)) else []


class _Links(HTMLParser):
    """The addresses that links lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for key, value in attrs if tag == "a" and key == "href" and value]


def _hosts(html: str, text: str) -> list[str]:
    """The site of each address in a text, whether it is a link or only typed; each address once.

    What cannot be understood as a site counts as an unknown one.
    """
    links = _Links()
    links.feed(html)
    bare = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    typed = [one.rstrip(".,;:!?*_~`") for one in ADDRESS.findall(bare)]
    found = dict.fromkeys(
        one for one in (*links.found, *typed) if one.lower().startswith(("http:", "https:", "//", "www."))
    )
    return [host_of(one) or "?" for one in found]
