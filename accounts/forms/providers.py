"""Forms about signing in at one's own organisation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.domains import validate_own
from accounts.models import IdentityProvider
from accounts.oidc.issuers import may_be_asked
from network.sharing import LineField

MOST_DOMAINS = 20
# They sign for whole groups of organisations, never for one.
OF_MANY = ("/common", "/organizations", "/consumers")


class OrganisationForm(forms.Form):
    """Which organisation somebody comes from."""

    email = forms.EmailField(
        label=_("Your e-mail address at work"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ProviderForm(forms.Form):
    """A coordinator sets a partner's identity provider."""

    name = LineField(label=_("Name"), max_length=60, help_text=_("As its people call it: “City of Malmö”."))
    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=300,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Exactly as the provider writes it. Entra ID: https://login.microsoftonline.com/TENANT/v2.0; "
            "Keycloak: https://HOST/realms/REALM."
        ),
    )
    client_id = LineField(label=_("Client id"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=190,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
        help_text=_("It is never shown again. Left empty, the present one stays."),
    )
    domains = forms.CharField(
        label=_("E-mail domains"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-no-draft": ""}),
        help_text=_("One a line, as malmo.se. The provider is believed for addresses in these and no others."),
    )
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: object, provider: IdentityProvider | None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].required = provider is None

    def clean_issuer(self) -> str:
        """The issuer as it stands; a slash at its end may be part of it."""
        issuer = self.cleaned_data["issuer"].strip()
        if not may_be_asked(issuer) or "?" in issuer:
            raise forms.ValidationError(_("An issuer is an address that begins with https://."), code="invalid")
        if any(issuer.rstrip("/").removesuffix("/v2.0").endswith(many) for many in OF_MANY):
            raise forms.ValidationError(
                _("This one signs for everybody. Put the tenant of the partner in its place."), code="of_many"
            )
        return issuer

    def clean_domains(self) -> list[str]:
        """The domains as they are stored, each once."""
        wanted = self.cleaned_data["domains"].replace(",", " ").replace(";", " ").split()
        if len(wanted) > MOST_DOMAINS:
            raise forms.ValidationError(_("At most %(count)s domains.") % {"count": MOST_DOMAINS}, code="too_many")
        return sorted({validate_own(domain) for domain in wanted})
