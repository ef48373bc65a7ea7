"""What every request gets: its reader's time, language and assurance; and refusals as pages."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from django_htmx.http import HttpResponseClientRedirect

from network import admission
from network.actions import drafts
from network.fullness import cut_for_want_of_room, no_room_page
from network.languages import spoken
from network.refusals import Forbidden, Invalid, Unseen
from network.requests import of_person


class NoRoomMiddleware:
    """Answers for a request of whose body the disk had room for the beginning alone, unless its view says so itself.

    Before anything reads the form, which would take the beginning for all of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """507 with the words, or nothing."""
        if cut_for_want_of_room(request) and not getattr(view, "says_no_room", False):
            return no_room_page(request)
        return None


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
                return self._answer(request)
        user.assured = bool(request.session.get("assured_at"))
        with timezone.override(user.zone), translation.override(spoken(user.language)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self._answer(request)
        # Pages of members must not be read again from a browser's cache after signing out.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.streaming or response.content:
            return response
        # Come to by reloading, or by signing in again: a page with a way on, rather than nothing.
        page = render(request, "405.html", status=response.status_code)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page

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


class AdmissionMiddleware:
    """Sends whoever has something to do first (`network.admission`) to where they do it, and back afterwards."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """A redirect where a step waits and this is none of its doors."""
        match = request.resolver_match
        if not request.user.is_authenticated or match is None:
            return None
        step = admission.next_step(request.user, request.session)
        if step is None:
            return None
        if match.view_name in step.doors:
            # Who is not let in yet sees no names of rooms around the page either.
            request.waits = True  # type: ignore[attr-defined]
            return None
        if request.method != "GET":
            messages.warning(request, _("What you sent has not been taken yet. Please send it again afterwards."))
        where = f"{reverse(step.page)}?{urlencode({'next': _way_back(request)})}"
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(where)
        return HttpResponseRedirect(where)


class DraftMiddleware:
    """Lets go of the draft of a form (static/js/drafts.js names it) when the form was taken, which a redirect says.

    The last one, so that what another one answered in the place of a view lets nothing go.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        taken = request.method == "POST" and response.status_code in (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)
        if taken and of_person(request) and (key := request.POST.get("_draft")):
            drafts.sent(by=request.user, key=key)
        return response


def _way_back(request: HttpRequest) -> str:
    """The page that was asked for, or the one from which something was sent."""
    if request.method == "GET" and not getattr(request, "htmx", False):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours else reverse("home")
