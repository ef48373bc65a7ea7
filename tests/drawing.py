"""How many worlds Hypothesis draws."""

from django.db import connection


def examples(number: int) -> int:
    """As many on the first database, a third as many on PostgreSQL.

    What differs there is the database's answer to the gate's questions, which 500 worlds of their own prove
    (tests/network/test_gate_worlds.py); the rules above the gate are the same code.
    """
    return number if connection.vendor == "sqlite" else max(3, number // 3)
