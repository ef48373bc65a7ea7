"""Where managers look after a room: its settings and logo, handing it over, archiving and closing it."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network.actions import endings, room_settings
from network.actions import rooms as actions
from network.forms import add_refusal
from network.labels import Label
from network.models.rooms import Room
from network.permissions import Level, require
from network.place_forms import HandOverForm, NothingForm
from network.place_sentences import name_of, place_sentence
from network.refusals import Invalid, Refusal
from network.requests import PersonRequest
from network.room_forms import RoomLogoForm, SettingsForm
from network.views.confirming import Question, ask_first, is_going_back
from network.views.pictures import logo_response
from network.views.places import room_or_404


def _managed(request: PersonRequest, slug: str) -> Room:
    place = room_or_404(request.user, slug)
    require(request.user, Level.MANAGE, place)
    return place


@login_required
def settings(request: PersonRequest, slug: str) -> HttpResponse:
    """What the room is; a new kind or usual label is asked about before it holds. For managers."""
    place = _managed(request, slug)
    form = SettingsForm(request.POST or None, room=place)
    if request.method == "POST" and form.is_valid() and not is_going_back(request):
        act = partial(room_settings.change_settings, by=request.user, room=place, **form.cleaned_data)
        try:
            if form.to_confirm:
                question = _question(place, form)
                page = ask_first(request, room=place, form=form, act=act, question=question, tab="settings")
                if page is not None:
                    return page
            changed = act()
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("network:room-settings", changed.slug)
    return _settings_page(request, place, form, RoomLogoForm())


def _settings_page(request: PersonRequest, place: Room, form: SettingsForm, logo_form: RoomLogoForm) -> HttpResponse:
    context = {
        "room": place,
        "tab": "settings",
        "form": form,
        "logo_form": logo_form,
        "may_close": place.kind != Room.Kind.NETWORK,
    }
    return render(
        request, "network/room_settings.html", context, status=422 if form.errors or logo_form.errors else 200
    )


def _question(place: Room, form: SettingsForm) -> Question:
    kind, label = form.cleaned_data["kind"], form.cleaned_data["default_tlp"]
    sentences = []
    if kind != place.kind:
        sentences += _KINDS[kind]()
        if kind == Room.Kind.HIDDEN:
            sentences.append(_("It gets a new address that cannot be guessed; the old one leads nowhere."))
    if label != place.default_tlp:
        words = {"label": Label(label).word}
        sentences.append(_("Forms in this room offer TLP:%(label)s first from now on.") % words)
        sentences.append(_("Nothing that is shared already changes its label."))
    leave = reverse("network:room-settings", args=[place.slug])
    return Question(_("Change the settings"), sentences, _("Save the settings"), leave)


_KINDS = {
    Room.Kind.NETWORK: lambda: [_("The room becomes a network room: every member of the network reads it.")],
    Room.Kind.RESTRICTED: lambda: [
        _("The room becomes restricted: those with a place read it."),
        _("All members of the network see its name and purpose, and may ask to join."),
    ],
    Room.Kind.HIDDEN: lambda: [_("The room becomes hidden: those with a place read it, and nobody else knows of it.")],
}


@login_required
@require_safe
def logo(request: PersonRequest, slug: str) -> HttpResponse:
    """The room's logo, for whoever may know of the room."""
    place = get_object_or_404(Room.objects.listed_to(request.user), slug=slug)
    return logo_response(request, place.logo)


@login_required
@require_POST
def change_logo(request: PersonRequest, slug: str) -> HttpResponse:
    """A manager gives the room another logo, or takes it away."""
    place = _managed(request, slug)
    form = RoomLogoForm(request.POST, request.FILES)
    if "remove" in request.POST:
        room_settings.change_logo(by=request.user, room=place, logo="")
        messages.success(request, _("The room has no logo any more."))
    elif form.is_valid():
        try:
            room_settings.change_logo(by=request.user, room=place, logo=form.cleaned_data["logo"])
        except Invalid as refusal:
            add_refusal(form, refusal)
            return _settings_page(request, place, SettingsForm(room=place), form)
        messages.success(request, _("The room has a new logo."))
    else:
        return _settings_page(request, place, SettingsForm(room=place), form)
    return redirect("network:room-settings", place.slug)


@login_required
def hand_over(request: PersonRequest, slug: str) -> HttpResponse:
    """A manager makes somebody else manage the room, and keeps less or nothing."""
    place = _managed(request, slug)
    form = HandOverForm(request.POST or None, by=request.user)
    leave = reverse("network:room-settings", args=[place.slug])
    if request.method == "POST" and form.is_valid() and not is_going_back(request):
        to, keeps = form.holder, form.cleaned_data["keeps"]
        act = partial(endings.hand_over, by=request.user, room=place, to=to, keeps=keeps)
        yours = form.kept
        sentences = [f"{place_sentence(to, Level.MANAGE, None)}.", f"{yours}."]
        question = Question(_("Hand the room over"), sentences, _("Hand the room over"), leave)
        try:
            page = ask_first(request, room=place, form=form, act=act, question=question, tab="settings")
            if page is not None:
                return page
            act()
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("%(name)s manages the room now.") % {"name": name_of(to)})
            return _to_room(request, place)
    context = {
        "room": place,
        "tab": "settings",
        "form": form,
        "title": _("Hand the room over"),
        "lead": _("Somebody else manages the room from now on. It never stands without a manager."),
        "submit": _("See what that changes"),
        "leave": leave,
    }
    return render(request, "network/room_act.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def archive(request: PersonRequest, slug: str) -> HttpResponse:
    """A manager archives the room, or opens it again."""
    place = _managed(request, slug)
    if place.is_archived:
        actions.reopen_room(by=request.user, room=place)
        messages.success(request, _("The room is open for contributions again."))
    else:
        actions.archive_room(by=request.user, room=place)
        messages.success(request, _("The room is archived. Everything in it stays readable."))
    return redirect("network:room", place.slug)


@login_required
@require_POST
def close(request: PersonRequest, slug: str) -> HttpResponse:
    """A manager closes the room: archived, and read by its managers alone."""
    place = _managed(request, slug)
    if place.closed_at is not None:
        return redirect("network:room-settings", place.slug)
    leave = reverse("network:room-settings", args=[place.slug])
    sentences = [
        _("The room is archived, and all places but those of its managers end."),
        _("Nothing is deleted. Managers may open the room again; places are given anew then."),
    ]
    question = Question(_("Close the room"), sentences, _("Close the room"), leave)
    act = partial(endings.close_room, by=request.user, room=place)
    try:
        page = ask_first(
            request, room=place, form=NothingForm(request.POST), act=act, question=question, tab="settings"
        )
        if page is not None:
            return page
        act()
    except Invalid as refusal:
        messages.error(request, str(refusal.reason))
        return redirect(leave)
    messages.success(request, _("The room is closed."))
    return redirect("network:room-settings", place.slug)


def _to_room(request: PersonRequest, place: Room) -> HttpResponse:
    """To the room's members, or to all rooms where one has just left it."""
    if Room.objects.visible_to(request.user).filter(pk=place.pk).exists():
        return redirect("network:room-members", place.slug)
    return redirect("network:rooms")
