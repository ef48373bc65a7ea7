"""What somebody who closed their account asks of the moderators of a room: to take away what they wrote there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, room_rule

if TYPE_CHECKING:
    from network.permissions.places import Reader


class RedactionQuerySet(models.QuerySet["RedactionRequest"]):
    """Requests as one person may know of them."""

    def visible_to(self, user: Reader) -> Self:
        """Those of the rooms that this person moderates now. One query."""
        return self.filter(room__in=Room.objects.filter(room_rule(user, Level.MODERATE)).order_by().values("pk"))

    def open(self) -> Self:
        """Those that nobody has answered."""
        return self.filter(settled_at=None)


class RedactionRequest(models.Model):
    """One for each room in which something of theirs stays, made with the closing; an account is closed once."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="redaction_requests")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="redaction_requests")
    note = models.CharField(_("what should go, and why"), max_length=500, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # What was answered, while settled: taken away as far as it should go, or left as it is.
    done = models.BooleanField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # For the one letter with the answer: where, in which language, under which name they knew the room. Emptied once
    # the letter has left or was given up, since the account that they were of is gone.
    answer_to = models.EmailField(blank=True)
    answer_in = models.CharField(max_length=8, blank=True)
    known_as = models.CharField(max_length=120, blank=True)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to take away what one wrote")
        verbose_name_plural = _("requests to take away what one wrote")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["room", "user"], name="one_redaction_request_per_person_and_room"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.room}"

    def get_absolute_url(self) -> str:
        return reverse("network:redaction", args=[self.room.slug, self.user.uid])
