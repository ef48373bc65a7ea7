"""What coordinators let one person do for the whole network."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import clock
from network.audit import record
from network.models.people import User
from network.models.standing import Mandate
from network.permissions import NETWORK, Level, require
from network.refusals import Forbidden


@transaction.atomic
def appoint_host(*, by: User | None, person: User) -> Mandate:
    """A coordinator, or whoever has the shell of the machine (None), lets a person host the network.

    Asked twice, the mandate that runs stays.
    """
    _check(by)
    # The row is the lock: two who ask at once give one mandate.
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise Forbidden(_("This account is closed."))
    running = Mandate.objects.current().filter(user=person, kind=Mandate.Kind.OPERATE).first()
    if running is not None:
        return running
    mandate = Mandate.objects.create(user=person, kind=Mandate.Kind.OPERATE, by=by)
    record("network.host_appointed", by=by, target=person)
    return mandate


@transaction.atomic
def dismiss_host(*, by: User | None, person: User) -> None:
    """The person hosts the network no longer, from now on; nothing happens where they did not."""
    _check(by)
    if Mandate.objects.current().filter(user=person, kind=Mandate.Kind.OPERATE).update(until=clock.now()):
        record("network.host_dismissed", by=by, target=person)


def _check(by: User | None) -> None:
    if by is not None:
        require(by, Level.COORDINATE, NETWORK)
