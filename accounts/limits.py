"""How often somebody may try a door. allauth counts its own doors; here are ours, counted in the same place."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse


def too_often(request: HttpRequest, door: str, *, key: str | None = None) -> HttpResponse | None:
    """The page that says so (429), once the limit of the door in ACCOUNT_RATE_LIMITS is reached; looking counts too."""
    within = ratelimit.consume(request, app="allauth.account", action=door, key=key, limit_get=True)
    return None if within else ratelimit.respond_429(request)
