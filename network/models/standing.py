"""How the standing of partners and people came about: status history, hand-overs, mandates."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import Partner, User, current


class StatusChange(models.Model):
    """A partner had a status from an instant on; the newest is repeated in the partner itself."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="history")
    status = models.CharField(max_length=12, choices=Partner.Status)
    since = models.DateTimeField(default=clock.now)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("change of status")
        verbose_name_plural = _("changes of status")
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return f"{self.partner}: {self.status}"


class HandOver(models.Model):
    """A partner leaves: until it is done, each thing that it keeps open finds a successor or is archived."""

    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="hand_over")
    begun_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")

    def __str__(self) -> str:
        return str(self.partner)


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Mandates by time."""

    def current(self) -> Self:
        """Those that run now."""
        return self.filter(current())

    def unended(self) -> Self:
        """Those that run now or will."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))


class Mandate(models.Model):
    """Something that a coordinator lets one person do for the whole network, from an instant until an instant."""

    class Kind(models.TextChoices):
        CONVENE = "convene", _("may open rooms")
        OPERATE = "operate", _("hosts the network")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mandates")
    kind = models.CharField(max_length=12, choices=Kind)
    since = models.DateTimeField(_("since"), default=clock.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="mandate_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}"
