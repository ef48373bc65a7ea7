"""Reading one's notices. Read marks are not audited."""

from __future__ import annotations

import uuid

from network import clock
from network.effects import after_commit, ring_bells
from network.models.people import User
from network.models.records import Notification


def mark_read(*, by: User, uid: uuid.UUID | None = None) -> int:
    """Marks one notice of this person as read, or all of them; how many were new."""
    rows = Notification.objects.filter(user=by, read_at=None)
    if uid is not None:
        rows = rows.filter(uid=uid)
    marked = rows.update(read_at=clock.now())
    if marked:
        after_commit(ring_bells)
    return marked
