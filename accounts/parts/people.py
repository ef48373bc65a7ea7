"""What notices about people say, and to whom they still say it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import AccessRequest
from accounts.permissions.confirmation import due
from accounts.permissions.requests import requests_to
from network.models.grants import PersonGrant
from network.models.people import Membership, Partner, User
from network.parts import register_part
from network.permissions import NETWORK, Level, where_allowed, who_may
from network.permissions.prepared import prepared
from network.sentences import person_words, place_words

Shown = dict[int, dict[str, Any]]


def register_all() -> None:
    """Called from the package."""
    register_part("membership", visible=visible_memberships, show=show_memberships)
    register_part("people", visible=visible_partners, show=show_people)
    register_part("place", visible=visible_places, show=show_places)
    register_part("access_request", visible=requests_to, show=show_requests)


@prepared
def _looked_after(user_id: int) -> QuerySet:
    # Every page counts its reader's notices: what they are about is put into SQL once per process.
    reader = User(pk=user_id)
    coordinator = Exists(who_may(Level.COORDINATE, NETWORK).filter(pk=user_id))
    represented = Q(pk__in=where_allowed(reader, Level.REPRESENT).values("pk"))
    return Partner.objects.filter(represented | coordinator).values("pk")


def visible_partners(user: User) -> QuerySet[Partner]:
    """The partners whose people one looks after. One query."""
    return Partner.objects.filter(pk__in=_looked_after(user))


def visible_memberships(user: User) -> QuerySet[Membership]:
    """One's own, those of one's deputies, and those of the partners that one looks after. One query."""
    return Membership.objects.filter(Q(user=user) | Q(deputy_for=user) | Q(partner__in=_looked_after(user)))


def show_memberships(user: User, ids: Iterable[int]) -> Shown:
    """The membership as a sentence; it leads one to oneself, others to where it can be changed."""
    rows = Membership.objects.filter(pk__in=ids).select_related("user", "partner", "deputy_for")
    return {
        one.pk: {
            "excerpt": person_words(one),
            "url": one.user.get_absolute_url()
            if user in (one.user, one.deputy_for)
            else reverse("accounts:partner-person", args=[one.partner.slug, one.user.uid]),
            "at": one.since,
        }
        for one in rows
    }


def show_people(user: User, ids: Iterable[int]) -> Shown:
    """How many people of each partner are due; it leads to the form that confirms them."""
    counts: dict[Partner, int] = {}
    for one in due().filter(partner__in=ids).select_related("partner"):
        counts[one.partner] = counts.get(one.partner, 0) + 1
    return {
        partner.pk: {
            "excerpt": ngettext(
                "%(partner)s: nobody has confirmed %(count)d person for a year.",
                "%(partner)s: nobody has confirmed %(count)d people for a year.",
                count,
            )
            % {"partner": partner.short_name, "count": count},
            "url": reverse("accounts:people-confirm", args=[partner.slug]),
        }
        for partner, count in counts.items()
    }


def visible_places(user: User) -> QuerySet[PersonGrant]:
    """One's own places, and those in the rooms that one manages."""
    return PersonGrant.objects.filter(
        Q(user=user) | Q(content_object__in=where_allowed(user, Level.MANAGE).values("pk"))
    )


def show_places(user: User, ids: Iterable[int]) -> Shown:
    """The place as a sentence; it leads to the room's members."""
    rows = PersonGrant.objects.filter(pk__in=ids).select_related("user", "content_object")
    return {
        one.pk: {
            "excerpt": place_words(one),
            "url": reverse("network:room-members", args=[one.content_object.slug]),
            "at": one.since,
        }
        for one in rows
    }


def show_requests(user: User, ids: Iterable[int]) -> Shown:
    """Who asks, for which partner, and why; it leads to where it is answered."""
    rows = AccessRequest.objects.filter(pk__in=ids).select_related("partner")
    return {
        one.pk: {
            "author": one.name,
            "excerpt": Truncator(" · ".join(part for part in (_for(one), one.note) if part)).chars(200),
            "url": reverse("accounts:request", args=[one.uid]),
            "at": one.at,
        }
        for one in rows
    }


def _for(request: AccessRequest) -> str:
    return request.partner.short_name if request.partner else _("another organisation")
