"""What moderators decided: the log of a room for who views it, the numbers of the network for its coordinators."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from forums.figures import Table, all_years
from forums.models.cases import Decision
from forums.models.changes import Change
from forums.models.rules import Rule
from forums.permissions.rules import check_sets_up
from forums.targets import word_for
from network.kinds import KINDS
from network.models.items import State
from network.permissions import NETWORK, Level, allowed, can, require
from network.requests import PersonRequest
from network.sheets import csv_chunks
from network.views.places import room_or_404

DECISIONS_A_PAGE = 50


@login_required
@require_safe
def log(request: PersonRequest, slug: str) -> HttpResponse:
    """What was decided in a room, when, by which rule and in which role: no words, and nobody's name.

    Beside it what was done with discussions as a whole, with the reason that stands there for all who read it.
    """
    room = room_or_404(request.user, slug)
    decided = Decision.objects.logged_in(room, request.user).order_by()
    changed = Change.objects.logged_in(room, request.user).order_by()
    columns = ("pk", "at", "of")
    both = decided.annotate(of=Value("decision")).values_list(*columns)
    both = both.union(changed.annotate(of=Value("change")).values_list(*columns), all=True).order_by("-at", "-pk")
    page = Paginator(both, DECISIONS_A_PAGE).get_page(request.GET.get("page"))
    keys = list(page.object_list)
    decisions = Decision.objects.select_related("case__item", "appeal", "sanction").in_bulk(_of("decision", keys))
    changes = Change.objects.select_related("thread").in_bulk(_of("change", keys))
    moderates = allowed(request.user, Level.MODERATE, room)
    told = [_told(decisions[pk]) if kind == "decision" else _changed(changes[pk]) for pk, _at, kind in keys]
    for one in told:
        shown = moderates and isinstance(one["row"], Decision) and _waits_for(request, one["row"])
        one["case"] = one["row"].case if shown else None
    context = {
        "room": room,
        "tab": "discussions",
        "page": page,
        "told": told,
        "moderates": moderates,
        # That there are rules is for all to know; which words they name would teach how to get round them.
        "rule_count": Rule.objects.filter(Q(room=room) | Q(room=None)).count(),
        "may_rule": can(check_sets_up, request.user, room),
    }
    return render(request, "forums/log.html", context)


@login_required
@require_safe
def figures(request: PersonRequest) -> HttpResponse:
    """Reports, decisions and appeals of each year, as a table or, with `?as=csv`, as a file. For coordinators."""
    require(request.user, Level.COORDINATE, NETWORK)
    years, tables = all_years()
    if request.GET.get("as") == "csv":
        answer = HttpResponse("".join(_file(years, tables)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="moderation.csv"'
        return answer
    shown = [(table.title, [(line.words, line.over(years)) for line in table.lines]) for table in tables]
    return render(request, "forums/figures.html", {"years": years, "tables": shown})


def _of(kind: str, keys: list[Any]) -> list[int]:
    return [pk for pk, _at, of in keys if of == kind]


def _told(row: Decision) -> dict[str, Any]:
    return {
        "row": row,
        "what": word_for(row.case),
        "done": row.get_action_display(),
        "ground": row.get_ground_display(),
        "until": row.until,
        "appeal": getattr(row, "appeal", None),
        "role": _role(row),
    }


def _changed(row: Change) -> dict[str, Any]:
    return {
        "row": row,
        "what": KINDS["thread"].name,
        "done": row.get_kind_display(),
        # Of what is held or removed by now nobody reads a word, nor why it was closed.
        "reason": row.reason if row.thread.state in (State.PUBLISHED, State.ARCHIVED) else "",
        "role": _("a moderator") if row.by_moderator else _("whoever began it"),
        "undone": row.undone_at is not None,
    }


def _waits_for(request: PersonRequest, row: Decision) -> bool:
    """Whether the page of the case is this moderator's to open."""
    return not row.case.for_coordinators and row.case.author_id != request.user.pk


def _role(row: Decision) -> str:
    return _("a coordinator") if row.case.for_coordinators else _("a moderator")


def _file(years: list[int], tables: list[Table]) -> Any:
    lines = [[str(table.title), str(line.words), *line.over(years)] for table in tables for line in table.lines]
    return csv_chunks([_("table"), _("what"), *map(str, years)], [lines])
