"""A person's calendar link, and what calendar programs read there."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.defaults import page_not_found

from network import clock
from network.requests import PersonRequest
from workshops.actions.links import end_link, renew_link
from workshops.calendars import calendar_file
from workshops.feeds import feed_of, tag_of
from workshops.models import CalendarLink

AGAIN = timedelta(hours=1)


@login_required
@require_safe
@never_cache
def link(request: PersonRequest) -> HttpResponse:
    """One's calendar link: what it is, what it tells, how it is used, renewed and ended."""
    own = CalendarLink.objects.filter(user=request.user).first()
    return render(request, "workshops/calendar_link.html", {"link": own})


@login_required
@require_POST
def renew(request: PersonRequest) -> HttpResponse:
    """A first link, or a new one in the place of the old."""
    renew_link(by=request.user)
    messages.success(request, _("This is your calendar link. One that you had before is no address any more."))
    return redirect("workshops:calendar-link")


@login_required
@require_POST
def end(request: PersonRequest) -> HttpResponse:
    """No link any more."""
    end_link(by=request.user)
    messages.success(request, _("The calendar link has ended. Programs that used it find nothing there now."))
    return redirect("workshops:calendar-link")


@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponseBase:
    """The meetings of whom the key belongs to, for their calendar program; no session, so as much as labels let out."""
    own = CalendarLink.objects.select_related("user").filter(key=key, user__is_active=True).first()
    if own is None:
        # Raised, it would ask a stranger to sign in, which calendar programs cannot.
        return page_not_found(request, Http404(), template_name="404.html")
    with translation.override(own.user.language):
        meetings = feed_of(own.user)
        tag = tag_of(meetings)
        response = get_conditional_response(request, etag=tag)
        if response is None:
            file = calendar_file(meetings, stamp=clock.now(), name="Liaise", again=AGAIN)
            response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
            response.headers["Content-Disposition"] = 'inline; filename="liaise.ics"'
    response.headers["ETag"] = tag
    # Asked again each time: what one may see can end at any moment.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
