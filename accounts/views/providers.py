"""How the people of a partner sign in at home: the page where a coordinator sets it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions.providers import set_provider
from accounts.forms.providers import ProviderForm
from accounts.models import EmailDomain, IdentityProvider
from accounts.permissions.providers import check_set_provider
from network.forms import add_refusal
from network.permissions import partners_seen_by
from network.refusals import Refusal
from network.requests import PersonRequest


@sensitive_post_parameters("secret")
@login_required
def sign_in(request: PersonRequest, slug: str) -> HttpResponse:
    """A partner's identity provider and the domains for which it vouches."""
    partner = get_object_or_404(partners_seen_by(request.user), slug=slug)
    check_set_provider(request.user)
    provider = IdentityProvider.objects.filter(partner=partner).first()
    domains = EmailDomain.objects.filter(partner=partner).values_list("domain", flat=True)
    known = {"domains": "\n".join(domains), "name": partner.name[:60]}
    if provider is not None:
        known |= {name: getattr(provider, name) for name in ("name", "issuer", "client_id", "active")}
    form = ProviderForm(request.POST or None, initial=known, provider=provider)
    if request.method == "POST" and form.is_valid():
        try:
            set_provider(by=request.user, partner=partner, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Kept. Try it once in a private window before you tell people."))
            return redirect("accounts:partner-sign-in", partner.slug)
    callback = reverse("organisation_callback", args=[provider.slug]) if provider else ""
    context = {
        "form": form,
        "partner": partner,
        "provider": provider,
        "callback": request.build_absolute_uri(callback) if provider else "",
    }
    return render(request, "accounts/partner_sign_in.html", context)
