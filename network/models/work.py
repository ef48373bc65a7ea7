"""Who works in the background. The tasks themselves are rows of the library (network.background)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from network import clock


class WorkerQuerySet(models.QuerySet["Worker"]):
    """Workers by their signs of life."""

    def seen_lately(self, now: datetime) -> Self:
        """Those that count as alive."""
        return self.filter(seen_at__gt=now - timedelta(seconds=settings.LIAISE_WORK_LOST_AFTER))

    def names(self) -> models.QuerySet[Worker, str]:
        """The names by which they claim tasks."""
        return self.values_list("name", flat=True)


class Worker(models.Model):
    """A process that does background work, and when it last gave a sign of life."""

    name = models.CharField(max_length=64, unique=True)
    begun_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.name
