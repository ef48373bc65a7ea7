"""Saying how long each kind of data is kept."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network.audit import record
from network.models.people import User
from network.models.records import Retention
from network.permissions.retention import check_retention
from network.refusals import Invalid
from network.retention import KINDS, MOST_DAYS, days


@transaction.atomic
def keep_for(*, by: User, kept: Mapping[str, int]) -> list[str]:
    """Sets the days for each kind in `kept`; the kinds that changed. What is due goes in the coming night.

    Raises Forbidden, Invalid (field: the kind) below the kind's minimum and above a hundred years.
    """
    check_retention(by)
    changed = {}
    for key, wanted in kept.items():
        if not KINDS[key].least <= wanted <= MOST_DAYS:
            between = {"least": KINDS[key].least, "most": MOST_DAYS}
            raise Invalid(key, _("Choose from %(least)d to %(most)d days.") % between)
        before = days(key)
        if wanted != before:
            Retention.objects.update_or_create(kind=key, defaults={"days": wanted})
            changed[key] = f"{before} → {wanted}"
    if changed:
        record("network.retention_changed", by=by, target=None, days=changed)
    return sorted(changed)
