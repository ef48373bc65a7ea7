"""What people have read. Keys and numbers alone: what may be read of it is asked of the gate each time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from forums.models.threads import Thread
from network import clock
from network.models.people import User
from network.models.rooms import Room


class Reading(models.Model):
    """What one person has read of one discussion, their own posts included: a set of its numbers (forums.numbers)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readings")
    numbers = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("discussion read")
        verbose_name_plural = _("discussions read")
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="one_reading_per_person_and_thread")]

    def __str__(self) -> str:
        return f"{self.user}: {self.thread}"


class RoomReading(models.Model):
    """Somebody has marked a room as read: what could be read up to then is not new to them.

    One row for however many discussions; `forums.actions.reading` says which of them it speaks for.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("room read")
        verbose_name_plural = _("rooms read")
        constraints = [models.UniqueConstraint(fields=["user", "room"], name="one_reading_per_person_and_room")]

    def __str__(self) -> str:
        return f"{self.user}: {self.room}"
