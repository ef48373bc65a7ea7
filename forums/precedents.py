"""What a decision can lean on: what is saved to begin one with, and what was decided before about the same person.

The latter in the same room, and, under the Chatham House Rule, in the same thread alone.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from forums.models.cases import Action, Case, Decision
from forums.models.saved import SavedDecision
from network.labels import Label
from network.models.people import User
from network.models.rooms import Room

SHOWN = 10


def saved_for(case: Case) -> QuerySet[SavedDecision]:
    """The saved decisions that may begin this one: those of its room, and those of all rooms. One query."""
    return saved_in(None if case.for_coordinators else case.place)


def saved_in(room: Room | None) -> QuerySet[SavedDecision]:
    """Those of a room, and those of all rooms. One query."""
    return SavedDecision.objects.filter(Q(room=None) | Q(room=room) if room is not None else Q(room=None))


def saved_reasons(room: Room | None) -> QuerySet[SavedDecision]:
    """Those of them that take something away. One query."""
    return saved_in(room).filter(action=Action.REMOVED)


def about_same_person(reader: User, case: Case) -> QuerySet[Decision]:
    """The newest decisions about whose thing it is that moderators of this place took. One query.

    Under the Chatham House Rule those of this thread, which say no more of somebody than their number does; and what
    was decided there is never among those of anything else. What a label keeps from the reader stays out, too.
    """
    rows = Decision.objects.filter(case__author=case.author_id).exclude(case=case).exclude(action=Action.HELD)
    if case.is_under_rule:
        here = Q(case__item=case.item_id)
    elif case.place is not None:
        here = Q(case__room=case.place) | Q(case__item__room=case.place)
        here &= Q(case__item__chatham=False) | Q(case__item=None)
    else:
        here = Q(case__person__isnull=False)
    above = Q(case__item__parent=None) | Q(case__item__parent__tlp__lte=Label.AMBER)
    open_to_all = Q(case__item=None) | (Q(case__item__tlp__lte=Label.AMBER) & above)
    return (
        rows.filter(here, open_to_all | Q(by=reader)).select_related("case", "sanction").order_by("-at", "-pk")[:SHOWN]
    )
