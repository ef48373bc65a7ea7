"""Partners and people are taken out of the house as a file, which is written into the trail."""

from __future__ import annotations

from django.db import transaction

from accounts.permissions.imports import check_lists
from network.audit import record
from network.models.people import User


@transaction.atomic
def take_list(*, by: User, kind: str, ending: str) -> None:
    """Records that this person takes out a list of partners, or of people whom they look after. Raises Forbidden."""
    check_lists(by, kind)
    record("accounts.list_taken", by=by, target=by, kind=str(kind), format=ending)
