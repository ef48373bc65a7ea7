"""Discussions: the list of a room, one of them, starting one, replying, commenting on an item."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from forums import reading
from forums.actions import announcements
from forums.actions import threads as actions
from forums.forms import PostForm, ThreadForm, add_refusal
from forums.models.threads import Post, Thread
from forums.permissions.threads import check_announce, check_start, demand_reply
from forums.rows import Page
from network.actions.openings import opened
from network.chatham import named
from network.kinds import KINDS
from network.models.items import Item, State
from network.models.rooms import Room
from network.permissions import Level, can, level_in
from network.permissions.items import is_source
from network.permissions.sources import demand_asked_about, keeps_openings
from network.refusals import Forbidden, Invalid, Unseen
from network.requests import PersonRequest
from network.views.fetching import item_or_unseen, lacks_second_factor
from network.views.places import room_or_404

THREADS_A_PAGE = 20
HELD = _("A moderator will look at it first. Until then you and the moderators read it.")


@login_required
@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """What is discussed in a room, newest activity first. For who views the room."""
    room = room_or_404(request.user, slug)
    level = level_in(request.user, room)
    there = Thread.objects.in_room(room).exclude(state__in=(State.REMOVED, State.DRAFT))
    # Talk about an item is listed once somebody has said something that all may read.
    there = there.exclude(parent__isnull=False, reply_count=0)
    seen = there.seen_inside_by(request.user).select_related("author", "partner", "parent")
    page = Paginator(seen.order_by("-active_at", "-pk"), THREADS_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    named(page.object_list, request.user)
    for thread in page.object_list:
        thread.about_kind = KINDS[thread.parent.kind].name if thread.parent else ""
    context = {
        "room": room,
        "tab": "discussions",
        "page": page,
        "may_start": level is not None and level >= Level.CONTRIBUTE and not room.is_archived,
        "locked_away": lacks_second_factor(there, request.user),
    }
    return render(request, "forums/discussions.html", context)


@login_required
def new(request: PersonRequest, slug: str) -> HttpResponse:
    """Starting a discussion; the form says beforehand who will read it. For contributors."""
    room = room_or_404(request.user, slug)
    check_start(request.user, room)
    return _start(request, room, "forums/new.html")


@login_required
def announce(request: PersonRequest, slug: str) -> HttpResponse:
    """Saying something to everybody who reads the room. For its moderators."""
    room = room_or_404(request.user, slug)
    check_announce(request.user, room)
    return _start(request, room, "forums/announce.html", announcement=True)


def _start(request: PersonRequest, room: Room, template: str, *, announcement: bool = False) -> HttpResponse:
    sent = request.method == "POST"
    form = ThreadForm(request.POST if sent else None, by=request.user, room=room)
    if sent and "look" not in request.POST and form.is_valid():
        try:
            thread = actions.start_thread(by=request.user, room=room, **form.cleaned_data, announcement=announcement)
        except Invalid as refusal:
            add_refusal(form, refusal)
        else:
            if thread.state == State.HELD:
                messages.info(request, HELD)
            return redirect(thread)
    refused = sent and bool(form.errors)
    context = {"room": room, "tab": "discussions", "form": form}
    return render(request, template, context, status=422 if refused else 200)


@require_safe
def discussion(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One discussion, for who sees it in a room; by its release, its opening alone."""
    try:
        thread = reading.fetch(request.user, uid=uid)
    except Unseen:
        return _released(request, uid)
    return _discussion(cast("PersonRequest", request), thread)


def _discussion(request: PersonRequest, thread: Any) -> HttpResponse:
    """Fifty posts a page, with the form for a reply."""
    announcements.see(by=request.user, thread=thread)
    paginator = Paginator((), reading.POSTS_A_PAGE)
    paginator.count = reading.placed(thread, request.user)
    page = paginator.get_page(request.GET.get("page"))
    shown = Page(thread, request.user, moderates=thread.moderates)
    rows = shown.posts(page.start_index() - 1 if paginator.count else 0, page.end_index())
    kept = keeps_openings(thread)
    context = _around(request, thread) | {
        "page": page,
        "rows": rows,
        "taking_part": _taking_part(rows) if page.paginator.num_pages == 1 and not thread.chatham else [],
        "keeps_openings": kept,
        "reads_openings": kept and is_source(request.user, thread),
        "may_ask": thread.author_id != request.user.pk and bool(can(demand_asked_about, thread)),
    }
    if context["may_reply"]:
        context |= _composer(request, thread)
    return render(request, "forums/discussion.html", context)


def _released(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What a coordinator put on the public site: neither room nor people nor what was answered."""
    thread = item_or_unseen(Thread.objects.select_related("release"), request.user, uid)
    opening = Post.objects.filter(thread=thread, parent=None).first()
    return render(request, "forums/released.html", {"thread": thread, "opening": opening})


@login_required
def reply(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """A reply to the post named as `parent`, else to the opening one. For contributors of the home room."""
    thread = reading.fetch(request.user, uid=uid)
    named_parent = request.POST.get("parent") or request.GET.get("parent", "")
    if request.method != "POST":
        demand_reply(thread, contributes=thread.contributes, at_home=thread.at_home)
        context = _composer(request, thread, parent=named_parent)
        return _reply_page(request, thread, context, named_parent)
    context = _composer(request, thread, data=request.POST)
    form, status = context["form"], 422
    if form.is_valid():
        try:
            post = actions.reply(by=request.user, thread=thread, **form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        except Forbidden as refusal:
            # The page says why, and what was typed is still in it.
            form.add_error(None, str(refusal.reason))
            status = 403
        else:
            return _to(request, post, moderates=thread.moderates)
    return _reply_page(request, thread, context, named_parent, status=status)


@login_required
@require_POST
def comment(request: PersonRequest, slug: str, uid: uuid.UUID) -> HttpResponse:
    """A comment on an item, in the thread about it that belongs to this room. For its contributors."""
    room = room_or_404(request.user, slug)
    item = item_or_unseen(Item.objects.select_related("room"), request.user, uid, inside=True)
    partners = reading.speakers(request.user, room, chatham=item.chatham)
    form = PostForm(request.POST, partners=partners, language=item.language, comment=True)
    status = 422
    if form.is_valid():
        try:
            post = actions.comment_on(by=request.user, item=item, room=room, **form.cleaned_data)
        except Invalid as refusal:
            add_refusal(form, refusal)
        except Forbidden as refusal:
            form.add_error(None, str(refusal.reason))
            status = 403
        else:
            return _to_comment(request, post, item)
    return render(request, "forums/comment.html", {"room": room, "item": item, "form": form}, status=status)


@login_required
@require_safe
def post(request: HttpRequest, uid: uuid.UUID, post: uuid.UUID) -> HttpResponse:
    """Leads to a post on the page where it stands for this reader."""
    thread = reading.fetch(request.user, uid=uid)
    posts = Post.objects.filter(thread=thread).placed_for(request.user, moderates=thread.moderates)
    found = posts.filter(uid=post).first()
    if found is None:
        raise Unseen
    found.thread = thread
    return redirect(reading.place_of(found, request.user, moderates=thread.moderates))


def _to(request: HttpRequest, post: Post, *, moderates: bool) -> HttpResponse:
    if post.state == State.HELD:
        messages.info(request, HELD)
    return redirect(reading.place_of(post, request.user, moderates=moderates))


def _to_comment(request: HttpRequest, post: Post, item: Item) -> HttpResponse:
    """To the comment where the item's own page shows it, else in the thread about it."""
    response = _to(request, post, moderates=False)
    if post.thread.room_id == item.room_id and "?page=" not in response["Location"]:
        return redirect(f"{item.get_absolute_url()}#post-{post.uid}")
    return response


def _around(request: HttpRequest, thread: Any) -> dict[str, Any]:
    """What stands around the posts of a thread that `reading.fetch` brought. Of the strictest it is an opening."""
    opened(by=request.user, item=thread)
    thread.about = thread.parent if thread.parent_id else None
    named([thread], request.user)
    return {
        "thread": thread,
        "room": reading.home_of(thread, request.user),
        "tab": "discussions",
        "may_reply": can(demand_reply, thread, contributes=thread.contributes, at_home=thread.at_home),
    }


def _composer(request: HttpRequest, thread: Thread, *, data: Any = None, parent: str = "") -> dict[str, Any]:
    """The form for a reply, and who will read it."""
    partners = reading.speakers(request.user, thread.room, chatham=thread.chatham)
    form = PostForm(data, partners=partners, language=thread.language, initial={"parent": parent})
    return {"form": form, "readers": reading.readers(thread)}


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
    context = _around(request, thread) | context | {"answered": answered}
    return render(request, "forums/reply.html", context, status=status)


def _taking_part(rows: list[dict[str, Any]]) -> list[Any]:
    """Whoever has a post on the page, in the order of the tree, each once."""
    return list(dict.fromkeys(row["who"] for row in rows if not row["removed"] and not row["held"]))
