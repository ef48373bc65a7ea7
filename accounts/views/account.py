"""My account: what one says of oneself, how one is told, what one carries away, and going."""

from __future__ import annotations

import uuid

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actions.exports import ask_for_export
from accounts.actions.leaving import close_account
from accounts.actions.profile import change_telling
from accounts.forms.leaving import CloseForm
from accounts.forms.telling import TellingForm, mailed_subjects, ticked
from accounts.models import Export
from accounts.permissions.leaving import check_leave
from network import clock, kinds
from network.follows import chosen_by
from network.languages import language_words
from network.models.items import Item, State
from network.models.rooms import Room
from network.permissions import can
from network.personal import counts, is_restricted, items_alone
from network.querysets import is_assured
from network.redactions import rooms_to_ask
from network.refusals import NeedsSecondFactor, Refusal, Unseen
from network.requests import PersonRequest
from network.retention import days
from network.streams import Span, attachment, streamed

MOST_SHOWN = 50


@login_required
def overview(request: PersonRequest) -> HttpResponse:
    """Everything about one's own account on one page, with the way to each."""
    me = request.user
    mailed = len(ticked(me.unmailed))
    context = {
        "language": language_words(me.language),
        "sessions": UserSession.objects.filter(user=me).count(),
        "second_factor": is_mfa_enabled(me),
        "mailed": mailed,
        "subjects": len(mailed_subjects()),
        "export": _latest_export(request),
    }
    return render(request, "accounts/account.html", context)


@login_required
def telling(request: PersonRequest) -> HttpResponse:
    """Which subjects of notices are letters too."""
    posted = request.method == "POST"
    # No tick at all is an answer, too, though it sends next to nothing.
    form = TellingForm(request.POST if posted else None, initial={"unmailed": ticked(request.user.unmailed)})
    if posted and form.is_valid():
        change_telling(by=request.user, unmailed=form.cleaned_data["unmailed"])
        messages.success(request, _("Your choice is kept."))
        return redirect("accounts:account")
    return render(request, "accounts/telling.html", {"form": form, "followed": chosen_by(request.user)})


@login_required
@never_cache
def export(request: PersonRequest) -> HttpResponse:
    """Asks for an export, and says how far it is; htmx asks for the middle of the page alone."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            ask_for_export(by=request.user)
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("accounts:export")
    latest = _latest_export(request)
    waits = NeedsSecondFactor().reason if latest and latest.ready_at and _lacks_factor(request) else ""
    context = {"export": latest, "refusal": refusal, "waits": waits}
    template = "accounts/_export.html" if getattr(request, "htmx", False) else "accounts/export.html"
    return render(request, template, context, status=422 if refusal else 200)


@login_required
@require_safe
def export_file(request: PersonRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The file of one's own export, for 48 hours. For anybody else, and after that, there is nothing here."""
    row = Export.objects.filter(uid=uid, user=request.user, expires_at__gt=clock.now()).exclude(file="").first()
    if row is None:
        raise Unseen
    if _lacks_factor(request):
        raise NeedsSecondFactor
    try:
        file = default_storage.open(row.file, "rb")
    except FileNotFoundError:
        raise Unseen from None
    if request.method == "HEAD":
        file.close()
        response: HttpResponseBase = HttpResponse()
    else:
        response = streamed(request, file, Span(0, row.size - 1))
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Length"] = str(row.size)
    response.headers["Content-Disposition"] = attachment(f"liaise-{row.asked_at:%Y-%m-%d}.zip")
    return response


@login_required
@reauthentication_required
def close(request: PersonRequest) -> HttpResponse:
    """What closing the account means, what one may take away before, and the closing itself."""
    may = can(check_leave, request.user)
    asked = list(rooms_to_ask(request.user))
    form = CloseForm(request.POST or None, person=request.user, has_rooms=bool(asked))
    refusal = may.reason
    if request.method == "POST" and form.is_valid():
        try:
            close_account(by=request.user, **form.wish)
        except Refusal as refused:
            refusal = refused.reason
        else:
            logout(request)
            messages.success(request, _("Your account is closed. Thank you for what you shared."))
            if form.wish.get("redact"):
                messages.info(request, _("The moderators of your rooms have been asked to take away what you wrote."))
            return redirect("home")
    own = Item.objects.seen_inside_by(request.user).filter(items_alone(request.user)).exclude(state=State.REMOVED)
    known = set(Room.objects.listed_to(request.user).values_list("pk", flat=True))
    context = {
        "form": form,
        "refusal": refusal,
        "asked": [room.name for room in asked if room.pk in known],
        "asked_elsewhere": sum(room.pk not in known for room in asked),
        "days": days("redactions"),
        "alone": [_to_take_away(item) for item in own.order_by("-created_at")[:MOST_SHOWN]],
        "stays": [(kind.name, count) for kind, count in counts(request.user, that_stays=True) if count],
    }
    return render(request, "accounts/close.html", context, status=422 if request.method == "POST" else 200)


def _to_take_away(item: Item) -> tuple[Item, Promise, str]:
    """Something of one's own, the word for its kind, and the page on which its author takes it away."""
    kind = kinds.KINDS[item.kind]
    return item, kind.name, reverse(kind.put_away or "network:item-remove", args=[item.uid])


def _latest_export(request: PersonRequest) -> Export | None:
    """The newest one that is being made or can still be fetched."""
    row = Export.objects.filter(user=request.user).first()
    return None if row is None or (row.expires_at and row.expires_at <= clock.now()) else row


def _lacks_factor(request: PersonRequest) -> bool:
    """Whether the export holds words that this session may not read."""
    return settings.LIAISE_REQUIRE_MFA and not is_assured(request.user) and is_restricted(request.user)
