"""Forms of talk: a discussion, a reply or comment, a summary, a chat message."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from forums.actions.posts import clean_body
from forums.attach_forms import AttachingForm
from forums.models.threads import Cause, Purpose
from forums.permissions.threads import GONE
from network import languages, rendering
from network.fields import RichText
from network.models.items import Theme
from network.models.people import Partner, User
from network.models.rooms import Room
from network.refusals import Invalid, Refusal
from network.sharing import LineField, OnceField, ShareForm
from network.uploads import LimitedUpload


class BodyField(forms.CharField):
    """What somebody writes. Cleans to what the actions take; too long is said, not cut off."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Text"))
        kwargs.setdefault("widget", RichText(attrs={"rows": 8}))
        kwargs.setdefault("error_messages", {"required": _("Write something first.")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        try:
            return clean_body(super().clean(value))
        except Invalid as refusal:
            raise ValidationError(str(refusal.reason), code="invalid") from None


class SummaryField(BodyField):
    """The same; without words it means that there is to be none."""

    def clean(self, value: Any) -> str:
        text = str(value or "")
        return super().clean(value) if rendering.to_text(rendering.to_html(text)) else ""


class SummaryForm(forms.Form):
    """What a discussion came to, and the version that its writer had before them."""

    body = SummaryField(
        label=_("Summary"),
        required=False,
        widget=RichText(attrs={"rows": 10}),
        help_text=_("What was asked, what came of it, what is still open. Left empty, the summary is taken away."),
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, initial=0, widget=forms.HiddenInput)


class ThemesField(forms.ModelMultipleChoiceField):
    """Themes by their address (slug), as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, themes: QuerySet[Theme]) -> None:
        super().__init__(themes, label=_("Themes"), to_field_name="slug", required=False)


class PostForm(AttachingForm):
    """A reply or a comment. The partner is asked for where there are several to speak for."""

    body = BodyField(label=_("Your reply"), widget=RichText(attrs={"rows": 6}))
    language = forms.ChoiceField(label=_("Language"), choices=languages.choices, required=False)
    parent = forms.CharField(required=False, widget=forms.HiddenInput)
    once = OnceField()

    def __init__(
        self,
        *args: Any,
        by: User,
        room: Room,
        partners: list[Partner],
        language: str,
        comment: bool = False,
        upload: LimitedUpload | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer(by, room, upload)
        if comment:
            self.fields["body"].label = _("Your comment")
        self.fields["language"].initial = language
        self.speaks_for = partners[0].short_name if partners else ""
        self.fields["partner"] = forms.ModelChoiceField(
            Partner.objects.filter(pk__in=[partner.pk for partner in partners]),
            label=_("You speak for"),
            to_field_name="slug",
            required=False,
            empty_label=None,
            initial=partners[0].slug if partners else None,
            widget=forms.Select if len(partners) > 1 else forms.HiddenInput,
            error_messages={"invalid_choice": _("You may not speak for this partner in this room.")},
        )

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Written out by the template itself: a widget would load a template for each of thirty."""
        return [(code, str(words)) for code, words in languages.choices()]

    def clean_parent(self) -> uuid.UUID | None:
        """The uid of the post that is answered. The message stands at the text, as nobody sees this field."""
        value = self.cleaned_data["parent"].removeprefix("post-")
        try:
            return uuid.UUID(value) if value else None
        except ValueError:
            self.add_error("body", GONE)
            return None


class ThreadForm(ShareForm, AttachingForm):
    """A new discussion."""

    title = LineField(
        label=_("Title"),
        max_length=200,
        help_text=_("As a question or in a few words, so that others know whether it is for them."),
        error_messages={
            "required": _("Give it a title, so that others can find it."),
            "max_length": _("The title may have %(limit_value)d characters at most; it has %(show_value)d."),
        },
    )
    body = BodyField()
    purpose = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            (Purpose.DISCUSSION, _("A discussion")),
            (Purpose.QUESTION, _("A question: I am asking something, and it waits in a list until it is answered")),
        ],
        initial=Purpose.DISCUSSION,
        required=False,
        widget=forms.RadioSelect,
    )
    themes = ThemesField(Theme.objects.all())
    chatham = forms.BooleanField(
        label=_("Under the Chatham House Rule"),
        required=False,
        help_text=_(
            "Nobody sees who says what, moderators and coordinators neither: each takes part under a number. "
            "It cannot be taken off later."
        ),
    )

    field_order = (
        "purpose", "title", "body", "language", "themes", "chatham", "partner", "tlp", "named_partners", "named_people"
    )  # fmt: skip

    def __init__(self, *args: Any, upload: LimitedUpload | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(self.by, self.room, upload)
        # A browser that cuts off what is pasted would lose words without saying so.
        self.fields["title"].widget.attrs.pop("maxlength", None)
        if "purpose" in self.fields:
            self.fields["purpose"].default = Purpose.DISCUSSION  # type: ignore[attr-defined]

    def clean_purpose(self) -> str:
        return self.cleaned_data["purpose"] or Purpose.DISCUSSION


class AnnouncementForm(ThreadForm):
    """Something that is said to everybody who reads the room."""

    purpose = None  # type: ignore[assignment]
    # Said by a moderator to everybody: whose it is stands beside it.
    chatham = None  # type: ignore[assignment]
    replies_welcome = forms.BooleanField(
        label=_("Replies are welcome"),
        required=False,
        initial=True,
        help_text=_("Without replies it is read by all and answered by nobody. You can change that later."),
    )

    field_order = ("title", "body", "replies_welcome", "language", "themes", "partner", "tlp")


# What each reason to close a discussion says to whoever chooses among them.
CLOSES = {
    Cause.ANSWERED: _("It is answered"),
    Cause.SETTLED: _("It is settled"),
    Cause.ELSEWHERE: _("It is continued elsewhere"),
    Cause.LOCKED: _("It should not go on: it is locked, and only a moderator opens it again"),
}


class CloseForm(forms.Form):
    """Why a discussion is closed."""

    cause = forms.ChoiceField(
        label=_("Why it is closed"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why it is closed.")},
    )
    reason = forms.CharField(
        label=_("In your words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody who reads the discussion reads it."),
    )
    link = forms.CharField(
        label=_("Where it goes on"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
        help_text=_("The address, where it is continued elsewhere."),
    )

    def __init__(self, *args: Any, causes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [(one, CLOSES[one]) for one in causes]  # type: ignore[attr-defined]
        if causes == [Cause.LOCKED]:
            self.fields["cause"].initial = Cause.LOCKED
        if Cause.ELSEWHERE not in causes:
            del self.fields["link"]


class ChatForm(forms.Form):
    """One chat message. The action trims and measures it, as it does for the socket."""

    body = forms.CharField(
        label=_("Your message"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    reply_to = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    once = OnceField()


class EditMessageForm(forms.Form):
    """Other words for a chat message, measured by the action as they are when it is said."""

    body = forms.CharField(
        label=_("Your message"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ToDayForm(forms.Form):
    """Going to a day of a chat, in the reader's zone."""

    # Beyond these no zone knows when a day begins.
    day = forms.DateField(
        label=_("Go to a day"),
        validators=[
            MinValueValidator(date(1900, 1, 1), _("That is before there were chats.")),
            MaxValueValidator(date(2999, 12, 31), _("That is too far ahead.")),
        ],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This is not a day. Write it like 2026-03-31.")},
    )


def add_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Puts the reason of a refused action at its field; at the text where the field is not shown."""
    field = getattr(refusal, "field", "")
    if field in form.fields and form.fields[field].widget.is_hidden:
        field = "body"
    form.add_error(field if field in form.fields else None, str(refusal.reason))
