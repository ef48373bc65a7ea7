"""The database itself refuses to change or remove an audit entry.

SQLite loses triggers silently when a later migration rebuilds the table, so they are put back
after every migration, and a system check fails where they are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import Error, register
from django.db import connections

TABLE = "network_auditentry"
NAME = "network_trail_stands"

SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {NAME}_{when.lower()} BEFORE {when} ON {TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only'); END"
    for when in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'The audit trail is append-only'; END $$",
    f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}",
    f"CREATE TRIGGER {NAME} BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()",
]


def install(connection: Any) -> None:
    """Puts the triggers in place; harmless where they are."""
    for statement in POSTGRESQL if connection.vendor == "postgresql" else SQLITE:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def lift(connection: Any) -> None:
    """Takes them away. Only tests do, to empty the tables behind them."""
    names = (
        [f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}"]
        if connection.vendor == "postgresql"
        else [f"DROP TRIGGER IF EXISTS {NAME}_{when}" for when in ("update", "delete")]
    )
    for statement in names:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def standing(connection: Any) -> bool:
    """Whether the triggers are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = %s", [NAME])
            return bool(cursor.fetchone()[0] == 1)
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
            [f"{NAME}_%"],
        )
        return bool(cursor.fetchone()[0] == 2)


def put_back(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After each migration (post_migrate)."""
    connection = connections[using]
    if TABLE in connection.introspection.table_names():
        install(connection)


@register("database")
def trail_is_append_only(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[Error]:
    """network.E001: the audit trail could be changed. Runs with `migrate` and `check --database`."""
    errors = []
    for alias in databases or []:
        connection = connections[alias]
        if TABLE in connection.introspection.table_names() and not standing(connection):
            errors.append(
                Error(
                    "The triggers that make the audit trail append-only are missing.",
                    hint="Run `manage.py migrate`.",
                    id="network.E001",
                )
            )
    return errors
