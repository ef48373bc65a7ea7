"""Calendar links: made, renewed, ended. Of one's own only; who may be here at all may do each."""

from __future__ import annotations

from django.db import transaction

from network import clock
from network.audit import record
from network.models import User
from workshops.models import CalendarLink, new_key


@transaction.atomic
def renew_link(*, by: User) -> CalendarLink:
    """Gives a person a calendar link; the one they had before is no address any more."""
    link, made = CalendarLink.objects.update_or_create(user=by, defaults={"key": new_key(), "since": clock.now()})
    record("workshops.link_made" if made else "workshops.link_renewed", by=by, target=by)
    return link


@transaction.atomic
def end_link(*, by: User) -> None:
    """A person's calendar link is no address any more. Twice is once."""
    if CalendarLink.objects.filter(user=by).delete()[0]:
        record("workshops.link_ended", by=by, target=by)
