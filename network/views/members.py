"""The members of a room: who reads here, the places as sentences, requests, and how places are given and taken."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network import headcount
from network.actions import joining
from network.actions import rooms as actions
from network.forms import add_refusal
from network.models.people import Membership, Partner, User
from network.models.rooms import JoinRequest, Room
from network.permissions import Level, can, is_member, level_in, levels_in, require, who_may
from network.permissions.guests import check_bring_in
from network.place_forms import LEVELS, ChangePlaceForm, DeclineForm, GrantForm, HolderForm, PlaceForm
from network.place_sentences import name_of, place_sentence
from network.refusals import Refusal
from network.requests import PersonRequest
from network.sentences import last_day
from network.views.confirming import Question, ask_first, is_going_back
from network.views.places import room_facts, room_or_404


@dataclass(frozen=True)
class PlaceRow:
    """One place on the page of members."""

    holder: Partner | User
    level: Level
    last_day: date | None
    sentence: str

    @property
    def field(self) -> str:
        """The name under which forms send the holder."""
        return "partner" if isinstance(self.holder, Partner) else "person"


@login_required
def members(request: PersonRequest, slug: str) -> HttpResponse:
    """Who has a place in the room, through whom, with what level; a manager gives places here."""
    place = room_or_404(request.user, slug)
    level = level_in(request.user, place)
    form = GrantForm(request.POST or None, by=request.user)
    if request.method == "POST":
        require(request.user, Level.MANAGE, place)
        if form.is_valid() and not is_going_back(request):
            done = _give(request, place, form)
            if done is not None:
                return done
    may_manage = level is not None and level >= Level.MANAGE and not place.is_direct
    people = headcount.of(who_may(Level.VIEW, place))
    asked = JoinRequest.objects.filter(room=place, settled_at=None).select_related("user", "partner")
    context = {
        "room": place,
        "tab": "members",
        "room_facts": room_facts(people, level),
        "people": people,
        "persons": _persons(place),
        "places": _places(place),
        "levels": LEVELS,
        "requests": asked if may_manage else (),
        "form": form if may_manage else None,
        "may_manage": may_manage,
        "may_ask": level is not None and level >= Level.MODERATE and is_member(request.user),
        "may_invite_guests": may_manage and can(check_bring_in, request.user),
    }
    return render(request, "network/room_members.html", context)


def _places(place: Room) -> list[PlaceRow]:
    """Whoever may most stands first; partners before people. Two queries."""
    rows = [PlaceRow(*row[:2], last_day(row[2]) if row[2] else None, place_sentence(*row)) for row in levels_in(place)]
    return sorted(rows, key=lambda row: (-row.level, row.field, row.sentence))


def _give(request: PersonRequest, place: Room, form: GrantForm) -> HttpResponse | None:
    holder, level, until = form.holder, form.cleaned_data["level"], form.cleaned_data["until"]
    question = Question(
        _("Give a place"),
        [f"{place_sentence(holder, level, until)}."],
        _("Give the place"),
        reverse("network:room-members", args=[place.slug]),
    )
    act = partial(actions.grant, by=request.user, room=place, holder=holder, level=level, until=until)
    try:
        page = ask_first(request, room=place, form=form, act=act, question=question, tab="members")
        if page is not None:
            return page
        act()
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None
    messages.success(request, _("%(holder)s has a place in the room now.") % {"holder": name_of(holder)})
    return redirect("network:room-members", place.slug)


def _persons(place: Room) -> list[tuple[User, str]]:
    """Everybody who views the room, with the partners they belong to now. Two queries."""
    people = list(who_may(Level.VIEW, place).order_by("name"))
    partners: dict[int, list[str]] = {}
    rows = (
        Membership.objects.effective()
        .filter(user__in=people)
        .order_by("partner__short_name")
        .values_list("user", "partner__short_name")
        .distinct()
    )
    for user, partner in rows:
        partners.setdefault(user, []).append(partner)
    return [(person, ", ".join(partners.get(person.pk, [_("guest")]))) for person in people]


@login_required
@require_POST
def change_grant(request: PersonRequest, slug: str) -> HttpResponse:
    """A manager changes level and end of a place, in place."""
    place = room_or_404(request.user, slug)
    require(request.user, Level.MANAGE, place)
    holder = _holder(request, place)
    if holder is None:
        return _no_such_place(request, place)
    form = ChangePlaceForm(request.POST)
    title = _("Change the place of %(holder)s") % {"holder": name_of(holder)}
    words = {"title": title, "submit": _("See what that changes")}
    if form.is_valid() and not is_going_back(request):
        level, until = form.cleaned_data["level"], form.cleaned_data["until"]
        act = partial(actions.grant, by=request.user, room=place, holder=holder, level=level, until=until)
        done = _ask_and_do(
            request, place, form, act, title, place_sentence(holder, level, until), _("Change the place")
        )
        if done is not None:
            return done
    return _act_page(request, place, form, **words)


@login_required
@require_POST
def withdraw_grant(request: PersonRequest, slug: str) -> HttpResponse:
    """A manager takes a place back; anybody may give up their own."""
    place = room_or_404(request.user, slug)
    holder = _holder(request, place)
    if holder is None:
        return _no_such_place(request, place)
    act = partial(actions.withdraw_grant, by=request.user, room=place, holder=holder)
    question = Question(
        _("End the place of %(holder)s") % {"holder": name_of(holder)},
        [_("%(holder)s has no place of its own here any more.") % {"holder": name_of(holder)}],
        _("End the place"),
        reverse("network:room-members", args=[place.slug]),
    )
    form = HolderForm(request.POST)
    try:
        page = ask_first(request, room=place, form=form, act=act, question=question, tab="members")
        if page is not None:
            return page
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, question.sentences[0])
    if not Room.objects.visible_to(request.user).filter(pk=place.pk).exists():
        return redirect("network:rooms")
    return redirect("network:room-members", place.slug)


@login_required
@require_POST
def approve_request(request: PersonRequest, slug: str, person: uuid.UUID) -> HttpResponse:
    """A manager gives the place that somebody asked for."""
    place = room_or_404(request.user, slug)
    require(request.user, Level.MANAGE, place)
    asked = _request_or_404(place, person)
    form = PlaceForm(request.POST)
    holder = asked.partner or asked.user
    title = _("Give %(holder)s a place") % {"holder": name_of(holder)}
    if form.is_valid() and not is_going_back(request):
        level, until = form.cleaned_data["level"], form.cleaned_data["until"]
        act = partial(joining.approve_request, by=request.user, request=asked, level=level, until=until)
        done = _ask_and_do(request, place, form, act, title, place_sentence(holder, level, until), _("Give the place"))
        if done is not None:
            return done
    return _act_page(request, place, form, title=title, submit=_("See what that changes"), lead=asked.note)


@login_required
@require_POST
def decline_request(request: PersonRequest, slug: str, person: uuid.UUID) -> HttpResponse:
    """A manager declines a request to join, and says why."""
    place = room_or_404(request.user, slug)
    require(request.user, Level.MANAGE, place)
    asked = _request_or_404(place, person)
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            joining.decline_request(by=request.user, request=asked, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The request is declined, and %(name)s is told.") % {"name": asked.user.name})
            return redirect("network:room-members", place.slug)
    title = _("Decline the request of %(name)s") % {"name": asked.user.name}
    return _act_page(request, place, form, title=title, submit=_("Decline"), lead=asked.note)


@login_required
@require_POST
def withdraw_request(request: PersonRequest, slug: str) -> HttpResponse:
    """Whoever asked for a place withdraws that."""
    place = get_object_or_404(Room.objects.listed_to(request.user), slug=slug)
    asked = JoinRequest.objects.filter(room=place, user=request.user, settled_at=None).first()
    if asked is not None:
        joining.withdraw_request(by=request.user, request=asked)
        messages.success(request, _("Your request is withdrawn."))
    return redirect("network:room", place.slug)


def _request_or_404(place: Room, person: uuid.UUID) -> JoinRequest:
    rows = JoinRequest.objects.select_related("room", "user", "partner")
    return get_object_or_404(rows, room=place, user__uid=person, settled_at=None)


def _holder(request: PersonRequest, place: Room) -> Partner | User | None:
    """Whom the form means, of those who have a place here: of others it learns nothing, not even that they are."""
    holder = HolderForm(request.POST).holder
    return next((one for one, _level, _until in levels_in(place) if one == holder), None)


def _no_such_place(request: PersonRequest, place: Room) -> HttpResponse:
    messages.error(request, _("There is no such place in this room."))
    return redirect("network:room-members", place.slug)


def _ask_and_do(
    request: PersonRequest, place: Room, form: PlaceForm, act: Callable[[], object], title: str, words: str, do: str
) -> HttpResponse | None:
    """The question, then the deed; None where it was refused, and the reason stands in the form."""
    question = Question(title, [f"{words}."], do, reverse("network:room-members", args=[place.slug]))
    try:
        page = ask_first(request, room=place, form=form, act=act, question=question, tab="members")
        if page is not None:
            return page
        act()
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None
    messages.success(request, question.sentences[0])
    return redirect("network:room-members", place.slug)


def _act_page(request: PersonRequest, place: Room, form: forms.Form, **words: str) -> HttpResponse:
    """One thing to do with a room, on a page of its own: where what was typed needs another look."""
    context = {
        "room": place,
        "tab": "members",
        "form": form,
        "leave": reverse("network:room-members", args=[place.slug]),
    }
    return render(request, "network/room_act.html", context | words, status=422 if form.errors else 200)
