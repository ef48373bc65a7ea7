"""What is to be done: rows of keys, committed or rolled back with the change that wants it done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string
from django_tasks import task as as_task
from django_tasks_db.models import DBTaskResult

rows = DBTaskResult.objects


@as_task()
def perform(task: str, *keys: int | str) -> None:
    """The one task that the library knows: calls the plain function of this dotted name."""
    import_string(task)(*keys)


def enqueue(task: str, *keys: int | str, due: datetime | None = None) -> None:
    """Has `task(*keys)` called in the background after the caller's transaction, not before `due`.

    `task` is the dotted name of a function in an `APP/tasks.py`. It is called at least once, hence idempotent, and
    again after growing pauses where it raises (`network.background.recovery`). Keys, not rows: what they stand for
    is read again when the task runs.
    """
    if not all(isinstance(key, int | str) for key in keys):
        raise TypeError(f"The keys of a task are numbers and strings, not {keys!r}.")
    perform.using(run_after=due).enqueue(task, *keys)


def wake(task: str) -> None:
    """Has `task()` called soon, once for all who ask before it begins. For effects, after commit.

    A call that has not begun will see what is committed by now, so a second one would find nothing to do. Inside a
    transaction that does not hold; there one enqueues.
    """
    if not runs_of(task).ready().exists():
        enqueue(task)


def runs_of(task: str) -> Any:
    """The rows of `task()`, without keys."""
    return rows.filter(args_kwargs__args=[task])
