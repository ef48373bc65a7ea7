"""Changing, withdrawing and putting back what one wrote, and what a post said before."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from forums import previews, reading, versions, writing
from forums.actions import editing, withdrawing
from forums.edit_forms import EditForm
from forums.forms import add_refusal
from forums.models.threads import Post
from forums.permissions.editing import check_edit, check_put_back, check_withdraw
from forums.permissions.threads import post_state
from forums.rows import Page
from network.actions.openings import opened
from network.models.items import State
from network.refusals import Invalid, Unseen
from network.requests import PersonRequest

VERSIONS_A_PAGE = 10
HELD = _("Changed. A moderator looks at it first; until then you and the moderators read it.")


@login_required
def edit(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Changing the words of one's own post; the form says beforehand what becomes of them. For its author."""
    found = _post(request, uid, post)
    thread: Any = found.thread
    check_edit(request.user, found, thread)
    form = EditForm(request.POST if request.method == "POST" else None, post=found, thread=thread)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        # Nobody is asked about mentions or a preview of what would not be changed.
        if found.version == form.cleaned_data["version"]:
            context["preview"] = previews.first(
                request.POST, form.cleaned_data, lambda: writing.place_in(request.user, thread)
            )
        if not context.get("preview"):
            try:
                changed = editing.edit_post(by=request.user, post=found, **form.cleaned_data)
            except editing.Newer as refusal:
                add_refusal(form, refusal)
                context["newer"] = found
                form.take_newest(found)
            except Invalid as refusal:
                add_refusal(form, refusal)
            else:
                return _back(request, changed, thread)
    writing.offer_people(form, reverse("forums:people", args=[thread.uid]))
    held_next = (
        post_state(request.user, thread.room, thread.effective_label, chatham=thread.chatham, thread=thread)
        == State.HELD
    )
    context |= _around(request, found) | {"held_next": held_next, "readers": reading.readers(thread)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "forums/edit.html", context, status=status)


@login_required
@require_safe
def history(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """All that a post has said, the newest first, with what changed. For whoever reads it now."""
    found = _post(request, uid, post)
    if not Post.objects.visible_to(request.user).filter(pk=found.pk).exists():
        raise Unseen
    earlier = found.revisions.visible_to(request.user).order_by("-number")
    page = Paginator(earlier, VERSIONS_A_PAGE).get_page(request.GET.get("page"))
    context = _around(request, found) | {"page": page, "versions": versions.of(found, page)}
    return render(request, "forums/history.html", context)


@login_required
def withdraw(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Taking back what one wrote, after a page that says what stays. For its author."""
    found = _post(request, uid, post)
    if request.method == "POST":
        withdrawing.withdraw_post(by=request.user, post=found)
        messages.success(request, _("Withdrawn. You can put it back for a day."))
        return redirect(reading.place_of(found, request.user))
    check_withdraw(request.user, found, found.thread)
    return render(request, "forums/withdraw.html", _around(request, found))


@login_required
def put_back(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Letting stand again what one withdrew, with its words before one's eyes. For its author, for a day."""
    found = _post(request, uid, post)
    if request.method == "POST":
        withdrawing.put_back_post(by=request.user, post=found)
        messages.success(request, _("It stands again."))
        return redirect(reading.place_of(found, request.user))
    check_put_back(request.user, found, found.thread)
    return render(request, "forums/put_back.html", _around(request, found) | {"words": versions.now(found)})


def _post(request: PersonRequest, uid: uuid.UUID, post: uuid.UUID) -> Post:
    """A post that has a place on this reader's page, in the thread that `reading.fetch` brought. Raises Unseen."""
    thread: Any = reading.fetch(request.user, uid)
    posts = Post.objects.filter(thread=thread).placed_for(request.user, moderates=thread.moderates)
    found = posts.select_related("author", "parent").filter(uid=post).first()
    if found is None:
        raise Unseen
    found.thread = thread
    return found


def _around(request: PersonRequest, found: Post) -> dict[str, Any]:
    thread: Any = found.thread
    opened(by=request.user, item=thread)
    row = Page(thread, request.user, moderates=thread.moderates).one(found.uid, removed=True)
    return {"thread": thread, "room": reading.home_of(thread, request.user), "tab": "discussions", "row": row}


def _back(request: PersonRequest, changed: Post, thread: Any) -> HttpResponse:
    held = State.HELD in (changed.state, changed.thread.state)
    messages.success(request, HELD if held else _("Changed. What it said before can still be read."))
    return redirect(reading.place_of(changed, request.user))
