"""What takes two moderators: one proposes it, and it waits until another confirms or declines it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from forums.models.cases import Action, Case, Ground
from forums.querysets import ProposalQuerySet
from network import clock
from network.models.people import User


class Proposal(models.Model):
    """A decision that waits for a second moderator. One at a time for each thing."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="proposals")
    action = models.CharField(
        max_length=10, choices=[(one.value, one.label) for one in (Action.REMOVED, Action.REDACTED)]
    )
    ground = models.CharField(_("rule breached"), max_length=12, choices=Ground, blank=True)
    facts = models.TextField(_("facts"), max_length=2000)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)
    # Nobody, where the case was decided otherwise in the meantime.
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    confirmed = models.BooleanField(null=True)
    answer = models.TextField(_("reasons"), max_length=2000, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(settled_at=None), name="one_waiting_proposal_per_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.action}"

    def get_absolute_url(self) -> str:
        return self.case.get_absolute_url()
