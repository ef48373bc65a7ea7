"""What moderators answer to somebody who has gone and asked to have taken away what they wrote."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SettleForm(forms.Form):
    """That it is done, or that it stays and why."""

    reason = forms.CharField(
        label=_("A word about it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, is_answered: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = (
            _("Needed where it stays. It goes to whoever asked, by letter; the room is not read by them any more.")
            if is_answered
            else _("Needed where it stays. Whoever asked wanted no letter: the other moderators and the trail keep it.")
        )
