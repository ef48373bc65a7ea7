"""What every request gets: its reader's time, language and assurance; and refusals as pages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.defaults import page_not_found

from network.languages import spoken
from network.refusals import Forbidden, Invalid, Unseen


class ReaderMiddleware:
    """Shows times in the reader's zone and words in their language, and turns refusals into pages.

    `accounts` writes `assured_at` into the session when a second factor was confirmed; here it
    becomes `user.assured`, which the gate reads where it is not told otherwise.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            with timezone.override(settings.LIAISE_TIME_ZONE):
                return self.get_response(request)
        user.assured = bool(request.session.get("assured_at"))
        with timezone.override(user.zone), translation.override(spoken(user.language)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
        # Pages of members must not be read again from a browser's cache after signing out.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """404 for what one may not see, 403 with its reason; a stranger signs in for either. 422 for the unusable."""
        if isinstance(exception, (Unseen, Http404, Forbidden)) and not (request.user.is_authenticated):
            # The same for what exists and what does not.
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('account_login')}?{query}")
        if isinstance(exception, Unseen):
            return page_not_found(request, Http404(), template_name="404.html")
        if isinstance(exception, Forbidden):
            context = {"reason": exception.reason, "code": exception.code}
            return render(request, "403.html", context, status=403)
        if isinstance(exception, Invalid):
            # No form stood there to say it.
            return render(request, "400.html", {"reason": exception.reason}, status=422)
        return None
