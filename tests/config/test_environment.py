"""The readers of the environment: what is meant is read, what cannot be meant is named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment


def refuse(name: str, value: str, read: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> str:
    """The message with which `read` refuses `value`, which names the variable."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read()
    assert str(refusal.value).startswith(name)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("maybe", lambda: environment.env_bool("SOME", default=True)),
        ("many", lambda: environment.env_int("SOME", default=1)),
        ("-1", lambda: environment.env_int("SOME", default=1)),
        ("11", lambda: environment.env_int("SOME", default=1, most=10)),
        ("staging", lambda: environment.env_choice("SOME", ("development", "production"), default="development")),
        ("Mars/Olympus", lambda: environment.env_time_zone("SOME", default="Europe/Brussels")),
        ("liaise.example.org", lambda: environment.env_origin("SOME", None)),
        ("https://liaise.example.org/path", lambda: environment.env_origin("SOME", None)),
        ("http://redis", lambda: environment.env_redis("SOME")),
        ("pigeon://loft", lambda: environment.env_mail("SOME", folder=Path("/nowhere"))),
        ("smtp://", lambda: environment.env_mail("SOME", folder=Path("/nowhere"))),
        ("smtp://host:port", lambda: environment.env_mail("SOME", folder=Path("/nowhere"))),
        ("mysql://host/base", lambda: environment.env_database("SOME", data_dir=Path("/nowhere"), pool=1)),
        ("postgresql://host", lambda: environment.env_database("SOME", data_dir=Path("/nowhere"), pool=1)),
        ("postgresql://host:many/base", lambda: environment.env_database("SOME", data_dir=Path("/nowhere"), pool=1)),
        (
            "postgresql://host/base?prepare_threshold=often",
            lambda: environment.env_database("SOME", data_dir=Path("/nowhere"), pool=1),
        ),
        ("sqlite://:memory:", lambda: environment.env_database("SOME", data_dir=Path("/nowhere"), pool=1)),
        ("sqlite:///:memory:", lambda: environment.env_database("SOME", data_dir=Path("/nowhere"), pool=1)),
        ("/var/run/clamd.ctl", lambda: environment.env_clamd("SOME")),
        ("tcp://clamd", lambda: environment.env_clamd("SOME")),
        ("tcp://clamd:many", lambda: environment.env_clamd("SOME")),
        ("unix://run/clamd.ctl", lambda: environment.env_clamd("SOME")),
        ("s3://key:secret@host", lambda: environment.env_storage("SOME")),
        ("s3://host/bucket", lambda: environment.env_storage("SOME")),
        ("s3://key:secret@host:many/bucket", lambda: environment.env_storage("SOME")),
        ("s3://key:secret@host/bucket?zone=x", lambda: environment.env_storage("SOME")),
        ("/srv/files", lambda: environment.env_storage("SOME")),
        ("internal-files", lambda: environment.env_internal("SOME")),
        ("/internal-files", lambda: environment.env_internal("SOME")),
        ("/internal/../files/", lambda: environment.env_internal("SOME")),
        ("/dev/null/folder", lambda: environment.env_path("SOME", Path("/nowhere"))),
        ("short", lambda: environment.env_secret("SOME", required=True, file=Path("/nowhere"))),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(
    value: str, read: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse("SOME", value, read, monkeypatch)


def test_the_store_is_the_disk_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME", raising=False)
    assert environment.env_storage("SOME")["BACKEND"].endswith("LocalStorage")
    monkeypatch.setenv("SOME", "s3://k%2Fey:s%3Acret@s3.example.org:9000/papers?region=eu-west-1&plain")
    other = environment.env_storage("SOME")
    assert other["BACKEND"] == "network.remote_storage.RemoteStorage"
    wanted = {
        "access_key": "k/ey",
        "secret_key": "s:cret",
        "bucket_name": "papers",
        "endpoint_url": "http://s3.example.org:9000",
        "region_name": "eu-west-1",
    }
    assert {name: other["OPTIONS"][name] for name in wanted} == wanted
    monkeypatch.setenv("SOME", "s3://key:secret@s3.example.org/papers")
    assert environment.env_storage("SOME")["OPTIONS"]["endpoint_url"] == "https://s3.example.org"


def test_clamd_is_reached_through_a_socket_or_over_the_network_or_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SOME", raising=False)
    assert environment.env_clamd("SOME") == environment.env_internal("SOME") == ""
    for value in ("unix:/run/clamav/clamd.ctl", "unix:///run/clamav/clamd.ctl", "tcp://clamd:3310"):
        monkeypatch.setenv("SOME", value)
        assert environment.env_clamd("SOME") == value
    monkeypatch.setenv("SOME", "/internal-files/")
    assert environment.env_internal("SOME") == "/internal-files/"


def test_a_required_variable_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is not set" in refuse("SOME", "  ", lambda: environment.env_str("SOME"), monkeypatch)


def test_a_path_with_four_slashes_is_absolute_and_locks_when_a_transaction_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOME", "sqlite:////var/lib/liaise/rows.sqlite3")
    database = environment.env_database("SOME", data_dir=Path("/nowhere"), pool=1)
    assert database["NAME"] == Path("/var/lib/liaise/rows.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]


def test_a_password_with_signs_in_it_reaches_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME", "postgresql://li%40ise:p%2Fw%3A@db.example:6432/li?sslmode=require")
    database = environment.env_database("SOME", data_dir=Path("/nowhere"), pool=3)
    assert (database["USER"], database["PASSWORD"], database["PORT"]) == ("li@ise", "p/w:", 6432)
    pool = {"min_size": 1, "max_size": 3, "timeout": 10}
    plans = {"server_side_binding": True, "prepare_threshold": 2}
    assert database["OPTIONS"] == {"sslmode": "require", "options": "-c jit=off", "pool": pool} | plans


def test_behind_a_pooler_no_plans_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME", "postgresql://host/base?prepare_threshold=0")
    options = environment.env_database("SOME", data_dir=Path("/nowhere"), pool=3)["OPTIONS"]
    assert (options["server_side_binding"], options["prepare_threshold"]) == (False, None)


def test_the_key_of_a_development_machine_is_made_once_and_for_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOME", raising=False)
    file = tmp_path / "secret-key"
    first = environment.env_secret("SOME", required=False, file=file)
    assert len(first) >= 50
    assert environment.env_secret("SOME", required=False, file=file) == first
    assert file.stat().st_mode & 0o777 == 0o600
