"""Places and mandates as sentences: "Liège may contribute until 30 June 2027"."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.models.people import Partner, User
from network.models.standing import Mandate
from network.moments import clock_words
from network.permissions import Level
from network.sentences import until_words

MAY: dict[Level, tuple[Promise, Promise]] = {
    Level.VIEW: (gettext_lazy("{who} may read"), gettext_lazy("{who} may read until {end}")),
    Level.CONTRIBUTE: (gettext_lazy("{who} may contribute"), gettext_lazy("{who} may contribute until {end}")),
    Level.MODERATE: (gettext_lazy("{who} may moderate"), gettext_lazy("{who} may moderate until {end}")),
    Level.MANAGE: (gettext_lazy("{who} may manage"), gettext_lazy("{who} may manage until {end}")),
}
OF_LEAD: dict[Level, tuple[Promise, Promise]] = {
    Level.VIEW: (gettext_lazy("Coordinators read"), gettext_lazy("Coordinators read until {end}")),
    Level.CONTRIBUTE: (gettext_lazy("Coordinators contribute"), gettext_lazy("Coordinators contribute until {end}")),
    Level.MODERATE: (gettext_lazy("Coordinators moderate"), gettext_lazy("Coordinators moderate until {end}")),
    Level.MANAGE: (gettext_lazy("Coordinators manage"), gettext_lazy("Coordinators manage until {end}")),
}
MANDATES: dict[str, tuple[Promise, Promise]] = {
    Mandate.Kind.CONVENE: (gettext_lazy("{who} may open rooms"), gettext_lazy("{who} may open rooms until {end}")),
    Mandate.Kind.OPERATE: (
        gettext_lazy("{who} hosts the network"),
        gettext_lazy("{who} hosts the network until {end}"),
    ),
}


def name_of(holder: Partner | User) -> str:
    """How a holder of a place is called in a sentence."""
    return holder.short_name if isinstance(holder, Partner) else holder.name


def place_sentence(holder: Partner | User, level: Level, until: datetime | None) -> str:
    """ "Liège may contribute until 30 June 2027", "Coordinators manage"."""
    words = OF_LEAD if isinstance(holder, Partner) and holder.is_lead else MAY
    return _said(words[level], name_of(holder), until)


def mandate_sentence(mandate: Mandate) -> str:
    """ "Luc Delvaux may open rooms until 30 June 2027"."""
    return _said(MANDATES[mandate.kind], mandate.user.name, mandate.until)


def end_words(until: datetime) -> str:
    """The last day in the network's zone; with the time of day where it does not end with the day."""
    local = timezone.localtime(until, ZoneInfo(settings.LIAISE_TIME_ZONE))
    day = until_words(until)
    if (local.hour, local.minute) == (0, 0):
        return day
    return _("{day}, {time}").format(day=day, time=clock_words(local))


def _said(words: tuple[Promise, Promise], who: str, until: datetime | None) -> str:
    if until is None:
        return str(words[0]).format(who=who)
    return str(words[1]).format(who=who, end=end_words(until))
