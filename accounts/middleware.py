"""Writes down that a session has a second factor, for the gate."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse

from network import clock


class AssuranceMiddleware:
    """`assured_at` in the session once allauth has recorded a second factor for it.

    A passkey, an app's code and a recovery code all leave the method "mfa": at signing in, with a passkey
    alone too, when somebody is asked again, and when they set up their first (accounts.factors).
    `network` reads that key and knows nothing of allauth.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self._note(request)
        response = self.get_response(request)
        self._note(request)
        return response

    def _note(self, request: HttpRequest) -> None:
        if not request.user.is_authenticated or request.session.get("assured_at"):
            return
        if any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user)):
            request.session["assured_at"] = clock.now().isoformat()
