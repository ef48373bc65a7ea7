"""Filters of lists, from the address line; each list works without any script."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.models import (
    LIBRARY_KINDS,
    DocKind,
    Document,
    Evaluation,
    PracticeSheet,
    PracticeStatus,
    PreventionLevel,
    Scope,
    SheetChoice,
    TargetGroup,
)
from network import countries, languages, search
from network.filters import DayFilter, ListFilter, PeriodForm, WordsFilter, midnight
from network.labels import Label
from network.models.items import Theme

ORDERS = {
    "new": (_("Newest first"), ()),
    "old": (_("Oldest first"), ("active_at", "pk")),
    "title": (_("Title"), ("title", "pk")),
    "kind": (_("Kind"), ("doc_kind", "title", "pk")),
    "large": (_("Largest first"), ("-newest__size", "pk")),
    "small": (_("Smallest first"), ("newest__size", "pk")),
}


class ItemFilter(ListFilter):
    """What every list of items is filtered by: words and language."""

    q = filters.CharFilter(label=_("Words"), method="by_words")
    language = filters.ChoiceFilter(label=_("Language"), choices=languages.choices, empty_label=_("all languages"))

    def by_words(self, rows: QuerySet, _name: str, words: str) -> QuerySet:
        """Those that hold all the words, as the search finds them."""
        found = search.find(self.request.user, words).filter(part_kind="").order_by()
        return rows.filter(pk__in=found.values("item"))

    def by_choice(self, rows: QuerySet, name: str, key: str) -> QuerySet:
        """Sheets that chose `key` from the list called `name`."""
        return rows.filter(pk__in=SheetChoice.objects.filter(group=name, key=key).values("sheet"))


class ThemeFilter(filters.ModelChoiceFilter):
    """One theme, by its address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            field_name="themes",
            label=_("Theme"),
            queryset=lambda _request: Theme.objects.all(),
            to_field_name="slug",
            empty_label=_("all themes"),
            **kwargs,
        )


class DocumentFilter(ItemFilter):
    """The documents of a room. It offers only lists of the house: it tells of no document, and costs the same for all.

    People and partners are asked for by name: to list those of ten thousand documents would mean to read them all.
    """

    kind = filters.ChoiceFilter(
        label=_("Kind"), field_name="doc_kind", choices=DocKind.choices, empty_label=_("all kinds")
    )
    theme = ThemeFilter()
    author = WordsFilter(label=_("Shared by"), field_name="author__name", lookup_expr="holds", max_length=120)
    partner = WordsFilter(label=_("Partner"), method="of_partner", max_length=120)
    label = filters.ChoiceFilter(
        label=_("Label"),
        choices=[(label.word, label.word) for label in Label],
        method="of_label",
        empty_label=_("all labels"),
    )
    since = DayFilter(label=_("From"), method="from_day")
    until = DayFilter(label=_("To"), method="to_day")
    order = filters.ChoiceFilter(
        label=_("Order"),
        choices=[(key, words) for key, (words, _columns) in ORDERS.items()],
        method="in_order",
        empty_label=None,
    )
    # Keeps the reader in the folder that they look through.
    folder = filters.CharFilter(widget=forms.HiddenInput, method="in_folder")

    class Meta:
        model = Document
        fields = ["q", "kind", "theme", "language", "author", "partner", "label", "since", "until", "order"]
        form = PeriodForm

    @property
    def asked(self) -> bool:
        """Whether it leaves anything out: then what stands in folders further down is looked through, too."""
        return any(self.data.get(name) for name in self.filters if name not in ("order", "folder"))

    def of_partner(self, rows: QuerySet, _name: str, words: str) -> QuerySet:
        """Shared for a partner whose name, long or short, holds the words."""
        return rows.filter(Q(partner__short_name__holds=words) | Q(partner__name__holds=words))

    def of_label(self, rows: QuerySet, _name: str, word: str) -> QuerySet:
        """Under this label."""
        return rows.filter(tlp=Label.from_word(word))

    def from_day(self, rows: QuerySet, _name: str, day: date) -> QuerySet:
        """New since the beginning of that day."""
        return rows.filter(active_at__gte=midnight(day))

    def to_day(self, rows: QuerySet, _name: str, day: date) -> QuerySet:
        """Not new since the end of that day."""
        return rows.filter(active_at__lt=midnight(day + timedelta(days=1)))

    def in_order(self, rows: QuerySet, _name: str, order: str) -> QuerySet:
        """By one of the orders, or as they are: newest first."""
        columns = ORDERS[order][1]
        return rows.order_by(*columns) if columns else rows

    def in_folder(self, rows: QuerySet, _name: str, _value: str) -> QuerySet:
        """The page knows the folders of its room, and narrows by itself."""
        return rows


class LibraryFilter(ItemFilter):
    """The library: what was made to be read by many."""

    kind = filters.ChoiceFilter(
        label=_("Kind"),
        field_name="doc_kind",
        choices=[(kind.value, kind.label) for kind in LIBRARY_KINDS],
        empty_label=_("all kinds"),
    )
    theme = ThemeFilter()

    class Meta:
        model = Document
        fields = ["q", "kind", "theme", "language"]


class PracticeFilter(ItemFilter):
    """Practice sheets, by the choices that their authors made."""

    theme = ThemeFilter()
    target_group = filters.ChoiceFilter(
        label=_("For whom"),
        field_name=SheetChoice.Group.TARGET,
        choices=TargetGroup.choices,
        method="by_choice",
        empty_label=_("everybody"),
    )
    country = filters.ChoiceFilter(label=_("Country"), choices=countries.choices, empty_label=_("all countries"))
    prevention_level = filters.ChoiceFilter(
        label=_("Prevention"),
        field_name=SheetChoice.Group.LEVEL,
        choices=PreventionLevel.choices,
        method="by_choice",
        empty_label=_("all levels"),
    )
    scope = filters.ChoiceFilter(
        label=_("Reach"), field_name="geographical_scope", choices=Scope.choices, empty_label=_("any")
    )
    status = filters.ChoiceFilter(
        label=_("Status"), field_name="practice_status", choices=PracticeStatus.choices, empty_label=_("any")
    )
    evaluation = filters.ChoiceFilter(
        label=_("Evaluation"), field_name="evaluation_status", choices=Evaluation.choices, empty_label=_("any")
    )

    class Meta:
        model = PracticeSheet
        fields = [
            "q",
            "theme",
            "target_group",
            "country",
            "language",
            "prevention_level",
            "scope",
            "status",
            "evaluation",
        ]
