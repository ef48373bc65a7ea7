"""What the network says of itself."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network.audit import record
from network.models.people import Partner, User
from network.models.rooms import Programme
from network.permissions import NETWORK, Level, require
from network.refusals import Forbidden


@transaction.atomic
def describe(*, by: User, **words: str) -> Programme:
    """A coordinator writes what strangers read: name, full_name, tagline, about, and so on."""
    require(by, Level.COORDINATE, NETWORK)
    lead = Partner.objects.filter(role=Partner.Role.LEAD).first()
    if lead is None:
        raise Forbidden(_("The network has no lead partner yet."))
    programme, _new = Programme.objects.update_or_create(pk=1, defaults=words)
    record("network.programme_changed", by=by, target=lead, fields=sorted(words))
    return programme
