"""Who may read in lists of partners and people, and take them out."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Import
from accounts.permissions.partners import check_coordinate
from network.models.people import Partner, User
from network.permissions import NETWORK, Level, allowed, where_allowed
from network.refusals import Forbidden


def check_lists(user: User, kind: str) -> None:
    """Lists of partners are the coordinators', lists of people the representatives' too. Raises Forbidden."""
    if kind == Import.Kind.PARTNERS:
        check_coordinate(user)
    elif not partners_with_lists(user).exists():
        raise Forbidden(_("Only representatives and coordinators have lists of people."))


def partners_with_lists(user: User) -> QuerySet[Partner]:
    """The partners whose people this person reads in and takes out: all of them, or those that they represent."""
    if allowed(user, Level.COORDINATE, NETWORK):
        return Partner.objects.all()
    return where_allowed(user, Level.REPRESENT)


def imports_of(user: User) -> QuerySet[Import]:
    """Their own, as nobody else looks at what somebody has typed."""
    return Import.objects.filter(by=user)
