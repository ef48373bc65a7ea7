"""Receipts: that a document is to be read by a day, and who says that they have read it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.documents import Document
from network import clock
from network.models.people import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ReadRequest(models.Model):
    """Please read this by that day. It ends by itself when the day is over, in the network's time zone.

    `version` is what is to be read. Where a newer one comes, what was confirmed stands until the asker asks anew.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="read_requests")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    due = models.DateField(_("by"))
    note = models.CharField(_("a word with it"), max_length=300, blank=True)
    version = models.PositiveIntegerField()
    reminded_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        confirmations: RelatedManager[Confirmation]
        first_openings: RelatedManager[FirstOpening]

    class Meta:
        verbose_name = _("request to read")
        verbose_name_plural = _("requests to read")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["due"])]

    def __str__(self) -> str:
        return f"{self.document} {self.due}"

    @property
    def is_open(self) -> bool:
        """Whether its day is not over yet."""
        return self.due >= today()

    @property
    def reminds(self) -> bool:
        """Whether a morning is still to come on which its readers are reminded."""
        return self.reminded_at is None and self.due > today()


class Confirmation(models.Model):
    """Somebody says that they have read it, and which version; the newest that they said so of."""

    request = models.ForeignKey(ReadRequest, on_delete=models.CASCADE, related_name="confirmations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("confirmation of reading")
        verbose_name_plural = _("confirmations of reading")
        constraints = [
            models.UniqueConstraint(fields=["request", "user"], name="one_confirmation_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.version}"


class FirstOpening(models.Model):
    """When somebody who is asked to read a document first opened it, and first had the file itself before them.

    Written only while it is asked, and told to whoever opens it (`_asked.html`).
    """

    request = models.ForeignKey(ReadRequest, on_delete=models.CASCADE, related_name="first_openings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    file_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("first opening by who is asked to read")
        verbose_name_plural = _("first openings by who is asked to read")
        constraints = [
            models.UniqueConstraint(fields=["request", "user"], name="first_opened_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d}"


def today() -> date:
    """The day in the network's time zone."""
    return clock.now().astimezone(ZoneInfo(settings.LIAISE_TIME_ZONE)).date()
