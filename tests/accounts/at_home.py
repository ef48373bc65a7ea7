"""An OpenID provider of a partner, on this machine, and a browser that goes there and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django.test import Client
from oidc_provider_mock import run_server_in_thread as serve_provider

from accounts.actions.providers import set_provider
from accounts.models import IdentityProvider
from tests.cast import Cast

__all__ = ["Home", "come", "serve_provider", "set_home", "way_there"]


@dataclass
class Home:
    """A provider that says of people whatever `tell` told it."""

    issuer: str

    def tell(self, subject: str, **claims: Any) -> str:
        """Somebody has an account there; what the provider says of them."""
        requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=5).raise_for_status()
        return subject

    def sign_in(self, address: str, subject: str) -> str:
        """Signs in at the provider; the address, at ours, to which it sends the browser back."""
        answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"


def set_home(cast: Cast, home: Home, **changes: Any) -> IdentityProvider:
    """Clara sets it for malmo.example."""
    given = {
        "name": "City of Malmö",
        "issuer": home.issuer,
        "client_id": "liaise",
        "secret": "a secret",
        "domains": ["malmo.example"],
        **changes,
    }
    return set_provider(by=cast.clara, partner=cast.malmo, **given)


def way_there(client: Client, email: str = "anyone@malmo.example", **query: str) -> str:
    """Gives the address on our page; the link that leads to the provider."""
    page = client.post(f"/accounts/organisation/?{urlencode(query)}", {"email": email})
    found = re.search(r'href="(http[^"]+/oauth2/authorize[^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return unescape(found[1])


def come(client: Client, home: Home, subject: str, **query: str) -> Any:
    """There and back: our answer to the browser that returns."""
    return client.get(home.sign_in(way_there(client, **query), subject))
