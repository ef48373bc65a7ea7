"""The columns of lists of partners and people: the same names in what is exported and in what is read in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from accounts.models import Import

# Column → field of the form that its cells must pass.
PARTNERS: Mapping[str, str] = {
    "address": "slug",
    "name": "name",
    "short name": "short_name",
    "kind": "kind",
    "country": "country",
    "city": "city",
    "latitude": "latitude",
    "longitude": "longitude",
    "languages": "languages",
    "website": "website",
    "contact name": "contact_name",
    "contact e-mail": "contact_email",
    "most members": "most_members",
    "may invite guests": "may_invite_guests",
    "profile": "profile",
}
PEOPLE: Mapping[str, str] = {
    "name": "name",
    "e-mail": "email",
    "partner": "partner",
    "role": "role",
    "language": "language",
    "until": "until",
}
COLUMNS: Mapping[str, Mapping[str, str]] = {Import.Kind.PARTNERS: PARTNERS, Import.Kind.PEOPLE: PEOPLE}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    Import.Kind.PARTNERS: ("name", "short name", "kind", "country"),
    Import.Kind.PEOPLE: ("e-mail",),
}
# Written out, and left aside when read in: they change by what one does on the pages.
PARTNERS_EXPORTED = (*PARTNERS, "status", "since", "until")
PEOPLE_EXPORTED = ("name", "e-mail", "partner", "role", "since", "until", "confirmed", "last came")

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    Import.Kind.PARTNERS: (
        "",
        "City of Example",
        "Example",
        "local authority",
        "Belgium",
        "Example",
        "50.84653",
        "4.35172",
        "fr, nl",
        "https://www.example.org",
        "Alex Example",
        "alex@example.org",
        "12",
        "no",
        "What the city does to prevent violent extremism.",
    ),
    Import.Kind.PEOPLE: ("Alex Example", "alex@example.org", "example", "member", "fr", "2031-12-31"),
}
ALIASES = {"email": "e-mail", "e mail": "e-mail", "e mail address": "e-mail", "email address": "e-mail"}
ALIASES |= {"slug": "address", "contact e mail": "contact e-mail", "contact email": "contact e-mail"}


def plain(words: str) -> str:
    """Words as they are compared: "Short_Name " is "short name"."""
    return re.sub(r"[\s_-]+", " ", words).strip().casefold()


def column_of(kind: str, header: str) -> str:
    """The column that a header names; "" for one that is not read in."""
    words = plain(header)
    words = ALIASES.get(words, words)
    return words if words in COLUMNS[kind] else ""
