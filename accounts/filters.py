"""Filters of the directory, from the address line; each list works without any script."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from network import countries, languages
from network.filters import ListFilter, WordsFilter
from network.models.codes import holding
from network.models.items import Item, Theme
from network.models.people import Membership, Partner, User


class LanguageFilter(filters.ChoiceFilter):
    """Whose list of languages has this one."""

    def __init__(self) -> None:
        super().__init__(
            field_name="languages",
            label=_("Language"),
            choices=languages.choices,
            empty_label=_("all languages"),
            method="by_language",
        )


class DirectoryFilter(ListFilter):
    """What partners and people are both found by."""

    q = WordsFilter(label=_("Words"), method="by_words", max_length=100)
    country = filters.ChoiceFilter(
        label=_("Country"), choices=countries.choices, empty_label=_("all countries"), method="by_country"
    )
    language = LanguageFilter()

    def by_language(self, rows: QuerySet, _name: str, code: str) -> QuerySet:
        """Those that have the language among theirs."""
        return rows.filter(languages__contains=holding(code))


class PartnerFilter(DirectoryFilter):
    """The partners of the directory."""

    kind = filters.ChoiceFilter(label=_("Kind"), choices=Partner.Kind, empty_label=_("all kinds"))
    theme = filters.ChoiceFilter(label=_("Has shared about"), empty_label=_("any theme"), method="by_theme")

    class Meta:
        model = Partner
        fields = ["q", "country", "kind", "language", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Fetched once: what is offered is also what the choice is held against.
        self.filters["theme"].extra["choices"] = list(Theme.objects.values_list("slug", "name"))

    def by_words(self, rows: QuerySet, _name: str, words: str) -> QuerySet:
        """Each word stands in the name, the town or what the partner says of itself."""
        for word in words.split():
            rows = rows.filter(
                Q(name__holds=word) | Q(short_name__holds=word) | Q(city__holds=word) | Q(profile__holds=word)
            )
        return rows

    def by_country(self, rows: QuerySet, _name: str, code: str) -> QuerySet:
        """Those that lie there."""
        return rows.filter(country=code)

    def by_theme(self, rows: QuerySet, _name: str, theme: str) -> QuerySet:
        """Those of which the reader sees something that is filed there."""
        reader = self.request.user if self.request else AnonymousUser()
        seen = Item.objects.visible_to(reader).under_names().filter(themes__slug=theme)
        return rows.filter(pk__in=seen.order_by().values("partner"))


class PersonFilter(DirectoryFilter):
    """The people of the directory."""

    role = filters.ChoiceFilter(label=_("Role"), choices=Membership.Role, empty_label=_("all roles"), method="by_role")

    class Meta:
        model = User
        fields = ["q", "country", "role", "language"]

    def by_words(self, rows: QuerySet, _name: str, words: str) -> QuerySet:
        """Each word stands in the name, in what they do, or in the name of a partner of theirs."""
        for word in words.split():
            partners = Q(partner__name__holds=word) | Q(partner__short_name__holds=word)
            behind = Membership.objects.effective().filter(partners)
            rows = rows.filter(Q(name__holds=word) | Q(function__holds=word) | Q(pk__in=behind.values("user")))
        return rows

    def by_country(self, rows: QuerySet, _name: str, code: str) -> QuerySet:
        """Those who take part for a partner there."""
        return rows.filter(pk__in=Membership.objects.effective().filter(partner__country=code).values("user"))

    def by_role(self, rows: QuerySet, _name: str, role: str) -> QuerySet:
        """Those who have this role for some partner now."""
        return rows.filter(pk__in=Membership.objects.effective().filter(role=role).values("user"))
