"""The charter and the privacy notice: versioned texts, and who has accepted which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import User


class LegalText(models.Model):
    """One version of a text that everybody accepts before they go on. Versions are never changed."""

    class Kind(models.TextChoices):
        CHARTER = "charter", _("charter")
        PRIVACY = "privacy", _("privacy notice")

    kind = models.CharField(max_length=12, choices=Kind)
    version = models.PositiveIntegerField()
    body = models.TextField(_("text"), max_length=50000)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("text to accept")
        verbose_name_plural = _("texts to accept")
        ordering = ["kind", "-version"]
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="one_text_per_version")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class Acceptance(models.Model):
    """A person accepted one version of a text."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="acceptances")
    text = models.ForeignKey(LegalText, on_delete=models.PROTECT, related_name="acceptances")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        constraints = [models.UniqueConstraint(fields=["user", "text"], name="accepted_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.text}"
