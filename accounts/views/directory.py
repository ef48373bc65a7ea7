"""Who takes part: partners and people, as far as one may know of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions.profile import change_profile
from accounts.filters import PartnerFilter, PersonFilter
from accounts.forms.profile import ProfileForm
from accounts.permissions.absence import check_reactivate
from accounts.permissions.merging import check_may_merge
from accounts.permissions.moving import check_may_move
from network import kinds
from network.actions.rooms import talk_with
from network.countries import country_words
from network.europe import spots
from network.languages import language_words
from network.models.items import Item
from network.models.people import Membership, Partner, User
from network.paging import page_of
from network.permissions import can, is_member, partners_seen_by, people_seen_by
from network.permissions.asking import people_to_ask_about
from network.querysets import ItemQuerySet
from network.refusals import Refusal
from network.requests import PersonRequest
from network.sentences import roles_of

A_PAGE = 50
PARTNERS_A_PAGE = 100  # more than a map can name
LATEST = 10


def partners(request: HttpRequest) -> HttpResponse:
    """The partners of the network, on a map and by country; for everybody, strangers included."""
    seen = partners_seen_by(request.user).with_standing().order_by("country", "short_name")
    filtered = PartnerFilter(request.GET, queryset=seen, request=request)
    page = Paginator(_by_country(filtered.qs), PARTNERS_A_PAGE).get_page(request.GET.get("page"))
    here = [partner for partner in page if partner.stands]
    by_country: dict[str, list[Partner]] = {}
    for partner in here:
        by_country.setdefault(country_words(partner.country), []).append(partner)
    context = {
        "filter": filtered,
        "asked": any(request.GET.get(name) for name in filtered.form.fields),
        "page": page,
        "countries": list(by_country.items()),
        "former": [partner for partner in page if not partner.stands],
        "count": sum(partner.stands for partner in page.paginator.object_list),
        "shaded": {partner.country for partner in here},
        "spots": spots(
            (partner.short_name, float(partner.latitude), float(partner.longitude), partner.get_absolute_url())
            for partner in here
            if partner.latitude is not None and partner.longitude is not None
        ),
    }
    return render(request, "accounts/partners.html", context)


def _by_country(rows: Iterable[Partner]) -> list[Partner]:
    """As the list tells them: those that take part by country, in the reader's words; then the others."""
    return sorted(rows, key=lambda one: (not one.stands, country_words(one.country), one.short_name))


@login_required
def people(request: PersonRequest) -> HttpResponse:
    """The people of the network, found by name, partner, function, country, role and language."""
    seen = people_seen_by(request.user).filter(is_active=True).order_by("name", "pk")
    filtered = PersonFilter(request.GET, queryset=seen, request=request)
    page = page_of(filtered.qs, request.GET.get("page", "1"), A_PAGE)
    context = {"filter": filtered, "page": page, "persons": _with_partners(list(page.object_list))}
    return render(request, "accounts/people.html", context)


@login_required
def person(request: PersonRequest, uid: str) -> HttpResponse:
    """One person: for whom they take part, what they do, what they shared that the reader sees."""
    who = get_object_or_404(people_seen_by(request.user) | User.objects.filter(pk=request.user.pk), uid=uid)
    context = {
        "who": who,
        "roles": roles_of([who], request.user)[who.pk],
        # What one sees only by its release names no author.
        # What a former member wrote stays, but is not gathered under the name that they have taken off.
        "latest": [] if who.closed_at else _latest(Item.objects.seen_inside_by(request.user).filter(author=who)),
        "may_reactivate": can(check_reactivate, request.user, who),
        "may_move": can(check_may_move, request.user, who),
        "may_merge": can(check_may_merge, request.user, who),
        "may_ask": people_to_ask_about(request.user).filter(pk=who.pk).exists(),
        "own": who.pk == request.user.pk,
        "speaks": [language_words(code) for code in who.languages],
        "shows_address": is_member(request.user) or who.pk == request.user.pk,
    }
    return render(request, "accounts/person.html", context)


@login_required
@require_POST
def talk(request: PersonRequest, uid: str) -> HttpResponse:
    """Opens the direct room with that person, or the one that the two have already."""
    other = get_object_or_404(people_seen_by(request.user).exclude(pk=request.user.pk), uid=uid)
    try:
        room = talk_with(by=request.user, other=other)
    except Refusal as refusal:
        messages.error(request, str(refusal.reason))
        return redirect("accounts:person", uid)
    return redirect("forums:room-chat", room.slug)


@login_required
def profile(request: PersonRequest) -> HttpResponse:
    """How one is known, and in which language and zone one reads."""
    me = request.user
    known = {name: getattr(me, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        change_profile(by=me, **form.cleaned_data)
        messages.success(request, _("Your profile is changed."))
        return redirect("accounts:person", me.uid)
    return render(request, "accounts/profile.html", {"form": form})


def _latest(rows: ItemQuerySet) -> list[tuple[Item, object]]:
    items = rows.under_names().select_related("partner")[:LATEST]
    return [(item, kinds.KINDS[item.kind].name) for item in items]


def _with_partners(people: QuerySet[User] | list[User]) -> list[tuple[User, str]]:
    rows = (
        Membership.objects.effective()
        .filter(user__in=[one.pk for one in people])
        .order_by("partner__short_name")
        .values_list("user", "partner__short_name")
        .distinct()
    )
    partners: dict[int, list[str]] = {}
    for user, name in rows:
        partners.setdefault(user, []).append(name)
    return [(one, ", ".join(partners.get(one.pk, []))) for one in people]
