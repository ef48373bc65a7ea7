"""What the audit trail may say of invitations and requests for access, and whose they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessRequest, Invitation
from network.audit import declare_group, register_owner
from network.models.people import User
from network.permissions import NETWORK, Level, allowed, where_allowed
from network.trail import register_target


def register_all() -> None:
    """Called once, from the AppConfig."""
    declare_group("accounts", _("partners and people"))
    register_target("invitation", visible=visible_invitations, name=str)
    register_target("accessrequest", visible=visible_requests, name=str)
    register_owner(theirs)


def visible_invitations(user: Any) -> QuerySet[Invitation]:
    """Those whose address this person may read: of the partners they represent, or given by them; coordinators all.

    An invitation to a room names somebody who may come to it, so it is for whoever gave it, and the room's managers.
    """
    mine = Q(by=user) | Q(partner__in=where_allowed(user, Level.REPRESENT))
    mine |= Q(room__in=where_allowed(user, Level.MANAGE))
    return Invitation.objects.filter(
        mine | Q(partner__isnull=False) if allowed(user, Level.COORDINATE, NETWORK) else mine
    )


def visible_requests(user: Any) -> QuerySet[AccessRequest]:
    """Those whose address this person may read: to the partners they represent; coordinators all."""
    if allowed(user, Level.COORDINATE, NETWORK):
        return AccessRequest.objects.all()
    return AccessRequest.objects.filter(partner__in=where_allowed(user, Level.REPRESENT))


def theirs(person: User) -> Iterable[uuid.UUID]:
    """The invitations to this person's address and the requests from it, for the erasing of details."""
    for rows in (Invitation.objects.all(), AccessRequest.objects.all()):
        yield from rows.filter(email__iexact=person.email).values_list("uid", flat=True)
