"""What is carried in and out of the network: a person's own export, an import of partners and people."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import User


class Export(models.Model):
    """Everything of one person's own, as one ZIP, made in the background and gone after 48 hours."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    asked_at = models.DateTimeField(default=clock.now)
    # How far it is: parts made, of how many.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user}: {self.asked_at:%Y-%m-%d}"


class Import(models.Model):
    """A list of partners or people that was read from a file: shown row by row first, then carried out."""

    class Kind(models.TextChoices):
        PARTNERS = "partners", _("partners")
        PEOPLE = "people", _("people")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    # One dict a row (`accounts.outcomes`); emptied when it has been carried out.
    rows = models.JSONField(default=list)
    # How the file was read: the encoding, and the names of columns that were left aside.
    encoding = models.CharField(max_length=20, blank=True)
    ignored = models.JSONField(default=list, blank=True)
    # Somebody had it carried out: how many rows that is, and how many are done by now.
    begun_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    # What became of the rows: outcome → how many; and [line, reason] of each that was refused.
    outcomes = models.JSONField(default=dict, blank=True)
    refused = models.JSONField(default=list, blank=True)
    # Why it was given up half-way.
    stopped = models.CharField(max_length=300, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.at:%Y-%m-%d}"
