"""The system checks: what must hold before the house opens."""

import pytest
from django.db import connection
from pytest_django import Settings

from config import checks
from tests.factories import UserFactory


@pytest.fixture
def production(settings: Settings) -> Settings:
    """Settings of a production server that lacks nothing."""
    settings.PRODUCTION = True
    settings.LIAISE_URL = "https://liaise.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.REDIS_URL = "redis://redis:6379/0"
    settings.LIAISE_REQUIRE_MFA = True
    settings.LIAISE_CLAMD = "tcp://clamd:3310"
    return settings


def test_a_complete_production_server_has_nothing_to_say(production: Settings) -> None:
    assert checks.production(None) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", True, "liaise.E001"),
        ("LIAISE_URL", "http://liaise.example.org", "liaise.E002"),
        ("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend", "liaise.W001"),
        ("LIAISE_REQUIRE_MFA", False, "liaise.W002"),
        ("REDIS_URL", "", "liaise.W003"),
        ("LIAISE_CLAMD", "", "liaise.W004"),
    ],
)
def test_what_production_lacks_is_said(name: str, value: object, said: str, production: Settings) -> None:
    setattr(production, name, value)
    assert [message.id for message in checks.production(None)] == [said]


def test_files_of_another_store_are_not_handed_over_to_the_web_server(production: Settings) -> None:
    production.LIAISE_ACCEL_REDIRECT = "/internal-files/"
    assert checks.production(None) == []
    production.STORAGES = production.STORAGES | {"default": {"BACKEND": "network.remote_storage.RemoteStorage"}}
    assert [message.id for message in checks.production(None)] == ["liaise.E007"]


def test_no_back_end_but_the_gate_judges_grants(settings: Settings) -> None:
    assert checks.grants_have_one_judge(None) == []
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS,
        "guardian.backends.ObjectPermissionBackend",
    ]
    assert [message.id for message in checks.grants_have_one_judge(None)] == ["liaise.E003"]


def test_requests_hold_no_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.write_transactions(None) == []
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    assert [message.id for message in checks.write_transactions(None)] == ["liaise.E004"]


@pytest.mark.django_db
def test_demo_people_in_production_are_an_error(production: Settings) -> None:
    assert checks.no_demo_people(None, databases=["default"]) == []
    UserFactory(email="Coordinator@Demo.example")
    assert [message.id for message in checks.no_demo_people(None, databases=["default"])] == ["liaise.E006"]
    production.PRODUCTION = False
    assert checks.no_demo_people(None, databases=["default"]) == []
