"""What somebody is writing: their drafts, and what their Markdown looks like."""

from __future__ import annotations

import json
import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network.actions import drafts as actions
from network.drafts import in_words, told
from network.models.drafts import Draft
from network.refusals import Invalid
from network.rendering import to_html
from network.requests import PersonRequest

A_PAGE = 30
MOST_ASKED = 40
LONGEST_RENDERED = 100_000


@login_required
def index(request: PersonRequest) -> HttpResponse:
    """One's own drafts, newest first. A page asks for those of its forms (`for`), and sends what is written."""
    if request.method == "POST":
        return _keep(request)
    mine = Draft.objects.filter(user=request.user)
    if "for" in request.GET:
        asked = mine.filter(key__in=request.GET.getlist("for")[:MOST_ASKED])
        return JsonResponse({"drafts": {draft.key: _shown(draft) for draft in asked}, "words": _words()})
    page = Paginator(mine.order_by("-at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "network/drafts.html", {"page": page, "drafts": in_words(request.user, page.object_list)})


def _keep(request: PersonRequest) -> HttpResponse:
    try:
        fields = json.loads(request.POST.get("fields", ""))
        choices = json.loads(request.POST.get("choices") or "{}")
    except (ValueError, RecursionError):
        raise Invalid("fields", _("These words cannot be kept.")) from None
    key, page = request.POST.get("key", ""), request.POST.get("page", "")
    actions.keep(by=request.user, key=key, page=page, fields=fields, choices=choices)
    return HttpResponse(status=204)


def _shown(draft: Draft) -> dict[str, object]:
    return {"uid": draft.uid, "fields": draft.fields, "choices": draft.choices, "told": told(draft)}


def _words() -> dict[str, str]:
    """What the script says beside a form."""
    return {
        "other": _("It is not what stands here now."),
        "put": _("Put it here"),
        "discard": _("Discard"),
        "again": _("Not everything that you had chosen for it is offered any more: look at each choice again."),
    }


@login_required
@require_POST
def discard(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Throws one of one's own drafts away."""
    actions.discard(by=request.user, uid=uid)
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    messages.success(request, _("The draft is discarded."))
    return redirect("network:drafts")


@login_required
@require_POST
def rendered(request: PersonRequest) -> HttpResponse:
    """Markdown as the HTML that it would be on a page, for the editor, which goes on from there."""
    text = request.POST.get("text", "")
    if len(text) > LONGEST_RENDERED:
        raise Invalid("text", _("This is too long to be shown in the editor."))
    return HttpResponse(to_html(text), content_type="text/html; charset=utf-8")
