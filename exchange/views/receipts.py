"""Receipts: asking for a document to be read, saying that one has read it, and who has."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exchange.actions.reading import ask_for_newer, ask_to_read, confirm_reading
from exchange.document_forms import AskToReadForm
from exchange.models import Document, ReadRequest
from exchange.permissions import demand_follow_reading
from exchange.receipts import readers_of
from exchange.views.documents import version_or_unseen
from exchange.views.versions import document_or_unseen
from network import headcount
from network.forms import add_refusal
from network.models.items import State
from network.permissions import audience
from network.refusals import Refusal
from network.requests import PersonRequest
from network.views.items import standing


@login_required
def reading(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Who has read it, by partner, and the form to ask for it. For the source and the room's moderators."""
    document = document_or_unseen(request, uid)
    demand_follow_reading(request.user, document)
    posted = request.method == "POST"
    form = AskToReadForm(request.POST if posted else None)
    if posted and form.is_valid() and _ask(request, document, form):
        return redirect("exchange:document-reading", document.uid)
    last = ReadRequest.objects.select_related("by").filter(document=document).first()
    context: dict[str, Any] = {
        **standing(request.user, document),
        "document": document,
        "form": form if (last is None or not last.is_open) and document.state == State.PUBLISHED else None,
        "asked": last,
        "readers": readers_of(document, last) if last else [],
        "audience": headcount.of(audience(document)),
        "tab": "documents",
    }
    context["confirmed"] = sum(group.done for group in context["readers"])
    context["of"] = sum(group.count for group in context["readers"])
    return render(request, "exchange/document_reading.html", context, status=422 if posted else 200)


def _ask(request: PersonRequest, document: Document, form: AskToReadForm) -> bool:
    try:
        ask_to_read(by=request.user, document=document, **form.cleaned_data)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, _("Its readers are asked, and find a notice."))
    return True


@login_required
@require_POST
def ask_again(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """What was confirmed of an older version does not stand any more: the newest is to be read."""
    document = document_or_unseen(request, uid)
    ask_for_newer(by=request.user, document=document)
    messages.success(request, _("They are asked to read the newest version as well."))
    return redirect("exchange:document-reading", document.uid)


@login_required
@require_POST
def confirm(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """I have read it: the version that was shown."""
    document = document_or_unseen(request, uid)
    version = version_or_unseen(document, request.POST.get("version"))
    confirm_reading(by=request.user, document=document, version=version.number)
    messages.success(request, _("It is noted that you have read version %(number)d.") % {"number": version.number})
    return redirect(document)
