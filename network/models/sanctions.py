"""What moderators keep somebody from for a while: to write in a room, or to be there at all.

The gate reads these rows (`network.permissions.sanctions`); `forums` writes them, with a decision and its reasons. Room
and item are named as strings, since they stand above the gate.
"""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import User


class SanctionQuerySet(models.QuerySet["Sanction"]):
    """Sanctions by time and place."""

    def current(self) -> Self:
        """Those that run now: they end by themselves, or are lifted."""
        now = clock.now()
        return self.filter(since__lte=now, until__gt=now, lifted_at=None)

    def of_rooms(self) -> Self:
        """Those that hold in a whole room; what is decided under the Chatham House Rule holds in its thread alone."""
        return self.filter(item=None)


class Sanction(models.Model):
    """One person, in one room, from an instant until an instant (half-open). Never changed, but for being lifted."""

    class Kind(models.TextChoices):
        MUTE = "mute", _("reads, but writes nothing")
        SUSPENSION = "suspension", _("has no place")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sanctions")
    room = models.ForeignKey("network.Room", on_delete=models.CASCADE, related_name="sanctions")
    # Under the Chatham House Rule: of this thread alone, so that nothing elsewhere tells who the participant is.
    item = models.ForeignKey("network.Item", on_delete=models.CASCADE, null=True, blank=True, related_name="sanctions")
    # The mute of another thread, with which posts went to this one: it ends with that one.
    origin = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies")
    kind = models.CharField(max_length=10, choices=Kind)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(_("until"))
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SanctionQuerySet.as_manager()

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        ordering = ["until", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="sanction_ends_after_it_began"),
            models.CheckConstraint(condition=Q(item=None) | Q(kind="mute"), name="sanction_in_a_thread_is_a_mute"),
        ]
        # What the gate asks in each of its questions: as small as the sanctions that nobody has lifted.
        indexes = [
            models.Index(
                fields=["user", "room", "until"],
                condition=Q(lifted_at=None, item=None),
                name="sanction_of_person_in_rooms",
            ),
            models.Index(
                fields=["room", "user", "until"],
                condition=Q(lifted_at=None, item=None),
                name="sanction_in_room_of_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"
