"""Whole questions that are put into SQL once per process, as `prepared` does with parts of them.

Composing a question costs Django many times what sending it and reading its answer do. What every page asks is
therefore written once, with stand-ins in place of what varies, and answered by rows as ever: instances, related ones
and annotations included.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet

from network import clock
from network.permissions.prepared import SOMETIME, stored, unasked

Row = TypeVar("Row")
# Numbers that no row has, and that yet fit into the columns of four bytes, too.
FIRST = 2_147_400_000


def whole(write: Callable[..., QuerySet[Any, Row]]) -> Callable[..., list[Row]]:
    """Makes `write(*keys, **shape)`, which writes a query, a function that answers it with its rows.

    `keys` are numbers, UUIDs, texts and moments, and tuples of numbers; the query must depend on them in its
    parameters alone. `shape` is whatever the text depends on: it is written anew for each. `write` must not look at
    rows, nor ask.
    """
    kept: dict[tuple[Hashable, ...], _Kept[Row] | None] = {}

    @wraps(write)
    def rows(*keys: Any, **shape: Hashable) -> list[Row]:
        text = (connection.vendor, *map(_kind, keys), *sorted(shape.items()))
        if text not in kept:
            kept[text] = _written(write, keys, shape)
        found = kept[text]
        return [] if found is None else found.rows(keys)

    return rows


class _Kept(Generic[Row]):
    """One question as SQL, and how its rows become what was asked for."""

    def __init__(self, query: QuerySet[Any, Row], stand_ins: list[Any]) -> None:
        self.asked = query
        self.stand_ins = stand_ins
        self.compiler = query.query.get_compiler(connection=connection)
        self.sql, self.params = self.compiler.as_sql()

    def rows(self, keys: tuple[Any, ...]) -> list[Row]:
        """The answer for these keys, at this instant. One query."""
        values = dict(zip(self.stand_ins, _flat(keys), strict=True))
        values[stored(SOMETIME)] = stored(clock.now())
        # Of this thread's connection; what the compiler has found out about the columns stays.
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        params = tuple(values.get(param, param) for param in self.params)
        compiler.as_sql = lambda *_args, **_kwargs: (self.sql, params)
        query = copy.copy(self.asked.query)
        query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]
        rows: Any = QuerySet(self.asked.model, query=query, using=connection.alias)
        for name in ("_iterable_class", "_fields", "_known_related_objects", "_prefetch_related_lookups"):
            setattr(rows, name, getattr(self.asked, name))
        return list(rows)


def _written(write: Callable[..., QuerySet[Any, Row]], keys: tuple[Any, ...], shape: Any) -> _Kept[Row] | None:
    """None where there is nothing to ask, as nothing can answer it."""
    count = iter(range(FIRST, FIRST + 1000))
    given = [tuple(next(count) for _one in key) if isinstance(key, tuple) else _like(key, next(count)) for key in keys]
    with clock.at(SOMETIME), connection.execute_wrapper(unasked):
        try:
            return _Kept(write(*given, **shape), _flat(given))
        except EmptyResultSet:
            return None


def _kind(key: Any) -> Any:
    return (int, len(key)) if isinstance(key, tuple) else type(key)


def _like(key: Any, number: int) -> int | UUID | str | datetime:
    """What stands for a key of that kind; ValueError for one that has no stand-in."""
    if isinstance(key, bool) or not isinstance(key, int | UUID | str | datetime):
        raise ValueError(f"{key!r} is no key.")
    if isinstance(key, int):
        return number
    if isinstance(key, datetime):
        return SOMETIME + timedelta(seconds=number - FIRST + 1)
    return UUID(int=number) if isinstance(key, UUID) else f"\ue000{number}"


def _flat(keys: Any) -> list[Any]:
    """As they stand among the parameters."""
    found: list[Any] = []
    for key in keys:
        found.extend(key if isinstance(key, tuple) else [stored(key)])
    return found
