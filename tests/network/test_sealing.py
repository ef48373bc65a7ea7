"""The trail is sealed: whoever changes it, with all rights on the database, is found out."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from network import audit, clock, sealing, triggers
from network.models import AuditCheckpoint, AuditDetail, AuditEntry, AuditSeal
from network.sealing import seal_trail, shorten, verify
from tests.cast import Cast


def write(cast: Cast, number: int = 1) -> list[AuditEntry]:
    return [
        audit.record("network.removed", by=cast.mona, target=cast.families, room=cast.families, reason=f"Reason {n}.")
        for n in range(number)
    ]


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_audit", *arguments, stdout=out)
    return out.getvalue()


def test_what_has_committed_is_sealed_once(cast: Cast) -> None:
    entries = write(cast, 3)
    assert verify().tail == 3
    assert seal_trail() == 3
    assert seal_trail() == 0
    assert [seal.entry for seal in AuditSeal.objects.all()] == [entry.pk for entry in entries]
    verdict = verify()
    assert (verdict.links, verdict.broken, verdict.tail) == (3, None, 0)


def test_an_entry_that_commits_late_with_a_lower_number_is_sealed_later(cast: Cast) -> None:
    first, late, last = write(cast, 3)
    copy = AuditEntry.objects.filter(pk=late.pk).values().get()
    with triggers.opened_for_retention(connection):
        AuditEntry.objects.filter(pk=late.pk).delete()
    seal_trail()
    AuditEntry.objects.create(**copy)
    assert seal_trail() == 1
    assert [seal.entry for seal in AuditSeal.objects.all()] == [first.pk, last.pk, late.pk]
    assert verify().broken is None


def test_an_entry_that_comes_very_late_waits_for_the_night(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "LOOK_BACK", 1)
    late, *_others = write(cast, 4)
    copy = AuditEntry.objects.filter(pk=late.pk).values().get()
    with triggers.opened_for_retention(connection):
        AuditEntry.objects.filter(pk=late.pk).delete()
    seal_trail()
    AuditEntry.objects.create(**copy)
    assert (seal_trail(), seal_trail(whole=True)) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain() -> None:
    from tests.cast import gather

    cast = gather()
    with transaction.atomic():
        write(cast, 60)
    faults: list[BaseException] = []

    def run() -> None:
        try:
            seal_trail()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "A_BATCH", 7)
        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == []
    assert AuditSeal.objects.count() == 60
    assert verify().broken is None


@pytest.mark.parametrize("change", ["update", "delete"])
def test_seals_and_checkpoints_cannot_be_changed_either(cast: Cast, change: str) -> None:
    write(cast)
    seal_trail()
    AuditCheckpoint.objects.create(number=0, seal="0" * 64, removed=0, until=clock.now())
    for rows, field in ((AuditSeal.objects.all(), "seal"), (AuditCheckpoint.objects.all(), "removed")):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**{field: "7"}) if change == "update" else rows.delete()


def change_entry(entry: AuditEntry) -> None:
    AuditEntry.objects.filter(pk=entry.pk).update(actor=uuid.uuid4())


def remove_entry(entry: AuditEntry) -> None:
    AuditEntry.objects.filter(pk=entry.pk).delete()


def change_seal(entry: AuditEntry) -> None:
    AuditSeal.objects.filter(entry=entry.pk).update(seal="f" * 64)


def remove_seal(entry: AuditEntry) -> None:
    AuditSeal.objects.filter(entry=entry.pk).delete()


def change_detail(entry: AuditEntry) -> None:
    AuditDetail.objects.filter(entry=entry.pk).update(data={"reason": "Nothing happened."})


def swap_seals(entry: AuditEntry) -> None:
    mine = AuditSeal.objects.get(entry=entry.pk)
    AuditSeal.objects.filter(number=mine.number).update(number=-1)
    AuditSeal.objects.filter(number=mine.number + 1).update(number=mine.number)
    AuditSeal.objects.filter(number=-1).update(number=mine.number + 1)


@pytest.mark.parametrize(
    ("breaking", "what"),
    [
        (change_entry, "the entry or its seal was changed"),
        (remove_entry, "the entry is missing"),
        (change_seal, "the entry or its seal was changed"),
        (remove_seal, "the link is missing; the next that is there has number 4"),
        (change_detail, "the detail was changed"),
        (swap_seals, "out of order: the link of entry"),
    ],
)
def test_the_first_broken_link_is_found(cast: Cast, breaking: Callable[[AuditEntry], None], what: str) -> None:
    entries = write(cast, 5)
    seal_trail()
    assert "5 links hold" in said()
    triggers.lift(connection)
    breaking(entries[2])
    triggers.install(connection)
    with pytest.raises(CommandError, match=what) as raised:
        said()
    assert "link 3" in str(raised.value)
    if breaking is not remove_seal:
        assert f"entry {entries[2].pk}" in str(raised.value)
    assert raised.value.returncode == 1


def test_a_detail_that_was_erased_breaks_nothing(cast: Cast) -> None:
    entry, _other = write(cast, 2)
    seal_trail()
    AuditDetail.objects.filter(entry=entry.pk).delete()
    assert verify().broken is None


def test_a_detail_that_waits_for_its_seal_is_looked_at_too(cast: Cast) -> None:
    change_detail(write(cast)[0])
    broken = verify().broken
    assert broken is not None
    assert "waits to be sealed" in broken.what


def test_an_end_that_was_cut_off_and_sealed_anew_is_told_by_what_was_noted(cast: Cast) -> None:
    entries = write(cast, 4)
    seal_trail()
    number, seal = verify().end
    assert said("--noted", f"{number}:{seal}")
    triggers.lift(connection)
    remove_entry(entries[3])
    remove_seal(entries[3])
    triggers.install(connection)
    assert verify().broken is None
    with pytest.raises(CommandError, match="the end of the chain was cut off"):
        said("--noted", f"{number}:{seal}")
    write(cast)
    seal_trail()
    with pytest.raises(CommandError, match="not the one that was noted"):
        said("--noted", f"{number}:{seal}")


def test_the_tail_is_told_with_its_age(cast: Cast) -> None:
    with clock.at(clock.now() - timedelta(minutes=12, seconds=5)):
        write(cast, 2)
    assert "2 entries wait to be sealed, the oldest for 12 minutes." in said()


# --- retention ------------------------------------------------------------------------------------


def old_and_new(cast: Cast) -> tuple[list[AuditEntry], list[AuditEntry]]:
    with clock.at(clock.now() - timedelta(days=400)):
        old = write(cast, 3)
    new = write(cast, 2)
    seal_trail()
    return old, new


def test_retention_removes_the_beginning_behind_a_checkpoint(cast: Cast) -> None:
    _old, new = old_and_new(cast)
    kept = AuditSeal.objects.get(number=3).seal
    assert shorten(clock.now() - timedelta(days=365)) == 3
    assert set(AuditEntry.objects.exclude(verb="network.trail_shortened")) == set(new)
    assert AuditDetail.objects.count() == 3
    checkpoint = AuditCheckpoint.objects.get()
    assert (checkpoint.number, checkpoint.seal, checkpoint.removed) == (3, kept, 3)
    entry = AuditEntry.objects.get(verb="network.trail_shortened")
    assert AuditDetail.objects.get(entry=entry.pk).data["entries"] == 3
    assert seal_trail() == 1
    verdict = verify()
    assert (verdict.first, verdict.links, verdict.broken) == (4, 3, None)
    assert shorten(clock.now() - timedelta(days=365)) == 0


def test_a_chain_that_was_shortened_to_nothing_goes_on(cast: Cast) -> None:
    old_and_new(cast)
    assert shorten(clock.now() + timedelta(days=1)) == 5
    seal_trail()
    assert AuditSeal.objects.get().number == 6
    assert verify().broken is None


def test_a_noted_link_is_held_against_the_checkpoint_that_it_became(cast: Cast) -> None:
    old_and_new(cast)
    kept = {seal.number: seal.seal for seal in AuditSeal.objects.all()}
    shorten(clock.now() - timedelta(days=365))
    assert "5 links hold" not in said("--noted", f"3:{kept[3]}")
    assert "nothing can be said of it" in said("--noted", f"2:{kept[2]}")
    with pytest.raises(CommandError, match="the checkpoint is not the link that was noted"):
        said("--noted", f"3:{kept[2]}")


def test_only_a_prefix_is_removed_and_nothing_unsealed(cast: Cast) -> None:
    new = write(cast)
    seal_trail()
    with clock.at(clock.now() - timedelta(days=400)):
        write(cast, 2)
    assert shorten(clock.now() - timedelta(days=365)) == 0
    seal_trail()
    assert shorten(clock.now() - timedelta(days=365)) == 0
    assert AuditEntry.objects.filter(pk=new[0].pk).exists()


def test_a_broken_chain_is_not_shortened(cast: Cast) -> None:
    old, _new = old_and_new(cast)
    triggers.lift(connection)
    change_entry(old[1])
    triggers.install(connection)
    with pytest.raises(sealing.BrokenChainError), transaction.atomic():
        shorten(clock.now() - timedelta(days=365))
    assert AuditEntry.objects.filter(pk=old[0].pk).exists()


def test_the_trail_stands_again_after_it_was_shortened(cast: Cast) -> None:
    old_and_new(cast)
    shorten(clock.now() - timedelta(days=365))
    assert triggers.standing(connection)
    for rows in (AuditEntry.objects.all(), AuditSeal.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
