"""Sub-queries that are put into SQL once per process; afterwards only the person and the instant change.

The gate stands in nearly every query of the house. Django needs some hundred milliseconds to compose
its whole rule and put it into SQL, many times what the database needs to answer. So the parts that
depend on nothing but who asks, and when, are kept as text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Expression, Func, QuerySet, UUIDField

from network import clock

if TYPE_CHECKING:
    from network.permissions.places import Reader

# What stands in the kept text for the person, the one row that is asked about and the instant: keys and a time that
# nothing has.
SOMEBODY = 2**62
SOMETHING = 2**62 + 1
SOME_UID = UUID("98765432-1000-4000-8000-000000000000")
STAND_INS: dict[type, int | UUID | None] = {int: SOMETHING, UUID: SOME_UID, type(None): None}
SOMETIME = datetime(9876, 5, 4, 3, 2, 1, tzinfo=UTC)


class Subquery(Expression):
    """A finished sub-query, for `IN`. It refers to nothing outside of itself."""

    def __init__(self, sql: str, params: tuple[Any, ...]) -> None:
        super().__init__(output_field=BigIntegerField())
        self.sql, self.params = sql, params

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"({self.sql})", self.params


class Pair(Func):
    """Two columns as one, for `IN` a sub-query of two."""

    template = "(%(expressions)s)"
    output_field = BigIntegerField()


def unasked(execute: Any, sql: str, *_rest: Any) -> Any:
    """What an answer of the database would say today must not stand in a text that is kept."""
    raise RuntimeError(f"A prepared query asked the database while it was written: {sql}")


def prepared(write: Callable[..., QuerySet[Any, Any]]) -> Callable[..., Subquery]:
    """Makes `write(user_id, *case)`, which writes a query, a maker of sub-queries.

    The result takes the person in place of the id, or nobody where the query does not ask who. It
    is written anew for each `case` (a level, say), never for each person, so it must not look at
    the person, nor at the rows, to decide what to write.
    """
    kept = _kept(write)

    @wraps(write)
    def subquery(user: Reader | int = 0, *case: Any) -> Subquery:
        return kept(user, None, case)

    return subquery


def prepared_about_one(write: Callable[..., QuerySet[Any, Any]]) -> Callable[..., Subquery]:
    """The same for `write(user_id, key, *case)`, which asks about one row: by its number, or by its UUID."""
    kept = _kept(write)

    @wraps(write)
    def subquery(user: Reader | int, key: int | UUID, *case: Any) -> Subquery:
        return kept(user, key, case)

    return subquery


def _kept(write: Callable[..., QuerySet[Any, Any]]) -> Callable[..., Subquery]:
    written: dict[tuple[Any, ...], tuple[str, tuple[Any, ...]]] = {}

    def kept(user: Reader | int, key: int | UUID | None, case: tuple[Any, ...]) -> Subquery:
        stand_in = STAND_INS[type(key)]
        text = (connection.vendor, stand_in, *case)
        if text not in written:
            about = () if stand_in is None else (stand_in,)
            with clock.at(SOMETIME), connection.execute_wrapper(unasked):
                query = write(SOMEBODY, *about, *case).order_by().query
            written[text] = query.sql_with_params()
        sql, params = written[text]
        values = {
            SOMEBODY: user if isinstance(user, int) else user.pk,
            stored(stand_in): stored(key),
            stored(SOMETIME): stored(clock.now()),
        }
        return Subquery(sql, tuple(values.get(param, param) for param in params))

    return kept


def stored(value: Any) -> Any:
    """As it stands among the parameters of a query."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return UUIDField().get_db_prep_value(value, connection) if isinstance(value, UUID) else value
