"""What the host does about the personal data of somebody."""

from __future__ import annotations

from typing import IO

from django.db import transaction

from accounts import archive
from accounts.permissions.leaving import check_host
from network.audit import record
from network.models.people import User
from network.personal import Personal, counts_for_others


@transaction.atomic
def find_data(*, by: User | None, person: User) -> list[tuple[Personal, int]]:
    """Which kinds of data there are of somebody, and how much of each; that the host looked is recorded.

    `by` is None at the machine itself. What they said under the Chatham House Rule is not counted for anybody else.
    """
    if by is not None:
        check_host(by)
    record("accounts.data_found", by=by, target=person)
    return counts_for_others(person)


def write_export(*, by: None = None, person: User, into: IO[bytes]) -> None:
    """Writes somebody's export into a file at the machine, for who cannot sign in to fetch it."""
    archive.write(person, into)
    with transaction.atomic():
        record("accounts.export_made", by=by, target=person)
