"""What people want to be told of a room or an item. Their own business: nobody else is ever shown who follows what."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.items import Item
from network.models.people import User
from network.models.rooms import Room


class Follow(models.Model):
    """One person's choice for one room or one item. Where there is none, the room's holds, and else NORMAL."""

    class Choice(models.TextChoices):
        """How much one is told."""

        WATCH = "watch", _("all that is new")
        NORMAL = "normal", _("replies to me and comments on what I shared")
        MUTE = "mute", _("nothing")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, related_name="followed_by")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="followed_by")
    choice = models.CharField(max_length=8, choices=Choice)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("choice of what one is told")
        verbose_name_plural = _("choices of what one is told")
        constraints = [
            models.UniqueConstraint(fields=["user", "room"], name="one_choice_per_person_and_room"),
            models.UniqueConstraint(fields=["user", "item"], name="one_choice_per_person_and_item"),
            models.CheckConstraint(
                condition=Q(room__isnull=True, item__isnull=False) | Q(room__isnull=False, item__isnull=True),
                name="choice_is_for_a_room_or_an_item",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.room or self.item}, {self.choice}"
