"""The same talk twice, with two people changed places behind their numbers, and all that somebody else can fetch of it.

Under the Chatham House Rule the two must not differ in one byte. Keys, numbers and moments that are drawn or read from
the clock are made the same in both worlds; nothing of what is fetched is left out or made alike.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import random
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from django.core import mail as outbox
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.middleware import csrf
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from accounts import archive
from exchange.models import Document
from forums.actions import threads
from forums.models import Appeal, Case, Change, Decision, Post, Proposal, Thread
from network import clock
from network.labels import Label
from network.mail import send_due
from network.models import Notification, User
from network.refusals import Refusal
from tests.acts_under_rule import WORD, Acts
from tests.addresses import POSTED
from tests.working import work_off

# Keys of one's own, below a part of the address that the pattern itself does not name.
OF_ONES_OWN = ("mfa_edit_webauthn", "mfa_remove_webauthn")

# What somebody does, who, and with which of the posts.
Event = tuple[str, int, int]
Fetched = dict[str, Any]
# How a door is tried: GET or POST, its address, what is sent.
Question = tuple[str, str, dict[str, Any]]
# What else an address is asked for.
QUERIES = {
    "forums:discussion": ("order=time", "order=tree"),
    "forums:discussions": ("show=unanswered", "show=new"),
    "forums:people": ("q=", "q=Participant"),
    "forums:moderation-figures": ("as=csv",),
    "forums:everywhere": ("show=unanswered",),
}


@contextmanager
def determined(seed: str, moment: datetime) -> Iterator[None]:
    """What is drawn inside is drawn again with the same seed, and it is that moment all along."""
    counter = itertools.count()

    def drawn(size: int) -> bytes:
        return b"".join(
            hashlib.sha256(f"{seed}/{next(counter)}/{block}".encode()).digest() for block in range(size // 32 + 1)
        )[:size]

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(os, "urandom", drawn))
        stack.enter_context(mock.patch.object(random, "_urandom", drawn))
        stack.enter_context(mock.patch.object(timezone, "now", return_value=moment))
        stack.enter_context(mock.patch.object(time, "time", moment.timestamp))
        stack.enter_context(mock.patch.object(csrf, "_get_new_csrf_string", return_value="c" * csrf.CSRF_SECRET_LENGTH))
        stack.enter_context(clock.at(moment))
        yield


@dataclass
class World(Acts):
    """One playing of the script, and what others can fetch of it."""

    moment: datetime = field(kw_only=True)
    outcomes: list[str] = field(default_factory=list)

    def play(self, events: Iterable[Event], tlp: Label = Label.AMBER) -> None:
        """Seat 0 begins a discussion under the rule; then everything happens as the script says."""
        outbox.outbox.clear()
        with self._at("start"):
            self.thread = threads.start_thread(
                by=self.seats[0],
                room=self.room,
                title=f"Old {WORD}",
                body=f"Who has {WORD}?",
                tlp=tlp,
                chatham=True,
                purpose="question",
            )
        for number, event in enumerate(events):
            with self._at(f"event {number}"):
                try:
                    with transaction.atomic():
                        self._do(*event)
                    self.outcomes.append("done")
                except Refusal as refusal:
                    self.outcomes.append(type(refusal).__name__)
        with self._at("background"):
            for _again in range(3):
                work_off()
            self._name_notices()
            send_due()

    def _name_notices(self) -> None:
        """Their keys were drawn in the order of all who were told, which nobody sees: each person's are made theirs."""
        for person in User.objects.all():
            for number, notice in enumerate(Notification.objects.filter(user=person).order_by("pk")):
                key = uuid.uuid5(uuid.NAMESPACE_OID, f"{person.pk}/{number}")
                Notification.objects.filter(pk=notice.pk).update(uid=key)

    @contextmanager
    def _at(self, seed: str) -> Iterator[None]:
        self.moment += timedelta(minutes=7)
        with determined(seed, self.moment):
            yield

    # --- what somebody else can fetch ---

    def fetched_by(self, reader: User | None, patterns: Iterable[tuple[str, URLPattern]]) -> Fetched:
        """Everything that this reader, who is at no changed seat, gets: pages, files, answers to acts, letters."""
        home, found = Client(), {}
        with determined("sign in", self.moment):
            if reader is not None:
                home.force_login(reader)
        for method, address, given in self.asked(reader, patterns):
            found[f"{method} {address} {sorted(given.items())}"] = self._answer_to(home, method, address, given)
        if reader is not None:
            found["letters"] = [_letter(one) for one in outbox.outbox if one.to == [reader.email]]
            found["bell"] = list(Notification.objects.filter(user=reader).order_by("pk").values_list("kind", "by"))
            with determined("export", self.moment):
                into = io.BytesIO()
                archive.write(reader, into)
            found["export"] = into.getvalue()
        return found

    def _answer_to(self, home: Client, method: str, address: str, given: dict[str, Any]) -> Any:
        cache.clear()
        client = Client()
        client.cookies.load({key: one.value for key, one in home.cookies.items()})
        # What one page writes must not change the next: each is the first that this reader opens.
        with transaction.atomic(), determined(f"{method} {address}", self.moment):
            response = client.get(address) if method == "GET" else client.post(address, given)
            content = response.getvalue() if response.streaming else response.content
            transaction.set_rollback(True)
        return response.status_code, sorted(response.headers.items()), content.decode(errors="surrogateescape")

    def asked(self, reader: User | None, patterns: Iterable[tuple[str, URLPattern]]) -> Iterator[Question]:
        """Every door, with every key that leads to this talk or to those who changed places; and what is sent there."""
        names = set()
        for name, pattern in patterns:
            if name in OF_ONES_OWN:
                continue
            names.add(name)
            wanted = list(pattern.pattern.regex.groupindex)
            for values in itertools.product(*(self._keys(reader, name, one) for one in wanted)):
                address = reverse(name, kwargs=dict(zip(wanted, values, strict=True)))
                yield ("POST", address, POSTED[name]) if name in POSTED else ("GET", address, {})
                for query in QUERIES.get(name, ()):
                    yield "GET", f"{address}?{query}", {}
                for given in self._sent(name):
                    yield "POST", address, given
        for words in (WORD, *self._names()):
            yield "GET", f"/search/?q={words}", {}
            if "forums:people" in names:
                yield "GET", f"{reverse('forums:people', args=[self.thread.uid])}?q={words}", {}
            yield "GET", f"/why/?q={words}", {}

    def _sent(self, name: str) -> list[dict[str, Any]]:
        """What is asked before it is done, or refused with a reason, where it is sent."""
        replies = [str(post.uid) for post in self.posts if post.parent_id is not None]
        return {
            "forums:reply": [{"body": f"And {WORD}?", "preview": "1"}],
            "forums:move": [{"room": self.annexe.slug}, {"room": self.annexe.pk}],
            "forums:split": [{"posts": one, "title": "Apart"} for one in replies[:3]],
            "forums:post-react": [{"kind": "too"}, {"kind": "not-agree"}],
            "forums:post-edit": [{"body": "Otherwise", "version": "1"}],
            "forums:post-withdraw": [{}],
            "forums:post-put-back": [{}],
            "forums:post-sanction": [
                {"action": one, "ground": "charter", "facts": "So it was.", "until": "2099-01-01"}
                for one in ("muted", "suspended")
            ],
            "forums:case": [
                {"action": one, "ground": "charter", "facts": "So it was."} for one in ("warned", "removed")
            ],
            "forums:decision-undo": [{"facts": "It was a mistake."}],
            "forums:summary": [{"body": "In short", "version": "0"}],
            "forums:report": [{"ground": "charter", "note": "No."}],
        }.get(name, [])

    def _names(self) -> list[str]:
        return [person.name.split()[0] for person in self.asked_about]

    def _keys(self, reader: User | None, name: str, part: str) -> list[Any]:
        people = [person.uid for person in self.asked_about]
        if part == "slug":
            return ["malmo", "augsburg"] if name.startswith("accounts:") else [self.room.slug]
        if part == "kind":
            return ["post", "item"]
        if part == "uid" and name.startswith("accounts:"):
            return people
        posts = [post.uid for post in self._shown()]
        discussions = list(Thread.objects.filter(chatham=True).order_by("pk").values_list("uid", flat=True))
        uids = [*discussions, *(posts if name == "forums:report" else [])]
        for start, rows in self._made(reader).items():
            if name.startswith(start):
                uids = list(rows.order_by("pk").values_list("uid", flat=True)[:5])
        return {"uid": uids, "item": discussions, "post": posts, "person": people}.get(part, [])

    def _shown(self) -> list[Post]:
        """Those with which most happened, one of each kind: the rest stand on the same pages."""
        posts = self.posts
        kinds = {
            (post.state, post.withdrawn_at is None, post.edited_at is None, post.thread_id): post for post in posts
        }
        return list({post.pk: post for post in (posts[0], *list(kinds.values())[:5])}.values())

    def _made(self, reader: User | None) -> dict[str, QuerySet[Any]]:
        """By the beginning of a door's name, the rows that have a key of their own."""
        return {
            "forums:case": Case.objects.all(),
            "forums:decision": Decision.objects.all(),
            "forums:appeal": Appeal.objects.all(),
            "forums:proposal": Proposal.objects.all(),
            "forums:undo": Change.objects.all(),
            "exchange:document": Document.objects.filter(pk=self.document.pk),
            "network:notification": Notification.objects.filter(user=reader),
        }


def _letter(letter: Any) -> tuple[Any, ...]:
    """All of a letter but what is drawn when it is sent."""
    names = (letter.from_email, letter.reply_to, letter.cc, letter.bcc, sorted(letter.extra_headers.items()))
    return (letter.subject, letter.body, *names, [tuple(one) for one in getattr(letter, "alternatives", ())])


def differences(one: Fetched, other: Fetched) -> dict[str, Any]:
    """Where two worlds can be told apart, and by what."""
    return {
        where: (one.get(where), other.get(where))
        for where in sorted(set(one) | set(other))
        if one.get(where) != other.get(where)
    }


def told(found: dict[str, Any]) -> str:
    """The differences, for whoever has to mend them: the first lines that are not the same."""
    lines = []
    for where, (one, other) in found.items():
        pairs = itertools.zip_longest(_lines(one), _lines(other), fillvalue="")
        lines.append(f"{where}\n" + "\n".join([f"  - {a}\n  + {b}" for a, b in pairs if a != b][:4]))
    return "\n".join(lines)


def _lines(fetched: Any) -> list[str]:
    if not isinstance(fetched, tuple):
        return [repr(fetched)]
    status, headers, content = fetched
    return [str(status), *(f"{key}: {value}" for key, value in headers), *content.splitlines()]
