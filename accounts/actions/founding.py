"""How a network begins: its lead partner and its first coordinator, in an empty database."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from network import clock
from network.audit import record
from network.models.people import Membership, Partner, User
from network.models.rooms import Programme
from network.models.standing import Mandate, StatusChange
from network.refusals import Forbidden


@dataclass(frozen=True)
class Lead:
    """The partner that leads the network and answers for it."""

    name: str
    short_name: str
    kind: str
    country: str
    city: str


@dataclass(frozen=True)
class First:
    """The first coordinator, who invites everybody else."""

    name: str
    email: str
    password: str
    language: str
    time_zone: str


@transaction.atomic
def found(*, by: None = None, network: str, lead: Lead, first: First, hosts: bool = False) -> User:
    """Founds the network: nobody is there yet to act, so `by` is None.

    `hosts`: the first coordinator also keeps the machine that it runs on. Raises Forbidden where
    there is a network already.
    """
    check_empty()
    partner = Partner.objects.create(
        slug=slugify(lead.short_name)[:60] or "lead",
        name=lead.name,
        short_name=lead.short_name,
        kind=lead.kind,
        role=Partner.Role.LEAD,
        country=lead.country,
        city=lead.city,
    )
    StatusChange.objects.create(partner=partner, status=partner.status, since=partner.status_since)
    person = User(email=first.email, name=first.name, language=first.language, time_zone=first.time_zone)
    person.set_password(first.password)
    person.save()
    # The host typed the address and vouches for it.
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    Membership.objects.create(
        user=person, partner=partner, role=Membership.Role.REPRESENTATIVE, confirmed_at=clock.now()
    )
    Programme.objects.create(pk=1, name=network)
    if hosts:
        Mandate.objects.create(user=person, kind=Mandate.Kind.OPERATE)
    record("accounts.founded", by=by, target=person, partner=partner)
    return person


def check_empty() -> None:
    """Raises Forbidden where there are people or partners already."""
    if Partner.objects.exists() or User.objects.exists():
        raise Forbidden(_("There is a network here already."))
