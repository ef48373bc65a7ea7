"""What people are writing and have not sent yet. Their own business: nobody else is ever shown any of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import User


class Draft(models.Model):
    """The words that somebody has typed into one form, by the names of its fields.

    `key` is the address that the form is sent to, with what it answers; `page` is where it was filled in.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=300)
    page = models.CharField(max_length=300)
    fields = models.JSONField()
    # What was chosen beside them: label, rule, audience.
    choices = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_draft_per_person_and_form")]

    def __str__(self) -> str:
        return f"{self.user}: {self.key}"
