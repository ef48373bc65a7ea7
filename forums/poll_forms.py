"""Forms of votes: a new one, and what somebody votes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from forums.actions.polls import LONGEST_QUESTION
from forums.models.polls import Poll
from network.place_forms import LastDayField
from network.sharing import LineField


class PollForm(forms.Form):
    """A question and its answers. Under the Chatham House Rule there is less to choose."""

    question = LineField(
        label=_("Question"),
        max_length=LONGEST_QUESTION,
        error_messages={"required": _("Ask something.")},
    )
    options = forms.CharField(
        label=_("Answers"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Two to twelve, one a line. They cannot be changed once they stand."),
        error_messages={"required": _("Give two to twelve answers, one a line.")},
    )
    kind = forms.ChoiceField(
        label=_("How one votes"),
        choices=Poll.Kind,
        initial=Poll.Kind.SINGLE,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how one votes.")},
    )
    by_partner = forms.ChoiceField(
        label=_("Who has a vote"),
        choices=[
            ("", _("each person who contributes here")),
            ("1", _("each partner, cast by whoever contributes for it")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    secret = forms.ChoiceField(
        label=_("Open or secret"),
        choices=[
            ("", _("open: who voted what can be read, and a vote can be changed until the end")),
            ("1", _("secret: nobody learns who voted what, a vote stands as cast, and numbers are shown at the end")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    numbers_after = forms.BooleanField(
        label=_("Show the numbers only to who has voted, and to all at the end"), required=False
    )
    closes_at = LastDayField(help_text=_("It is closed with this day. Left empty, it is open until you close it."))

    def __init__(self, *args: Any, chatham: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("by_partner", "secret"):
            if chatham:
                del self.fields[name]
            else:
                # Not to be left out: one of the two is chosen, so that nothing calls it optional.
                self.fields[name].initial = self.fields[name].default = ""  # type: ignore[attr-defined]
        if chatham:
            del self.fields["numbers_after"]

    def clean_by_partner(self) -> bool:
        """Whether each partner has a vote, rather than each person."""
        return bool(self.cleaned_data["by_partner"])

    def clean_secret(self) -> bool:
        """Whether nobody learns who voted what."""
        return bool(self.cleaned_data["secret"])

    def clean_options(self) -> list[str]:
        """One a line; the action looks at each."""
        lines: str = self.cleaned_data["options"]
        return [line.strip() for line in lines.splitlines() if line.strip()]


def choices_of(poll: Poll, sent: QueryDict) -> list[int]:
    """The numbers of the options that were sent; of a ranked one in the order of their places.

    What is no number of an option comes out as -1, and two on one place are both -1: the action refuses it.
    """
    if poll.kind != Poll.Kind.RANKED:
        return [_number(value, len(poll.options)) for value in sent.getlist("choice")]
    placed: dict[int, int] = {}
    for option in range(len(poll.options)):
        value = sent.get(f"place-{option}", "")
        if value:
            place = _number(value, len(poll.options) + 1)
            if place < 1 or place in placed:
                return [-1]
            placed[place] = option
    return [option for _place, option in sorted(placed.items())]


def sent_for(poll: Poll, sent: QueryDict) -> dict[int, str]:
    """What was sent for each option as it was sent, to be shown again."""
    options = range(len(poll.options))
    if poll.kind != Poll.Kind.RANKED:
        return {option: "" for option in options if str(option) in sent.getlist("choice")}
    return {option: sent[f"place-{option}"] for option in options if sent.get(f"place-{option}")}


def _number(value: str, below: int) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 and int(value) < below else -1
