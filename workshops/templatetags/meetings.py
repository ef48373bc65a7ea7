"""What templates say of a meeting: its times for reader and host, its seats."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.moments import clock_words, span_words, zone_words
from workshops.models import Workshop

register = template.Library()


@register.simple_tag
def both_times(workshop: Workshop) -> SafeString:
    """From when until when for the reader, and beside it for the host where their clocks differ."""
    mine = span_words(workshop.starts_at, workshop.ends_at)
    if not has_other_clock(workshop):
        return format_html("<span>{}</span>", mine)
    host = _("in {city}: {span}").format(city=zone_words(workshop.time_zone), span=_host_words(workshop))
    return format_html('<span>{}</span> · <span class="soft">{}</span>', mine, host)


def _host_words(workshop: Workshop) -> str:
    """The host's times; without the day where it is the reader's."""
    start, end = workshop.starts_at, workshop.ends_at
    there = [timezone.localtime(moment, workshop.zone) for moment in (start, end)]
    here = [timezone.localtime(moment) for moment in (start, end)]
    one_day = there[0].date() == there[1].date()
    if one_day and [moment.date() for moment in there] == [moment.date() for moment in here]:
        return f"{clock_words(there[0])}–{clock_words(there[1])}"
    return span_words(start, end, workshop.zone)


@register.filter
def has_other_clock(workshop: Workshop) -> bool:
    """Whether the reader's clock shows another time than the host's when it begins or ends."""
    return any(
        timezone.localtime(moment).utcoffset() != timezone.localtime(moment, workshop.zone).utcoffset()
        for moment in (workshop.starts_at, workshop.ends_at)
    )


@register.simple_tag
def my_zone(moment: datetime) -> str:
    """The reader's zone: its city, and the name of its time at that moment: "Malmö, CET"."""
    return _label(timezone.localtime(moment))


@register.simple_tag
def host_zone(workshop: Workshop) -> str:
    """The same for the host, when the workshop begins."""
    return _label(timezone.localtime(workshop.starts_at, workshop.zone))


def _label(local: datetime) -> str:
    return f"{zone_words(str(local.tzinfo))}, {local.tzname()}"


@register.filter
def seats(workshop: Workshop) -> str:
    """How many seats are taken, in words; the workshop was fetched with `with_seats`."""
    taken: int = workshop.taken  # type: ignore[attr-defined]
    if workshop.capacity is None:
        return ngettext("{n} registered", "{n} registered", taken).format(n=taken)
    words = ngettext("{taken} of {capacity} seat taken", "{taken} of {capacity} seats taken", workshop.capacity).format(
        taken=taken, capacity=workshop.capacity
    )
    queue: int = workshop.queue  # type: ignore[attr-defined]
    return (
        ngettext("{words}, {n} waiting", "{words}, {n} waiting", queue).format(words=words, n=queue) if queue else words
    )


@register.simple_tag
def agenda_words(workshop: Workshop) -> str:
    """One line below its title in an agenda: times, place, whether the reader takes part, seats left."""
    start, end = timezone.localtime(workshop.starts_at), timezone.localtime(workshop.ends_at)
    one_day = start.date() == end.date()
    when = f"{clock_words(start)}–{clock_words(end)}" if one_day else span_words(start, end)
    parts = [", ".join(part for part in (when, workshop.place) if part)]
    state: str = workshop.my_state  # type: ignore[attr-defined]
    if state == "registered":
        parts.append(_("you take part"))
    elif state == "waiting":
        parts.append(_("you wait for a seat"))
    elif workshop.capacity is not None and not workshop.is_closed:
        left = max(0, workshop.capacity - workshop.taken)  # type: ignore[attr-defined]
        parts.append(ngettext("{n} seat left", "{n} seats left", left).format(n=left) if left else _("all seats taken"))
    return " · ".join(parts)
