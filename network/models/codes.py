"""A short list of codes in one column, such as the languages of a partner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models


class CodesField(models.CharField):
    """A list of short codes, kept as ",de,fr," so that one of them is found with `contains` on any database.

    `partner.languages` is a list; `filter(languages__contains=holding("fr"))` finds those that have it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("default", list)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *args: Any) -> list[str]:
        return self.to_python(value)

    def to_python(self, value: Any) -> Any:
        if value is None:
            return []
        return [code for code in value.split(",") if code] if isinstance(value, str) else list(value)

    def get_prep_value(self, value: Any) -> Any:
        # What a lookup looks for is text already.
        return value if isinstance(value, str) else written(value or ())

    def value_to_string(self, obj: models.Model) -> str:
        return written(self.to_python(self.value_from_object(obj)))


def written(codes: Iterable[str]) -> str:
    """The codes as they are kept."""
    return "".join(f",{code}" for code in codes) + "," if codes else ""


def holding(code: str) -> str:
    """What to look for with `contains` to find rows whose list has `code`."""
    return f",{code},"
