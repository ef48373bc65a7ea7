"""One kind of provider for allauth: a partner's own. Its rows are ours (accounts.models.providers)."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.urls import reverse

from accounts.oidc.exchange import OrganisationExchange


class OrganisationProvider(OpenIDConnectProvider):
    """The identity provider of a partner."""

    id = "organisation"
    name = "Organisation"
    oauth2_adapter_class = OrganisationExchange
    # A token of somewhere else is never taken: there is one way in, through the browser.
    supports_token_authentication = False

    @property
    def server_url(self) -> str:
        """OpenID Connect Discovery 1.0 §4.1: a slash at the end of the issuer does not count here."""
        return f"{self.app.settings['server_url'].rstrip('/')}/.well-known/openid-configuration"

    def get_callback_url(self) -> str:
        return reverse("organisation_callback", args=[self.app.provider_id])

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """Nothing of what it tells is kept beside the subject."""
        return {}


provider_classes = [OrganisationProvider]
