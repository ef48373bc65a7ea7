"""What notices about partners speak of, shown to each reader as far as they may know it.

A notice of a suspension is about its reader and this: whoever is shut out is told so, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.actions.hand_over import HAND_OVER
from accounts.actions.standing import STANDING
from network.models.people import Membership
from network.models.standing import HandOver, StatusChange
from network.parts import register_part
from network.permissions import Level, partners_seen_by, where_allowed
from network.permissions.places import Reader


def register_all() -> None:
    """Called from the package."""
    register_part(STANDING, visible=visible_changes, show=show_changes)
    register_part(HAND_OVER, visible=visible_hand_overs, show=show_hand_overs)


def visible_changes(user: Reader) -> QuerySet[StatusChange]:
    """Of the partners that this person represented when it happened, also those that stand no more."""
    then = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=OuterRef("since")),
        user=user.pk,
        partner=OuterRef("partner"),
        role=Membership.Role.REPRESENTATIVE,
        since__lte=OuterRef("since"),
    )
    return StatusChange.objects.filter(Exists(then))


def show_changes(user: Reader, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Partner, status and reason; the way to the partner's page where the reader may open it."""
    rows = list(visible_changes(user).filter(pk__in=ids).select_related("partner", "by"))
    seen = partners_seen_by(user).filter(pk__in=[row.partner_id for row in rows]) if rows else ()
    pages = {partner.pk: partner.get_absolute_url() for partner in seen}
    return {
        row.pk: {
            "excerpt": f"{row.partner.short_name}: {row.get_status_display()}. {row.reason}".strip(),
            "url": pages.get(row.partner_id, reverse("home")),
            "author": row.by.name if row.by else "",
            "at": row.since,
        }
        for row in rows
    }


def visible_hand_overs(user: Reader) -> QuerySet[HandOver]:
    """All, to whoever represents a partner now: members know of every partner."""
    speaking = Membership.objects.effective().filter(user=user.pk, role=Membership.Role.REPRESENTATIVE)
    return HandOver.objects.filter(Exists(speaking))


def show_hand_overs(user: Reader, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The partner; the way to the hand-over for those whose it is, else to what the partner shared."""
    rows = list(visible_hand_overs(user).filter(pk__in=ids).select_related("partner", "begun_by"))
    own = set(where_allowed(user, Level.REPRESENT).values_list("pk", flat=True)) if rows else set()
    return {
        row.pk: {
            "excerpt": row.partner.name,
            "url": reverse("accounts:hand-over", args=[row.partner.slug])
            if row.partner_id in own and row.done_at is None
            else row.partner.get_absolute_url(),
            "author": row.begun_by.name if row.begun_by else "",
            "at": row.begun_at,
        }
        for row in rows
    }
