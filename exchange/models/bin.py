"""The bin of a room: documents that somebody put away and may take out again for a while."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.documents import Document
from network import clock
from network.models.items import State


class Binned(models.Model):
    """A document in the bin. While it lies there its state is "removed", so that the gate has nothing new to know."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="binned")
    at = models.DateTimeField(default=clock.now)
    # What it goes back to.
    state_before = models.CharField(max_length=12, choices=State)
    # Put there by a moderator, and not by its author: then a moderator takes it out.
    by_moderator = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("document in the bin")
        verbose_name_plural = _("documents in the bin")
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return str(self.document)
