"""Who makes one account of two."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.models.people import User
from network.permissions import NETWORK, Level, require
from network.refusals import Forbidden, Invalid


def check_may_merge(by: User, kept: User) -> None:
    """A coordinator, of two accounts of somebody else. Raises Forbidden."""
    require(by, Level.COORDINATE, NETWORK)
    if by.pk == kept.pk:
        raise Forbidden(_("Another coordinator does this for you."))


def check_merge(by: User, kept: User, closed: User) -> None:
    """Raises Forbidden, Invalid (field address)."""
    check_may_merge(by, kept)
    if by.pk == closed.pk:
        raise Forbidden(_("Another coordinator does this for you."))
    if kept.pk == closed.pk:
        raise Invalid("address", _("This is the account that stays. Give the address of the other one."))
    if closed.closed_at is not None:
        raise Invalid("address", _("This account is closed already."))
    if kept.closed_at is not None or not kept.is_active:
        raise Invalid("address", _("The account that stays must be one with which the person may sign in."))
