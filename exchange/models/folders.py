"""Folders: where the documents of a room are filed. They say where a thing stands and never who reads it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exchange.querysets import FolderQuerySet
from network import clock
from network.models.people import User
from network.models.rooms import Room


class Folder(models.Model):
    """A folder of a room. Whoever views the room reads its name; what is in it is read by who sees the document."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="folders")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(_("name"), max_length=100)
    # The name without capitals: two that differ in nothing else would be one folder on many a computer.
    key = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = FolderQuerySet.as_manager()

    class Meta:
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        ordering = ["key", "pk"]
        constraints = [
            # At the top there is no parent, and no two of nothing are the same.
            models.UniqueConstraint("room", Coalesce("parent", 0), "key", name="one_folder_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('exchange:documents', args=[self.room.slug])}?folder={self.uid}"
