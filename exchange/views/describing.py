"""Changing what is said about a document."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from exchange.actions.describing import describe_document
from exchange.document_forms import DescribeForm
from exchange.models import Document
from exchange.permissions import demand_describe
from exchange.views.versions import document_or_unseen
from network.forms import add_refusal
from network.models.items import State
from network.refusals import Refusal
from network.requests import PersonRequest
from network.views.items import standing


@login_required
def describe(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """The form with what is said now, and its saving. For the source."""
    document = document_or_unseen(request, uid)
    demand_describe(request.user, document)
    posted = request.method == "POST"
    form = DescribeForm(request.POST if posted else None, document=document)
    if posted and form.is_valid() and _save(request, document, form):
        return redirect(document)
    context = {**standing(request.user, document), "document": document, "form": form, "tab": "documents"}
    return render(request, "exchange/document_describe.html", context, status=422 if posted else 200)


def _save(request: PersonRequest, document: Document, form: DescribeForm) -> bool:
    before = document.state
    try:
        describe_document(by=request.user, document=document, **form.cleaned_data)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    document.refresh_from_db(fields=["state"])
    if document.state == State.HELD and before != State.HELD:
        messages.success(request, _("It is saved, and waits for a moderator; until then only you and they see it."))
    else:
        messages.success(request, _("What is said about the document is saved."))
    return True
