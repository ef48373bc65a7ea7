"""Where somebody is about to write, for what their form offers and says beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from forums import mentioning, reading
from forums.models.threads import Thread
from forums.previews import Place
from network.headcount import Numbers
from network.labels import Label
from network.models.items import Item
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Reach


def place_in(by: User, thread: Thread, readers: Callable[[], Numbers] | None = None) -> Place:
    """In a discussion that `reading.fetch` brought."""
    return Place(
        by=by,
        room=thread.room,
        reach=mentioning.reach_of(by, thread),
        label=Label(thread.effective_label),
        readers=readers or (lambda: reading.readers(thread)),
        chatham=thread.chatham,
        thread=thread,
    )


def place_of_comment(by: User, item: Item, room: Room) -> Place:
    """Among the comments on an item in one of its rooms, whether anybody has commented there or not."""
    thread = Thread.objects.select_related("room", "parent", "author", "partner").filter(parent=item, room=room).first()

    def readers() -> Numbers:
        return reading.comment_readers(item, room)

    if thread is not None:
        return place_in(by, thread, readers)
    reach = mentioning.reach_of_comment(by, item, room)
    return Place(by=by, room=room, reach=reach, label=item.label, readers=readers, chatham=item.chatham)


def new_place(form: Any, *, announcement: bool) -> Place:
    """In a discussion that is not begun, as a valid form (forums.forms.ThreadForm) describes it."""
    given = form.cleaned_data
    reach = reach_of_new(
        form.by,
        form.room,
        given["tlp"],
        partner=given.get("partner") or form.partner,
        named_partners=given.get("named_partners") or (),
        named_people=given.get("named_people") or (),
    )
    return Place(
        by=form.by,
        room=form.room,
        reach=reach,
        label=given["tlp"],
        readers=lambda: form.audience,
        chatham=bool(given.get("chatham")),
        tells_all=announcement,
    )


def reach_of_new(by: User, room: Room, label: Label, **whom: Any) -> Reach:
    """Who would read what somebody shares in a room under a label."""
    return Reach(home=room, label=label, author=by, **whom)


def offer_people(form: forms.Form, address: str) -> None:
    """Where the text area of a form asks whom one may mention (static/js/writing.js)."""
    form.fields["body"].widget.attrs |= {
        "data-people": address,
        "data-people-name": _("People to mention"),
        "data-people-none": _("Nobody who can read this has a name that begins with “…”."),
    }
