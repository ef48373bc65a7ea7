"""Who takes part: partners and people, as far as one may know of them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions.profile import change_profile
from accounts.forms.profile import ProfileForm
from accounts.permissions.absence import check_reactivate
from accounts.permissions.merging import check_may_merge
from accounts.permissions.moving import check_may_move
from network import kinds
from network.actions.rooms import open_direct_room
from network.countries import country_words
from network.europe import spots
from network.languages import language_words
from network.models.items import Item
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.permissions import can, is_guest, is_member, partners_seen_by, people_seen_by
from network.permissions.asking import people_to_ask_about
from network.querysets import ItemQuerySet
from network.refusals import Refusal
from network.requests import PersonRequest
from network.sentences import roles_of

A_PAGE = 50
LATEST = 10


def partners(request: HttpRequest) -> HttpResponse:
    """The partners of the network, on a map and by country; for everybody, strangers included."""
    seen = partners_seen_by(request.user).order_by("country", "short_name")
    standing = set(Partner.objects.standing().values_list("pk", flat=True))
    here = [partner for partner in seen if partner.pk in standing]
    by_country: dict[str, list[Partner]] = {}
    for partner in here:
        by_country.setdefault(country_words(partner.country), []).append(partner)
    context = {
        "countries": sorted(by_country.items()),
        "former": [partner for partner in seen if partner.pk not in standing],
        "count": len(here),
        "guest": is_guest(request.user),
        "spots": spots(
            (partner.short_name, float(partner.latitude), float(partner.longitude))
            for partner in here
            if partner.latitude is not None and partner.longitude is not None
        ),
    }
    return render(request, "accounts/partners.html", context)


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """The people of the network, found by name, partner or function."""
    seen = people_seen_by(request.user).filter(is_active=True)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    if words:
        effective = Membership.objects.effective().filter(
            Q(partner__name__icontains=words) | Q(partner__short_name__icontains=words)
        )
        seen = seen.filter(Q(name__icontains=words) | Q(function__icontains=words) | Q(pk__in=effective.values("user")))
    page = Paginator(seen.order_by("name", "pk"), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "persons": _with_partners(list(page.object_list)), "q": words}
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
    room = _room_of_two(request.user, other)
    if room is None:
        try:
            room = open_direct_room(by=request.user, people=[other])
        except Refusal as refusal:
            messages.error(request, str(refusal.reason))
            return redirect("accounts:person", uid)
    return redirect("forums:room-chat", room.slug)


def _room_of_two(one: User, other: User) -> Room | None:
    rooms = Room.objects.visible_to(one).filter(kind=Room.Kind.DIRECT)
    for room in rooms.filter(person_grants__user=other).prefetch_related("person_grants"):
        if {grant.user_id for grant in room.person_grants.all()} == {one.pk, other.pk}:
            return room
    return None


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
