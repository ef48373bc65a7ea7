"""The people of a partner, for who looks after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.actions import deputies, memberships
from accounts.forms.people import ConfirmForm, DeputyForm, EndForm, RoleForm
from accounts.models import Invitation
from accounts.permissions.confirmation import to_confirm
from accounts.permissions.invitations import check_invite
from accounts.permissions.people import (
    check_name_deputy,
    check_people,
    check_person,
    check_representatives,
    deputies_to_end,
    places_that_could_stay,
    stays_member,
)
from accounts.permissions.requests import requests_to
from network import clock
from network.forms import add_refusal
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.permissions import can, partners_seen_by, people_seen_by
from network.refusals import Refusal
from network.requests import PersonRequest
from network.sentences import membership_words, person_words

FORMER_SHOWN = 50


@dataclass
class OfPartner:
    """Somebody who takes part for the partner, with the times when they are, or have, a deputy."""

    membership: Membership
    words: str
    deputy_words: list[str] = field(default_factory=list)


@login_required
def people(request: PersonRequest, slug: str) -> HttpResponse:
    """Who takes part for the partner, who is to come, who asks, and who has left."""
    place = _looked_after(request, slug)
    context = {
        "partner": place,
        "people": _current(place),
        "former": _former(place),
        "to_confirm": to_confirm(place).count(),
        "invitations": Invitation.objects.open().filter(partner=place).select_related("by").order_by("email"),
        "requests": requests_to(request.user).filter(partner=place),
        "may_invite": can(check_invite, request.user, place),
    }
    return render(request, "accounts/partner_people.html", context)


@login_required
def person(request: PersonRequest, slug: str, uid: str) -> HttpResponse:
    """One person of the partner: what they are for it, and what can be changed about that."""
    place, membership = _membership(request, slug, uid)
    form = RoleForm(request.POST if "role" in request.POST else None, initial={"role": membership.role})
    if request.method == "POST" and _changed(request, membership, form):
        return _back(request, place, "accounts:partner-person", place.slug, uid)
    theirs = _deputies(place).filter(Q(user=membership.user) | Q(deputy_for=membership.user))
    may_end = set(deputies_to_end(request.user, theirs).values_list("pk", flat=True))
    context = {
        "partner": place,
        "membership": membership,
        "words": person_words(membership),
        "deputies": [(one, membership_words(one), one.pk in may_end) for one in theirs],
        "form": form if can(check_representatives, request.user, place) else None,
        "may_name_deputy": can(check_name_deputy, request.user, membership.user, place),
    }
    return render(request, "accounts/partner_person.html", context)


def _changed(request: PersonRequest, membership: Membership, form: RoleForm) -> bool:
    who, place = membership.user, membership.partner
    if "confirm" in request.POST:
        memberships.confirm_people(by=request.user, partner=place, people=[who])
        messages.success(request, _("%(name)s still takes part, you say.") % {"name": who.name})
        return True
    check_representatives(request.user, place)
    if not form.is_valid():
        return False
    try:
        memberships.change_role(by=request.user, person=who, partner=place, role=form.cleaned_data["role"])
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, _("The role is changed."))
    return True


@login_required
def end(request: PersonRequest, slug: str, uid: str) -> HttpResponse:
    """When the membership ends: the page says first what ends with it."""
    place, membership = _membership(request, slug, uid)
    who, now = membership.user, clock.now()
    own_places = Room.objects.filter(person_grants__user=who).exclude(kind=Room.Kind.DIRECT)
    stays = stays_member(who, place, now)
    could_stay = places_that_could_stay(request.user, who, now).values("content_object")
    rooms = Room.objects.filter(pk__in=could_stay) if not stays else Room.objects.none()
    form = EndForm(request.POST or None, membership=membership, could_stay=rooms)
    if request.method == "POST" and form.is_valid() and _ended(request, membership, form):
        return _back(request, place, "accounts:partner-people", place.slug)
    context = {
        "partner": place,
        "membership": membership,
        "words": person_words(membership),
        "form": form,
        "stays": stays,
        # Only those that the reader views, without a word about the rest.
        "places": own_places.visible_to(request.user).distinct(),
    }
    return render(request, "accounts/partner_person_end.html", context)


def _ended(request: PersonRequest, membership: Membership, form: EndForm) -> bool:
    about: dict[str, Any] = {
        "by": request.user,
        "person": membership.user,
        "partner": membership.partner,
        "keep": form.kept,
    }
    try:
        if form.ends_now:
            memberships.end_membership(**about)
            said = _("%(name)s takes part for %(partner)s no longer.")
        else:
            memberships.set_end(until=form.until, **about)
            said = _("The end is set.") if form.until else _("The membership does not end by itself any more.")
    except Refusal as refusal:
        field_of = {"until": "last_day"}.get(getattr(refusal, "field", ""))
        form.add_error(field_of, str(refusal.reason))
        return False
    messages.success(request, said % {"name": membership.user.name, "partner": membership.partner.short_name})
    return True


@login_required
def confirm(request: PersonRequest, slug: str) -> HttpResponse:
    """Do these still take part? Once a year, one tick a person; the page says who ends before anybody does."""
    place = _looked_after(request, slug)
    waiting = User.objects.filter(pk__in=to_confirm(place).order_by().values("user")).order_by("name")
    form = ConfirmForm(request.POST or None, people=waiting)
    ending: list[User] = []
    if request.method == "POST" and form.is_valid():
        ending = form.others
        if (not ending or form.is_sure) and _confirmed(request, place, form):
            return redirect("accounts:partner-people", place.slug)
    context = {"partner": place, "form": form, "count": waiting.count(), "ending": ending}
    return render(request, "accounts/people_confirm.html", context)


def _confirmed(request: PersonRequest, place: Partner, form: ConfirmForm) -> bool:
    still, others = list(form.cleaned_data["people"]), form.others
    try:
        memberships.confirm_people(by=request.user, partner=place, people=still, others=others, until=form.until)
    except Refusal as refusal:
        field_of = {"until": "last_day"}.get(getattr(refusal, "field", ""))
        form.add_error(field_of, str(refusal.reason))
        return False
    said = ngettext("You have confirmed %(count)d person.", "You have confirmed %(count)d people.", len(still))
    messages.success(request, said % {"count": len(still)})
    return True


@login_required
def name_deputy(request: PersonRequest, slug: str, uid: str) -> HttpResponse:
    """Who represents the partner while a representative is away."""
    place, membership = _membership(request, slug, uid)
    check_name_deputy(request.user, membership.user, place)
    members = Membership.objects.current().filter(partner=place, deputy_for=None, role=Membership.Role.MEMBER)
    colleagues = people_seen_by(request.user).filter(pk__in=members.values("user"), is_active=True)
    form = DeputyForm(request.POST or None, people=colleagues.order_by("name"))
    if request.method == "POST" and form.is_valid():
        try:
            deputies.name_deputy(
                by=request.user,
                absent=membership.user,
                partner=place,
                deputy=form.cleaned_data["deputy"],
                since=form.since,
                until=form.until,
            )
        except Refusal as refusal:
            field_of = {"until": "last_day"}.get(getattr(refusal, "field", ""), getattr(refusal, "field", ""))
            form.add_error(field_of or None, str(refusal.reason))
        else:
            messages.success(request, _("%(name)s is named as deputy.") % {"name": form.cleaned_data["deputy"].name})
            return redirect("accounts:partner-person", place.slug, uid)
    context = {"partner": place, "membership": membership, "form": form}
    return render(request, "accounts/deputy.html", context)


@login_required
@require_POST
def end_deputy(request: PersonRequest, slug: str, uid: str, deputy: str) -> HttpResponse:
    """Whoever stands in for somebody does so no longer."""
    place = get_object_or_404(partners_seen_by(request.user), slug=slug)
    mine = _deputies(place).filter(Q(deputy_for=request.user) | Q(user=request.user))
    rows = _deputies(place) if can(check_people, request.user, place) else mine
    row = get_object_or_404(rows, deputy_for__uid=uid, user__uid=deputy)
    deputies.end_deputy(by=request.user, deputy=row)
    messages.success(request, _("%(name)s is no deputy any more.") % {"name": row.user.name})
    return _back(request, place, "accounts:partner-person", place.slug, uid)


def _back(request: PersonRequest, place: Partner, name: str, *keys: str) -> HttpResponse:
    """To a page of who looks after the partner, unless one has just laid that down."""
    return redirect(name, *keys) if can(check_people, request.user, place) else redirect(place)


def _looked_after(request: HttpRequest, slug: str) -> Partner:
    """The partner, where the reader looks after its people. Raises Forbidden."""
    place = get_object_or_404(partners_seen_by(request.user), slug=slug)
    check_people(request.user, place)  # type: ignore[arg-type]
    return place


def _membership(request: PersonRequest, slug: str, uid: str) -> tuple[Partner, Membership]:
    place = _looked_after(request, slug)
    who = get_object_or_404(people_seen_by(request.user), uid=uid)
    return place, check_person(request.user, who, place)


def _deputies(place: Partner) -> QuerySet[Membership]:
    """Those that run or are to come."""
    rows = Membership.objects.filter(partner=place, deputy_for__isnull=False, until__gt=clock.now())
    return rows.select_related("user", "partner", "deputy_for")


def _current(place: Partner) -> list[OfPartner]:
    rows = Membership.objects.current().filter(partner=place, deputy_for=None)
    named = rows.select_related("user", "partner", "approved_by").order_by("-role", "user__name")
    people = {one.user_id: OfPartner(one, membership_words(one)) for one in named}
    for deputy in _deputies(place):
        if deputy.user_id in people:
            people[deputy.user_id].deputy_words.append(membership_words(deputy))
    return list(people.values())


def _former(place: Partner) -> list[tuple[Membership, str]]:
    here = Membership.objects.current().filter(partner=place).values("user")
    rows = Membership.objects.filter(partner=place, until__lte=clock.now(), deputy_for=None).exclude(user__in=here)
    latest: dict[int, Membership] = {}
    for one in rows.select_related("user", "partner", "approved_by").order_by("-until")[:FORMER_SHOWN]:
        latest.setdefault(one.user_id, one)
    return [(one, membership_words(one)) for one in latest.values()]
