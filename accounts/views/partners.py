"""One partner: its page, its logo, and the forms that make and change it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actions.partners import add_partner, change_partner
from accounts.forms.partners import NewPartnerForm, PartnerForm
from accounts.permissions.partners import check_change, check_coordinate
from accounts.permissions.standing import check_hand_over
from network import kinds
from network.countries import country_words
from network.europe import spots
from network.forms import add_refusal
from network.languages import language_words
from network.models.items import Item
from network.models.people import Membership, Partner, User
from network.permissions import NETWORK, Level, allowed, can, is_member, partners_seen_by, people_seen_by
from network.refusals import Refusal
from network.requests import PersonRequest, of_person
from network.sentences import membership_words
from network.views.pictures import logo_response

A_PAGE = 20


@require_safe
def partner(request: HttpRequest, slug: str) -> HttpResponse:
    """One partner: what everybody may know of it; who takes part for it and what it shared, as the reader may see."""
    place = get_object_or_404(partners_seen_by(request.user).select_related("hand_over"), slug=slug)
    context = {
        "partner": place,
        "country": country_words(place.country),
        "languages": [language_words(code) for code in place.languages],
        "spots": _spots(place),
    }
    if of_person(request):
        context |= _inside(request, place)
    return render(request, "accounts/partner.html", context)


def _inside(request: PersonRequest, place: Partner) -> dict[str, Any]:
    """What only people of the network read."""
    user = request.user
    shared = Item.objects.visible_to(user).filter(partner=place).under_names().with_places(user)
    page = Paginator(shared.select_related("keeper"), A_PAGE).get_page(request.GET.get("page"))
    may_change = can(check_change, user, place)
    # Who may not change the page may do nothing else here: then it is not asked.
    leaving = hasattr(place, "hand_over") and place.hand_over.done_at is None
    return {
        "people": _people_of(place, user),
        "may_look_after": may_change,
        "page": page,
        "shared": [(item, kinds.KINDS[item.kind].name) for item in page],
        "member": is_member(user),
        "history": list(place.history.all()),
        "may_change": may_change,
        "hands_over": leaving and may_change and can(check_hand_over, user, place),
    }


def _people_of(place: Partner, reader: User) -> list[tuple[User, list[str]]]:
    """Who takes part for the partner, of those whom the reader may look up, each once: representatives first."""
    seen = people_seen_by(reader)
    rows = (
        Membership.objects.effective()
        .filter(partner=place, user__in=seen)
        .annotate(names_absent=Exists(seen.filter(pk=OuterRef("deputy_for"))))
        .select_related("user", "partner", "deputy_for")
        .order_by("-role", F("deputy_for").asc(nulls_first=True), "user__name")
    )
    people: dict[User, list[str]] = {}
    for one in rows:
        words = people.setdefault(one.user, [])
        if one.deputy_for_id or one.until or one.role == Membership.Role.REPRESENTATIVE:
            words.append(membership_words(one, names_absent=one.names_absent))
    return list(people.items())


def _spots(place: Partner) -> list[Any]:
    if place.latitude is None or place.longitude is None:
        return []
    return spots([(place.short_name, float(place.latitude), float(place.longitude))])


@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    """The logo, to whoever may look the partner up."""
    return logo_response(request, get_object_or_404(partners_seen_by(request.user), slug=slug).logo)


@login_required
def new(request: PersonRequest) -> HttpResponse:
    """A coordinator brings in a partner."""
    check_coordinate(request.user)
    form = NewPartnerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_partner(by=request.user, once=form.cleaned_data["once"], **form.chosen)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The partner is invited. Invite its first representative now."))
            return redirect(made)
    return render(request, "accounts/partner_new.html", {"form": form})


@login_required
def edit(request: PersonRequest, slug: str) -> HttpResponse:
    """A representative changes what their partner says of itself; a coordinator changes everything."""
    place = get_object_or_404(partners_seen_by(request.user), slug=slug)
    check_change(request.user, place)
    everything = allowed(request.user, Level.COORDINATE, NETWORK)
    form = PartnerForm(request.POST or None, request.FILES or None, partner=place, everything=everything)
    if request.method == "POST" and form.is_valid():
        try:
            change_partner(by=request.user, partner=place, **form.chosen)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The page is changed."))
            return redirect(place)
    return render(request, "accounts/partner_edit.html", {"form": form, "partner": place, "everything": everything})
