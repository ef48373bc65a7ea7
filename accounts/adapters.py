"""What allauth asks us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from network.mail import closing
from network.models.people import User
from network.refusals import Refusal

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialApp, SocialLogin

    from accounts.models import IdentityProvider

TOO_OFTEN = _("That was too often in a short time. Please try again in a few minutes.")
WRONG_CODE = _("This code is not right, or no longer. Please try the newest one.")
WAYS = {
    "reauthenticate": _("Use the password"),
    "mfa_reauthenticate": _("Use the app or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use the passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up alone: people come by invitation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("The address or the password is not right. Please try again."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": _("This password is not right. Please try again."),
        "too_many_login_attempts": TOO_OFTEN,
        "same_as_current": _("The new one must differ from the present one."),
        "rate_limited": TOO_OFTEN,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def render_mail(self, template_prefix: str, email: str, context: dict[str, Any], headers: Any = None) -> Any:
        """As allauth does; it ends as all our letters do."""
        return super().render_mail(template_prefix, email, {**context, "closing": closing()}, headers)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """To the address of an account that was made one with another: that one signs in with the other address.

        As many letters as to anybody, and the page says the same; only who reads that mailbox is told more.
        """
        from accounts.permissions.merging import is_of_merged

        if template_prefix == "account/email/unknown_account" and is_of_merged(email):
            template_prefix = "account/email/account_merged"
        super().send_mail(template_prefix, email, context)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """An address that is somebody else's is not confirmed; its owner is told, and the page says the same."""
        wanted = emailconfirmation.email_address
        if _is_of_another(wanted):
            self.send_mail("account/email/address_known", wanted.email, {})
        else:
            super().send_confirmation_mail(request, emailconfirmation, signup)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """The address, the person and the trail change together, or not at all."""
        try:
            if not _is_of_another(email_address):
                with transaction.atomic():
                    return super().confirm_email(request, email_address)
        except IntegrityError:
            # Somebody came with this address at this very moment.
            pass
        self.add_message(
            request,
            messages.ERROR,
            "account/messages/email_confirmation_failed.txt",
            {"email": email_address.email},
        )
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to show that it is still they, in our words."""
        return [
            method | {"description": WAYS.get(method["id"], method["description"])}
            for method in super().get_reauthentication_methods(user)
        ]


class FactorAdapter(DefaultMFAAdapter):
    """Second factors, in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "unverified_email": _("Confirm your e-mail address first."),
        "add_email_blocked": _("An account with a second factor keeps its address; ask the coordinators to change it."),
        "cannot_generate_recovery_codes": _("Recovery codes come with a second factor. Set one up first."),
    }

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's name for it
        """A first name for a new passkey, other than those that are there."""
        from allauth.mfa.models import Authenticator

        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("My passkey") if not count else gettext("Passkey %(number)s") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What a device calls the passkey."""
        return super().get_public_key_credential_rp_entity() | {"name": "Liaise"}


class OrganisationAdapter(DefaultSocialAccountAdapter):
    """Providers are the partners' own, and let in whom their partner has or may have. Their rows are ours."""

    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """allauth's view of the providers that are in use."""
        from accounts.models import IdentityProvider

        rows = IdentityProvider.objects.filter(active=True)
        if provider is not None and provider != "organisation":
            rows = rows.filter(slug=provider)
        if client_id is not None:
            rows = rows.filter(client_id=client_id)
        return [_as_app(row) for row in rows]

    def get_requests_session(self) -> Any:
        """How a provider is asked: narrowly."""
        from accounts.oidc.issuers import IssuerSession

        return IssuerSession()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: who has no account by now does not get one here."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Whom the provider vouches for is the person of that address, or asks for access; else a page says why not."""
        from allauth.socialaccount.models import SocialAccount

        from accounts.actions.providers import recognise
        from accounts.models import IdentityProvider

        slug = sociallogin.account.provider
        provider = IdentityProvider.objects.select_related("partner").filter(slug=slug).first()
        identity = getattr(sociallogin, "identity", None)
        if provider is None or identity is None:
            raise ImmediateHttpResponse(render(request, "socialaccount/authentication_error.html", status=401))
        try:
            person = recognise(provider=provider, identity=identity)
        except Refusal as refusal:
            page = render(request, "accounts/organisation_refused.html", {"reason": refusal.reason}, status=403)
            raise ImmediateHttpResponse(page) from None
        if person is None:
            raise ImmediateHttpResponse(redirect("organisation_asked"))
        sociallogin.user = cast(Any, person)
        sociallogin.account = SocialAccount.objects.get(provider=slug, uid=identity.subject)


def _as_app(provider: IdentityProvider) -> SocialApp:
    from allauth.socialaccount.models import SocialApp

    return SocialApp(
        provider="organisation",
        provider_id=provider.slug,
        name=provider.name,
        client_id=provider.client_id,
        secret=provider.secret,
        settings={"server_url": provider.issuer, "oauth_pkce_enabled": True},
    )


def _is_of_another(wanted: EmailAddress) -> bool:
    return User.objects.filter(email__iexact=wanted.email).exclude(pk=wanted.user_id).exists()
