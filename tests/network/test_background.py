"""Background work: nothing is done of what did not happen, nothing is lost of what did."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import transaction
from django.utils.module_loading import import_string

from network import background, clock
from network.background import board, recovery, schedule, worker
from network.background.queue import rows, runs_of
from tests.serving import ROOT, manage
from tests.working import set_work_going, wait_for, work_off

NOTE = "tests.network.errands.note"
REFUSE = "tests.network.errands.refuse"
STUCK = "tests.network.errands.get_stuck_at_first"
REGULAR = "tests.network.errands.regular"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the errands leave their traces."""
    return tmp_path / "traces"


def words(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def test_a_change_that_did_not_happen_leaves_no_task(db: None, file: Path) -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        background.enqueue(NOTE, str(file), "never")
        raise ZeroDivisionError
    background.enqueue(NOTE, str(file), "said")
    work_off()
    assert words(file) == ["said"]


def test_a_task_waits_for_its_time(db: None, file: Path) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    background.enqueue(NOTE, str(file), "late", due=tomorrow)
    work_off()
    assert words(file) == []
    with time_machine.travel(tomorrow, tick=False):
        work_off()
    assert words(file) == ["late"]


def test_keys_are_numbers_and_strings_never_rows(db: None) -> None:
    with pytest.raises(TypeError, match="numbers and strings"):
        background.enqueue(NOTE, object())  # type: ignore[arg-type]


def test_asked_for_twice_before_it_begins_it_is_done_once(db: None) -> None:
    background.wake(REGULAR)
    background.wake(REGULAR)
    assert runs_of(REGULAR).count() == 1
    work_off()
    background.wake(REGULAR)
    assert runs_of(REGULAR).count() == 2


def test_what_fails_is_tried_again_after_growing_pauses_and_shown_in_the_end(db: None, file: Path) -> None:
    begin = datetime(2026, 3, 2, 9, tzinfo=UTC)
    pauses = []
    with time_machine.travel(begin, tick=False) as time_is:
        background.enqueue(REFUSE, str(file))
        for _ in range(recovery.TRIES - 1):
            work_off()
            recovery.put_back_the_failed()
            [waiting] = board.waiting(50).shown
            work_off()  # before its time, in vain
            pauses.append((waiting.at - clock.now()) / recovery.pause_after(1))
            time_is.move_to(waiting.at)
        work_off()
        recovery.put_back_the_failed()
    assert len(words(file)) == recovery.TRIES
    assert [round(pause) for pause in pauses] == [4**number for number in range(recovery.TRIES - 1)]
    [failed] = board.failed(50).shown
    assert (failed.task, failed.tries, failed.reason) == (
        REFUSE,
        recovery.TRIES,
        "ConnectionError: the mail server is away",
    )


def test_the_board_never_shows_what_an_error_quoted(db: None) -> None:
    key = set_work_going()
    said = "IntegrityError: duplicate key value\nDETAIL:  Key (email)=(anna@malmo.example) already exists."
    rows.filter(pk=key).update(traceback=said, exception_class_path="django.db.utils.IntegrityError")
    assert [job.reason for job in board.failed(50).shown] == ["IntegrityError: duplicate key value"]
    for words, shown in {
        "anna@malmo.example was refused": "… was refused",
        "no row 'A talk with a mother' here": "no row … here",
        "{'anna': (550, b'unknown')} refused": "… refused",
        'cannot read "Quiet': "cannot read …",
    }.items():
        rows.filter(pk=key).update(traceback=f"Traceback …\ndjango.db.utils.IntegrityError: {words}")
        assert [job.reason for job in board.failed(50).shown] == [f"IntegrityError: {shown}"]
    rows.filter(pk=key).update(traceback=said, exception_class_path="")
    assert [job.reason for job in board.failed(50).shown] == [""]
    rows.filter(pk=key).update(traceback=recovery.LOST)
    assert [job.reason for job in board.failed(50).shown] == [recovery.LOST]


@pytest.mark.parametrize(
    ("regular", "now", "latest"),
    [
        (schedule.Regular("t", timedelta(minutes=1)), "2026-03-02T09:15:42", "2026-03-02T09:15:00"),
        (schedule.Regular("t", timedelta(hours=6)), "2026-03-02T11:59:59", "2026-03-02T06:00:00"),
        # Three o'clock in Brussels is two in UTC, and one as soon as summer has come.
        (schedule.Regular("t", timedelta(days=1), 3), "2026-03-02T02:00:00", "2026-03-02T02:00:00"),
        (schedule.Regular("t", timedelta(days=1), 3), "2026-03-02T01:59:59", "2026-03-01T02:00:00"),
        (schedule.Regular("t", timedelta(days=1), 3), "2026-03-30T00:59:59", "2026-03-29T01:00:00"),
        (schedule.Regular("t", timedelta(days=1), 3), "2026-03-30T01:00:00", "2026-03-30T01:00:00"),
    ],
)
@pytest.mark.once
def test_a_regular_task_is_due_at_its_hour_in_the_zone_of_the_network(
    regular: schedule.Regular, now: str, latest: str
) -> None:
    assert regular.latest(datetime.fromisoformat(now + "+00:00")) == datetime.fromisoformat(latest + "+00:00")


@pytest.mark.once
def test_an_hour_is_for_daily_tasks_and_a_period_divides_the_day() -> None:
    for wrong in ({}, {"minutes": 7}, {"minutes": 1, "hours": 1}, {"hours": 1, "at": 3}):
        with pytest.raises(ValueError, match="divide a day"):
            background.every(REGULAR, **wrong)


@pytest.fixture
def each_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "SCHEDULE", {REGULAR: schedule.Regular(REGULAR, timedelta(minutes=1))})


def test_a_regular_task_is_begun_once_whoever_looks(db: None, each_minute: None) -> None:
    now = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)
    for late in (0, 1, 29):
        schedule.begin_due(now + timedelta(seconds=late), {})
    work_off()
    schedule.begin_due(now + timedelta(seconds=29), {})
    assert [row.status for row in runs_of(REGULAR)] == ["SUCCESSFUL"]
    schedule.begin_due(now + timedelta(seconds=30), {})
    assert runs_of(REGULAR).count() == 2


def test_a_regular_task_that_waits_or_failed_is_replaced_by_the_next(db: None, each_minute: None) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for minute in range(3):
        schedule.begin_due(now + timedelta(minutes=minute), {})
    assert [row.run_after for row in runs_of(REGULAR)] == [now + timedelta(minutes=2)]
    runs_of(REGULAR).update(status="FAILED", finished_at=now)
    schedule.begin_due(now + timedelta(minutes=3), {})
    assert [row.status for row in runs_of(REGULAR)] == ["READY"]


def test_a_process_that_is_stuck_in_a_task_ends_itself(db: None, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr("os._exit", ended.append)
    foreman = worker.Foreman()
    background.enqueue(STUCK, str(file))
    rows.get().claim(foreman.hands[0].worker_id)
    foreman.end_if_stuck()
    assert ended == []
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        foreman.end_if_stuck()
    assert ended == [1]


def test_what_fell_from_a_hand_while_the_database_was_away_is_tried_again(
    transactional_db: None, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreman = worker.Foreman()
    one, other = foreman.hands
    background.enqueue(NOTE, str(file), "fallen")
    background.enqueue(NOTE, str(file), "held")
    fallen, held = rows.order_by("enqueued_at")
    fallen.claim(one.worker_id)
    held.claim(other.worker_id)
    monkeypatch.setattr(one, "run", foreman.stop)
    foreman.work(one)
    assert [row.status for row in rows.order_by("enqueued_at")] == ["FAILED", "RUNNING"]
    recovery.give_up_the_lost(clock.now())
    assert rows.get(pk=held.pk).status == "FAILED"  # this foreman has never given a sign of life


def test_rows_of_what_was_done_are_kept_for_a_day(db: None, file: Path) -> None:
    background.enqueue(NOTE, str(file), "said")
    work_off()
    background.enqueue(NOTE, str(file), "waits")
    recovery.forget_the_old(clock.now() + timedelta(hours=23))
    assert rows.count() == 2
    recovery.forget_the_old(clock.now() + timedelta(hours=25))
    assert [row.status for row in rows.all()] == ["READY"]


# --- real workers ---------------------------------------------------------------------------------


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Begins a `manage.py work` on the tests' database; all have ended after the test."""
    running: list[subprocess.Popen[bytes]] = []

    def start_worker() -> subprocess.Popen[bytes]:
        running.append(manage(tmp_path / "worker.log", "work", "--until-input-ends"))
        return running[-1]

    yield start_worker
    for process in running:
        process.kill()
        process.wait(10)


@pytest.mark.socket
def test_two_workers_never_do_the_same_task_and_begin_what_is_regular_once(
    start_worker: Callable[[], subprocess.Popen[bytes]], file: Path
) -> None:
    numbers = [str(number) for number in range(60)]
    for number in numbers:
        background.enqueue(NOTE, str(file), number)
    workers = [start_worker(), start_worker()]
    wait_for(lambda: len(words(file)) >= len(numbers) and board.workers().count() == 2)
    for process in workers:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert sorted(words(file)) == sorted(numbers)
    assert not rows.exclude(status="SUCCESSFUL").exists()
    sweeps = runs_of("network.tasks.send_letters")
    assert sweeps.count() == sweeps.values("run_after").distinct().count() > 0
    assert board.workers().count() == 0


@pytest.mark.socket
def test_what_a_killed_worker_had_begun_is_done_by_the_next(
    start_worker: Callable[[], subprocess.Popen[bytes]], file: Path
) -> None:
    background.enqueue(STUCK, str(file))
    first = start_worker()
    wait_for(lambda: words(file) == ["begun"])
    first.kill()
    first.wait(10)
    start_worker()
    wait_for(lambda: words(file) == ["begun", "begun", "done"])
    wait_for(lambda: not board.running(1).count)
    assert rows.get(args_kwargs__args=[STUCK, str(file)]).status == "SUCCESSFUL"


@pytest.mark.socket
def test_a_worker_ends_with_the_process_that_holds_its_input(
    start_worker: Callable[[], subprocess.Popen[bytes]],
) -> None:
    process = start_worker()
    wait_for(lambda: board.workers().exists())
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(15) == 0


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.once
def test_every_name_that_is_enqueued_or_scheduled_leads_to_a_function_of_a_tasks_module() -> None:
    call = re.compile(r"(?:\bbackground\.|(?<![.\w])(?<!def ))(?:enqueue|wake|every)\(\s*(?:\"([\w.]+)\"|([^)\s]))")
    named: set[str] = set()
    for app in ("accounts", "exchange", "forums", "network", "workshops", "config"):
        for source in (ROOT / app).rglob("*.py"):
            if "background" in source.parts:
                continue
            for name, other in call.findall(source.read_text("utf-8")):
                assert not other, f"{source}: a task is named by its dotted name, as a literal"
                named.add(name)
    assert {"network.tasks.send_letters", "network.tasks.forget_old_work"} <= named
    for name in named:
        assert re.fullmatch(r"[a-z]+\.tasks\.\w+", name) or re.fullmatch(r"[a-z]+\.tasks\.\w+\.\w+", name), name
        assert callable(import_string(name)), name
    assert set(schedule.SCHEDULE) <= named
