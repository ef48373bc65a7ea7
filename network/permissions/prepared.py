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

from django.db import connection
from django.db.models import BigIntegerField, Expression, Func, QuerySet

from network import clock

if TYPE_CHECKING:
    from network.permissions.places import Reader

# What stands in the kept text for the person and the instant: a key and a time that nothing has.
SOMEBODY = 2**62
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


def prepared(write: Callable[..., QuerySet[Any, Any]]) -> Callable[..., Subquery]:
    """Makes `write(user_id, *case)`, which writes a query, a maker of sub-queries.

    The result takes the person in place of the id, or nobody where the query does not ask who. It
    is written anew for each `case` (a level, say), never for each person, so it must not look at
    the person, nor at the rows, to decide what to write.
    """
    written: dict[tuple[Any, ...], tuple[str, tuple[Any, ...]]] = {}

    @wraps(write)
    def subquery(user: Reader | int = 0, *case: Any) -> Subquery:
        if (connection.vendor, *case) not in written:
            with clock.at(SOMETIME):
                query = write(SOMEBODY, *case).order_by().query
            written[connection.vendor, *case] = query.sql_with_params()
        sql, params = written[connection.vendor, *case]
        stored = connection.ops.adapt_datetimefield_value
        values = {
            SOMEBODY: user if isinstance(user, int) else user.pk,
            stored(SOMETIME): stored(clock.now()),
        }
        return Subquery(sql, tuple(values.get(param, param) for param in params))

    return subquery
