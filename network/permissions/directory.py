"""Whom one may know of: members all people and partners, a guest those of their rooms, strangers
and those whose time has ended the partners that take part and no people.
"""

from __future__ import annotations

from django.db.models import QuerySet

from network.models.people import Membership, Partner, PartnerQuerySet, User
from network.permissions.levels import Level
from network.permissions.places import Reader, is_guest, is_member, viewers_rule, where_allowed


def people_seen_by(user: Reader) -> QuerySet[User]:
    """The people that this person may look up now."""
    if user.pk is None:
        return User.objects.none()
    if is_member(user):
        return User.objects.all()
    rooms = list(where_allowed(user, Level.VIEW))
    return User.objects.filter(viewers_rule(rooms)) if rooms else User.objects.none()


def partners_seen_by(user: Reader) -> PartnerQuerySet:
    """The partners that this person may look up now."""
    if is_member(user):
        return Partner.objects.all()
    if not is_guest(user):
        return Partner.objects.standing()
    people = people_seen_by(user)
    theirs = Membership.objects.effective().filter(user__in=people).values("partner")
    return Partner.objects.filter(pk__in=theirs)
