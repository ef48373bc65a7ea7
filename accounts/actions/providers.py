"""A partner's own identity provider: setting it, and letting in whom it vouches for."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.invitations import accept
from accounts.actions.requests import ask
from accounts.domains import domain_of
from accounts.models import AccessRequest, EmailDomain, IdentityProvider, Invitation
from accounts.permissions.providers import Identity, check_set_provider, check_still_vouched, check_vouched
from network.audit import record
from network.models.people import Partner, User
from network.names import check_name, seen_only
from network.refusals import Forbidden, Invalid


@transaction.atomic
def set_provider(
    *,
    by: User,
    partner: Partner,
    name: str,
    issuer: str,
    client_id: str,
    domains: Iterable[str],
    secret: str = "",
    active: bool = True,
) -> IdentityProvider:
    """Where the people of a partner sign in at home, and for which e-mail domains it vouches.

    Without a `secret` the present one stays. A new issuer is another authority: whom the old one
    vouched for is recognised anew, by their address.
    """
    check_set_provider(by)
    wanted = set(domains)
    taken = EmailDomain.objects.filter(domain__in=wanted).exclude(partner=partner).order_by("domain").first()
    if taken is not None:
        raise Invalid("domains", _("%(domain)s belongs to another partner.") % {"domain": taken.domain})
    provider = IdentityProvider.objects.select_for_update().filter(partner=partner).first()
    if provider is None:
        provider = IdentityProvider(partner=partner, slug=secrets.token_hex(8), added_by=by)
    elif provider.issuer != issuer:
        SocialAccount.objects.filter(provider=provider.slug).delete()
    provider.name, provider.issuer, provider.client_id, provider.active = name, issuer, client_id, active
    provider.secret = secret or provider.secret
    provider.save()
    EmailDomain.objects.filter(partner=partner).exclude(domain__in=wanted).delete()
    EmailDomain.objects.bulk_create(
        [EmailDomain(partner=partner, domain=domain) for domain in sorted(wanted)], ignore_conflicts=True
    )
    record(
        "accounts.provider_set",
        by=by,
        target=partner,
        partner=partner,
        issuer=issuer,
        client_id=client_id,
        domains=sorted(wanted),
        active=active,
    )
    return provider


def provider_for(email: str) -> IdentityProvider | None:
    """The provider in use of the partner to which the address's domain belongs. One query."""
    return (
        IdentityProvider.objects.filter(
            active=True,
            partner__in=Partner.objects.standing(),
            partner__email_domains__domain=domain_of(email),
        )
        .order_by("pk")
        .first()
    )


@transaction.atomic
def recognise(*, provider: IdentityProvider, identity: Identity) -> User | None:
    """The person of whom the provider speaks. None where nobody has that address: then the partner has been asked.

    A known person is bound to the provider's subject at the first time, so that an address that is
    given to somebody else later does not open their account. Raises Forbidden.
    """
    check_vouched(provider, identity)
    bound = SocialAccount.objects.filter(provider=provider.slug, uid=identity.subject).select_related("user").first()
    if bound is not None:
        check_still_vouched(provider, bound.user)
        return bound.user
    person = User.objects.filter(email__iexact=identity.email).first() or _invited(identity)
    if person is None:
        _ask(provider, identity)
        return None
    if SocialAccount.objects.filter(provider=provider.slug, user=person).exists():
        raise Forbidden(_("Somebody else signed in with this address before. Ask the coordinators."))
    SocialAccount.objects.create(provider=provider.slug, uid=identity.subject, user=person)
    record("accounts.home_linked", by=person, target=person, partner=provider.partner)
    return person


def _invited(identity: Identity) -> User | None:
    """Comes in by the newest invitation to this address, which the provider has shown to be theirs."""
    theirs = Invitation.objects.open().filter(email__iexact=identity.email)
    invitation = theirs.select_related("partner", "room").first()
    if invitation is None:
        return None
    return accept(invitation=invitation, name=_name(identity))


def _ask(provider: IdentityProvider, identity: Identity) -> None:
    waiting = AccessRequest.objects.open().filter(email__iexact=identity.email, partner=provider.partner)
    if waiting.update(vouched=True):
        return
    ask(email=identity.email, name=_name(identity), partner=provider.partner, vouched=True)


def _name(identity: Identity) -> str:
    """What the provider calls them, or what stands before the @ where that is no name that one can rely on."""
    name = seen_only("".join(sign if sign.isprintable() else " " for sign in identity.name))
    try:
        check_name(name)
    except ValidationError:
        name = ""
    return (name or identity.email.partition("@")[0])[:120]
