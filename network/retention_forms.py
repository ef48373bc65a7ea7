"""The form that says how long data is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.retention import KINDS, MOST_DAYS


class RetentionForm(forms.Form):
    """A number of days for each kind that somebody registered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, kind in KINDS.items():
            self.fields[key] = forms.IntegerField(
                label=kind.name,
                help_text=kind.hint,
                min_value=kind.least,
                max_value=MOST_DAYS,
                error_messages={
                    "required": _("Give a number of days."),
                    "invalid": _("Give a whole number of days."),
                    "min_value": _("At least %(limit_value)s days."),
                    "max_value": _("At most %(limit_value)s days."),
                },
            )
