"""Forms of practice sheets: a new one, and one that is revised."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from exchange.actions.practices import LONGEST_SUMMARY, LONGEST_TITLE, SheetText
from exchange.forms import TITLE_ERRORS, ThemesField
from exchange.models import Evaluation, PracticeSheet, PracticeStatus, PreventionLevel, Scope, TargetGroup
from exchange.models.practices import MOST_GROUPS, MOST_THEMES
from network import clock, countries, languages
from network.fields import LabelField, RichText
from network.labels import Label
from network.models.items import Item
from network.sharing import LineField, ShareForm


class SheetFields(forms.Form):
    """The five texts and six choices of a practice sheet, and where it is done."""

    title = LineField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        error_messages=TITLE_ERRORS,
        help_text=_("What you do, in the words you would use on the telephone. Up to 100 characters."),
    )
    summary = LineField(
        label=_("Summary"),
        max_length=LONGEST_SUMMARY,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Say in a sentence or two what it is."),
            "max_length": _("The summary may have %(limit_value)d characters at most; it has %(show_value)d."),
        },
        help_text=_("One or two sentences, up to 300 characters."),
    )
    objectives = forms.CharField(
        label=_("Objectives"),
        max_length=20_000,
        widget=RichText(attrs={"rows": 5}),
        help_text=_("Why you began, and what should be different afterwards."),
    )
    methodology = forms.CharField(
        label=_("Methodology"),
        max_length=20_000,
        widget=RichText(attrs={"rows": 5}),
        help_text=_("How it works, who does it, and what you would not do again."),
    )
    activities = forms.CharField(
        label=_("Activities carried out"),
        max_length=20_000,
        widget=RichText(attrs={"rows": 5}),
        help_text=_("What has been done so far: how often, with how many, with what result."),
    )
    geographical_scope = forms.ChoiceField(label=_("How far it reaches"), choices=[("", _("choose")), *Scope.choices])
    practice_status = forms.ChoiceField(label=_("Status"), choices=[("", _("choose")), *PracticeStatus.choices])
    evaluation_status = forms.ChoiceField(label=_("Evaluation"), choices=[("", _("choose")), *Evaluation.choices])
    prevention_levels = forms.MultipleChoiceField(
        label=_("Level of prevention"), choices=PreventionLevel, widget=forms.CheckboxSelectMultiple
    )
    target_groups = forms.MultipleChoiceField(
        label=_("For whom"),
        choices=TargetGroup,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One to three groups."),
    )
    themes = ThemesField(most=MOST_THEMES, help_text=_("One to three themes."))
    country = forms.ChoiceField(
        label=_("Country"), choices=lambda: [("", _("that of the partner")), *countries.choices()], required=False
    )
    city = LineField(label=_("Town or region"), max_length=120, required=False)
    started_year = forms.IntegerField(label=_("Since the year"), min_value=1950, required=False)

    def clean_target_groups(self) -> list[str]:
        """At most three."""
        chosen = self.cleaned_data["target_groups"]
        if len(chosen) > MOST_GROUPS:
            raise ValidationError(_("Choose %(most)d at most."), code="too_many", params={"most": MOST_GROUPS})
        return chosen

    def clean_started_year(self) -> int | None:
        """Not after next year."""
        year = self.cleaned_data["started_year"]
        if year is not None and year > clock.now().year + 1:
            raise ValidationError(_("Choose a year that has come."), code="future")
        return year

    @property
    def text(self) -> SheetText:
        """What the sheet says; after `is_valid`."""
        names = SheetText.__dataclass_fields__
        return SheetText(**{name: self.cleaned_data[name] for name in names})

    @property
    def choices(self) -> dict[str, Any]:
        """Of which it has several; after `is_valid`."""
        return {name: self.cleaned_data[name] for name in ("prevention_levels", "target_groups", "themes")}


class PublishSheetForm(SheetFields, ShareForm):
    """A new practice sheet in a room; the place is that of the partner."""

    tlp = LabelField(default=Label.GREEN)
    made_from = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, made_from: Item | None = None, words: dict[str, Any] | None = None, **kwargs: Any):
        """`made_from` is what it is made of, seen by this person; `words` are what it begins with."""
        kwargs["initial"] = words or {}
        super().__init__(*args, **kwargs)
        if made_from is not None:
            self.initial["made_from"] = str(made_from.uid)
            self._no_further_than(made_from.effective_label)
        if self.partner is not None:
            self.fields["country"].initial = self.partner.country
            self.fields["city"].initial = self.partner.city

    def _no_further_than(self, label: Label) -> None:
        """The label of what it is made of is offered first, and taken where none is sent."""
        field = self.fields["tlp"]
        offered = {word for word, _words in field.choices}
        field.default = next(one for one in Label if one >= label and one.word in offered)
        field.initial = field.default.word


class ReviseSheetForm(SheetFields):
    """A sheet that is there already; its label and its place in rooms are changed elsewhere."""

    language = forms.ChoiceField(label=_("Language"), choices=languages.choices)

    def __init__(self, *args: Any, sheet: PracticeSheet, **kwargs: Any) -> None:
        names = [*SheetText.__dataclass_fields__, "title", "language", "prevention_levels", "target_groups"]
        initial = {name: getattr(sheet, name) for name in names}
        initial["themes"] = [theme.slug for theme in sheet.themes.all()]
        super().__init__(*args, initial=initial, **kwargs)
