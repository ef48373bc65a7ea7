"""Who decides which identity provider vouches for whom, and what its word is worth."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.domains import domain_of
from accounts.models import EmailDomain, IdentityProvider
from network.models.people import Membership, Partner, User
from network.permissions import NETWORK, Level, check_lasting, require
from network.refusals import Forbidden


@dataclass(frozen=True)
class Identity:
    """What a provider says of somebody, after its signature, issuer, audience and nonce have been checked."""

    subject: str
    email: str
    verified: bool
    name: str = ""


def check_set_provider(by: User) -> None:
    """A coordinator in their own right: whoever sets a provider decides who is let in as whom. Raises Forbidden."""
    require(
        by,
        Level.COORDINATE,
        NETWORK,
        because=_("Only coordinators decide whose identity provider vouches for whom."),
    )
    check_lasting(by)


def check_still_vouched(provider: IdentityProvider, person: User) -> None:
    """A provider opens the account of somebody of its partner, or with an address that is its to vouch for.

    Whoever has moved to another partner, and changed their address, signs in another way. Raises Forbidden.
    """
    theirs = Membership.objects.effective().filter(user=person, partner=provider.partner_id)
    domains = EmailDomain.objects.filter(partner=provider.partner_id, domain=domain_of(person.email))
    if not theirs.exists() and not domains.exists():
        raise Forbidden(_("Your organisation does not vouch for this account any more. Sign in another way."))


def check_vouched(provider: IdentityProvider, identity: Identity) -> None:
    """A provider vouches for verified addresses in its partner's domains, while that takes part. Raises Forbidden."""
    if not provider.active or not Partner.objects.standing().filter(pk=provider.partner_id).exists():
        raise Forbidden(_("Your organisation does not sign in here at present."))
    if not identity.verified:
        raise Forbidden(_("Your organisation did not confirm your e-mail address."))
    domain = domain_of(identity.email)
    if not domain or not EmailDomain.objects.filter(partner=provider.partner_id, domain=domain).exists():
        raise Forbidden(_("Your organisation does not vouch for addresses like yours here."))
