"""Writing down how a discussion was before it was changed: called by the actions, in their transaction."""

from __future__ import annotations

from typing import Any

from forums.models.cases import Decision
from forums.models.changes import Change
from forums.models.threads import Thread
from network import clock
from network.models.people import User
from network.models.rooms import Room
from network.permissions import Level, allowed


def note_change(
    *,
    by: User,
    thread: Thread,
    kind: str,
    before: dict[str, Any],
    reason: str = "",
    other: Thread | None = None,
    to_room: Room | None = None,
    posts: int = 0,
    decision: Decision | None = None,
    as_starter: bool = False,
) -> Change:
    """In a locked thread, before it is changed. Its page looks for changes from now on.

    `as_starter`: whoever began it may do this, and did, whether they moderate as well or not.
    """
    change = Change.objects.create(
        kind=kind,
        thread=thread,
        other=other,
        room=thread.room,
        to_room=to_room,
        by=by,
        by_moderator=not as_starter and allowed(by, Level.MODERATE, thread.room),
        reason=reason,
        before=before,
        posts=posts,
        decision=decision,
        at=clock.now(),
    )
    touched = [one.pk for one in (thread, other) if one is not None]
    Thread.objects.filter(pk__in=touched).update(changed_at=change.at)
    return change
