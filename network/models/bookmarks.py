"""What somebody wants to find again. Their own business: nobody else is ever shown who has marked what."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.items import Item
from network.models.people import User


class Bookmark(models.Model):
    """One person's mark on one item: a key, so that what it leads to is asked of the gate each time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="bookmarked_by")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = [models.UniqueConstraint(fields=["user", "item"], name="one_bookmark_per_person_and_item")]
        indexes = [models.Index(fields=["user", "-at"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.item}"
