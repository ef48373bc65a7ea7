"""What people change about themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from network.audit import record
from network.models.people import User
from network.notifications import SUBJECTS


@transaction.atomic
def change_profile(*, by: User, **fields: Any) -> User:
    """A person changes what the network knows of them, or their own language and time zone."""
    changed = sorted(name for name, value in fields.items() if getattr(by, name) != value)
    for name in changed:
        setattr(by, name, fields[name])
    if changed:
        by.full_clean(exclude=["password", "email"])
        by.save(update_fields=changed)
        record("accounts.profile_changed", by=by, target=by, fields=changed)
    return by


@transaction.atomic
def change_telling(*, by: User, unmailed: Iterable[str]) -> None:
    """A person chooses of which subjects they want no letters (network.notifications.SUBJECTS)."""
    wanted = sorted(set(unmailed) & set(SUBJECTS))
    if wanted != by.unmailed:
        by.unmailed = wanted
        by.save(update_fields=["unmailed"])
        record("accounts.telling_changed", by=by, target=by)
