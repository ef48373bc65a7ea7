"""Who opened what is AMBER+STRICT or RED, and when: for its source alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.items import Item
from network.models.people import User


class Opening(models.Model):
    """One person opened one thing, once; what they do again within ten minutes is the same opening."""

    class How(models.TextChoices):
        """What was opened of it."""

        PAGE = "page", _("opened its page")
        READ = "read", _("read it in the browser")
        DOWNLOADED = "downloaded", _("downloaded it")

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="openings")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="openings")
    how = models.CharField(max_length=12, choices=How)
    # Of a document, which of its versions; None where it has none.
    version = models.PositiveIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["item", "-at"]),
            models.Index(fields=["item", "user", "how", "-at"]),
            # What retention removes.
            models.Index(fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.item}"
