"""Cases, reports and decisions, told to the ground floor: who sees them, and where a notice leads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from forums.actions.proposals import propose
from forums.actions.records import note
from forums.models.cases import Action, Appeal, Case, Decision, Ground, Report
from forums.models.changes import Change
from forums.permissions.proposals import takes_two
from forums.targets import of_item
from network.decisions import Waits
from network.models.items import Item, State
from network.models.people import User
from network.moments import moment_words

ACTIONS = {State.HELD: Action.HELD, State.REMOVED: Action.REMOVED, State.PUBLISHED: Action.STANDS}


def visible_cases(user: Any) -> QuerySet[Case]:
    """The cases that this person may take part in deciding."""
    return Case.objects.visible_to(user)


def show_cases(user: Any, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Where a case is opened, and nothing of what it is about. One query."""
    rows = _wanted(visible_cases(user), ids)
    return {row.pk: _words(row.get_absolute_url(), row.opened_at) for row in rows}


def visible_reports(user: Any) -> QuerySet[Report]:
    """What this person reported."""
    return Report.objects.filter(by=user.pk)


def show_reports(user: Any, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Where somebody reads what became of their report. One query."""
    page = reverse("forums:reports")
    rows = _wanted(visible_reports(user).select_related("case"), ids)
    return {
        row.pk: _words(f"{page}#report-{row.uid}", row.at, _("Case %(number)s") % {"number": row.case.number})
        for row in rows
    }


def visible_decisions(user: Any) -> QuerySet[Decision]:
    """The decisions about what is this person's own."""
    return Decision.objects.visible_to(user)


def show_decisions(user: Any, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What was decided, and where the statement of reasons is. One query."""
    rows = _wanted(visible_decisions(user).select_related("case", "sanction", "appeal"), ids)
    return {row.pk: _words(row.get_absolute_url(), row.at, _said(row)) for row in rows}


def visible_appeals(user: Any) -> QuerySet[Appeal]:
    """The appeals that this person may decide."""
    return Appeal.objects.visible_to(user)


def show_appeals(user: Any, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Where an appeal is opened, and nothing of what it is about. One query."""
    return {row.pk: _words(row.get_absolute_url(), row.at) for row in _wanted(visible_appeals(user), ids)}


def keep_decision(*, by: User, item: Item, state: str, reason: str, ground: str) -> tuple[str, int] | None:
    """What the ground floor decided about an item stands in the same record as everything else."""
    action, target = ACTIONS[State(state)], of_item(item)
    if takes_two(action, target):
        propose(by=by, target=target, action=action, facts=reason, ground=ground)
        raise Waits
    decision = note(by=by, target=target, action=action, facts=reason, ground=ground)
    return ("decision", decision.pk) if decision else None


def ground_words(value: Any) -> str:
    """A rule, for the details of the trail."""
    return str(dict(Ground.choices).get(value, value))


def action_words(value: Any) -> str:
    """A decision, for the details of the trail."""
    return str(dict(Action.choices).get(value, value))


def change_words(value: Any) -> str:
    """What was done with a discussion, for the details of the trail."""
    return str(dict(Change.Kind.choices).get(value, value))


def _wanted(rows: QuerySet[Any], ids: Iterable[int]) -> list[Any]:
    wanted = [pk for pk in ids if pk]
    return list(rows.filter(pk__in=wanted)) if wanted else []


def _said(row: Decision) -> str:
    """What was decided, without a word of what it is about."""
    said = {"number": row.case.number, "done": row.get_action_display()}
    appeal = getattr(row, "appeal", None)
    if appeal is not None and appeal.decided_at is not None:
        if appeal.upheld:
            return _("Case %(number)s: %(done)s; your appeal was found right") % said
        return _("Case %(number)s: %(done)s; after your appeal it stays") % said
    if row.until is None:
        return _("Case %(number)s: %(done)s") % said
    return _("Case %(number)s: %(done)s, until %(when)s") % (said | {"when": moment_words(row.until)})


def _words(url: str, at: Any, said: str = "") -> dict[str, Any]:
    return {"excerpt": said, "url": url, "author": _("A moderator"), "at": at}
