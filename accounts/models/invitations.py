"""How somebody comes: by an invitation that a person gave."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import Membership, Partner, User
from network.models.rooms import Room

VALID_FOR = timedelta(days=14)


def two_weeks_on() -> datetime:
    """When an invitation given now runs out."""
    return clock.now() + VALID_FOR


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by what has become of them."""

    def open(self) -> Self:
        """Neither accepted, nor withdrawn, nor run out."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now())


class Invitation(models.Model):
    """An offer to one address: to take part for a partner, or as a guest of one room.

    The link is made of `uid` and `nonce` and signed; sending it again makes a new nonce, so that
    only the newest link opens.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254)
    # As whoever invites knows them; they choose their own when they come.
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language of the letter"), max_length=8, default="en")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations")
    role = models.CharField(_("role"), max_length=16, choices=Membership.Role, default=Membership.Role.MEMBER)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    # When the membership or the place that comes of it ends.
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(default=two_weeks_on)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(partner__isnull=False, room__isnull=True)
                | Q(partner__isnull=True, room__isnull=False, until__isnull=False),
                name="invited_to_a_partner_or_as_a_dated_guest",
            )
        ]

    def __str__(self) -> str:
        return self.email
