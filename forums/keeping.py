"""How long cases are kept once they are closed, and what stays of them: numbers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from forums.figures import counted_in
from forums.models.cases import Appeal, Case
from forums.models.changes import Change
from forums.models.figures import PastFigure
from network.models.sanctions import Sanction
from network.retention import A_BATCH, register_retention, remove_some

THREE_YEARS = 3 * 365


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_retention(
        "cases",
        _("closed cases"),
        default_days=THREE_YEARS,
        least=365,
        purge=purge_cases,
        hint=_(
            "From the day on which a case was closed: with it go what was reported, the decisions with their reasons "
            "and the appeals. What was taken away stays so, and the figures of past years stay as they are."
        ),
    )
    register_retention(
        "sanctions",
        _("mutes and suspensions that are over"),
        default_days=THREE_YEARS,
        least=365,
        purge=purge_sanctions,
        hint=_("From the day on which one ended or was lifted. The decision with its reasons is kept with its case."),
    )
    register_retention(
        "changes",
        _("what was done with discussions as a whole"),
        default_days=THREE_YEARS,
        least=30,
        purge=purge_changes,
        hint=_(
            "From the day on which one was pinned, closed, moved or split. What leads to discussions that were joined "
            "to another is kept as long as these."
        ),
    )


def purge_sanctions(before: datetime) -> int:
    """Removes at most a batch of sanctions that were over before; how many."""
    return remove_some(Sanction.objects.filter(Q(until__lt=before) | Q(lifted_at__lt=before)))


def purge_changes(before: datetime) -> int:
    """Removes at most a batch of old changes; how many. By one that joined two, a page leads to what came along."""
    return remove_some(Change.objects.filter(at__lt=before).exclude(kind=Change.Kind.MERGED))


@transaction.atomic
def purge_cases(before: datetime) -> int:
    """Removes at most a batch of cases that were closed before; how many. An appeal that waits keeps its case."""
    waiting = Appeal.objects.filter(decided_at=None).values("decision__case")
    old = Case.objects.select_for_update().filter(closed_at__lt=before).exclude(pk__in=waiting)
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:A_BATCH])
    if not keys:
        return 0
    for (table, key, year), number in counted_in(keys).items():
        row, _new = PastFigure.objects.get_or_create(table=table, key=key, year=year)
        PastFigure.objects.filter(pk=row.pk).update(number=F("number") + number)
    Case.objects.filter(pk__in=keys).delete()
    return len(keys)
