"""What somebody asks about a thing that is shared: that its source shares it more widely, that it is made public."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, Q, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.items import Item
from network.models.people import User
from network.permissions.places import coordinating
from network.permissions.prepared import prepared
from network.permissions.sources import source_rule
from network.querysets import is_assured

if TYPE_CHECKING:
    from network.permissions.places import Reader


class ItemRequestQuerySet(models.QuerySet["ItemRequest"]):
    """Requests as one person may know of them."""

    def concerning(self, user: Reader) -> Self:
        """Those that this person made, or may answer where they see what they are about. For what asks that itself."""
        if user.pk is None:
            return self.none()
        return self.filter(Q(user=user.pk) | _answered_by(user))

    def visible_to(self, user: Reader) -> Self:
        """Those about what this person sees now, that they made or may answer. One query."""
        return self.none() if user.pk is None else self.filter(pk__in=_visible(user, *_seeing(user)))

    def waiting_for(self, user: User) -> Self:
        """The open ones that this person may answer. One query."""
        return self.filter(pk__in=_waiting(user, *_seeing(user)))

    def open(self) -> Self:
        """Those that nobody has answered or taken back."""
        return self.filter(settled_at=None)


def _answered_by(user: Reader) -> Q:
    coordinates = Q(kind=ItemRequest.Kind.RELEASE) & Q(Exists(coordinating(user.pk or 0)))
    return (Q(kind=ItemRequest.Kind.WIDER) & source_rule(user, "item__")) | coordinates


def _seeing(user: Reader) -> tuple[bool, bool]:
    """What the sight of an item rests on besides its reader: their session's second factor, and who demands it."""
    return is_assured(user), settings.LIAISE_REQUIRE_MFA


@prepared
def _visible(user_id: int, assured: bool, _mfa: bool) -> QuerySet:
    seen = Item.objects.seen_inside_by(User(pk=user_id), assured=assured).order_by().values("pk")
    return ItemRequest.objects.concerning(User(pk=user_id)).filter(item__in=seen).values("pk")


@prepared
def _waiting(user_id: int, assured: bool, _mfa: bool) -> QuerySet:
    seen = Item.objects.seen_inside_by(User(pk=user_id), assured=assured).order_by().values("pk")
    rows = ItemRequest.objects.open().filter(_answered_by(User(pk=user_id)), item__in=seen)
    return rows.exclude(user=user_id).values("pk")


class ItemRequest(models.Model):
    """One question about one item, and its answer. Seen by who asked and by those who may answer, as long as all see
    the item."""

    class Kind(models.TextChoices):
        WIDER = "wider", _("wider sharing")
        RELEASE = "release", _("the public site")

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("done")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("no longer asked")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="requests")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="item_requests")
    note = models.CharField(_("why"), max_length=500, blank=True)
    for_whom = models.CharField(_("for whom"), max_length=200, blank=True)
    # Of a proposal, which version is to be made public.
    version = models.PositiveIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = ItemRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about an item")
        verbose_name_plural = _("requests about items")
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["item", "settled_at"])]
        constraints = [
            # No partial indexes, for the reason that Partner gives.
            models.UniqueConstraint(
                Case(When(settled_at__isnull=True, then="item")),
                "user",
                "kind",
                name="one_open_request_per_person_and_item",
            ),
            models.UniqueConstraint(
                Case(When(kind="release", settled_at__isnull=True, then="item")), name="one_open_proposal_per_item"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.item}"

    def get_absolute_url(self) -> str:
        return reverse("network:item-request", args=[self.uid])

    @property
    def is_proposal(self) -> bool:
        return self.kind == self.Kind.RELEASE
