"""The store of grants: django-guardian's object permissions with real foreign keys to the room.

guardian keeps the rows; only `network.permissions` asks and writes them. The room is named as a
string, since rooms stand above the gate.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from network import clock
from network.models.people import current


class GrantQuerySet(models.QuerySet):
    """Grants by time."""

    def current(self) -> Self:
        """Those that run now."""
        return self.filter(current())


class Dated(models.Model):
    """From an instant until an instant; half-open, so that nobody holds two levels at the seam."""

    since = models.DateTimeField(_("since"), default=clock.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True


class PersonGrant(Dated, UserObjectPermissionBase):
    """A person's own level in a room."""

    content_object = models.ForeignKey("network.Room", on_delete=models.CASCADE, related_name="person_grants")
    # How many days before the end the person was last told of it.
    warned = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = GrantQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("grant to a person")
        verbose_name_plural = _("grants to people")
        constraints = [
            models.UniqueConstraint(fields=["user", "content_object"], name="one_grant_per_person_and_room"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="person_grant_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.permission.codename}"


class PartnerGrant(Dated, GroupObjectPermissionBase):
    """A partner's level in a room, held by its group: all its current members have it."""

    content_object = models.ForeignKey("network.Room", on_delete=models.CASCADE, related_name="partner_grants")

    objects = GrantQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("grant to a partner")
        verbose_name_plural = _("grants to partners")
        constraints = [
            models.UniqueConstraint(fields=["group", "content_object"], name="one_grant_per_partner_and_room"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="partner_grant_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.permission.codename}"
