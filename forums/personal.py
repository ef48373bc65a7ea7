"""What of a person is in talk: discussions they began, posts and messages they wrote. Never what others answered."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forums.models import ChatMessage, Post, Thread
from forums.models.threads import Seen
from network.labels import Label
from network.models.people import User
from network.personal import Row, exempt, register_personal


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_personal(
        "discussions",
        _("discussions begun"),
        # Talk about an item bears the title of that item, which is its author's.
        rows=lambda person: Thread.objects.filter(author=person, parent=None).select_related("partner").order_by("pk"),
        show=_thread,
        covers=["network.Item.author"],
        alone=_alone,
        nameless=lambda person: Q(chatham=True),
    )
    register_personal(
        "posts",
        _("posts and comments"),
        rows=lambda person: Post.objects.filter(author=person).select_related("thread", "partner").order_by("pk"),
        show=_post,
        covers=["forums.Post.author"],
        restricted=_restricted,
        nameless=lambda person: Q(thread__chatham=True),
    )
    register_personal(
        "messages",
        _("chat messages"),
        rows=lambda person: ChatMessage.objects.filter(author=person).select_related("partner").order_by("pk"),
        show=_message,
        covers=["forums.ChatMessage.author"],
    )
    register_personal(
        "announcements-seen",
        _("announcements seen"),
        rows=lambda person: Seen.objects.filter(user=person).select_related("thread").order_by("pk"),
        show=lambda row: {"address": row.thread.get_absolute_url(), "at": row.at},
        covers=["forums.Seen.user"],
        erase=_forget_seen,
    )
    because = "The decision of a moderator; the trail has it, and the trail is exported."
    exempt(because, "forums.ChatMessage.decided_by", "forums.Post.decided_by", "forums.Thread.locked_by")


def _alone(person: User) -> Any:
    """Discussions in which nobody else has written, removed posts included."""
    others = Post.objects.filter(thread=OuterRef("pk")).exclude(author=person)
    return Thread.objects.filter(~Exists(others), author=person, parent=None)


def _forget_seen(person: User) -> None:
    Seen.objects.filter(user=person).delete()


def _restricted(person: User) -> bool:
    tight = Q(thread__tlp__gte=Label.AMBER_STRICT) | Q(thread__parent__tlp__gte=Label.AMBER_STRICT)
    return Post.objects.filter(tight, author=person).exists()


def _thread(row: Thread) -> Row:
    return {
        "address": row.get_absolute_url(),
        "title": row.title,
        "partner": row.partner.name if row.partner else None,
        "label": row.label.word,
        "state": row.state,
        "chatham_house_rule": row.chatham,
        "language": row.language,
        "created_at": row.created_at,
    }


def _post(row: Post) -> Row:
    return {
        "address": reverse("forums:post", args=[row.thread.uid, row.uid]),
        "partner": row.partner.name if row.partner else None,
        "state": row.state,
        "language": row.language,
        "at": row.at,
        "body": row.body,
    }


def _message(row: ChatMessage) -> Row:
    return {
        "id": row.uid,
        "partner": row.partner.name if row.partner else None,
        "state": row.state,
        "at": row.at,
        "body": row.body,
    }
