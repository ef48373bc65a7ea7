"""The charter and the privacy notice: read by everybody, written by coordinators, accepted at the first sign-in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actions.texts import newest_texts, publish_text, texts_to_accept
from accounts.actions.texts import welcome as accept
from accounts.forms.texts import TextForm, WelcomeForm
from accounts.models import Acceptance, LegalText
from accounts.permissions.texts import check_publish_text
from accounts.views.ways_back import way_back
from network.forms import add_refusal
from network.permissions import can
from network.refusals import Refusal
from network.rendering import to_html
from network.requests import PersonRequest


def read(request: HttpRequest, kind: str) -> HttpResponse:
    """One text in its newest version, or with ?version=N in an older one."""
    versions = list(LegalText.objects.filter(kind=kind).values_list("version", "at"))
    wanted = request.GET.get("version", "")
    text = None
    if versions:
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else versions[0][0]
        text = get_object_or_404(LegalText, kind=kind, version=number)
    context = {
        "title": LegalText.Kind(kind).label,
        "text": text,
        "html": to_html(text.body, top=2) if text else "",
        "older": [(version, at) for version, at in versions if text and version != text.version],
        "newest": bool(text and text.version == versions[0][0]),
        "may_write": request.user.is_authenticated and can(check_publish_text, request.user),
    }
    return render(request, "accounts/text.html", context)


@login_required
def texts(request: PersonRequest) -> HttpResponse:
    """Both texts with their versions, for whoever writes them."""
    check_publish_text(request.user)
    present = {text.kind: text for text in newest_texts()}
    rows = [(kind, LegalText.Kind(kind).label, present.get(kind)) for kind in LegalText.Kind.values]
    return render(request, "accounts/texts.html", {"rows": rows})


@login_required
def edit(request: PersonRequest, kind: str) -> HttpResponse:
    """A coordinator writes the next version, looks at it, and publishes it."""
    check_publish_text(request.user)
    if kind not in LegalText.Kind:
        raise Http404
    newest = LegalText.objects.filter(kind=kind).first()
    known = {"body": newest.body if newest else "", "after": newest.version if newest else 0}
    form = TextForm(request.POST or None, initial=known)
    preview = ""
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            preview = to_html(form.cleaned_data["body"], top=3)
        else:
            try:
                publish_text(by=request.user, kind=kind, **form.cleaned_data)
            except Refusal as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(
                    request,
                    _("Published, and accepted by you. Everybody else is asked to accept it before they go on."),
                )
                return redirect("accounts:texts")
    context = {"form": form, "title": LegalText.Kind(kind).label, "newest": newest, "preview": preview}
    return render(request, "accounts/text_edit.html", context)


@login_required
def welcome(request: PersonRequest) -> HttpResponse:
    """The first page of everybody: what holds here, and how they want to be served. Again for each new version."""
    back = way_back(request)
    waiting = texts_to_accept(request.user)
    if request.user.welcomed_at is not None and not waiting:
        return redirect(back)
    first = not Acceptance.objects.filter(user=request.user).exists()
    form = WelcomeForm(request.POST or None, person=request.user, texts=waiting, first=first)
    if request.method == "POST" and form.is_valid():
        try:
            accept(by=request.user, texts=form.seen, **form.settings)
        except Refusal as refusal:
            # The form shows the newer version, and asks again.
            form = WelcomeForm(None, person=request.user, texts=waiting, first=first)
            messages.warning(request, str(refusal.reason))
        else:
            messages.success(request, _("Thank you. Everything is open to you now."))
            return redirect(back)
    read_in_full = [(text, to_html(text.body, top=3), form[f"accept_{text.kind}"]) for text in waiting]
    return render(request, "accounts/welcome.html", {"form": form, "texts": read_in_full, "first": first, "back": back})
