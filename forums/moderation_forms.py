"""Forms of moderation: a report, what moderators decide and why, what is saved for it, an appeal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forums.actions.cases import LONGEST_NOTE
from forums.actions.moderation import LONGEST_REASON
from forums.models.cases import SANCTIONS, Action, Ground
from forums.models.rules import Rule
from network import clock
from network.labels import Label
from network.models.rooms import Room
from network.place_forms import LastDayField
from network.sharing import LineField

# What each decision does, for whoever decides.
DOES: dict[str, Promise] = {
    Action.STANDS: _("Let it stand: nothing is wrong with it"),
    Action.WARNED: _("Warn its author: it stays, and they are told why it should not happen again"),
    Action.MUTED: _("Mute its author: they read, but write nothing here, until a date"),
    Action.SUSPENDED: _("Suspend its author: they do not see this room, until a date"),
    Action.LOCKED: _("Lock the discussion: it is read, but no longer answered"),
    Action.MOVED: _("Move the discussion to another room, with all that was said in it"),
    Action.TIGHTENED: _("Give it a tighter label: it stays, for fewer people"),
    Action.HELD: _("Hide it until it is decided: its author and the moderators still read it, and the case stays open"),
    Action.REMOVED: _("Take it away: a trace stays, moderators keep the words, and it can be restored"),
    Action.REDACTED: _(
        "Erase its words for good, with the files that came with it: a trace stays, and nothing can be restored; "
        "another moderator confirms"
    ),
}

SPANS: dict[str, timedelta] = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


class GroundField(forms.ChoiceField):
    """The rule that was breached; with `none`, also that there is no such rule."""

    def __init__(self, *, none: bool = False, **kwargs: Any) -> None:
        choices = [("", _("none, it stands")), *Ground.choices] if none else Ground.choices
        super().__init__(label=_("Rule breached"), choices=choices, required=not none, **kwargs)


class FactsField(forms.CharField):
    """What happened, in the words of whoever decides."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = _("What was written or done, and why that breaches the rule. The author reads it.")
        kwargs = {"label": _("Facts"), "widget": forms.Textarea(attrs={"rows": 5}), "help_text": help_text} | kwargs
        missing = {"required": _("Say what happened, so that the author can understand it.")}
        super().__init__(error_messages=missing, **kwargs)


class ReasonsField(forms.CharField):
    """Why it is decided so, for whose it is to read."""

    def __init__(self, *, rows: int) -> None:
        super().__init__(
            label=_("Your reasons"),
            widget=forms.Textarea(attrs={"rows": rows}),
            help_text=_("Its author reads them."),
            error_messages={"required": _("Say why, so that the author can understand it.")},
        )


class UntilFields(forms.Form):
    """Until when a sanction lasts: for a day, a week or a month from now, or until a date. Cleans to `until`."""

    lasts = forms.ChoiceField(
        label=_("For how long"),
        choices=[("day", _("one day")), ("week", _("one week")), ("month", _("30 days")), ("date", _("until a date"))],
        initial="week",
        required=False,
        help_text=_("Counts only where you mute or suspend. It ends by itself."),
    )
    until = LastDayField(help_text=_("Only for “until a date”; at most a year from now."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A week where none is sent, so that nothing calls it optional.
        self.fields["lasts"].default = "week"  # type: ignore[attr-defined]

    def clean_lasts(self) -> str:
        return self.cleaned_data["lasts"] or "week"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # A span that was chosen and a date that was left in the field say two things: what was chosen counts.
        span = SPANS.get(cleaned.pop("lasts", ""))
        if span is not None:
            cleaned["until"] = clock.now() + span
        return cleaned


class ReasonForm(forms.Form):
    """Why a moderator does it; the author reads it."""

    ground = forms.ChoiceField(
        label=_("Rule breached"),
        choices=Ground,
        required=False,
        initial=Ground.CHARTER,
        help_text=_("Counts only where you remove something."),
    )

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where you remove something. The author reads it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            # Not to be left out wherever they count, so that nothing calls them optional.
            field.default = Ground.CHARTER if name == "ground" else ""  # type: ignore[attr-defined]


class RuleForm(forms.Form):
    """What makes a text wait for a moderator."""

    kind = forms.ChoiceField(
        label=_("What is held"),
        choices=Rule.Kind,
        widget=forms.RadioSelect,
        initial=Rule.Kind.WORDS,
        error_messages={"required": _("Choose what is held.")},
    )
    text = forms.CharField(
        label=_("Words, sites or number"),
        help_text=_(
            "Words or phrases with commas between, each of which holds a text by itself; or the sites that links may "
            "lead to, with spaces between, such as “example.org”; or how many links may stand in a text."
        ),
        error_messages={"required": _("Write the words, the sites or the number.")},
    )


class ReportForm(forms.Form):
    """What is wrong with something."""

    ground = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Ground,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is wrong with it.")},
    )
    note = forms.CharField(
        label=_("In your words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What a moderator should look at, and why. Whoever decides reads it, without your name."),
    )

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if len(note.replace("\r\n", "\n")) > LONGEST_NOTE:
            raise ValidationError(_("This may have 1,000 characters at most."))
        return note


class DecisionForm(UntilFields):
    """What is decided about a case, and why: the author reads all of it."""

    action = forms.ChoiceField(
        label=_("What is done"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is to be done.")},
    )
    tlp = forms.ChoiceField(label=_("New label"), required=False)
    ground = GroundField(none=True, help_text=_("Needed unless it stands, or is hidden until it is decided."))
    facts = FactsField()
    hold = forms.BooleanField(
        label=_("Take it out of sight until the other moderator has decided"),
        required=False,
        help_text=_("Counts only where a second moderator has to confirm what you choose."),
    )

    room = forms.ModelChoiceField(
        label=_("To which room"),
        queryset=Room.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("choose a room"),
        help_text=_(
            "Counts only where you move it. You see who comes to read it, and who no longer does, before it is done."
        ),
        error_messages={"invalid_choice": _("Choose one of these rooms.")},
    )

    field_order = ("action", "tlp", "room", "lasts", "until", "hold", "ground", "facts")

    def __init__(
        self,
        *args: Any,
        actions: list[str],
        label: Label | None,
        under_rule: bool = False,
        holds: bool = False,
        rooms: QuerySet[Room] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not SANCTIONS.keys() & set(actions):
            del self.fields["lasts"], self.fields["until"]
        if not holds:
            del self.fields["hold"]
        if Action.MOVED in actions and rooms is not None:
            self.fields["room"].queryset = rooms
        else:
            del self.fields["room"]
        self.fields["action"].choices = [(key, DOES[key]) for key in actions]
        for name in self.fields.keys() & {"ground", "tlp", "room"}:
            # Not to be left out wherever it counts, so that nothing calls it optional.
            self.fields[name].default = ""  # type: ignore[attr-defined]
        # What the Chatham House Rule refuses is not offered.
        refused = (Label.AMBER_STRICT,) if under_rule else ()
        tighter = [one for one in Label if label is not None and one > label and one not in refused]
        if Action.TIGHTENED in actions:
            self.fields["tlp"].choices = [(one.word, f"TLP:{one.word}") for one in tighter]
            self.fields["tlp"].help_text = _("Counts only where you give it a tighter label.")
        else:
            del self.fields["tlp"]

    def clean_tlp(self) -> Label | None:
        word = self.cleaned_data["tlp"]
        return Label.from_word(word) if word else None


class SanctionForm(UntilFields):
    """Muting or suspending whoever wrote something, and why: they read all of it."""

    action = forms.ChoiceField(
        label=_("What is done"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is to be done.")},
    )
    ground = GroundField(initial=Ground.CHARTER)
    facts = FactsField()

    field_order = ("action", "lasts", "until", "ground", "facts")

    def __init__(self, *args: Any, actions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [(key, DOES[key]) for key in actions]  # type: ignore[attr-defined]
        self.fields["lasts"].help_text = _("It ends by itself.")


class UndoForm(forms.Form):
    """Why a decision is taken back; its author reads it."""

    facts = ReasonsField(rows=4)


class ProposalForm(forms.Form):
    """What a second moderator says to what another proposed."""

    answer = forms.CharField(
        label=_("Your reasons, where you decline"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who proposed it reads them."),
    )


class SavedDecisionForm(forms.Form):
    """A decision made ready: never with anybody's name in it."""

    title = LineField(
        label=_("Title"),
        max_length=100,
        help_text=_("By which moderators find it."),
        error_messages={"required": _("Give it a title by which you find it again.")},
    )
    action = forms.ChoiceField(
        label=_("What is done"),
        choices=[(key, words) for key, words in DOES.items() if key != Action.HELD],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is to be done.")},
    )
    ground = GroundField(none=True, help_text=_("Needed unless it stands."))
    facts = FactsField(
        help_text=_("What is said of every such case, without anybody’s name. Whoever decides adds what happened."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].default = ""  # type: ignore[attr-defined]


class AppealForm(forms.Form):
    """What the author of something says against a decision."""

    text = forms.CharField(
        label=_("Why it should be decided otherwise"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Somebody else than who decided reads it, with your own words beside it."),
        error_messages={"required": _("Say why it should be decided otherwise.")},
    )


class AppealAnswerForm(forms.Form):
    """What becomes of an appeal; the author and who decided first read it."""

    outcome = forms.ChoiceField(
        label=_("What becomes of the decision"),
        choices=[
            ("upheld", _("The appeal is right: what was done is undone as far as it can be")),
            ("rejected", _("The decision stays")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of the decision.")},
    )
    answer = ReasonsField(rows=5)
