"""Decisions that moderators have made ready, to begin others with."""

from __future__ import annotations

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forums.models.cases import Action, Ground
from network import clock
from network.models.people import User
from network.models.rooms import Room


class SavedDecision(models.Model):
    """What is done, the rule and the facts, as a form begins with them. Of one room, or without one of all."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, related_name="saved_decisions")
    title = models.CharField(_("title"), max_length=100)
    action = models.CharField(_("what is done"), max_length=10, choices=Action)
    ground = models.CharField(_("rule breached"), max_length=12, choices=Ground, blank=True)
    facts = models.TextField(_("facts"), max_length=2000)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("saved decision")
        verbose_name_plural = _("saved decisions")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("forums:saved-decision", args=[self.uid])
