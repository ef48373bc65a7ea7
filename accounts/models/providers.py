"""A partner's own identity provider, and the e-mail domains for which it may vouch."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import Partner, User


class IdentityProvider(models.Model):
    """People of one partner sign in at home, with OpenID Connect.

    The provider vouches for addresses of `domains` only, whatever else it says.
    """

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="providers")
    name = models.CharField(_("name on the button"), max_length=60)
    # OpenID Connect Discovery 1.0 §4: the issuer, below which .well-known/openid-configuration lies.
    issuer = models.URLField(_("issuer"), max_length=300)
    client_id = models.CharField(_("client id"), max_length=200)
    secret = models.CharField(_("client secret"), max_length=300, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class EmailDomain(models.Model):
    """A domain whose addresses belong to a partner, in small letters; of one partner only."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="email_domains")
    domain = models.CharField(_("e-mail domain"), max_length=190, unique=True)

    class Meta:
        verbose_name = _("e-mail domain")
        verbose_name_plural = _("e-mail domains")
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain
