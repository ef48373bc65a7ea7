"""The page that leads to a second factor: to the first one, or to showing the one that is there."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.permissions.factors import needs_factor
from accounts.views.ways_back import way_back
from network.requests import PersonRequest


@login_required
def second_factor(request: PersonRequest) -> HttpResponse:
    """Why a second factor is asked for, and the ways to one. Nobody who has shown one is kept here."""
    back = way_back(request)
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    if request.session.get("assured_at") and kinds:
        return redirect(back)
    query = urlencode({"next": back})
    context = {
        "has_app": Authenticator.Type.TOTP in kinds,
        "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        "required": needs_factor(request.user),
        "by_code": f"{reverse('mfa_reauthenticate')}?{query}",
        "by_passkey": f"{reverse('mfa_reauthenticate_webauthn')}?{query}",
    }
    return render(request, "accounts/second_factor.html", context)
