"""The audit trail stands: nobody changes it, nothing is written without it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from network import audit, triggers
from network.models import AuditDetail, AuditEntry
from tests.cast import Cast


def write(cast: Cast) -> AuditEntry:
    return audit.record(
        "network.removed", by=cast.mona, target=cast.families, room=cast.families, reason="It names a school."
    )


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_itself_refuses(cast: Cast, change: str) -> None:
    write(cast)
    entries = AuditEntry.objects.all()
    attempts = {"update": lambda: entries.update(verb="network.approved"), "delete": lambda: entries.delete()}
    with pytest.raises(DatabaseError), transaction.atomic():
        attempts[change]()
    assert AuditEntry.objects.get().verb == "network.removed"


def test_an_entry_holds_opaque_ids_and_the_words_can_be_erased(cast: Cast) -> None:
    entry = write(cast)
    detail = AuditDetail.objects.get(entry=entry.pk)
    assert detail.data == {"reason": "It names a school."}
    assert audit.digest(detail.salt, detail.data) == entry.digest
    detail.delete()
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


def test_a_verb_that_nobody_declared_is_not_written(cast: Cast) -> None:
    with pytest.raises(KeyError):
        audit.record("network.frobnicated", by=cast.mona, target=cast.families)


def test_personal_details_are_declared(cast: Cast) -> None:
    assert audit.VERBS["network.removed"].personal == {"reason"}
    assert audit.VERBS["network.join_declined"].personal == {"reason"}


@pytest.mark.parametrize("app", ["accounts", "config", "exchange", "forums", "network", "workshops"])
def test_each_verb_is_declared_once_so_that_nothing_said_of_it_is_lost(app: str, settings: Any) -> None:
    verbs = Path(settings.BASE_DIR) / app / "verbs.py"
    said = re.findall(r'\bdeclare\(\s*"([^"]+)"', verbs.read_text("utf-8")) if verbs.exists() else []
    assert [key for key, times in Counter(said).items() if times > 1] == []


def test_the_check_fails_where_the_triggers_are_missing(cast: Cast) -> None:
    assert triggers.standing(connection)
    triggers.lift(connection)
    assert [error.id for error in triggers.trail_is_append_only(None, ["default"])] == ["network.E001"]
    triggers.install(connection)
    assert triggers.trail_is_append_only(None, ["default"]) == []


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_written_only_in_the_transaction_of_the_change() -> None:
    from tests.cast import gather

    cast = gather()
    with pytest.raises(RuntimeError):
        write(cast)
