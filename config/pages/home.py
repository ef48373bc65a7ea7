"""The first page: the public site for strangers, the day for whoever is signed in."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.permissions.confirmation import partners_to_confirm
from accounts.permissions.requests import requests_to
from forums.models import Appeal, Case
from network import clock
from network.chatham import named
from network.countries import country_words
from network.europe import spots
from network.kinds import KINDS
from network.models.item_requests import ItemRequest
from network.models.items import Item, State
from network.models.people import Partner, User
from network.models.redactions import RedactionRequest
from network.models.rooms import JoinRequest, Phase, Programme
from network.parts import PARTS
from network.permissions import Level, where_allowed
from network.requests import PersonRequest, of_person
from workshops.models import Workshop

NEW_SHOWN = 12
RELEASED_SHOWN = 20
WORKSHOPS_SHOWN = 5


def home(request: HttpRequest) -> HttpResponse:
    """Two pages at one address, by who asks."""
    return _today(request) if of_person(request) else _public(request)


def _today(request: PersonRequest) -> HttpResponse:
    """What is new for me, my next workshops, what waits for me: for ten minutes between two meetings."""
    me = request.user
    new = list(
        Item.objects.seen_inside_by(me)
        # Talk about an item has for its author whoever spoke first, and perhaps that still waits for a moderator.
        .filter(state__in=(State.PUBLISHED, State.ARCHIVED), parent=None)
        .exclude(author=me)
        .select_related("author", "partner")
        .with_places(me)[:NEW_SHOWN]
    )
    named(new, me)
    drafts = Item.objects.seen_inside_by(me).filter(author=me, state__in=(State.DRAFT, State.HELD))
    coming = Workshop.objects.visible_to(me).taking_place().upcoming()
    mine = coming.of(me)
    # What one sees only since it stands on the public site, one cannot register for.
    others = coming.seen_inside_by(me).open_for_registration().exclude(pk__in=mine.order_by().values("pk"))
    context = {
        "today": timezone.localdate(clock.now()),
        "part_of_day": _part_of_day(),
        "new": [(item, KINDS[item.kind].name) for item in new],
        "drafts": [(item, KINDS[item.kind].name) for item in drafts[:NEW_SHOWN]],
        "requests": JoinRequest.objects.filter(
            settled_at=None, room__in=where_allowed(me, Level.MANAGE)
        ).select_related("room", "user"),
        "to_moderate": _to_moderate(me),
        "redactions": RedactionRequest.objects.visible_to(me).open().select_related("room", "user"),
        "item_requests": ItemRequest.objects.waiting_for(me).select_related("item", "user"),
        "asking": requests_to(me).select_related("partner")[:NEW_SHOWN],
        "to_confirm": partners_to_confirm(me),
        "workshops": mine.with_seats(me)[:WORKSHOPS_SHOWN],
        "others": others[:WORKSHOPS_SHOWN],
    }
    return render(request, "config/today.html", context)


def _to_moderate(me: User) -> int:
    """How much is held in the rooms this person moderates, items and parts of every kind, and how much is reported."""
    held = Item.objects.seen_inside_by(me).filter(state=State.HELD, room__in=where_allowed(me, Level.MODERATE))
    reported = Case.objects.visible_to(me).open().count() + Appeal.objects.visible_to(me).open().count()
    return reported + held.count() + sum(part.queue(me).count() for part in PARTS.values() if part.queue)


def _part_of_day() -> str:
    hour = timezone.localtime(clock.now()).hour
    return "night" if hour < 5 else "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"


def _public(request: HttpRequest) -> HttpResponse:
    """What the network is, its phases, who takes part, and what its partners released."""
    page = Paginator(_released(), RELEASED_SHOWN).get_page(request.GET.get("page"))
    partners = list(Partner.objects.standing().order_by("country", "short_name"))
    context = {
        "programme": Programme.objects.first(),
        "phases": Phase.objects.all(),
        "partners": partners,
        "countries": _by_country(partners),
        "spots": spots(
            (partner.short_name, float(partner.latitude), float(partner.longitude))
            for partner in partners
            if partner.latitude is not None and partner.longitude is not None
        ),
        "page": page,
        "released": [(item, KINDS[item.kind].name) for item in page.object_list],
    }
    return render(request, "config/public.html", context)


def _released() -> QuerySet[Item]:
    return Item.objects.visible_to(AnonymousUser()).select_related("partner", "release").order_by("-release__at")


def _by_country(partners: list[Partner]) -> list[tuple[str, list[Partner]]]:
    countries: dict[str, list[Partner]] = {}
    for partner in partners:
        countries.setdefault(country_words(partner.country), []).append(partner)
    return sorted(countries.items())
