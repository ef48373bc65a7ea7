"""How somebody wishes to be told: which subjects of notices are letters too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.notifications import NOTICES, SUBJECTS


def mailed_subjects() -> list[tuple[str, Promise]]:
    """The subjects of which there are letters at all, in words."""
    mailed = {kind.about for kind in NOTICES.values() if kind.mail}
    return [(key, words) for key, words in SUBJECTS.items() if key in mailed]


def ticked(unmailed: Iterable[str]) -> list[str]:
    """What the field shows for somebody with this `unmailed`."""
    return [key for key, _words in mailed_subjects() if key not in unmailed]


class MailedField(forms.MultipleChoiceField):
    """Ticks for what is mailed; cleans to the subjects that are not, which is what User.unmailed holds.

    Its initial value is `ticked(person.unmailed)`; without one, everything is ticked. Subjects, not kinds: a kind of
    notice that is new tomorrow follows what was said about its like.
    """

    widget = forms.CheckboxSelectMultiple
    default = ()  # no tick is an answer, too

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("By e-mail too"))
        kwargs.setdefault("help_text", _("Everything stands on your page of notifications in any case."))
        kwargs.setdefault("initial", lambda: ticked(()))
        super().__init__(choices=mailed_subjects, required=False, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """The subjects that were left without a tick."""
        chosen = super().clean(value)
        return [key for key, _words in mailed_subjects() if key not in chosen]


class TellingForm(forms.Form):
    """What reaches somebody by e-mail too."""

    unmailed = MailedField()
