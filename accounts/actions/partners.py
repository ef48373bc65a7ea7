"""Bringing partners into the network, and changing what stands on their page."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify

from accounts.permissions.partners import check_change, check_coordinate
from network.audit import record
from network.effects import after_commit, forget_file
from network.fullness import storing
from network.models.people import Partner, User
from network.models.standing import StatusChange

RESERVED = {"new", "import", "export", "map"}  # addresses that are pages of their own
LONGEST_SLUG = 50


@transaction.atomic
def add_partner(
    *,
    by: User,
    name: str,
    short_name: str,
    logo: ContentFile | None = None,
    once: uuid.UUID | None = None,
    **fields: Any,
) -> Partner:
    """A coordinator brings in a partner: it is invited, and active once its first representative accepts.

    `once` makes a retry harmless. A taken address gets a number. Raises Forbidden.
    """
    check_coordinate(by)
    if once is not None and (again := Partner.objects.filter(uid=once).first()):
        return again
    with storing("logo"):
        partner = Partner.objects.create(
            uid=once or uuid.uuid4(),
            slug=_free_slug(short_name),
            name=name,
            short_name=short_name,
            status=Partner.Status.INVITED,
            logo=logo or "",
            **fields,
        )
    StatusChange.objects.create(partner=partner, status=partner.status, since=partner.status_since, by=by)
    record("accounts.partner_added", by=by, target=partner, partner=partner)
    return partner


@transaction.atomic
def change_partner(*, by: User, partner: Partner, **fields: Any) -> Partner:
    """Changes what is given; `logo` is a new one (network.pictures), or None to take it away. Raises Forbidden."""
    locked = Partner.objects.select_for_update().get(pk=partner.pk)
    check_change(by, locked, fields)
    changed = sorted(name for name, value in fields.items() if name == "logo" or getattr(locked, name) != value)
    if "logo" in fields and not fields["logo"] and not locked.logo:
        changed.remove("logo")
    if not changed:
        return locked
    if "logo" in changed and locked.logo:
        after_commit(forget_file, locked.logo.name)
    for name in changed:
        setattr(locked, name, fields[name] or "" if name == "logo" else fields[name])
    with storing("logo"):
        locked.save(update_fields=changed)
    record("accounts.partner_changed", by=by, target=locked, partner=locked, fields=changed)
    return locked


def _free_slug(words: str) -> str:
    base = slugify(words)[:LONGEST_SLUG] or "partner"
    slug, number = base, 2
    while slug in RESERVED or Partner.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
