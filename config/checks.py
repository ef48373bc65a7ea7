"""What must hold before the house opens, beyond what each setting says of itself."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.security)
def production(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """In production nothing of a development machine is left."""
    if not settings.PRODUCTION:
        return []
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("LIAISE_DEBUG is on in production: error pages would show settings.", id="liaise.E001"))
    if not settings.LIAISE_URL.startswith("https://"):
        found.append(Error("LIAISE_URL must begin with https:// in production.", id="liaise.E002"))
    if settings.EMAIL_BACKEND.endswith((".filebased.EmailBackend", ".console.EmailBackend")):
        found.append(checks.Warning("EMAIL_URL is not set: e-mail reaches nobody.", id="liaise.W001"))
    if not settings.LIAISE_REQUIRE_MFA:
        found.append(checks.Warning("LIAISE_REQUIRE_MFA is off: nobody needs a second factor.", id="liaise.W002"))
    if not settings.REDIS_URL:
        found.append(checks.Warning("REDIS_URL is not set: one process only may serve sockets.", id="liaise.W003"))
    if not settings.LIAISE_CLAMD:
        words = "LIAISE_CLAMD is not set: files are handed out without being scanned for viruses."
        found.append(checks.Warning(words, id="liaise.W004"))
    if settings.LIAISE_ACCEL_REDIRECT and settings.STORAGES["default"]["BACKEND"].endswith(".RemoteStorage"):
        words = "LIAISE_ACCEL_REDIRECT hands out files of this machine's disk, and LIAISE_STORAGE names another store."
        found.append(Error(words, id="liaise.E007"))
    return found


@register(Tags.security)
def grants_have_one_judge(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """No back end but allauth's answers for permissions: the others know no dates."""
    others = [name for name in settings.AUTHENTICATION_BACKENDS if not name.startswith("allauth.")]
    if others:
        return [Error(f"{', '.join(others)}: only the gate answers for grants.", id="liaise.E003")]
    return []


@register(Tags.database)
def write_transactions(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """SQLite locks when a transaction begins; no request holds one for its whole length."""
    found: list[CheckMessage] = []
    for name in connections:
        database = connections[name].settings_dict
        if database["ATOMIC_REQUESTS"]:
            found.append(Error(f"ATOMIC_REQUESTS of {name}: actions open their own transaction.", id="liaise.E004"))
        if connections[name].vendor == "sqlite" and database["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
            found.append(Error(f"{name} is SQLite without IMMEDIATE transactions.", id="liaise.E005"))
    return found


@register(Tags.database)
def no_demo_people(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The demo accounts, whose password everybody knows, do not exist in production."""
    from network.models import User

    if not settings.PRODUCTION or not databases:
        return []
    if User._meta.db_table not in connections["default"].introspection.table_names():
        return []
    if User.objects.filter(email__iendswith="@demo.example", is_active=True).exists():
        return [Error("Demo accounts are active here, and their password is public.", id="liaise.E006")]
    return []
