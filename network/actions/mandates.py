"""What coordinators let one person do for the whole network: open rooms, or host it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import clock
from network.audit import record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.people import User
from network.models.standing import Mandate
from network.notifications import notify
from network.permissions import NETWORK, Level, check_lasting, is_member, require
from network.refusals import Invalid

NOTICES = {Mandate.Kind.CONVENE: "may_convene", Mandate.Kind.OPERATE: "may_operate"}


@transaction.atomic
def give_mandate(
    *, by: User, person: User, kind: str, since: datetime | None = None, until: datetime | None = None
) -> Mandate:
    """A coordinator lets somebody open rooms or host the network, for a while or until it is withdrawn.

    Given again, it replaces the dates. Raises Forbidden, Invalid (person, kind, until).
    """
    require(by, Level.COORDINATE, NETWORK)
    check_lasting(by)
    if kind not in Mandate.Kind.values:
        raise Invalid("kind", _("Choose what they may do."))
    begins = since or clock.now()
    if until is not None and until <= max(begins, clock.now()):
        raise Invalid("until", _("The end must lie after the beginning, and in the future."))
    if not person.is_active:
        raise Invalid("person", _("This person may not sign in at present."))
    if kind == Mandate.Kind.CONVENE and not is_member(person):
        raise Invalid("person", _("Only members of the network open rooms."))
    _end(person, kind)
    mandate = Mandate.objects.create(user=person, kind=kind, since=begins, until=until, by=by)
    record(
        "network.mandate_given",
        by=by,
        target=person,
        kind=kind,
        since=begins.isoformat(),
        until=until.isoformat() if until else "",
    )
    notify([person], kind=NOTICES[Mandate.Kind(kind)], person=person, by=by)
    after_commit(ring_bells)
    after_commit(send_mail_soon)
    return mandate


@transaction.atomic
def withdraw_mandate(*, by: User, person: User, kind: str) -> None:
    """A coordinator takes it back at once. Twice is once."""
    require(by, Level.COORDINATE, NETWORK)
    if _end(person, kind):
        record("network.mandate_withdrawn", by=by, target=person, kind=kind)


def _end(person: User, kind: str) -> int:
    """Ends what runs, and drops what would have begun; how many there were."""
    User.objects.select_for_update().get(pk=person.pk)
    mandates = Mandate.objects.filter(user=person, kind=kind)
    ended, _rows = mandates.unended().filter(since__gte=clock.now()).delete()
    return ended + mandates.unended().update(until=clock.now())
