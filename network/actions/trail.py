"""Taking a copy of the trail out of the house is itself written into it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from network.audit import record
from network.models.people import User


@transaction.atomic
def take_copy(*, by: User, format: str, filters: Mapping[str, str]) -> None:  # noqa: A002 - the word of the form
    """Records that this person takes a copy of the entries that they may read, and by what they were chosen."""
    record("network.trail_exported", by=by, target=by, format=format, filters=dict(filters))
