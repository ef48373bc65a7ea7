"""The form in which an author changes their own words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from forums.forms import BodyField
from forums.models.threads import Post, Thread
from network import languages
from network.sharing import LineField


class EditForm(forms.Form):
    """What a post says, in which language, and what its discussion is called where it opens one."""

    title = LineField(
        label=_("Title"),
        max_length=200,
        error_messages={
            "required": _("Give it a title, so that others can find it."),
            "max_length": _("The title may have %(limit_value)d characters at most; it has %(show_value)d."),
        },
    )
    body = BodyField(label=_("Text"))
    language = forms.ChoiceField(label=_("Language"), choices=languages.choices, required=False)
    # Which version is changed, so that what was changed elsewhere meanwhile is not written over unseen.
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, post: Post, thread: Thread) -> None:
        given = {"title": thread.title, "body": post.body, "language": post.language, "version": post.version}
        super().__init__(data, initial=given)
        self.fields["language"].default = post.language  # type: ignore[attr-defined]
        self.fields["title"].widget.attrs.pop("maxlength", None)
        if not post.is_opening:
            del self.fields["title"]

    def take_newest(self, post: Post) -> None:
        """What is sent next is made from what the post says now, which stands above the form."""
        self.data = {**self.data.dict(), "version": str(post.version)}  # type: ignore[attr-defined]

    def clean_version(self) -> int:
        """Left out, it is none that there is."""
        return self.cleaned_data["version"] or 0
