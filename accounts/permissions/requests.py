"""Who answers whoever asks to take part."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessRequest
from accounts.permissions.people import coordinates
from network.models.people import User
from network.permissions import NETWORK, Level, present_people, where_allowed, who_may
from network.permissions.prepared import prepared
from network.refusals import Forbidden, Unseen


def requests_to(user: User) -> QuerySet[AccessRequest]:
    """The open requests that this person may answer: those to partners they represent, of coordinators all. One query.

    Without those of people who are in the network by now, and only the first of each address.
    """
    return AccessRequest.objects.filter(pk__in=_answerable(user))


@prepared
def _answerable(user_id: int) -> QuerySet:
    # Every page counts its reader's notices, of requests too: put into SQL once per process.
    coordinator = Exists(who_may(Level.COORDINATE, NETWORK).filter(pk=user_id))
    represented = Q(partner__in=where_allowed(User(pk=user_id), Level.REPRESENT).values("pk"))
    of_the_same = {"address": OuterRef("address")}
    here = present_people().annotate(address=Lower("email")).filter(**of_the_same)
    asked = AccessRequest.objects.open().annotate(address=Lower("email"))
    earlier = asked.filter(pk__lt=OuterRef("pk"), **of_the_same)
    return asked.filter(represented | coordinator).exclude(Exists(here)).exclude(Exists(earlier)).values("pk")


def approvers_of(request: AccessRequest) -> QuerySet[User]:
    """Who is told of a request: the partner's representatives; where there is none, the coordinators."""
    if request.partner is not None:
        speakers = who_may(Level.REPRESENT, request.partner)
        if speakers.exists():
            return speakers
    return who_may(Level.COORDINATE, NETWORK)


def check_answers(user: User) -> None:
    """Whether there are requests for this person to answer at all. Raises Forbidden."""
    if not where_allowed(user, Level.REPRESENT).exists() and not coordinates(user):
        raise Forbidden(_("Only representatives and coordinators answer who asks to take part."))


def check_answer(by: User, request: AccessRequest) -> None:
    """Raises Unseen where this person may not answer this request (any more)."""
    if not requests_to(by).filter(pk=request.pk).exists():
        raise Unseen
