"""Bytes as they lie in the store: once, however often and in however many rooms they were shared."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from network import clock


class Blob(models.Model):
    """The bytes of one or more versions. They never change; their row goes with the last version that has them.

    Nobody is told whether bytes were there before: what is shared again is received and digested again.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    # Where they lie in the store: an opaque name that nothing on the web leads to.
    path = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.sha256[:12]
