"""Practice sheets: all that I may see, those of a room, one, a new one, one revised."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exchange.actions.practices import LONGEST_SUMMARY, LONGEST_TITLE, publish_sheet, revise_sheet
from exchange.filters import PracticeFilter
from exchange.models import PracticeSheet
from exchange.models.practices import MOST_THEMES
from exchange.permissions import check_made_from, check_revise
from exchange.querysets import in_room
from exchange.sheet_forms import PublishSheetForm, ReviseSheetForm
from exchange.views.places import room_context
from network import headcount
from network.actions.openings import opened
from network.forms import add_refusal
from network.kinds import KINDS
from network.models.items import Item, Release, State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, audience, can, require
from network.refusals import Refusal, Unseen
from network.rendering import to_html
from network.requests import PersonRequest
from network.views.fetching import inside_or_released, item_or_unseen, lacks_second_factor
from network.views.items import standing
from network.views.places import room_or_404

A_PAGE = 20
TEXTS = ("objectives", "methodology", "activities")


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All practice sheets that this person may see, filtered from the address line."""
    seen = PracticeSheet.objects.visible_to(request.user).exclude(state=State.REMOVED)
    rows = seen.select_related("partner").prefetch_related("picked").with_places(request.user)
    chosen = PracticeFilter(request.GET, queryset=rows, request=request)
    page = Paginator(chosen.qs, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page": page,
        "asked": any(request.GET.get(name) for name in chosen.get_filters()),
    }
    return render(request, "exchange/practices.html", context)


@login_required
@require_safe
def in_one_room(request: HttpRequest, slug: str) -> HttpResponse:
    """The practice sheets of a room. For whoever views the room."""
    place = room_or_404(request.user, slug)
    all_here = in_room(PracticeSheet.objects.all(), place)
    rows = all_here.seen_inside_by(request.user).select_related("partner").prefetch_related("picked")
    context = {
        **room_context(request, place, "practices"),
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "locked": lacks_second_factor(all_here, request.user),
    }
    return render(request, "exchange/room_practices.html", context)


@login_required
def new(request: PersonRequest, slug: str) -> HttpResponse:
    """The form for a practice sheet, and its publishing. For whoever contributes to the room."""
    place = room_or_404(request.user, slug)
    require(request.user, Level.CONTRIBUTE, place)
    posted = request.method == "POST"
    origin = _origin(request)
    words = _begun_with(request, origin) if origin and not posted else None
    form = PublishSheetForm(
        request.POST if posted else None, by=request.user, room=place, made_from=origin, words=words
    )
    if posted and form.is_valid() and (sheet := _publish(request, place, form, origin)):
        return redirect(sheet)
    context = {**room_context(request, place, "practices"), "form": form, "origin": origin}
    return render(request, "exchange/practice_new.html", context, status=422 if posted else 200)


def _origin(request: PersonRequest) -> Item | None:
    """What the sheet is made of, where the address or the form names something; to read it here is to open it.

    Raises Unseen for what this person does not see, or of which nothing is made.
    """
    named = request.POST.get("made_from", "") if request.method == "POST" else request.GET.get("from", "")
    if not named:
        return None
    try:
        uid = uuid.UUID(named)
    except ValueError:
        raise Unseen from None
    origin: Item = item_or_unseen(Item.objects.select_related("parent", "room"), request.user, uid, inside=True)
    check_made_from(request.user, origin)
    opened(by=request.user, item=origin)
    return origin


def _begun_with(request: PersonRequest, origin: Item) -> dict[str, Any]:
    """What the fields hold at first; less where somebody tells of a practice of their own ("we do this too")."""
    begun = {"language": origin.language, "themes": [theme.slug for theme in origin.themes.all()[:MOST_THEMES]]}
    outline = KINDS[origin.kind].outline
    if "too" in request.GET or outline is None:
        return begun
    words = outline(origin)
    return begun | {
        "title": Truncator(words["title"]).chars(LONGEST_TITLE),
        "summary": Truncator(" ".join((words["summary"] or words["question"]).split())).chars(LONGEST_SUMMARY),
        "objectives": words["question"],
        "methodology": words["summary"],
    }


def _publish(request: PersonRequest, place: Room, form: PublishSheetForm, origin: Item | None) -> PracticeSheet | None:
    shared = ("title", "tlp", "language", "partner", "named_partners", "named_people", "once")
    given = {name: form.cleaned_data[name] for name in shared if name in form.cleaned_data}
    try:
        sheet = publish_sheet(by=request.user, room=place, text=form.text, made_from=origin, **form.choices, **given)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None
    if sheet.state == State.HELD:
        messages.success(request, _("The sheet waits for a moderator; until then only you and they see it."))
    else:
        messages.success(request, _("The practice sheet is published."))
    return sheet


@require_safe
def one(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One sheet; for strangers and whoever sees it only by its release, the public page."""
    rows = PracticeSheet.objects.select_related("author", "partner", "room").prefetch_related("picked")
    sheet, inside = inside_or_released(rows.with_places(request.user).with_own_marks(request.user), request.user, uid)
    context = {
        "sheet": sheet,
        "texts": [(sheet._meta.get_field(name).verbose_name, to_html(getattr(sheet, name))) for name in TEXTS],
        "themes": sheet.themes.all(),
    }
    if not inside:
        context["release"] = Release.objects.get(item=sheet)
        return render(request, "exchange/practice_released.html", context)
    context |= {
        **standing(cast("User", request.user), sheet),
        "audience": headcount.of(audience(sheet)),
        "made_from": _seen_origin(request, sheet),
        "may_revise": can(check_revise, request.user, sheet),
        "tab": "practices",
    }
    return render(request, "exchange/practice.html", context)


def _seen_origin(request: HttpRequest, sheet: PracticeSheet) -> Item | None:
    """What it was made of, for who sees that too; nobody else learns that there is anything."""
    if sheet.made_from_id is None:
        return None
    return Item.objects.seen_inside_by(request.user).filter(pk=sheet.made_from_id).first()


@login_required
def revise(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """The form to revise a sheet. For its authors and its partner's representatives."""
    rows = PracticeSheet.objects.select_related("room").prefetch_related("picked").with_places(request.user)
    sheet = item_or_unseen(rows, request.user, uid, inside=True)
    check_revise(request.user, sheet)
    # The form shows the whole sheet, so it is an opening like its page.
    opened(by=request.user, item=sheet)
    posted = request.method == "POST"
    form = ReviseSheetForm(request.POST if posted else None, sheet=sheet)
    if posted and form.is_valid() and _revise(request, sheet, form):
        return redirect(sheet)
    released = Release.objects.filter(item=sheet).exists()
    context = {"sheet": sheet, "form": form, "released": released, "room": sheet.home, "tab": "practices"}
    return render(request, "exchange/practice_revise.html", context, status=422 if posted else 200)


def _revise(request: PersonRequest, sheet: PracticeSheet, form: ReviseSheetForm) -> bool:
    try:
        revise_sheet(
            by=request.user,
            sheet=sheet,
            title=form.cleaned_data["title"],
            language=form.cleaned_data["language"],
            text=form.text,
            **form.choices,
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, _("The practice sheet says what you wrote."))
    return True
