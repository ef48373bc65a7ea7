"""Who hosts the network, as the shell of its machine says; coordinators say it by a mandate, on their page."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import clock
from network.audit import record
from network.models.people import User
from network.models.standing import Mandate
from network.refusals import Forbidden


@transaction.atomic
def appoint_host(*, by: None = None, person: User) -> Mandate:
    """Lets a person host the network, without an end; asked twice, the mandate that runs stays."""
    # The row is the lock: two who ask at once give one mandate.
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise Forbidden(_("This account is closed."))
    running = Mandate.objects.current().filter(user=person, kind=Mandate.Kind.OPERATE).first()
    if running is not None:
        return running
    mandate = Mandate.objects.create(user=person, kind=Mandate.Kind.OPERATE)
    record("network.host_appointed", by=by, target=person)
    return mandate


@transaction.atomic
def dismiss_host(*, by: None = None, person: User) -> None:
    """The person hosts the network no longer, from now on; nothing happens where they did not."""
    if Mandate.objects.current().filter(user=person, kind=Mandate.Kind.OPERATE).update(until=clock.now()):
        record("network.host_dismissed", by=by, target=person)
