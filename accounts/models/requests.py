"""Somebody whom nobody invited asks to take part."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.invitations import Invitation
from network import clock
from network.models.people import Partner, User


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    """Requests by what has become of them."""

    def open(self) -> Self:
        """Those that nobody has answered yet."""
        return self.filter(settled_at=None)


class AccessRequest(models.Model):
    """A stranger, or somebody whom a partner's identity provider vouches for, asks for an account.

    The partner's representatives answer, or a coordinator; without a partner, a coordinator. A yes is an invitation.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=120)
    function = models.CharField(_("function"), max_length=160, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    partner = models.ForeignKey(
        Partner, on_delete=models.CASCADE, null=True, blank=True, related_name="access_requests"
    )
    note = models.TextField(_("why"), max_length=1000, blank=True)
    # Whether the partner's own identity provider has vouched for the address.
    vouched = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    invitation = models.OneToOneField(
        Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="asked_for"
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for access")
        verbose_name_plural = _("requests for access")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["partner", "settled_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=False) | Q(settled_by__isnull=True, invitation__isnull=True),
                name="request_is_answered_when_it_is_settled",
            )
        ]

    def __str__(self) -> str:
        return self.email
