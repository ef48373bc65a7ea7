"""The next version of a document, and an older one taken up again."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exchange.actions.documents import allow_downloads
from exchange.actions.uploads import add_upload, keep_upload
from exchange.actions.versions import Overtaken, add_version, restore_version
from exchange.forms import VersionForm
from exchange.models import Document, Version
from exchange.permissions import demand_add_version
from network import headcount
from network.forms import add_refusal
from network.kinds import KINDS
from network.models.people import User
from network.permissions import audience
from network.refusals import Refusal
from network.requests import PersonRequest
from network.uploads import LimitedUpload, takes_large_files
from network.views.fetching import item_or_unseen
from network.views.items import standing


def document_or_unseen(request: HttpRequest, uid: uuid.UUID) -> Document:
    """A document of a room that the reader is in. Raises Unseen, NeedsSecondFactor."""
    rows = Document.objects.select_related("newest", "author", "partner", "room", "worked_on_by")
    rows = rows.with_places(request.user)
    document = item_or_unseen(rows, request.user, uid, inside=True)
    document.kind_name = KINDS[document.kind].name
    return document


@takes_large_files
@login_required
def new(request: PersonRequest, uid: uuid.UUID, *, upload: LimitedUpload) -> HttpResponse:
    """The form for the next version, and its sharing."""
    document = document_or_unseen(request, uid)
    demand_add_version(request.user, document)
    posted = request.method == "POST"
    newest = document.newest.number if document.newest else 0
    form = VersionForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"over": _opened(request.GET.get("over"), newest)},
        by=request.user,
        upload=upload,
    )
    overtaken = None
    if posted and form.is_valid():
        try:
            _add(request.user, document, form)
        except Overtaken as refusal:
            overtaken = refusal.newest
            _ask_again(request, form, overtaken.number)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The new version is shared; the older ones stay."))
            return redirect(document)
    context = {
        **standing(request.user, document),
        "document": document,
        "audience": headcount.of(audience(document)),
        "form": form,
        "overtaken": overtaken,
        "tus": settings.LIAISE_TUS_CLIENT.is_dir(),
        "tab": "documents",
    }
    return render(request, "exchange/version_new.html", context, status=422 if posted else 200)


def _opened(given: str | None, newest: int) -> int:
    """The number of the version that was open on the page one comes from; the newest, where that is not said."""
    if given is None or not (given.isascii() and given.isdecimal() and len(given) < 10):
        return newest
    return min(int(given), newest)


def _add(by: User, document: Document, form: VersionForm) -> Version:
    """By the file in the form, or else by what arrived before it."""
    words = dict(form.cleaned_data)
    file, arrived, once = words.pop("file"), words.pop("upload"), words.pop("once")
    if file:
        return add_version(by=by, document=document, file=file, once=once, **words)
    return add_upload(by=by, document=document, uid=arrived[0], **words)


def _ask_again(request: PersonRequest, form: VersionForm, over: int) -> None:
    """The form once more, over the version that is named now, and with the file that need not be sent again."""
    form.data = request.POST.copy()
    form.data["over"] = str(over)
    file = form.cleaned_data["file"]
    if file:
        try:
            kept = keep_upload(by=request.user, file=file, once=form.cleaned_data["once"])
            form.data.setlist("upload", [str(kept.uid)])
        except Refusal:
            # There is no room to keep it: it is chosen again.
            form.data.setlist("upload", [])
    form.__dict__.pop("kept", None)


@login_required
@require_POST
def restore(request: PersonRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """Takes an older version up again; asks first where a newer one came than the newest that was shown."""
    document = document_or_unseen(request, uid)
    over = _opened(request.POST.get("over"), document.newest.number if document.newest else 0)
    try:
        version = restore_version(by=request.user, document=document, number=number, over=over)
    except Overtaken as refusal:
        context = {
            **standing(request.user, document),
            "document": document,
            "number": number,
            "overtaken": refusal.newest,
            "tab": "documents",
        }
        return render(request, "exchange/version_restore.html", context, status=422)
    words = _("Version %(old)d is read again, as version %(new)d.")
    messages.success(request, words % {"old": number, "new": version.number})
    return redirect(document)


@login_required
@require_POST
def downloads(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Its source lets those whom RED names download it, or no longer."""
    document = document_or_unseen(request, uid)
    allowed = request.POST.get("allowed") == "1"
    allow_downloads(by=request.user, document=document, allowed=allowed)
    said = _("Those whom it names may download it.") if allowed else _("Nobody whom it names may download it now.")
    messages.success(request, said)
    return redirect(document)
