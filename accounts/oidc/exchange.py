"""The conversation with a provider, where we ask more than allauth does.

allauth keeps the state and PKCE's secret in the session and exchanges the code. Here the provider must
be the very issuer that the coordinators set, the ID token is always checked against its keys, and
carries the nonce of this browser's own attempt.
"""

from __future__ import annotations

import secrets
from typing import Any

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from accounts.oidc.issuers import may_be_asked
from accounts.permissions.providers import Identity

# Microsoft Entra ID signs no `email_verified`. Its `email` may be any text that an administrator of any tenant typed;
# only `xms_edov` says that the domain's owner has confirmed it. docs/security.md
MICROSOFT = "https://login.microsoftonline.com/"
# What comes of an answer in another shape than the standard's.
LEEWAY = 30  # seconds by which clocks may differ
# Only those where what checks a signature cannot make one.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
UNREADABLE = (KeyError, ValueError, TypeError, AttributeError)
ASKED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class OrganisationExchange(OpenIDConnectOAuth2Adapter):
    """Speaks with one partner's provider."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself. Raises OAuth2Error unless it is who it is said to be."""
        if not hasattr(self, "_openid_config"):
            try:
                config = super().openid_config
                issuer = self.get_provider().app.settings["server_url"]
                honest = config["issuer"] == issuer and all(may_be_asked(config[name]) for name in ASKED)
            except (requests.RequestException, *UNREADABLE) as error:
                self.__dict__.pop("_openid_config", None)
                raise OAuth2Error("The provider does not describe itself") from error
            if not honest:
                del self._openid_config
                raise OAuth2Error("The provider is another than was set")
        return self._openid_config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("organisation_callback", args=[app.provider_id]))

    def way_there(self, request: HttpRequest, *, next_url: str, email: str) -> str:
        """The provider's address where this browser signs in; its state, nonce and secret wait in the session."""
        provider = self.get_provider()
        client = self.get_client(request, provider.app)
        proof = generate_code_challenge()
        nonce = secrets.token_urlsafe(24)
        address = self.authorize_url
        client.state = statekit.stash_state(
            request,
            provider_id=provider.sub_id,
            state={
                "process": AuthProcess.LOGIN,
                "next": next_url,
                "nonce": nonce,
                "pkce_code_verifier": proof.pop("code_verifier"),
            },
        )
        return client.get_redirect_url(address, provider.get_scope(), {**proof, "nonce": nonce, "login_hint": email})

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The answer to the code. Raises OAuth2Error where it is none."""
        try:
            return super().get_access_token_data(*args, **kwargs)
        except UNREADABLE as error:
            raise OAuth2Error("The provider's answer to the code cannot be read") from error

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Only what is needed to ask for more about the person; it is not kept."""
        return SocialToken(token=str(data["access_token"]))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        """Who signed in there. Raises OAuth2Error for a token that was not made for us, now, for this browser."""
        try:
            claims = self._decode_id_token(app, kwargs["response"]["id_token"])
            if "email" not in claims:
                claims = self._with_userinfo(claims, token)
            identity = Identity(
                subject=str(claims["sub"]),
                email=str(claims.get("email") or ""),
                verified=is_verified(claims, self.openid_config["issuer"]),
                name=str(claims.get("name") or ""),
            )
            login = self.get_provider().sociallogin_from_response(request, {"id_token": claims})
        except (ImproperlyConfigured, *UNREADABLE) as error:
            raise OAuth2Error("The provider's answer cannot be read") from error
        login.identity = identity
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """OpenID Connect Core 1.0 §3.1.3.7, the signature always, though the token came to us directly."""
        try:
            claims = jwt.decode(
                id_token,
                self._key_of(id_token),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"The token is not valid: {error}") from error
        # Made for several, it names the one it was issued to.
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The token is somebody else's")
        if not self.nonce or not constant_time_compare(str(claims.get("nonce", "")), self.nonce):
            raise OAuth2Error("The token belongs to another attempt")
        return claims

    def _key_of(self, id_token: str) -> Any:
        """The provider's key that the token names; without a name, its only one (§10.1)."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = [key for key in answer.json()["keys"] if key.get("use", "sig") == "sig" and key["kty"] != "oct"]
        name = jwt.get_unverified_header(id_token).get("kid")
        if name is not None:
            keys = [key for key in keys if key.get("kid") == name]
        if len(keys) != 1:
            raise OAuth2Error("The token names no key of the provider")
        return jwt.PyJWK(keys[0]).key

    def _with_userinfo(self, claims: dict[str, Any], token: SocialToken) -> dict[str, Any]:
        """With what the provider tells only when asked; what is signed counts more. §5.3.2: of the same subject."""
        told = self._fetch_user_info(token.token)
        if told.get("sub") != claims["sub"]:
            raise OAuth2Error("The provider speaks of somebody else")
        return told | claims


class OrganisationCallback(OAuth2CallbackView):
    """The browser comes back."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")  # type: ignore[attr-defined]
        return state, response


def is_verified(claims: dict[str, Any], issuer: str) -> bool:
    """Whether the provider says that the address is theirs: exactly true, not merely something."""
    if issuer.startswith(MICROSOFT):
        return claims.get("xms_edov") in (True, 1, "1", "true")
    return claims.get("email_verified") is True
