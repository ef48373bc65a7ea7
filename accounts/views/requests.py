"""Asking to take part, and answering who asks."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.actions import requests as actions
from accounts.forms.requests import ApproveForm, AskForm, DeclineForm
from accounts.models import AccessRequest
from accounts.permissions.requests import check_answers, requests_to
from network.forms import add_refusal
from network.models.people import Partner
from network.refusals import Refusal
from network.requests import PersonRequest


@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Somebody whom nobody invited asks to take part. The answer is the same whoever asks."""
    form = AskForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST":
        if not ratelimit.consume(request, action="ask_to_take_part"):
            return ratelimit.respond_429(request)
        if form.is_valid() and _asked(form):
            return redirect("accounts:asked")
    return render(request, "accounts/ask.html", {"form": form})


def _asked(form: AskForm) -> bool:
    if form.by_a_program:
        return True
    try:
        actions.ask(**form.asked)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    return True


@never_cache
def asked(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    return render(request, "accounts/asked.html")


@login_required
def requests(request: PersonRequest) -> HttpResponse:
    """Who asks to take part and waits for the reader's answer."""
    check_answers(request.user)
    waiting = requests_to(request.user).select_related("partner")
    return render(request, "accounts/requests.html", {"requests": waiting})


@login_required
def one_request(request: PersonRequest, uid: str) -> HttpResponse:
    """One request: who asks, for whom and why; here it is approved or declined."""
    asking = get_object_or_404(requests_to(request.user).select_related("partner"), uid=uid)
    place = Partner.objects.standing().filter(access_requests=asking).first()
    declining = "decline" in request.POST
    approve = ApproveForm(request.POST if request.method == "POST" and not declining else None)
    decline = DeclineForm(request.POST if declining else None)
    if request.method == "POST" and _answered(request, asking, place, decline if declining else approve):
        return redirect("accounts:requests")
    context = {"asking": asking, "approve": None if place else approve, "decline": decline}
    return render(request, "accounts/request.html", context)


def _answered(
    request: PersonRequest, asking: AccessRequest, place: Partner | None, form: ApproveForm | DeclineForm
) -> bool:
    """Does what was chosen; False where the form says why not. Without a `place` that stands, the form chooses one."""
    declining = isinstance(form, DeclineForm)
    if (declining or place is None) and not form.is_valid():
        return False
    try:
        if declining:
            actions.decline(by=request.user, request=asking, reason=form.cleaned_data["reason"])
            messages.success(request, _("The request is declined; your reason is on its way."))
        else:
            partner = place or form.cleaned_data["partner"]
            actions.approve(by=request.user, request=asking, partner=partner)
            messages.success(request, _("The invitation is on its way. Its link works for two weeks."))
    except Refusal as refusal:
        if declining or place is None:
            add_refusal(form, refusal)
        else:
            messages.error(request, str(refusal.reason))
        return False
    return True
