"""Captions: what is said in a film or a recording, in words with times, in one language."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.documents import Version
from network import clock
from network.models.people import User


class Caption(models.Model):
    """The captions of one version in one language. They go with it, and no newer version has them by itself."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(_("language"), max_length=8)
    # WebVTT as `exchange.captions` writes it: never a line of what was sent.
    text = models.TextField()
    cues = models.PositiveIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("captions")
        verbose_name_plural = _("captions")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="captions_once_per_language"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.language}"
