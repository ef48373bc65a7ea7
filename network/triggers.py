"""The database itself refuses to change or remove an audit entry, a seal or a checkpoint.

SQLite loses triggers silently when a later migration rebuilds the table, so they are put back
after every migration, and a system check fails where they are missing. One thing passes them:
retention, which removes the beginning of the trail behind a checkpoint (`opened_for_retention`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import AppConfig
from django.core.checks import Error, register
from django.db import connections

NAME = "network_trail_stands"
# Table → what its triggers are called.
TABLES = {
    "network_auditentry": NAME,
    "network_auditseal": f"{NAME}_seals",
    "network_auditcheckpoint": f"{NAME}_checkpoints",
}
# The tables whose beginning retention may remove; a checkpoint stays for ever.
SHORTENED = ("network_auditentry", "network_auditseal")
REFUSAL = "The audit trail is append-only"
# Of PostgreSQL, local to one transaction: what that transaction may do to the trail.
SETTING = "liaise.trail"

FUNCTION = f"""
CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN ('network_auditentry', 'network_auditseal')
        AND current_setting('{SETTING}', true) = 'shorten' THEN RETURN NULL; END IF;
    RAISE EXCEPTION '{REFUSAL}';
END $$
"""


def install(connection: Any) -> None:
    """Puts the triggers in place; harmless where they are."""
    tables = _present(connection)
    if connection.vendor == "postgresql" and tables:
        _execute(connection, FUNCTION)
    for table in tables:
        if connection.vendor == "postgresql":
            _execute(connection, f"DROP TRIGGER IF EXISTS {TABLES[table]} ON {table}")
            _execute(
                connection,
                f"CREATE TRIGGER {TABLES[table]} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()",
            )
        else:
            for when in ("UPDATE", "DELETE"):
                _refuse_on_sqlite(connection, table, when)


def lift(connection: Any) -> None:
    """Takes them away. Only tests do, to empty the tables behind them or to break the chain."""
    for table in _present(connection):
        if connection.vendor == "postgresql":
            _execute(connection, f"DROP TRIGGER IF EXISTS {TABLES[table]} ON {table}")
        else:
            for when in ("update", "delete"):
                _execute(connection, f"DROP TRIGGER IF EXISTS {TABLES[table]}_{when}")


@contextmanager
def opened_for_retention(connection: Any) -> Iterator[None]:
    """Inside, this transaction alone may remove entries and seals; for `network.sealing.shorten`."""
    if not connection.in_atomic_block:
        raise RuntimeError("The trail is opened inside a transaction only.")
    if connection.vendor == "postgresql":
        _allow(connection, "shorten")
        yield
        _allow(connection, "")
        return
    # The transaction is IMMEDIATE, so nobody else writes while the triggers are lifted, and with it they come back.
    for table in SHORTENED:
        _execute(connection, f"DROP TRIGGER IF EXISTS {TABLES[table]}_delete")
    yield
    for table in SHORTENED:
        _refuse_on_sqlite(connection, table, "DELETE")


def _allow(connection: Any, what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, what])


def _refuse_on_sqlite(connection: Any, table: str, when: str) -> None:
    _execute(
        connection,
        f"CREATE TRIGGER IF NOT EXISTS {TABLES[table]}_{when.lower()} BEFORE {when} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    )


def _execute(connection: Any, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _present(connection: Any) -> list[str]:
    """The tables of the trail that exist: early migrations know only the first."""
    names = set(connection.introspection.table_names())
    return [table for table in TABLES if table in names]


def standing(connection: Any) -> bool:
    """Whether all triggers are there and in force."""
    tables = _present(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            wanted = {(table, TABLES[table]) for table in tables}
            cursor.execute(
                "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgenabled <> 'D' AND NOT t.tgisinternal AND c.relname = ANY(%s)",
                [tables],
            )
        else:
            wanted = {(table, f"{TABLES[table]}_{when}") for table in tables for when in ("update", "delete")}
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        return wanted <= set(cursor.fetchall())


def put_back(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After each migration (post_migrate)."""
    install(connections[using])


@register("database")
def trail_is_append_only(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[Error]:
    """network.E001: the audit trail could be changed. Runs with `migrate` and `check --database`."""
    return [
        Error(
            "The triggers that make the audit trail append-only are missing.",
            hint="Run `manage.py migrate`.",
            id="network.E001",
        )
        for alias in databases or []
        if not standing(connections[alias])
    ]
