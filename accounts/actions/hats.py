"""For whom somebody of several partners speaks."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network.audit import record
from network.models.people import Partner, User
from network.permissions import partners_of
from network.refusals import Invalid


@transaction.atomic
def wear_hat(*, by: User, partner: Partner) -> None:
    """From now on forms that are not told otherwise take this partner. Raises Invalid for one that is not theirs."""
    if not partners_of(by).filter(pk=partner.pk).exists():
        raise Invalid("partner", _("Choose one of your own partners."))
    if by.hat_id != partner.pk:
        by.hat = partner
        by.save(update_fields=["hat"])
        record("accounts.hat_changed", by=by, target=by, partner=partner)
