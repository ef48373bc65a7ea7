"""Inviting, and opening an invitation."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.actions import invitations as actions
from accounts.forms.invitations import AcceptForm, InviteForm, InviteGuestForm, first_role
from accounts.limits import too_often
from accounts.models import Invitation
from accounts.permissions.invitations import check_addressed, check_invite, check_invite_guest
from accounts.permissions.merging import is_of_merged
from accounts.permissions.partners import places_left
from network.forms import add_refusal
from network.models.people import User
from network.permissions import can, partners_seen_by
from network.refusals import Refusal, Unseen
from network.requests import PersonRequest, of_person
from network.views.places import room_or_404


@login_required
def invite(request: PersonRequest, slug: str) -> HttpResponse:
    """A representative invites a colleague to take part for the partner."""
    place = get_object_or_404(partners_seen_by(request.user), slug=slug)
    check_invite(request.user, place)
    form = InviteForm(request.POST or None, initial=first_role(place))
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite(by=request.user, partner=place, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            # The same words whether or not the address is known.
            messages.success(request, _("The invitation is on its way. Its link works for two weeks."))
            return redirect("accounts:partner-people", place.slug)
    context = {"form": form, "partner": place, "left": places_left(place)}
    return render(request, "accounts/invite.html", context)


@login_required
def invite_guest(request: PersonRequest, slug: str) -> HttpResponse:
    """A coordinator invites an expert to one room, until a day."""
    room = room_or_404(request.user, slug)
    check_invite_guest(request.user, room)
    form = InviteGuestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite_guest(by=request.user, room=room, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The invitation is on its way. Its link works for two weeks."))
            return redirect("network:room-members", room.slug)
    return render(request, "accounts/invite_guest.html", {"form": form, "room": room, "tab": "members"})


@login_required
@require_POST
def settle(request: PersonRequest, uid: str) -> HttpResponse:
    """Sends an invitation again, or withdraws it."""
    invitation = get_object_or_404(Invitation.objects.select_related("partner", "room"), uid=uid)
    place: Any
    place, check = (invitation.partner, check_invite) if invitation.partner else (invitation.room, check_invite_guest)
    if not can(check, request.user, place):
        raise Unseen
    try:
        if "again" in request.POST:
            actions.send_again(by=request.user, invitation=invitation)
            messages.success(request, _("A new link is on its way; the old one no longer works."))
        else:
            actions.withdraw_invitation(by=request.user, invitation=invitation)
            messages.success(request, _("The invitation is withdrawn."))
    except Refusal as refusal:
        messages.error(request, str(refusal.reason))
    return redirect("accounts:partner-people", place.slug) if invitation.partner else redirect(place)


@never_cache
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Who holds the link comes in: with a new account, or signed in with the one they have."""
    if enough := too_often(request, "invitation"):
        return enough
    try:
        invitation = actions.invitation_of(token)
    except Unseen:
        return render(request, "accounts/invitation_gone.html", status=404)
    if of_person(request):
        return _accept_signed_in(request, invitation)
    if User.objects.filter(email__iexact=invitation.email).exists():
        context = {"invitation": invitation, "merged": is_of_merged(invitation.email)}
        return render(request, "accounts/invitation_known.html", context)
    form = AcceptForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.accept(invitation=invitation, **form.cleaned_data)
        except Unseen:
            return render(request, "accounts/invitation_gone.html", status=404)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
            record_authentication(request, person, "password", email=person.email)
            UserSession.objects.create_from_request(request)
            messages.success(request, _("Welcome. You are signed in."))
            return redirect(invitation.room or "home")
    return render(request, "accounts/invitation.html", {"form": form, "invitation": invitation})


def _accept_signed_in(request: PersonRequest, invitation: Invitation) -> HttpResponse:
    # Before the page says who invites whom to which room: a hidden one's name is for the invited alone.
    check_addressed(request.user, invitation)
    if request.method != "POST":
        return render(request, "accounts/invitation_confirm.html", {"invitation": invitation})
    actions.accept(invitation=invitation, by=request.user)
    messages.success(request, _("You have accepted the invitation."))
    return redirect(invitation.room or "home")
