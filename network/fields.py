"""Form fields that several rooms need: the label of a thing, and a moment in somebody's zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network.labels import Label
from network.templatetags.look import tlp

MEANS = {
    Label.CLEAR: _("Everyone of this room; others may publish it."),
    Label.GREEN: _("Everyone of this room; others may pass it on to rooms of their own."),
    Label.AMBER: _("Everyone of this room. To pass it on, others ask you."),
    Label.AMBER_STRICT: _("Of this room, only the people of the partners that are named. Guests are left out."),
    Label.RED: _("Only the people who are named. Coordinators and moderators see it only if they are."),
}


class LabelSelect(forms.RadioSelect):
    """The five labels as radio buttons, each with its flag, its words and what follows from it."""

    option_template_name = "components/label_option.html"
    # How many people each label would reach (network.sharing), where the form knows.
    counts: Mapping[Label, object] = {}

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        known = Label.from_word(str(value))
        option["label"] = {"flag": tlp(known), "means": MEANS[known], "reaches": self.counts.get(known)}
        return option


class FoldedBoxes(forms.CheckboxSelectMultiple):
    """A long list of boxes of which few are ticked: those stand open, the others are folded until somebody adds one."""

    template_name = "django/forms/widgets/folded_boxes.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        options = [option for _group, group, _index in context["widget"]["optgroups"] for option in group]
        context["chosen"] = [option for option in options if option["selected"]]
        context["others"] = [option for option in options if not option["selected"]]
        return context


class LabelField(forms.ChoiceField):
    """One of the labels, by its word: "AMBER+STRICT". Cleans to a Label; left out, it is `default`."""

    widget = LabelSelect

    def __init__(self, *, default: Label = Label.AMBER, labels: tuple[Label, ...] = tuple(Label), **kwargs: Any):
        self.default = default
        kwargs.setdefault("label", _("How far may it go?"))
        kwargs.setdefault("help_text", _("The Traffic Light Protocol."))
        kwargs.setdefault("initial", default.word)
        super().__init__(choices=[(label.word, label.word) for label in labels], required=False, **kwargs)
        self.error_messages["invalid_choice"] = _("Choose one of the labels.")

    def clean(self, value: Any) -> Label:
        word = super().clean(value)
        try:
            return Label.from_word(word) if word else self.default
        except ValueError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None
