"""Who makes one account of two, and which accounts have been made one with another."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.models.people import User
from network.models.records import AuditDetail, AuditEntry
from network.permissions import NETWORK, Level, allowed, require
from network.personal import NOWHERE
from network.refusals import Forbidden, Invalid


def check_may_merge(by: User, kept: User) -> None:
    """A coordinator, of two accounts of somebody else. Raises Forbidden."""
    require(by, Level.COORDINATE, NETWORK)
    if by.pk == kept.pk:
        raise Forbidden(_("Another coordinator does this for you."))


def check_merge(by: User, kept: User, closed: User) -> None:
    """Nobody decides about an account of their own, and no merge moves what somebody does for the whole network.

    Whoever coordinates or hosts may keep their account and have another closed into it, by another coordinator: what
    comes is theirs to answer for, and all coordinators are told. Their own account does not close into any other: who
    has that one would come to coordinate, or host, by a form about addresses, and the former owner be shut out by it.
    They give it up first, which is recorded and told for itself. Raises Forbidden, Invalid (field address).
    """
    check_may_merge(by, kept)
    if by.pk == closed.pk:
        raise Forbidden(_("Another coordinator does this for you."))
    if kept.pk == closed.pk:
        raise Invalid("address", _("This is the account that stays. Give the address of the other one."))
    if closed.closed_at is not None:
        raise Invalid("address", _("This account is closed already."))
    if allowed(closed, Level.COORDINATE, NETWORK) or allowed(closed, Level.OPERATE, NETWORK):
        raise Forbidden(
            _("Whoever coordinates or hosts the network keeps that account. Choose the other one to close, or have "
              "them give this up first.")
        )  # fmt: skip
    if kept.closed_at is not None or not kept.is_active:
        raise Invalid("address", _("The account that stays must be one with which the person may sign in."))


def made_one_with(person: User) -> list[User]:
    """The accounts that were closed since this one is the same person's: they still have name and address."""
    merged = AuditEntry.objects.filter(verb="accounts.merged", target=person.uid).values("pk")
    uids = [row.data.get("closed") for row in AuditDetail.objects.filter(entry__in=merged)]
    found = list(User.objects.filter(uid__in=[uid for uid in uids if uid]).exclude(pk=person.pk).order_by("pk"))
    # Of three accounts, two were made one first. Nothing closed is ever kept, so this ends.
    return found + [further for one in found for further in made_one_with(one)]


def is_of_merged(email: str) -> bool:
    """Whether this is the address of an account that was made one with another. One query."""
    return User.objects.filter(email__iexact=email, closed_at__isnull=False).exclude(email__endswith=NOWHERE).exists()
