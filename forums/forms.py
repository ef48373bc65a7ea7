"""Forms of talk: a discussion, a reply or comment, a moderator's decision."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from forums.actions.moderation import LONGEST_REASON
from forums.actions.posts import clean_body
from forums.permissions.threads import GONE
from network import languages
from network.models.items import Theme
from network.models.people import Partner
from network.refusals import Invalid, Refusal
from network.sharing import LineField, OnceField, ShareForm


class BodyField(forms.CharField):
    """What somebody writes. Cleans to what the actions take; too long is said, not cut off."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Text"))
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 8}))
        kwargs.setdefault("error_messages", {"required": _("Write something first.")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        try:
            return clean_body(super().clean(value))
        except Invalid as refusal:
            raise ValidationError(str(refusal.reason), code="invalid") from None


class ThemesField(forms.ModelMultipleChoiceField):
    """Themes by their address (slug), as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, themes: QuerySet[Theme]) -> None:
        super().__init__(themes, label=_("Themes"), to_field_name="slug", required=False)


class PostForm(forms.Form):
    """A reply or a comment. The partner is asked for where there are several to speak for."""

    body = BodyField(label=_("Your reply"), widget=forms.Textarea(attrs={"rows": 6}))
    language = forms.ChoiceField(label=_("Language"), choices=languages.choices, required=False)
    parent = forms.CharField(required=False, widget=forms.HiddenInput)
    once = OnceField()

    def __init__(
        self, *args: Any, partners: list[Partner], language: str, comment: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
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


class ThreadForm(ShareForm):
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
    body = BodyField(
        help_text=_("Markdown or HTML: **bold**, *slanted*, lists with a dash, an empty line for a new paragraph.")
    )
    themes = ThemesField(Theme.objects.all())

    field_order = ("title", "body", "language", "themes", "partner", "tlp", "named_partners", "named_people")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A browser that cuts off what is pasted would lose words without saying so.
        self.fields["title"].widget.attrs.pop("maxlength", None)


class ReasonForm(forms.Form):
    """Why a moderator does it; the author reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where you remove something. The author reads it."),
    )


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


def add_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Puts the reason of a refused action at its field; at the text where the field is not shown."""
    field = getattr(refusal, "field", "")
    if field in form.fields and form.fields[field].widget.is_hidden:
        field = "body"
    form.add_error(field if field in form.fields else None, str(refusal.reason))
