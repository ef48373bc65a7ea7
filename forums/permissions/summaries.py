"""Who may sum up a discussion."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from forums.models.threads import Thread
from forums.permissions.reactions import demand_reactions
from forums.permissions.threads import demand_unmuted
from network.models.people import User
from network.permissions import Level, level_in
from network.permissions.items import check_seen
from network.refusals import Forbidden


def check_summarise(by: User, thread: Thread) -> None:
    """Whoever started it and still contributes to its home room, and the moderators there; also where it is locked."""
    check_seen(by, thread, inside=True)
    level = level_in(by, thread.room)
    if thread.author_id == by.pk and not (level is not None and level >= Level.MODERATE):
        demand_unmuted(by, thread)
    demand_summary(
        by,
        thread,
        contributes=level is not None and level >= Level.CONTRIBUTE and not thread.room.is_archived,
        moderates=level is not None and level >= Level.MODERATE,
    )


def demand_summary(by: User, thread: Thread, *, contributes: bool, moderates: bool) -> None:
    """The same for a page that has asked the gate already: may they contribute to the home room, and moderate it?

    Whoever comments first begins the talk about an item and has no more say in it than others.
    """
    demand_reactions(thread)
    starts = thread.author_id == by.pk and thread.parent_id is None and contributes
    if not (starts or moderates):
        raise Forbidden(_("A discussion is summed up by who started it, or by a moderator."))
