"""An archive shared as what is in it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from exchange.actions.unpacking import Unpacked, share_unpacked
from exchange.forms import ArchiveForm
from exchange.uploads import LimitedUpload, takes_large_files
from exchange.views.places import room_context
from network.forms import add_refusal
from network.models.rooms import Room
from network.permissions import Level, require
from network.refusals import Refusal
from network.requests import PersonRequest
from network.views.places import room_or_404


@takes_large_files
@login_required
def new(request: PersonRequest, slug: str, *, upload: LimitedUpload) -> HttpResponse:
    """The form for a ZIP, and what became of each file in it. For whoever contributes to the room."""
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
            outcomes = share_unpacked(by=request.user, room=place, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _said(request, place, form, outcomes)
    context = {**room_context(request, place, "documents"), "form": form}
    return render(request, "exchange/unpack.html", context, status=422 if posted else 200)


def _said(request: HttpRequest, room: Room, form: ArchiveForm, outcomes: list[Unpacked]) -> HttpResponse:
    context = {
        **room_context(request, room, "documents"),
        "folder": form.cleaned_data.get("folder"),
        "shared": [one for one in outcomes if one.document is not None],
        "left": [one for one in outcomes if one.document is None],
    }
    return render(request, "exchange/unpacked.html", context)
