"""What is said in a room's chat. Each message stands in the room's log under a number of its own."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.items import State
from network.models.people import Partner, User
from network.models.rooms import Room
from network.permissions import Level, where_allowed

if TYPE_CHECKING:
    from network.permissions.places import Reader

# Kinds of events in the room's log.
MESSAGE, EDITED, REMOVED = "message", "message_edited", "message_removed"
REACTED, PINNED = "message_reacted", "message_pinned"


class ChatQuerySet(models.QuerySet["ChatMessage"]):
    """Messages: whoever views the room, then the state. A part has no label of its own."""

    def visible_to(self, user: Reader) -> Self:
        """Messages whose words this person may read now. One query.

        Published: who views the room; held: its author and the moderators; removed: the moderators.
        """
        moderated = Q(room__in=where_allowed(user, Level.MODERATE).values("pk"))
        own = Q(author_id=user.pk)
        state = Q(state="published") | (Q(state="held") & (own | moderated)) | (Q(state="removed") & moderated)
        return self.filter(state, room__in=where_allowed(user, Level.VIEW).values("pk"))

    def placed_for(self, user: Reader, *, moderates: bool) -> Self:
        """Of a room that this person views: the messages that have a place in its history.

        What was taken away after all could read it leaves a trace for all; what was held never
        had a place but for its author and the moderators.
        """
        return self if moderates else self.filter(Q(shown_at__isnull=False) | Q(author_id=user.pk))

    def pinned_in(self, room: Room) -> Self:
        """What moderators have pinned of a room that can be read by all there, the newest pin first."""
        return self.filter(room=room, state="published", pinned_at__isnull=False).order_by("-pinned_at", "-pk")

    def held_for(self, user: Reader) -> Self:
        """Held messages of the rooms this person moderates."""
        return self.filter(state="held", room__in=where_allowed(user, Level.MODERATE).values("pk"))


class ChatMessage(models.Model):
    """One message. Its words are kept as written and as they are shown.

    `seq` is its place in the room's log. A message that waits for a moderator takes a number when it
    is said, seen by its author and the moderators alone, and a new one when it is approved, under
    which all see it; its first number is then skipped for everybody.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    seq = models.BigIntegerField(null=True)
    # What its author was told when it was said; a repeated sending is told the same.
    first_seq = models.BigIntegerField(null=True)
    first_held = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="messages")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    # Made by the client, so that what is sent twice is said once.
    client_id = models.UUIDField()
    body = models.TextField()
    # What is shown, made of `body` when it was said, and by which renderer (forums.speech).
    html = models.TextField()
    renderer = models.PositiveSmallIntegerField()
    reply_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="answers")
    state = models.CharField(max_length=12, choices=State, default=State.PUBLISHED)
    at = models.DateTimeField(default=clock.now)
    # When everybody in the room could first read it; null while it is held, and if it never was.
    shown_at = models.DateTimeField(null=True)
    # Since when moderators have it among what is pinned.
    pinned_at = models.DateTimeField(null=True)
    # How many thank for it and agree (ChatReaction).
    thanks = models.PositiveIntegerField(default=0)
    agreed = models.PositiveIntegerField(default=0)
    # When its author last gave it other words, and when they took it back: then it is removed, by nobody's decision.
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    objects = ChatQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["room", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_per_number"),
            models.UniqueConstraint(fields=["author", "client_id"], name="one_message_per_sending"),
        ]
        # For going to a day.
        indexes = [
            models.Index(fields=["room", "shown_at"], name="messages_by_day"),
            models.Index(fields=["room"], condition=Q(pinned_at__isnull=False), name="messages_pinned"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} #{self.seq}"

    def get_absolute_url(self) -> str:
        """The part of the chat around it; under whichever number it was said, the link goes on leading there."""
        address = reverse("forums:room-chat", args=[self.room.slug])
        return f"{address}?message={self.seq}#message-{self.seq}"


class EarlierWords(models.Model):
    """What a message said until its author changed it. Shown to its author in their export, and to who handles a case
    about it; to nobody in the chat."""

    message = models.ForeignKey(ChatMessage, on_delete=models.CASCADE, related_name="earlier")
    body = models.TextField()
    html = models.TextField()
    # Since when it said this.
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("earlier words of a message")
        verbose_name_plural = _("earlier words of messages")
        ordering = ["message", "-pk"]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.at}"


class ChatReaction(models.Model):
    """One person's answer to a message with one press. The message keeps how many there are; nobody is shown whose."""

    class Kind(models.IntegerChoices):
        """Bits, as those of a post are."""

        THANK = 1, _("Thank")
        AGREE = 2, _("Agree")

    message = models.ForeignKey(ChatMessage, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.PositiveSmallIntegerField(choices=Kind)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("reaction to a message")
        verbose_name_plural = _("reactions to messages")
        constraints = [
            models.UniqueConstraint(fields=["message", "user", "kind"], name="one_chat_reaction_of_a_kind"),
            models.CheckConstraint(condition=models.Q(kind__in=(1, 2)), name="chat_reaction_of_a_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"


# Where a message keeps how many there are.
COUNTED_IN_CHAT = {ChatReaction.Kind.THANK: "thanks", ChatReaction.Kind.AGREE: "agreed"}
