"""Archives that are shared as what is in them: what was sent, how far it is, and what became of each file."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exchange.models.documents import Document
from exchange.models.folders import Folder
from network import clock
from network.labels import Label
from network.models.people import User
from network.models.rooms import Room

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Unpacking(models.Model):
    """One archive that somebody has sent, unpacked in the background. Nobody else looks at it."""

    # The key of the form, so that the same form sent twice is one unpacking.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    folder = models.ForeignKey(Folder, on_delete=models.SET_NULL, null=True, related_name="+")
    tlp = models.PositiveSmallIntegerField(_("label"), choices=Label)
    # What else the form said of all its files, in keys (exchange.actions.unpacking); emptied at the end.
    settings = models.JSONField(default=dict)
    # Where the archive lies in the store; "" when it is unpacked.
    path = models.CharField(max_length=120, blank=True)
    # A digest of the archive and all that was said with it: what tells a retry from another sending.
    sent = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)
    # When it last went on.
    moved_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        files: RelatedManager[UnpackedFile]

    class Meta:
        verbose_name = _("archive that is unpacked")
        verbose_name_plural = _("archives that are unpacked")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["at"]), models.Index(fields=["ended_at"])]

    def __str__(self) -> str:
        return f"{self.room}: {self.at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """The page that says how far it is."""
        return reverse("exchange:unpacking", args=[self.room.slug, self.uid])

    @property
    def keeps_folders(self) -> bool:
        """Whether its files stand in the folders of the archive; above AMBER their names would go further than they."""
        return self.tlp <= Label.AMBER


class UnpackedFile(models.Model):
    """One file of an archive, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("waits")
        SHARED = "shared", _("shared")
        LEFT_OUT = "left_out", _("left out")

    unpacking = models.ForeignKey(Unpacking, on_delete=models.CASCADE, related_name="files")
    # Which it is in the archive, and its path there as it may be shown.
    number = models.PositiveIntegerField()
    shown = models.CharField(max_length=200)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    # Why it was left out, or what keeps it waiting.
    reason = models.CharField(max_length=500, blank=True)
    document = models.ForeignKey(Document, on_delete=models.SET_NULL, null=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("file of an archive")
        verbose_name_plural = _("files of an archive")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["unpacking", "number"], name="one_outcome_per_file")]

    def __str__(self) -> str:
        return self.shown
