"""Where one is signed in, and an end to all of it."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions.sessions import end_all_sessions, end_session
from network.requests import PersonRequest


@login_required
@require_POST
def end_one(request: PersonRequest, pk: int) -> HttpResponse:
    """Ends one session of one's own."""
    session = get_object_or_404(UserSession, user=request.user, pk=pk)
    end_session(by=request.user, session=session)
    messages.success(request, _("That browser is signed out."))
    return redirect("usersessions_list")


@login_required
@require_POST
def sign_out_everywhere(request: PersonRequest) -> HttpResponse:
    """Ends every session of this person, this one too."""
    end_all_sessions(by=request.user)
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")
