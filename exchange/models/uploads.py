"""Files on their way here, in pieces: what has been acknowledged stays, until it is shared or too old."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import User


class Upload(models.Model):
    """One file that somebody is sending. Nobody else sees it; shared, it becomes a version and is gone.

    Its bytes lie in the folder for uploads under its uid. As many of them as `received` says are on the disk; what
    lies behind them was never acknowledged and is written over.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=150)
    # In which folders it lies where it comes from, from the outside in.
    folders = models.JSONField(default=list, blank=True)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    # When it was begun or last went on; from here it is kept for some days (network.retention).
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("file on its way")
        verbose_name_plural = _("files on their way")
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(received__lte=models.F("size")), name="no_more_than_announced"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        """Its name with the folders before it, so that two of one name are told apart."""
        return "/".join([*self.folders, self.name])

    @property
    def is_whole(self) -> bool:
        """Whether all of it has arrived."""
        return self.received == self.size
