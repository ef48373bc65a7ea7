"""Signing in at one's own organisation: there, and back."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.actions.providers import provider_for
from accounts.forms.providers import OrganisationForm
from accounts.limits import too_often
from accounts.oidc.exchange import OrganisationCallback, OrganisationExchange
from accounts.views.ways_back import way_back

log = logging.getLogger(__name__)


@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Somebody gives their address; its domain says whose provider is asked. Who has an account is not looked at."""
    if request.user.is_authenticated:
        return redirect("home")
    if request.method == "POST" and (enough := too_often(request, "organisation")):
        return enough
    back = way_back(request)
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        provider = provider_for(email)
        if provider is None:
            form.add_error("email", _("No organisation signs in here with such an address. Take another way."))
        else:
            try:
                address = OrganisationExchange(request, provider.slug).way_there(request, next_url=back, email=email)
            except OAuth2Error as error:
                log.warning("The provider of %s cannot be asked: %s", provider.partner_id, error)
                return render(request, "accounts/organisation_silent.html", {"provider": provider}, status=503)
            # A link and not a redirect: forms of ours send to nobody but us (form-action), and one sees where one goes.
            context = {"provider": provider, "address": address, "host": urlsplit(address).netloc}
            return render(request, "accounts/organisation_go.html", context)
    return render(request, "accounts/organisation.html", {"form": form, "back": back})


@never_cache
@require_GET
def callback(request: HttpRequest, slug: str) -> HttpResponse:
    """The browser comes back with a code. What was not begun in this browser is refused without a why."""
    if enough := too_often(request, "organisation_callback"):
        return enough
    try:
        return OrganisationCallback.adapter_view(OrganisationExchange(request, slug))(request)
    except (SocialApp.DoesNotExist, OAuth2Error) as error:
        log.warning("Signing in at an organisation failed: %s", error)
        return render(request, "socialaccount/authentication_error.html", status=401)


def asked(request: HttpRequest) -> HttpResponse:
    """Their organisation vouches for them, but nobody has let them in yet."""
    return render(request, "accounts/organisation_asked.html")
