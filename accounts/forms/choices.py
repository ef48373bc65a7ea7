"""What people choose from: time zones and languages."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from network.languages import LANGUAGES, OWN
from network.models.people import Membership

ROLES = [
    (Membership.Role.MEMBER, _("Member: takes part for the partner")),
    (Membership.Role.REPRESENTATIVE, _("Representative: also invites colleagues and answers for them")),
]
# Beside the language of a letter, until there is another one that the network's own words are in.
UNTIL_THEN = _("The network’s own words are in English only so far, and so is the letter; the choice is kept.")


def zones() -> list[tuple[str, str]]:
    """All places with a clock of their own, by name; codes like "EST" left out."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def own_languages() -> list[tuple[str, Any]]:
    """The languages that a person may have as theirs."""
    return [(code, LANGUAGES[code]) for code in OWN]
