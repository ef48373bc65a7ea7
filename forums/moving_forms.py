"""Forms for what moves posts about: a discussion to another room, a part of one, one into another."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from forums.actions.moderation import LONGEST_REASON
from forums.models.threads import Thread
from network.labels import Label
from network.models.rooms import Room
from network.moments import day_words
from network.sharing import LineField, OnceField


class MovingReasonField(forms.CharField):
    """Why a discussion is moved, split or joined: one line."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = _("It stands in the room’s log of what moderators did.")
        super().__init__(label=_("Why"), max_length=LONGEST_REASON, required=False, help_text=help_text, **kwargs)


class MoveForm(forms.Form):
    """To which room a discussion goes."""

    room = forms.ModelChoiceField(
        label=_("To which room"),
        queryset=Room.objects.none(),
        to_field_name="slug",
        empty_label=_("choose a room"),
        help_text=_("One where you contribute."),
        error_messages={"required": _("Choose a room."), "invalid_choice": _("Choose one of these rooms.")},
    )
    reason = MovingReasonField()

    def __init__(self, *args: Any, rooms: QuerySet[Room], label: Label, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = rooms
        if label > Label.GREEN:
            self.fields["room"].help_text = _(
                "One where you contribute, and whose readers and moderators all read this discussion now. It is "
                "%(label)s: moving it lets nobody new read it, and any other room is refused."
            ) % {"label": f"TLP:{label.word}"}


class SplitForm(forms.Form):
    """Which replies become a discussion of their own, and what it is called."""

    posts = forms.TypedMultipleChoiceField(
        label=_("Replies"),
        coerce=uuid.UUID,
        error_messages={
            "required": _("Tick at least one reply."),
            "invalid_choice": _("One of these replies is not here any more. Choose again."),
        },
    )
    title = LineField(
        label=_("Title of the new discussion"),
        max_length=200,
        error_messages={"required": _("Give it a title, so that others can find it.")},
    )
    reason = MovingReasonField()
    once = OnceField()

    def __init__(self, *args: Any, posts: Collection[uuid.UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["posts"].choices = [(str(post), str(post)) for post in posts]


class ThreadChoiceField(forms.ModelChoiceField):
    """Discussions that may have the same title, told apart by when they were begun and how much was answered."""

    def label_from_instance(self, obj: Any) -> str:
        replies = ngettext("%(n)d reply", "%(n)d replies", obj.reply_count) % {"n": obj.reply_count}
        begun = day_words(localtime(obj.created_at).date())
        return _("%(title)s (%(begun)s, %(replies)s)") % {"title": obj.title, "begun": begun, "replies": replies}


class MergeForm(forms.Form):
    """To which discussion of the room another is joined."""

    into = ThreadChoiceField(
        label=_("Into which discussion"),
        queryset=Thread.objects.none(),
        to_field_name="uid",
        empty_label=_("choose a discussion"),
        help_text=_("One of this room with the same label or a tighter one. All posts go below its opening post."),
        error_messages={"required": _("Choose a discussion."), "invalid_choice": _("Choose one of these discussions.")},
    )
    reason = MovingReasonField()

    def __init__(self, *args: Any, threads: QuerySet[Thread], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = threads
        if not threads:
            self.fields["into"].empty_label = _("no other discussion here could take it in")
