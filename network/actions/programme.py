"""What the network says of itself, the phases of its programme, and the themes that items are filed under."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from network.audit import record
from network.models.items import Theme
from network.models.people import Partner, User
from network.models.rooms import Phase, Programme
from network.permissions import NETWORK, Level, require
from network.refusals import Forbidden, Invalid


@transaction.atomic
def describe(*, by: User, **words: str) -> Programme:
    """A coordinator writes what strangers read: name, full_name, tagline, about, and so on."""
    require(by, Level.COORDINATE, NETWORK)
    lead = _lead()
    programme, _new = Programme.objects.update_or_create(pk=1, defaults=words)
    record("network.programme_changed", by=by, target=lead, fields=sorted(words))
    return programme


@transaction.atomic
def write_phase(*, by: User, phase: Phase | None = None, name: str, **fields: str | date | None) -> Phase:
    """A coordinator adds a phase of the programme, or changes `phase`; its address stays.

    Raises Forbidden, Invalid for a name that another has, and for an end before the beginning.
    """
    require(by, Level.COORDINATE, NETWORK)
    phase = phase or Phase(slug=_free_slug(Phase, name))
    since, until = fields.get("since"), fields.get("until")
    if isinstance(since, date) and isinstance(until, date) and until < since:
        raise Invalid("until", _("The phase would end before it begins."))
    for field, value in {"name": name, **fields}.items():
        setattr(phase, field, value)
    _demand_own_name(phase)
    phase.save()
    record("network.phase_written", by=by, target=_lead(), name=name)
    return phase


@transaction.atomic
def write_theme(*, by: User, name: str, theme: Theme | None = None) -> Theme:
    """A coordinator adds a theme, or gives `theme` another name; what is filed under it stays there.

    Raises Forbidden, Invalid for a name that another has.
    """
    require(by, Level.COORDINATE, NETWORK)
    theme = theme or Theme(slug=_free_slug(Theme, name))
    theme.name = name
    _demand_own_name(theme)
    theme.save()
    record("network.theme_written", by=by, target=_lead(), name=name)
    return theme


def _lead() -> Partner:
    """Whom the entry is about: these belong to the network, and the lead partner answers for it."""
    lead = Partner.objects.filter(role=Partner.Role.LEAD).first()
    if lead is None:
        raise Forbidden(_("The network has no lead partner yet."))
    return lead


def _demand_own_name(row: Phase | Theme) -> None:
    others = type(row)._default_manager.exclude(pk=row.pk)
    if others.filter(name__iexact=row.name).exists():
        raise Invalid("name", _("There is one of this name already."))


def _free_slug(model: type[Model], words: str) -> str:
    base = slugify(words)[:50] or "one"
    slug, number = base, 2
    while model._default_manager.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
