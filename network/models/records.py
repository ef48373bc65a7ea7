"""What is written down about what happened: audit, notices, mail to send, words to find, room logs.

Nothing here repeats what somebody wrote, but the search index, which is read only through the gate.
What speaks of something carries exactly one of item, room, person, and a part by its key.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.items import Item
from network.models.people import User
from network.models.rooms import Room
from network.querysets import AuditEntryQuerySet


class AuditEntry(models.Model):
    """One thing that somebody did. Append-only: the database itself refuses change and removal.

    No foreign keys, so that the trail never interferes with what it speaks of, and opaque ids
    only; names and texts are in AuditDetail.
    """

    at = models.DateTimeField(default=clock.now, db_index=True)
    verb = models.CharField(max_length=60)
    actor = models.UUIDField(null=True)
    target_kind = models.CharField(max_length=24)
    target = models.UUIDField()
    room = models.UUIDField(null=True)
    partner = models.UUIDField(null=True)
    # SHA-256 over salt and detail, hexadecimal; "" where there is none.
    digest = models.CharField(max_length=64, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["target", "-id"]),
            models.Index(fields=["room", "-id"]),
            models.Index(fields=["actor", "-id"]),
            models.Index(fields=["partner", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class AuditDetail(models.Model):
    """The erasable words of an audit entry: old and new values, a reason."""

    entry = models.BigIntegerField(unique=True)
    salt = models.CharField(max_length=32)
    data = models.JSONField()

    class Meta:
        verbose_name = _("audit detail")
        verbose_name_plural = _("audit details")

    def __str__(self) -> str:
        return str(self.entry)


class AuditSeal(models.Model):
    """A link of the chain over the trail: entry `entry` is number `number`, and nothing before it has changed.

    Written after commit, so that changes need not wait for one another. Append-only, as the trail is.
    """

    number = models.BigIntegerField(unique=True)
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(default=clock.now)
    # SHA-256, hexadecimal, over the seal before and the entry (network.sealing).
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.seal[:12]}"


class AuditCheckpoint(models.Model):
    """Retention removed the beginning of the trail up to this link; the chain goes on from its seal."""

    number = models.BigIntegerField()
    seal = models.CharField(max_length=64)
    removed = models.BigIntegerField()
    until = models.DateTimeField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)


class Retention(models.Model):
    """How long one kind of data is kept; the coordinators set it, a nightly task keeps to it."""

    kind = models.CharField(max_length=40, unique=True)
    days = models.PositiveIntegerField(_("days"))

    class Meta:
        verbose_name = _("retention")
        verbose_name_plural = _("retention")

    def __str__(self) -> str:
        return f"{self.kind}: {self.days}"


class RetentionReport(models.Model):
    """What the nightly task removed of one kind of data."""

    kind = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)
    removed = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("report of retention")
        verbose_name_plural = _("reports of retention")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.removed}"


class About(models.Model):
    """Exactly one of item, room, person; and a part of it by kind and key, where it is a part."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    part_kind = models.CharField(max_length=24, blank=True)
    part_id = models.BigIntegerField(null=True)

    class Meta:
        abstract = True


def about_one(name: str) -> models.CheckConstraint:
    """The constraint that holds About to its word."""
    present = [
        Q(**{f"{one}__isnull": one != wanted for one in ("item", "room", "person")})
        for wanted in ("item", "room", "person")
    ]
    return models.CheckConstraint(condition=present[0] | present[1] | present[2], name=name)


class Notification(About):
    """Somebody is told that something happened. Keys only: the words are asked for when shown."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    by = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"])]
        constraints = [about_one("notification_about_one")]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}"


class Mail(models.Model):
    """One letter to send: the kind of letter and a key, never its words (network.mail)."""

    kind = models.CharField(max_length=24)
    key = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)
    # Not before this instant; moved on by each failed attempt, and while a sender holds it.
    due_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    # It will not be sent: the receiver may no longer see it, or every attempt failed.
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["due_at"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at__isnull=True, dropped_at__isnull=True),
                name="mail_waiting",
            )
        ]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_letter_each")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SearchEntry(models.Model):
    """The words of one published thing, stemmed; found only joined to the gate (network.search).

    An item with no part, a part of an item, or a part of a room (a chat message).
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, related_name="+")
    part_kind = models.CharField(max_length=24, blank=True)
    part_id = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)
    title_words = models.TextField(blank=True)
    words = models.TextField(blank=True)

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [
            models.CheckConstraint(condition=Q(item__isnull=True) ^ Q(room__isnull=True), name="search_about_one"),
            models.UniqueConstraint(
                fields=["item", "part_kind", "part_id"],
                condition=Q(item__isnull=False),
                name="one_entry_per_item_part",
            ),
            models.UniqueConstraint(
                fields=["part_kind", "part_id"],
                condition=Q(room__isnull=False),
                name="one_entry_per_room_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id or self.room_id} {self.part_kind}{self.part_id}"


class RoomEvent(models.Model):
    """The room's log: gap-free numbers, allocated in the transaction that stores the part."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    part_id = models.BigIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("room event")
        verbose_name_plural = _("room events")
        ordering = ["room", "seq"]
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="one_event_per_number")]

    def __str__(self) -> str:
        return f"{self.room_id} #{self.seq}"
