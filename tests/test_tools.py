"""What `make test` and `make run` say of themselves."""

import socket
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from pytest_django import Settings

from config.management.commands import serve
from tools import test as runner

pytestmark = pytest.mark.once


def outcome(*, code: int = 0, passed: int = 5, failed: int = 0) -> runner.Outcome:
    """One run of pytest."""
    return runner.Outcome("SQLite", code, passed, failed, 1, 2.0)


def test_the_last_line_counts_all_runs_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.account([outcome(), outcome(passed=7)], []) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "12 passed, 0 failed, 2 skipped"


def test_what_could_not_run_is_named_and_is_no_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIAISE_REQUIRE_ALL", raising=False)
    assert runner.account([outcome()], ["Redis: none answers"]) == 0
    said = capsys.readouterr().out
    assert "NOT RUN:\n  ! Redis: none answers" in said


def test_what_could_not_run_is_an_error_where_all_is_required(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAISE_REQUIRE_ALL", "1")
    assert runner.account([outcome()], ["Redis: none answers"]) == 1
    said = capsys.readouterr().out
    assert "ERROR, REQUIRED BUT NOT RUN:" in said
    assert said.splitlines()[-1] == "5 passed, 1 failed, 1 skipped"


@pytest.mark.parametrize("bad", [outcome(failed=1), outcome(code=2)])
def test_one_bad_run_is_enough_to_fail(bad: runner.Outcome) -> None:
    assert runner.account([bad, outcome()], []) == 1


@pytest.mark.parametrize("port", ["", "http", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_refused_by_name(port: str) -> None:
    with pytest.raises(CommandError, match="PORT"):
        serve.port_number(port)


def test_a_port_that_is_taken_is_said_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"make run PORT={port + 1}"):
            serve.free_addresses("127.0.0.1", port)


def test_localhost_answers_at_127_0_0_1() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "127.0.0.1" in serve.free_addresses("localhost", port)


def test_static_files_are_collected_when_they_have_changed_and_only_then(tmp_path: Path, settings: Settings) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    assert serve.collect_static() == "collected"
    assert serve.collect_static() == "unchanged"
    (source / "page.css").write_text("a { color: red }")
    assert serve.collect_static() == "collected"
    assert (settings.STATIC_ROOT / "page.css").read_text() == "a { color: red }"


@pytest.mark.django_db
def test_a_database_that_is_up_to_date_is_left_alone() -> None:
    assert serve.migrate() == "up to date"
