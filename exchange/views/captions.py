"""Captions of a film or a recording: the page on which they are added and taken off, and the track that is played."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exchange.actions.captions import add_captions, remove_captions
from exchange.document_forms import CaptionsForm, CaptionsOffForm
from exchange.filetypes import PLAYED
from exchange.handing_out import opened
from exchange.models import Document
from exchange.permissions import demand_caption
from exchange.views.reading import OF_A_PICTURE, chosen_or_unseen
from exchange.views.versions import document_or_unseen
from network import headcount
from network.forms import add_refusal
from network.models.items import State
from network.models.openings import Opening
from network.permissions import audience
from network.refusals import Refusal, Unseen
from network.requests import PersonRequest
from network.views.items import standing


@login_required
def captions(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Which captions the newest version has, the form for more, and its saving. For whoever may add a version."""
    document = document_or_unseen(request, uid)
    demand_caption(request.user, document)
    posted = request.method == "POST"
    form = CaptionsForm(request.POST if posted else None, request.FILES if posted else None, document=document)
    if posted and form.is_valid() and _add(request, document, form):
        return redirect("exchange:document-captions", document.uid)
    context = {
        **standing(request.user, document),
        "document": document,
        "audience": headcount.of(audience(document)),
        "form": form,
        "rows": document.newest.captions.defer("text").select_related("by") if document.newest else [],
        "tab": "documents",
    }
    return render(request, "exchange/document_captions.html", context, status=422 if posted else 200)


def _add(request: PersonRequest, document: Document, form: CaptionsForm) -> bool:
    before = document.state
    try:
        add_captions(by=request.user, document=document, **form.cleaned_data)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    document.refresh_from_db(fields=["state"])
    if document.state == State.HELD and before != State.HELD:
        messages.success(request, _("The captions are saved, and the document waits for a moderator."))
    else:
        messages.success(request, _("The captions stand beside it."))
    return True


@login_required
@require_POST
def remove(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes the captions in one language off."""
    document = document_or_unseen(request, uid)
    demand_caption(request.user, document)
    form = CaptionsOffForm(request.POST)
    if not form.is_valid():
        raise Unseen
    remove_captions(by=request.user, document=document, **form.cleaned_data)
    messages.success(request, _("The captions are taken off."))
    return redirect("exchange:document-captions", document.uid)


@require_safe
def track(request: HttpRequest, uid: uuid.UUID, language: str) -> HttpResponse:
    """The captions of a version in one language, as WebVTT of our own making."""
    chosen = chosen_or_unseen(request, uid)
    version = chosen.version
    if not version.blob.is_served or version.content_type not in PLAYED:
        raise Unseen
    caption = version.captions.filter(language=language).first()
    if caption is None:
        raise Unseen
    opened(request.user, chosen.document, version, Opening.How.READ)
    return HttpResponse(caption.text, content_type="text/vtt; charset=utf-8", headers=OF_A_PICTURE)
