"""Who lets somebody in again who was long away."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.models.people import Membership, User
from network.permissions import NETWORK, Level, allowed, where_allowed
from network.refusals import Forbidden, Unseen


def check_reactivate(by: User, person: User) -> None:
    """Raises Unseen for whose account is open, or closed for good; Forbidden."""
    if person.is_active or person.closed_at is not None or person.asked_at is None:
        raise Unseen
    theirs = Membership.objects.current().filter(user=person, partner__in=where_allowed(by, Level.REPRESENT))
    if not theirs.exists() and not allowed(by, Level.COORDINATE, NETWORK):
        raise Forbidden(_("Only the partner's representatives and the coordinators may do this."))
