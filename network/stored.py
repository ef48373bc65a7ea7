"""Which files of the store rows speak of, so that whoever looks the store through knows them all. Each floor tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps

AT_ONCE = 500


@dataclass(frozen=True)
class _Named:
    folder: str
    model: str
    field: str

    def paths(self, among: list[str] | None = None) -> Iterator[str]:
        rows = apps.get_model(self.model)._base_manager.exclude(**{self.field: ""})
        if among is not None:
            rows = rows.filter(**{f"{self.field}__in": among})
        yield from (str(path) for path in rows.values_list(self.field, flat=True).iterator(AT_ONCE))


_named: set[_Named] = set()


def register_files(folder: str, model: str, field: str) -> None:
    """Called once per field, from an AppConfig: below `folder` lie files whose path stands in it ("" for none)."""
    _named.add(_Named(folder, model, field))


def folders() -> set[str]:
    """The folders of the store in which such files lie."""
    return {one.folder for one in _named}


def paths() -> Iterator[str]:
    """Every file that a row names."""
    for one in sorted(_named, key=lambda one: (one.folder, one.model)):
        yield from one.paths()


def named(among: list[str]) -> set[str]:
    """Those of these paths that a row names."""
    return {path for one in _named for path in one.paths(among)}
