"""What of a person is in talk: discussions they began, posts and messages they wrote. Never what others answered."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forums.models import (
    ChatMessage,
    ChatReaction,
    Decision,
    Mention,
    Poll,
    Post,
    Reaction,
    Reading,
    Report,
    RoomReading,
    Summary,
    Thread,
    Voted,
)
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
        rows=lambda person: (
            Post.objects.filter(author=person)
            .select_related("thread", "partner")
            .prefetch_related("revisions")
            .order_by("pk")
        ),
        show=_post,
        covers=["forums.Post.author"],
        restricted=_restricted,
        nameless=lambda person: Q(thread__chatham=True),
    )
    register_personal(
        "mentions",
        _("where I was mentioned"),
        # Who was not told has not learned of it, and does not by an export.
        rows=lambda person: (
            Mention.objects.filter(user=person, told_at__isnull=False).select_related("post__thread").order_by("pk")
        ),
        show=lambda row: {
            "address": reverse("forums:post", args=[row.post.thread.uid, row.post.uid]),
            "told_at": row.told_at,
        },
        covers=["forums.Mention.user"],
        erase=_forget_mentions,
        nameless=lambda person: Q(post__thread__chatham=True),
    )
    register_personal(
        "messages",
        _("chat messages"),
        rows=lambda person: (
            ChatMessage.objects.filter(author=person)
            .select_related("partner")
            .prefetch_related("earlier")
            .order_by("pk")
        ),
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
    register_personal(
        "discussions-read",
        _("discussions read"),
        rows=lambda person: Reading.objects.filter(user=person).select_related("thread").order_by("pk"),
        show=lambda row: {"address": row.thread.get_absolute_url(), "posts": row.numbers, "at": row.at},
        covers=["forums.Reading.user"],
        erase=_forget_reading,
        nameless=lambda person: Q(thread__chatham=True),
    )
    register_personal(
        "rooms-read",
        _("rooms marked as read"),
        rows=lambda person: RoomReading.objects.filter(user=person).select_related("room").order_by("pk"),
        show=lambda row: {"address": row.room.get_absolute_url(), "at": row.at},
        covers=["forums.RoomReading.user"],
        erase=_forget_rooms_read,
    )
    register_personal(
        "reactions",
        _("what I thanked for, agreed with or do too"),
        rows=lambda person: (
            Reaction.objects.filter(user=person).select_related("post__thread", "partner").order_by("pk")
        ),
        show=_reaction,
        covers=["forums.Reaction.user"],
        nameless=lambda person: Q(post__thread__chatham=True),
    )
    register_personal(
        "chat-reactions",
        _("what I thanked for or agreed with in chats"),
        rows=lambda person: ChatReaction.objects.filter(user=person).select_related("message").order_by("pk"),
        show=lambda row: {
            "message": row.message.uid,
            "kind": ChatReaction.Kind(row.kind).name.lower(),
            "at": row.at,
        },
        covers=["forums.ChatReaction.user"],
    )
    register_personal(
        "summaries",
        _("summaries of discussions"),
        rows=lambda person: Summary.objects.filter(author=person).select_related("thread", "partner").order_by("pk"),
        show=_summary,
        covers=["forums.Summary.author"],
        restricted=lambda person: Summary.objects.filter(_tight("thread"), author=person).exists(),
        nameless=lambda person: Q(thread__chatham=True),
    )
    register_personal(
        "polls",
        _("votes that I asked for"),
        rows=lambda person: Poll.objects.filter(author=person).select_related("post__thread").order_by("pk"),
        show=_poll,
        covers=["forums.Poll.author"],
        restricted=lambda person: Poll.objects.filter(_tight("post__thread"), author=person).exists(),
        nameless=lambda person: Q(post__thread__chatham=True),
    )
    register_personal(
        "votes",
        _("votes that I cast"),
        rows=lambda person: (
            Voted.objects.filter(by=person).select_related("poll__post__thread", "partner", "ballot").order_by("pk")
        ),
        show=_vote,
        covers=["forums.Voted.by", "forums.Voted.person"],
        nameless=lambda person: Q(poll__post__thread__chatham=True),
    )
    register_personal(
        "reports",
        _("what I reported"),
        rows=lambda person: Report.objects.filter(by=person).select_related("case").order_by("pk"),
        show=_report,
        covers=["forums.Report.by"],
        nameless=lambda person: Q(case__item__chatham=True),
    )
    register_personal(
        "decisions",
        _("decisions of moderators about what I wrote"),
        rows=lambda person: (
            Decision.objects.visible_to(person).select_related("case", "appeal", "sanction").order_by("pk")
        ),
        show=_decision,
        covers=["forums.Case.author"],
        nameless=lambda person: Q(case__item__chatham=True),
    )
    because = "The decision of a moderator; the trail has it, and the trail is exported."
    exempt(because, "forums.ChatMessage.decided_by", "forums.Post.decided_by", "forums.Thread.locked_by")
    exempt(because, "forums.Change.by", "forums.Change.undone_by")
    exempt(because, "forums.Case.handler", "forums.Decision.by", "forums.Appeal.handler", "forums.Appeal.decided_by")
    exempt(because, "forums.Decision.second", "forums.Proposal.by", "forums.Proposal.settled_by")
    because = "Who set up how a room is moderated; the trail has it, and the trail is exported."
    exempt(because, "forums.Rule.by", "forums.SavedDecision.by")
    exempt("Whose profile a case is about is its author too.", "forums.Case.person")


def _alone(person: User) -> Any:
    """Discussions in which nobody else has written, removed posts included."""
    others = Post.objects.filter(thread=OuterRef("pk")).exclude(author=person)
    return Thread.objects.filter(~Exists(others), author=person, parent=None)


def _forget_seen(person: User) -> None:
    Seen.objects.filter(user=person).delete()


def _forget_mentions(person: User) -> None:
    Mention.objects.filter(user=person).delete()


def _forget_reading(person: User) -> None:
    Reading.objects.filter(user=person).delete()


def _forget_rooms_read(person: User) -> None:
    RoomReading.objects.filter(user=person).delete()


def _restricted(person: User) -> bool:
    return Post.objects.filter(_tight("thread"), author=person).exists()


def _tight(thread: str) -> Q:
    strict = Label.AMBER_STRICT
    return Q(**{f"{thread}__tlp__gte": strict}) | Q(**{f"{thread}__parent__tlp__gte": strict})


def _reaction(row: Reaction) -> Row:
    return {
        "address": row.post.get_absolute_url(),
        "partner": row.partner.name if row.partner else None,
        "kind": Reaction.Kind(row.kind).name.lower(),
        "at": row.at,
    }


def _summary(row: Summary) -> Row:
    return {
        "address": row.thread.get_absolute_url(),
        "partner": row.partner.name if row.partner else None,
        "language": row.language,
        "at": row.at,
        "body": row.body,
    }


def _poll(row: Poll) -> Row:
    return {"address": row.get_absolute_url(), "question": row.question, "answers": row.options, "at": row.at}


def _vote(row: Voted) -> Row:
    """That they voted; and where that was open, which answers by their number: the words are of who asked."""
    ballot = getattr(row, "ballot", None)
    return {
        "address": row.poll.get_absolute_url(),
        "partner": row.partner.name if row.partner else None,
        "answers": [number + 1 for number in ballot.choices] if ballot else None,
        "at": row.at,
    }


def _report(row: Report) -> Row:
    return {"case": row.case.number, "what_is_wrong": row.ground, "note": row.note, "at": row.at}


def _decision(row: Decision) -> Row:
    return {
        "case": row.case.number,
        "address": row.get_absolute_url(),
        "decision": row.action,
        "rule": row.ground,
        "facts": row.facts,
        "at": row.at,
        "until": row.until,
        "appeal": row.appeal.text if hasattr(row, "appeal") else None,
    }


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
        "before_it_was_changed": [{"at": one.at, "body": one.body} for one in row.revisions.all()],
    }


def _message(row: ChatMessage) -> Row:
    return {
        "id": row.uid,
        "partner": row.partner.name if row.partner else None,
        "state": row.state,
        "at": row.at,
        "body": row.body,
        "before_it_was_changed": [{"at": one.at, "body": one.body} for one in row.earlier.all()],
    }
