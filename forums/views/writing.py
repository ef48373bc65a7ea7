"""Writing in discussions: starting one, announcing, replying, commenting on an item."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from forums import previews, reading, writing
from forums import quoting as quoting_words
from forums.actions import threads as actions
from forums.forms import AnnouncementForm, PostForm, ThreadForm, add_refusal
from forums.models.threads import Post, Purpose, Thread
from forums.permissions.attaching import is_under_rule
from forums.permissions.threads import (
    MOVED,
    Moved,
    check_announce,
    check_newcomer,
    check_start,
    demand_reply,
    guest_is_checked,
)
from forums.rows import Page
from network.actions.openings import opened
from network.chatham import named, own_number
from network.models.items import Item, State
from network.models.rooms import Room
from network.permissions import can
from network.refusals import Forbidden, Invalid, Unseen
from network.requests import PersonRequest
from network.uploads import LimitedUpload, takes_large_files
from network.views.fetching import item_or_unseen
from network.views.places import room_or_404

HELD = _("A moderator will look at it first. Until then you and the moderators read it.")


@takes_large_files
@login_required
def new(request: PersonRequest, slug: str, *, upload: LimitedUpload) -> HttpResponse:
    """Starting a discussion; the form says beforehand who will read it. For contributors."""
    room = room_or_404(request.user, slug)
    check_start(request.user, room)
    return _start(request, room, ThreadForm, "forums/new.html", upload)


@takes_large_files
@login_required
def announce(request: PersonRequest, slug: str, *, upload: LimitedUpload) -> HttpResponse:
    """Saying something to everybody who reads the room. For its moderators."""
    room = room_or_404(request.user, slug)
    check_announce(request.user, room)
    return _start(request, room, AnnouncementForm, "forums/announce.html", upload, purpose=Purpose.ANNOUNCEMENT)


def _start(
    request: PersonRequest,
    room: Room,
    of_kind: type[ThreadForm],
    template: str,
    upload: LimitedUpload,
    **beside: Any,
) -> HttpResponse:
    sent = request.method == "POST"
    given = (request.POST, request.FILES) if sent else ()
    form = of_kind(*given, by=request.user, room=room, upload=upload)
    preview, looks = None, "look" in request.POST or form.looks
    if sent and not looks and form.is_valid():
        tells_all = beside.get("purpose") == Purpose.ANNOUNCEMENT
        preview = previews.first(
            request.POST, form.cleaned_data, lambda: writing.new_place(form, announcement=tells_all)
        )
    if sent and not looks and not preview and form.is_valid():
        try:
            thread = actions.start_thread(by=request.user, room=room, **form.cleaned_data, **beside)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            if thread.state == State.HELD:
                messages.info(request, HELD)
            return redirect(thread)
    refused = sent and not form.looks and bool(form.errors)
    if form.looks:
        form.show_as_typed()
    writing.offer_people(form, reverse("forums:people-new", args=[room.slug]))
    context = {"room": room, "tab": "discussions", "form": form, "preview": preview}
    return render(request, template, context, status=422 if refused else 200)


@takes_large_files
@login_required
def reply(request: PersonRequest, uid: uuid.UUID, *, upload: LimitedUpload) -> HttpResponse:
    """A reply to the post named as `parent`, else to the opening one. For contributors of the home room."""
    try:
        thread = reading.fetch(request.user, uid)
    except Unseen:
        goes_on = reading.forwarded(request.user, uid)
        if goes_on is None:
            raise
        return _moved(request, goes_on)
    named_parent = request.POST.get("parent") or request.GET.get("parent", "")
    if request.method != "POST":
        demand_reply(thread, contributes=thread.contributes, at_home=thread.at_home, muted=thread.muted)
        context = composer(request, thread, parent=named_parent, quoting="quote" in request.GET)
        return _reply_page(request, thread, context, named_parent)
    context = composer(request, thread, request.POST, request.FILES, upload=upload)
    form, status = context["form"], 422
    if form.looks:
        form.show_as_typed()
        status = 200
    elif form.is_valid():
        preview = previews.first(request.POST, form.cleaned_data, lambda: writing.place_in(request.user, thread))
        if preview:
            return _reply_page(request, thread, context | {"preview": preview}, named_parent)
        try:
            post = actions.reply(by=request.user, thread=thread, **form.cleaned_data)
        except Moved as moved:
            return _moved(request, reading.fetch(request.user, moved.thread))
        except Invalid as refusal:
            add_refusal(form, refusal)
        except Forbidden as refusal:
            # The page says why, and what was typed is still in it.
            form.add_error(None, str(refusal.reason))
            status = 403
        else:
            return _to(request, post)
    return _reply_page(request, thread, context, named_parent, status=status)


@takes_large_files
@login_required
@require_POST
def comment(request: PersonRequest, slug: str, uid: uuid.UUID, *, upload: LimitedUpload) -> HttpResponse:
    """A comment on an item, in the thread about it that belongs to this room. For its contributors."""
    room = room_or_404(request.user, slug)
    item = item_or_unseen(Item.objects.select_related("room"), request.user, uid, inside=True)
    partners = reading.speakers(request.user, room, chatham=item.chatham)
    about: Any = {"by": request.user, "room": room, "partners": partners, "language": item.language, "comment": True}
    form = PostForm(request.POST, request.FILES, upload=upload, **about)
    preview, status = None, 422
    if form.looks:
        form.show_as_typed()
    elif form.is_valid():
        preview = previews.first(
            request.POST, form.cleaned_data, lambda: writing.place_of_comment(request.user, item, room)
        )
    if form.looks or preview:
        status = 200
    elif form.is_valid():
        try:
            post = actions.comment_on(by=request.user, item=item, room=room, **form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        except Forbidden as refusal:
            form.add_error(None, str(refusal.reason))
            status = 403
        else:
            return _to_comment(request, post, item)
    writing.offer_people(form, reverse("forums:people-comment", args=[room.slug, item.uid]))
    context = {"room": room, "item": item, "form": form, "under_rule": item.chatham, "preview": preview}
    return render(request, "forums/comment.html", context, status=status)


def _moved(request: PersonRequest, thread: Any) -> HttpResponse:
    """The form for a reply where what is answered stands now, with the words that were sent elsewhere."""
    if request.method != "POST":
        return redirect("forums:reply", thread.uid)
    context = composer(request, thread, request.POST)
    context["form"].add_error("body", MOVED)
    return _reply_page(request, thread, context, request.POST.get("parent", ""), status=422)


def _to(request: PersonRequest, post: Post) -> HttpResponse:
    if post.state == State.HELD:
        messages.info(request, HELD)
    return redirect(reading.place_of(post, request.user))


def _to_comment(request: PersonRequest, post: Post, item: Item) -> HttpResponse:
    """To the comment where the item's own page shows it, else in the thread about it."""
    response = _to(request, post)
    if post.thread.room_id == item.room_id and reading.page_of(post) == 1:
        return redirect(f"{item.get_absolute_url()}#post-{post.uid}")
    return response


def around(request: HttpRequest, thread: Any) -> dict[str, Any]:
    """What stands around the posts of a thread that `reading.fetch` brought. Of the strictest it is an opening."""
    opened(by=request.user, item=thread)
    thread.about = thread.parent if thread.parent_id else None
    named([thread], request.user)
    may_reply = can(demand_reply, thread, contributes=thread.contributes, at_home=thread.at_home, muted=thread.muted)
    if may_reply and thread.chatham:
        may_reply = can(check_newcomer, request.user, thread.room, thread.effective_label)
    return {
        "thread": thread,
        "room": reading.home_of(thread, request.user),
        "tab": "discussions",
        "may_reply": may_reply,
    }


def composer(
    request: PersonRequest,
    thread: Thread,
    *sent: Any,
    parent: str = "",
    upload: LimitedUpload | None = None,
    quoting: bool = False,
) -> dict[str, Any]:
    """The form for a reply, and who will read it."""
    partners = reading.speakers(request.user, thread.room, chatham=thread.chatham)
    about: Any = {"by": request.user, "room": thread.room, "partners": partners, "language": thread.language}
    given = {"parent": parent}
    if quoting:
        given["body"] = quoting_words.of(request.user, thread, parent)
    form = PostForm(*sent, upload=upload, initial=given, **about)
    writing.offer_people(form, reverse("forums:people", args=[thread.uid]))
    # Only a guest speaks for nobody: nobody else is asked for.
    alone = not partners and not thread.chatham
    # Counted where a page shows it: what is sent leads to another one.
    readers = SimpleLazyObject(lambda: reading.readers(thread))
    return {
        "form": form,
        "readers": readers,
        "under_rule": is_under_rule(thread),
        "new_guest": alone and guest_is_checked(request.user, thread.room, thread.effective_label),
    }


def _reply_page(
    request: PersonRequest, thread: Any, context: dict[str, Any], parent: str, *, status: int = 200
) -> HttpResponse:
    answered = None
    try:
        wanted = uuid.UUID(parent.removeprefix("post-")) if parent else None
    except ValueError:
        wanted = None
    if wanted:
        answered = Page(thread, request.user, moderates=thread.moderates).one(wanted)
    quote = answered and not context.get("preview") and not context["form"].is_bound
    quote_url = f"{answered['answer_url']}&quote=1" if answered and quote and "quote" not in request.GET else ""
    context = around(request, thread) | context | {"answered": answered, "quote_url": quote_url}
    context["number"] = own_number(thread, request.user)
    return render(request, "forums/reply.html", context, status=status)
