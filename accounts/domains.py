"""E-mail domains: how they are written, and which belong to nobody in particular."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Whoever asks gets an address there, so that an address says nothing of where its holder works.
OF_EVERYBODY = {
    "aol.com", "bluewin.ch", "centrum.cz", "fastmail.com", "free.fr", "freemail.hu", "gmail.com", "gmx.at",
    "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "hotmail.de", "hotmail.es",
    "hotmail.fr", "hotmail.it", "icloud.com", "interia.pl", "laposte.net", "libero.it", "live.be", "live.com",
    "live.fr", "live.nl", "mac.com", "mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com", "onet.pl",
    "orange.fr", "outlook.be", "outlook.com", "outlook.de", "outlook.es", "outlook.fr", "outlook.it", "pm.me",
    "posteo.de", "proton.me", "protonmail.com", "qq.com", "seznam.cz", "sfr.fr", "skynet.be", "t-online.de",
    "telenet.be", "tiscali.it", "tuta.io", "tutanota.com", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl",
    "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.gr", "yahoo.it", "yandex.com",
    "yandex.ru", "zoho.com",
}  # fmt: skip
DOMAIN = re.compile(r"(?=.{4,190}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")


def written(domain: str) -> str:
    """A domain in the one way in which it is stored: small letters, and those of other scripts as DNS has them.

    Raises ValueError for what is none.
    """
    plain = domain.strip().removeprefix("@").rstrip(".").lower()
    try:
        plain = plain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(domain) from error
    if not DOMAIN.match(plain):
        raise ValueError(domain)
    return plain


def domain_of(email: str) -> str:
    """The domain of an address as it is stored; "" for what is no address."""
    local, at, domain = email.rpartition("@")
    if not (local and at):
        return ""
    try:
        return written(domain)
    except ValueError:
        return ""


def validate_own(domain: str) -> str:
    """The domain as it is stored. Raises ValidationError where it is none, or one of everybody's."""
    try:
        plain = written(domain)
    except ValueError:
        raise ValidationError(
            _("“%(domain)s” is no e-mail domain."), code="invalid", params={"domain": domain}
        ) from None
    if plain in OF_EVERYBODY:
        raise ValidationError(
            _("Everybody gets an address at %(domain)s, so no partner can vouch for it."),
            code="of_everybody",
            params={"domain": plain},
        )
    return plain
