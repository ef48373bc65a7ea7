"""Forms about the charter, the privacy notice and the first sign-in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import own_languages, zones
from accounts.forms.telling import MailedField, ticked
from accounts.models import LegalText
from network.models.people import User


class TextForm(forms.Form):
    """A coordinator writes a new version."""

    body = forms.CharField(
        label=_("Text"),
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 22}),
        validators=[ProhibitNullCharactersValidator()],
        help_text=_("Markdown: an empty line begins a paragraph, “## ” a heading, “- ” an entry of a list."),
    )
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput())


class WelcomeForm(forms.Form):
    """What somebody accepts and, the first time, how they want to be served."""

    language = forms.ChoiceField(label=_("Language"), choices=own_languages)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zones,
        widget=forms.Select(attrs={"data-guess": ""}),
        help_text=_("All times are shown in it."),
    )
    mailed = MailedField(
        help_text=_("Everything is on the page “Notifications” in any case. You can change all this later."),
    )

    def __init__(self, *args: Any, person: User, texts: list[LegalText], first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {
            "language": person.language,
            "time_zone": person.time_zone,
            "mailed": ticked(person.unmailed),
        }
        if not first:
            for name in ("language", "time_zone", "mailed"):
                del self.fields[name]
        labels = {"charter": _("I accept the charter"), "privacy": _("I have read the privacy notice")}
        for text in texts:
            self.fields[f"accept_{text.kind}"] = forms.BooleanField(
                label=labels[text.kind],
                error_messages={"required": _("Nothing else opens before you have done this.")},
            )
            # The version that was read; a newer one is read first.
            self.fields[f"version_{text.kind}"] = forms.IntegerField(
                initial=text.version, required=False, widget=forms.HiddenInput()
            )
        self.texts = texts
        self.first = first

    @property
    def seen(self) -> list[LegalText]:
        """The texts in the version that was shown; after `is_valid`."""
        return [text for text in self.texts if self.cleaned_data.get(f"version_{text.kind}") == text.version]

    @property
    def settings(self) -> dict[str, Any]:
        """The person's fields; after `is_valid`. Empty where they were not asked."""
        if not self.first:
            return {}
        return {
            "language": self.cleaned_data["language"],
            "time_zone": self.cleaned_data["time_zone"],
            "unmailed": self.cleaned_data["mailed"],
        }
