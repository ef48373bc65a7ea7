"""Form fields that several rooms need: the label of a thing, and a moment in somebody's zone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
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


class FilesInput(forms.FileInput):
    """Several files at once, where a browser lets one choose them."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else [one for one in [files.get(name)] if one]


class RichText(forms.Textarea):
    """A text area for Markdown or HTML, over which static/js/editor.js lays the rich text editor.

    What it sends is cleaned by `network.rendering`, like everything else that is sent.
    """

    template_name = "django/forms/widgets/rich_text.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-rich": static("js/editor.js"),
            "data-tiptap": static("django_prose_editor/editor.js"),
            "data-pasting": static("js/pasting.js"),
            "data-rendered": reverse("network:rendered"),
        }
        context["widget"]["tools"] = _tools(get_language() or "")
        return context


@cache
def _tools(language: str) -> SafeString:
    """The editor's tools, in the language that is spoken now: the same on every page."""
    return render_to_string("components/editor_tools.html")


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
