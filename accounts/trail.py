"""What the audit trail may say of invitations, requests for access and lists, and whose they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessRequest, Import, Invitation
from accounts.permissions.imports import imports_of
from network.audit import declare_group, register_owner
from network.models.people import User
from network.moments import day_words
from network.permissions import NETWORK, Level, allowed, where_allowed
from network.trail import register_target
from network.trail_words import register_detail


def register_all() -> None:
    """Called once, from the AppConfig."""
    declare_group("accounts", _("partners and people"))
    register_target("invitation", visible=visible_invitations, name=str)
    register_target("accessrequest", visible=visible_requests, name=str)
    # Nobody else looks at what somebody has typed, so nobody else has it named.
    register_target("import", visible=visible_lists, name=called)
    register_detail("rows", _("rows"))
    register_detail("done", _("rows that were done"))
    register_detail("of", _("rows in all"))
    register_owner(theirs)


def visible_lists(user: Any) -> QuerySet[Import]:
    """Their own, without the thousands of rows that stand in them."""
    return imports_of(user).only("uid", "kind", "at")


def called(listing: Import) -> str:
    """A list in the sentences of the trail."""
    words = {
        Import.Kind.PARTNERS: gettext("the list of partners of {day}"),
        Import.Kind.PEOPLE: gettext("the list of people of {day}"),
    }
    return words[Import.Kind(listing.kind)].format(day=day_words(timezone.localdate(listing.at)))


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
