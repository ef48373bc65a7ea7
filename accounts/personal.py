"""What of a person `accounts` keeps: how they came, sign in, and are known."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actions.exports import drop_exports
from accounts.models import Acceptance, AccessRequest, Export, Import, Invitation
from network import clock
from network.models.people import Partner, User
from network.personal import Row, exempt, register_personal

PROFILE = (
    "uid", "email", "name", "function", "phone", "about", "languages", "language", "time_zone", "unmailed",
    "reads_in_time", "date_joined", "welcomed_at", "last_login",
)  # fmt: skip


def register_all() -> None:
    """Called once, from the AppConfig."""
    _register_profile()
    _register_ways_in()
    _register_carrying()
    exempt(
        "The act of somebody for the network; the trail has it, and the trail is exported.",
        "accounts.IdentityProvider.added_by",
        "accounts.AccessRequest.settled_by",
        "accounts.LegalText.by",
    )


def _register_profile() -> None:
    register_personal(
        "profile",
        _("profile"),
        rows=lambda person: User.objects.filter(pk=person.pk).select_related("hat"),
        show=_profile,
        erase=_forget_as_contact,
    )
    register_personal(
        "addresses",
        _("e-mail addresses"),
        rows=lambda person: EmailAddress.objects.filter(user=person).order_by("pk"),
        show=lambda row: {"email": row.email, "verified": row.verified, "primary": row.primary},
        covers=["account.EmailAddress.user"],
        erase=lambda person: _delete(EmailAddress.objects.filter(user=person)),
    )
    register_personal(
        "acceptances",
        _("acceptances of charter and privacy notice"),
        rows=lambda person: Acceptance.objects.filter(user=person).select_related("text").order_by("pk"),
        show=lambda row: {"text": row.text.kind, "version": row.text.version, "at": row.at},
        covers=["accounts.Acceptance.user"],
        erase=lambda person: _delete(Acceptance.objects.filter(user=person)),
    )


def _register_ways_in() -> None:
    register_personal(
        "sessions",
        _("browsers signed in"),
        rows=lambda person: UserSession.objects.filter(user=person).order_by("pk"),
        show=lambda row: {
            "browser": row.user_agent,
            "address": row.ip,
            "since": row.created_at,
            "last_seen": row.last_seen_at,
        },
        covers=["usersessions.UserSession.user"],
        erase=_end_sessions,
    )
    register_personal(
        "second-factors",
        _("second factors"),
        rows=lambda person: Authenticator.objects.filter(user=person).order_by("pk"),
        # Never the secret: who carries the file away does not carry away the factor.
        show=lambda row: {"type": row.type, "since": row.created_at, "last_used": row.last_used_at},
        covers=["mfa.Authenticator.user"],
        erase=lambda person: _delete(Authenticator.objects.filter(user=person)),
    )
    register_personal(
        "organisations",
        _("sign-in by their organisation"),
        rows=lambda person: SocialAccount.objects.filter(user=person).order_by("pk"),
        show=lambda row: {"provider": row.provider, "known_there_as": row.uid, "since": row.date_joined},
        covers=["socialaccount.SocialAccount.user"],
        erase=lambda person: _delete(SocialAccount.objects.filter(user=person)),
    )
    register_personal(
        "invitations-received",
        _("invitations received"),
        rows=lambda person: _invitations_to(person).select_related("partner"),
        # The name is what a list called them, so it is a datum of theirs, though they did not write it.
        show=lambda row: {"name": row.name, **_invitation(row)},
        erase=lambda person: _delete(_invitations_to(person)),
    )
    register_personal(
        "requests-for-access",
        _("requests for access"),
        rows=lambda person: AccessRequest.objects.filter(email__iexact=person.email).select_related("partner"),
        show=lambda row: {
            "name": row.name,
            "function": row.function,
            "partner": row.partner.name if row.partner else None,
            "note": row.note,
            "at": row.at,
            "settled_at": row.settled_at,
        },
        erase=lambda person: _delete(AccessRequest.objects.filter(email__iexact=person.email)),
    )


def _register_carrying() -> None:
    register_personal(
        "invitations-given",
        _("invitations given"),
        rows=lambda person: Invitation.objects.filter(by=person).select_related("partner").order_by("pk"),
        show=_invitation,
        covers=["accounts.Invitation.by"],
        erase=_withdraw_invitations,
    )
    register_personal(
        "exports",
        _("exports"),
        rows=lambda person: Export.objects.filter(user=person).order_by("pk"),
        show=lambda row: {"asked_at": row.asked_at, "ready_at": row.ready_at, "expires_at": row.expires_at},
        covers=["accounts.Export.user"],
        erase=drop_exports,
    )
    register_personal(
        "imports",
        _("lists read in"),
        rows=lambda person: Import.objects.filter(by=person).order_by("pk"),
        show=lambda row: {"kind": row.kind, "at": row.at, "applied_at": row.applied_at},
        covers=["accounts.Import.by"],
        erase=lambda person: _delete(Import.objects.filter(by=person)),
    )


def _invitations_to(person: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(email__iexact=person.email).order_by("pk")


def _profile(row: User) -> Row:
    return {**{name: getattr(row, name) for name in PROFILE}, "speaks_for": row.hat.name if row.hat else None}


def _invitation(row: Invitation) -> Row:
    """Neither who was invited nor who invited: that is the other's."""
    return {
        "partner": row.partner.name if row.partner else None,
        "as": row.role if row.partner else "guest",
        "at": row.at,
        "accepted_at": row.accepted_at,
        "withdrawn_at": row.withdrawn_at,
    }


def _forget_as_contact(person: User) -> None:
    """A partner's page names them no longer; the rest of the profile goes with the name (accounts.actions.leaving)."""
    theirs = Q(contact_email__iexact=person.email) | Q(contact_name__iexact=person.name, memberships__user=person)
    Partner.objects.filter(pk__in=Partner.objects.filter(theirs).values("pk")).update(contact_name="", contact_email="")


def _end_sessions(person: User) -> None:
    for session in UserSession.objects.filter(user=person):
        session.end()


def _withdraw_invitations(person: User) -> None:
    Invitation.objects.open().filter(by=person).update(withdrawn_at=clock.now())


def _delete(rows: QuerySet) -> None:
    rows.delete()
