"""Forms about a document that is there: what is said about it, who works on it, that it is to be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.actions.describing import MOST_THEMES
from exchange.actions.reading import LONGEST_NOTE
from exchange.captions import LARGEST
from exchange.forms import TITLE_ERRORS, ThemesField
from exchange.models import DocKind, Document
from network import clock, languages
from network.fields import RichText
from network.sharing import LineField
from network.templatetags.look import filesize


class DescribeForm(forms.Form):
    """What is said about a document; its files, its label and its place are changed elsewhere."""

    title = LineField(label=_("Title"), max_length=200, error_messages=TITLE_ERRORS)
    kind = forms.ChoiceField(label=_("Kind"), choices=DocKind)
    language = forms.ChoiceField(label=_("Language"), choices=languages.choices)
    description = forms.CharField(
        label=_("A word about it"), max_length=100_000, required=False, widget=RichText(attrs={"rows": 5})
    )
    themes = ThemesField(most=MOST_THEMES, required=False)
    open_to_versions = forms.BooleanField(
        label=_("Others who contribute here may share new versions"),
        required=False,
        help_text=_(
            "For a draft that is written together. Older versions stay. Once another partner has shared one, the label "
            "cannot be made wider any more."
        ),
    )

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "title": document.title,
            "kind": document.doc_kind,
            "language": document.language,
            "description": document.description,
            "themes": [theme.slug for theme in document.themes.all()],
            "open_to_versions": document.open_to_versions,
        }
        super().__init__(*args, **kwargs)


class CaptionsOffForm(forms.Form):
    """Which captions are taken off, and off which version."""

    number = forms.IntegerField(min_value=1, max_value=999_999_999)
    language = forms.CharField(max_length=8)


class CaptionsForm(forms.Form):
    """Captions in a language for the newest version, which is the one that is named."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=999_999_999)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=languages.choices,
        help_text=_("Captions that it has in this language are replaced."),
    )
    file = forms.FileField(
        label=_("File"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt,application/x-subrip"}),
        error_messages={"required": _("Choose the file with the captions."), "empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        newest = document.newest.number if document.newest else 1
        kwargs["initial"] = {"number": newest, "language": document.language}
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "WebVTT (.vtt) or SRT (.srt), up to %(size)s. Only times and words are taken over; marks are left out."
        ) % {"size": filesize(LARGEST)}


class WorkForm(forms.Form):
    """Until when somebody works on a document: a time of day, the next one that comes, in the reader's zone."""

    until = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose a time."), "invalid": _("Write the time as 17:00.")},
    )
    # Who was working on it when the page was shown: taking over is from them, and from nobody who came since.
    over = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        in_two_hours = timezone.localtime(clock.now() + timedelta(hours=2)).replace(minute=0)
        kwargs.setdefault("initial", {"until": in_two_hours.time()})
        super().__init__(*args, **kwargs)

    def clean_until(self) -> datetime:
        """The next time that the clock says so."""
        now = timezone.localtime(clock.now())
        wanted = now.replace(**{name: getattr(self.cleaned_data["until"], name) for name in ("hour", "minute")})
        wanted = wanted.replace(second=0, microsecond=0)
        return wanted if wanted > now else wanted + timedelta(days=1)


class AskToReadForm(forms.Form):
    """By when a document is to be read."""

    due = forms.DateField(
        label=_("To be read by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Whoever has not confirmed it is reminded the day before, or on the morning of the day. "
            "What is to be read today brings no reminder."
        ),
        error_messages={"required": _("Choose a day."), "invalid": _("Write the day as 2027-01-31.")},
    )
    note = LineField(label=_("A word with it"), max_length=LONGEST_NOTE, required=False)
