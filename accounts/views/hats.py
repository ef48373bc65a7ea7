"""The switch in the frame for those who speak for several partners."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions.hats import wear_hat
from network.permissions import partners_of
from network.requests import PersonRequest


@login_required
@require_POST
def wear(request: PersonRequest) -> HttpResponse:
    """Puts on the hat of one of one's partners, and goes back to where one was."""
    partner = partners_of(request.user).filter(slug=request.POST.get("partner", "").replace("\x00", "")).first()
    if partner is None:
        messages.error(request, _("Choose one of your own partners."))
    else:
        wear_hat(by=request.user, partner=partner)
        messages.success(request, _("You speak for %(partner)s now.") % {"partner": partner.short_name})
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    return redirect(back)
