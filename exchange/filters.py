"""Filters of lists, from the address line; each list works without any script."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
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
from network.filters import ListFilter
from network.models.items import Theme

ORDERS = [("new", _("Newest first")), ("title", _("Title"))]


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
    """The documents of a room."""

    kind = filters.ChoiceFilter(
        label=_("Kind"), field_name="doc_kind", choices=DocKind.choices, empty_label=_("all kinds")
    )
    order = filters.ChoiceFilter(label=_("Order"), choices=ORDERS, method="in_order", empty_label=None)

    class Meta:
        model = Document
        fields = ["q", "kind", "language", "order"]

    def in_order(self, rows: QuerySet, _name: str, order: str) -> QuerySet:
        """By title, or as they are: newest first."""
        return rows.order_by("title", "pk") if order == "title" else rows


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
