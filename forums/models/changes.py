"""What was done with a discussion as a whole, and how it was before, so that it can be undone for a day."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from forums.models.cases import Decision
from forums.models.threads import Thread
from forums.querysets import ChangeQuerySet
from network import clock
from network.models.people import User
from network.models.rooms import Room

UNDOABLE_FOR = timedelta(days=1)


class Change(models.Model):
    """One thing that a moderator, or whoever began it, did with a discussion. Kept; an undoing is written beside it."""

    class Kind(models.TextChoices):
        """What was done."""

        PINNED = "pinned", _("pinned")
        UNPINNED = "unpinned", _("taken off the top of the list")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("opened again")
        MOVED = "moved", _("moved to another room")
        SPLIT = "split", _("split in two")
        MERGED = "merged", _("joined to another")
        PURPOSE = "purpose", _("made a question, or a discussion again")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="changes")
    # What a part of it became, or what it was joined to.
    other = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    # Where it was moved to.
    to_room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # Whether they did it as a moderator, or to what they had begun.
    by_moderator = models.BooleanField(default=True)
    # Where moderators decided it about what somebody wrote, with reasons that its author reads.
    decision = models.OneToOneField(Decision, on_delete=models.SET_NULL, null=True, related_name="change")
    reason = models.CharField(max_length=500, blank=True)
    # How it was before: keys and numbers, and the words with which it had been closed.
    before = models.JSONField(default=dict)
    # How many replies were taken along.
    posts = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change to a discussion")
        verbose_name_plural = _("changes to discussions")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["room", "-at"])]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.kind}"

    @property
    def is_fresh(self) -> bool:
        """Whether it can still be undone."""
        return self.undone_at is None and clock.now() < self.at + UNDOABLE_FOR

    @property
    def group(self) -> set[str]:
        """The kinds that undo one another: of these the newest is undone first."""
        return next(kinds for kinds in GROUPS if self.kind in kinds)


GROUPS: tuple[set[str], ...] = (
    {Change.Kind.PINNED, Change.Kind.UNPINNED},
    {Change.Kind.CLOSED, Change.Kind.REOPENED},
    {Change.Kind.MOVED, Change.Kind.SPLIT, Change.Kind.MERGED},
    {Change.Kind.PURPOSE},
)
