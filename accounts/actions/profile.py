"""What people change about themselves."""

from __future__ import annotations

from django.db import transaction

from network.audit import record
from network.models.people import User


@transaction.atomic
def change_profile(*, by: User, **fields: str) -> User:
    """A person changes their own name, function, language and time zone."""
    changed = sorted(name for name, value in fields.items() if getattr(by, name) != value)
    for name in changed:
        setattr(by, name, fields[name])
    if changed:
        by.full_clean(exclude=["password", "email"])
        by.save(update_fields=changed)
        record("accounts.profile_changed", by=by, target=by, fields=changed)
    return by
