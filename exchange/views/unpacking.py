"""An archive shared as what is in it: its form, and how far it is."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exchange.actions.unpacking import begin_unpacking, unpackings_of
from exchange.actions.uploads import unpack_upload
from exchange.forms import ArchiveForm
from exchange.models import Unpacking
from exchange.outcomes import counted, outcomes_of
from exchange.permissions import check_follow_unpacking
from exchange.views.places import room_context
from network import retention
from network.forms import add_refusal
from network.models.rooms import Room
from network.permissions import Level, require
from network.refusals import Invalid, Refusal, Unseen
from network.requests import PersonRequest
from network.uploads import LimitedUpload, takes_large_files
from network.views.places import room_or_404


@takes_large_files
@login_required
def new(request: PersonRequest, slug: str, *, upload: LimitedUpload) -> HttpResponse:
    """The form for a ZIP, and which of one's own are being unpacked. For whoever contributes to the room."""
    place = room_or_404(request.user, slug)
    require(request.user, Level.CONTRIBUTE, place)
    posted = request.method == "POST"
    form = ArchiveForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        by=request.user,
        room=place,
        upload=upload,
        initial={"folder": request.GET.get("folder", "")},
    )
    if posted and form.is_valid():
        try:
            return redirect(_begin(request, place, form))
        except Refusal as refusal:
            add_refusal(form, refusal)
    context = {
        **room_context(request, place, "documents"),
        "form": form,
        "tus": settings.LIAISE_TUS_CLIENT.is_dir(),
        "running": counted(unpackings_of(request.user, place).filter(ended_at=None)).select_related("room"),
    }
    return render(request, "exchange/unpack.html", context, status=422 if posted else 200)


def _begin(request: PersonRequest, place: Room, form: ArchiveForm) -> Unpacking:
    """With the archive in the form, or else with what arrived before it."""
    words = dict(form.cleaned_data)
    file, arrived = words.pop("file"), words.pop("upload")
    if file:
        return begin_unpacking(by=request.user, room=place, file=file, **words)
    try:
        return unpack_upload(by=request.user, room=place, uid=arrived[0], **words)
    except Unseen:
        raise Invalid("file", _("It has not arrived, or was kept too long. Choose it again.")) from None


@login_required
@require_safe
def one(request: PersonRequest, slug: str, uid: uuid.UUID) -> HttpResponse:
    """How far an archive is, and what became of each file in it. For who sent it; to others it is not there."""
    place = room_or_404(request.user, slug)
    row = get_object_or_404(unpackings_of(request.user, place).select_related("folder__room"), uid=uid)
    check_follow_unpacking(request.user, row)
    context = {
        **room_context(request, place, "documents"),
        "unpacking": row,
        "running": row.ended_at is None,
        "days": retention.days("unpackings"),
        **outcomes_of(request.user, row),
    }
    return render(request, "exchange/unpacked.html", context)
