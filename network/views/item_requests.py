"""Asking the source for wider sharing, proposing for the public site, and one such request with its answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network.actions import item_requests as actions
from network.forms import add_refusal
from network.item_forms import AnswerForm, AskWiderForm, ProposeForm
from network.models.item_requests import ItemRequest
from network.models.people import Membership
from network.permissions.sources import coordinators_seeing, demand_ask_wider, demand_propose, sources
from network.refusals import Invalid, Unseen
from network.requests import PersonRequest
from network.views.items import item_here, newest_version


@login_required
def ask(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Asks the source of an AMBER or stricter item to share it more widely. For whoever sees it."""
    item = item_here(request, uid)
    demand_ask_wider(request.user, item)
    form = AskWiderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask_wider(by=request.user, item=item, **form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Its source has been asked. You are told what they answer."))
            return redirect(asked)
    context = {"item": item, "room": item.home, "form": form, "who": sources(item).order_by("name")}
    return render(request, "network/items/ask.html", context, status=422 if form.is_bound else 200)


@login_required
def propose(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Proposes the newest version of a CLEAR item for the public site. For its source."""
    item = item_here(request, uid)
    demand_propose(request.user, item)
    version = newest_version(item)
    form = ProposeForm(request.POST or None, initial={"version": version})
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.propose_release(by=request.user, item=item, **form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("It is proposed. The coordinators who read it decide, and you are told."))
            return redirect(asked)
    readers = coordinators_seeing(item).exclude(pk=request.user.pk).order_by("name")
    context = {
        "item": item,
        "room": item.home,
        "form": form,
        "who": readers,
        "version": version if item.kind == "document" else None,
    }
    return render(request, "network/items/propose.html", context, status=422 if form.is_bound else 200)


def _request(request: PersonRequest, uid: uuid.UUID) -> ItemRequest:
    rows = ItemRequest.objects.visible_to(request.user)
    rows = rows.select_related("item__room", "item__parent", "item__partner", "user", "settled_by")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Unseen
    return found


@login_required
def one(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """One request: whoever asked reads how it stands, whoever may answer it answers."""
    asked = _request(request, uid)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decline(by=request.user, request=asked, reason=form.cleaned_data["reason"])
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("It stays as it is. Whoever asked is told why."))
            return redirect(asked)
    return render(
        request, "network/items/request.html", _context(request, asked, form), status=422 if form.is_bound else 200
    )


def _context(request: PersonRequest, asked: ItemRequest, form: Any) -> dict[str, Any]:
    item = item_here(request, asked.item.uid)
    mine = asked.user_id == request.user.pk
    stands = asked.settled_at is not None or actions.stands(asked)
    partners = Membership.objects.effective().filter(user=asked.user).select_related("partner")
    return {
        "item": item,
        "room": item.home,
        "asked": asked,
        "form": form,
        "mine": mine,
        "stands": stands,
        "answers": not mine and stands and asked.settled_at is None,
        "partners": ", ".join(sorted({one.partner.short_name for one in partners})),
        "newest": newest_version(item) if asked.is_proposal else None,
    }


@login_required
@require_POST
def release(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """A coordinator puts on the public site what was proposed."""
    return _answer(request, uid, actions.release_proposed, _("It stands on the public site now."))


@login_required
@require_POST
def take_back(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Whoever asked no longer asks."""
    return _answer(request, uid, actions.take_back, _("You no longer ask this."))


def _answer(request: PersonRequest, uid: uuid.UUID, action: Any, said: str) -> HttpResponse:
    asked = _request(request, uid)
    try:
        action(by=request.user, request=asked)
    except Invalid as refusal:
        messages.info(request, str(refusal.reason))
    else:
        messages.success(request, said)
    return redirect(asked)
