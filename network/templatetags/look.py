"""What templates say the same way on every page: people, labels, times, counts and ways.

Tags, not included templates, for whatever stands in every row of a list: an included template
costs ten times as much, and a page may have fifty rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from network.addresses import way_to
from network.countries import country_words
from network.html import filled
from network.labels import Label
from network.languages import language_words
from network.moments import clock_words, day_words, moment_words, span_words, zone_words

register = template.Library()

# Beside a flag in a list there is room for two or three words, not for a sentence.
SHORT_REACH = {
    Label.CLEAR: gettext_lazy("anywhere"),
    Label.GREEN: gettext_lazy("the network"),
    Label.AMBER: gettext_lazy("this room"),
    Label.AMBER_STRICT: gettext_lazy("named partners"),
    Label.RED: gettext_lazy("named people"),
}
STEPS = ("kB", "MB", "GB", "TB")


# ---------------------------------------------------------------- people


@register.filter
def monogram(name: object) -> str:
    """Two letters for a name: "Anna Lindqvist" is AL, "Participant 3" is P3."""
    words = [word for word in str(name or "").split() if word[0].isalnum()]
    if not words:
        return "?"
    if words[-1].isdigit():
        return words[0][0].upper() + words[-1]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.simple_tag
def person(who: object, partner: object = "", *, link: bool = True) -> SafeString:
    """A person with the partner they speak for; a guest and a participant with what they are.

    `who` is a User, or the bare name where no page may be linked ("Participant 3").
    `partner` is the partner's short name, "guest", or empty.
    """
    uid = getattr(who, "uid", None)
    if link and uid is not None:
        name = filled('<a class="person-name" href="{}">{}</a>', way_to("accounts:person", uid), who)
    else:
        name = filled('<span class="person-name">{}</span>', who)
    if not partner:
        return filled('<span class="person">{}</span>', name)
    return filled('<span class="person">{}, <span class="person-partner">{}</span></span>', name, partner)


# ---------------------------------------------------------------- labels


@register.simple_tag
def tlp(label: int, *, short: bool = False, words: object = None) -> SafeString:
    """The flag of a label (network.labels.Label or its integer) with its words beside it.

    `short` takes the two or three words for lists; `words` says something truer, "3 partners".
    """
    if words is None:
        return _known_flag(int(label), short, get_language())
    return _flag(Label(label), words)


def _flag(label: Label, reach: object) -> SafeString:
    return filled(
        '<span class="tlp tlp-{}"><span class="tlp-label">TLP:{}</span> {}</span>',
        label.name.lower().replace("_", "-"),
        label.word,
        reach,
    )


@cache
def _known_flag(label: int, short: bool, language: str | None) -> SafeString:
    """One of the ten flags of a language, which every row of every list repeats."""
    known = Label(label)
    return _flag(known, SHORT_REACH[known] if short else known.reach)


# ---------------------------------------------------------------- times


def _time(value: date, words: str, css: str = "") -> SafeString:
    if css:
        return filled('<time class="{}" datetime="{}">{}</time>', css, value.isoformat(), words)
    return filled('<time datetime="{}">{}</time>', value.isoformat(), words)


@register.filter
def when(moment: datetime | None, style: str = "") -> str:
    """An instant in the reader's zone, as a <time>: "today, 08:52".

    Styles: "full" is "Friday 20 November, 17:55", "clock" "17:55", "day" "20 November".
    """
    if moment is None:
        return ""
    if style == "clock":
        return _time(moment, clock_words(timezone.localtime(moment)))
    if style == "day":
        return _time(moment, day_words(timezone.localdate(moment)))
    return _time(moment, moment_words(moment, full=style == "full"))


@register.filter
def day(value: date | None, style: str = "") -> str:
    """A date (no instant) as "20 November", with "full" as "Friday 20 November"."""
    if value is None:
        return ""
    return _time(value, day_words(value, weekday=style == "full"))


@register.simple_tag
def span(start: datetime, end: datetime, zone: str = "") -> str:
    """From when until when, in the reader's zone or in the IANA zone given."""
    return span_words(start, end, ZoneInfo(zone) if zone else None)


@register.filter
def zone_city(zone: object) -> str:
    """The city by which a time zone is known: "Europe/Athens" is "Athens"."""
    return zone_words(str(zone))


@register.simple_tag
def agenda_date(moment: datetime) -> SafeString:
    """The date that stands at the left of an agenda entry: 25 and below it Wed, or Tue Dec."""
    local = timezone.localtime(moment)
    same_month = (local.year, local.month) == (timezone.localdate().year, timezone.localdate().month)
    words = date_format(local, "D" if same_month else "D M")
    return filled(
        '<time class="agenda-date" datetime="{}"><b>{}</b>{}</time>',
        local.date().isoformat(),
        local.day,
        words,
    )


# ---------------------------------------------------------------- languages and countries


@register.filter
def language(code: str) -> str:
    """The language of a text in the reader's words: "fr" is "French"."""
    return language_words(code)


@register.filter
def country(code: str) -> str:
    """A country in the reader's words: "BE" is "Belgium"."""
    return country_words(code)


# ---------------------------------------------------------------- numbers


@register.filter
def filesize(size: int | None) -> str:
    """Bytes in decimal units, as file managers say it: "84 kB", "1.8 MB"."""
    if size is None:
        return ""
    if size < 1000:
        return ngettext("{size} byte", "{size} bytes", size).format(size=size)
    value, step = size / 1000, 0
    while value >= 999.5 and step < len(STEPS) - 1:
        value, step = value / 1000, step + 1
    places = 0 if value >= 9.95 else 1
    # number_format cuts off; a size is rounded.
    return f"{number_format(round(value, places), places)} {STEPS[step]}"


@register.filter
def grouped(number: float) -> str:
    """A number with its thousands apart: "1,204"."""
    return number_format(number, force_grouping=True)


@register.filter
def breakable(name: str) -> SafeString:
    """A name of the code that may fold after its dots and underscores: network.tasks.seal_trail."""
    return format_html_join("", "{}<wbr>", ((part,) for part in re.findall(r"[^._]+[._]*|[._]+", name)))


@register.simple_tag
def unread(count: int | None, *, bell: bool = False, said: bool = False) -> SafeString:
    """How much is new: a bare number, its word for those who listen, or with `said` for all.

    The bell keeps its place at nought, since live.js counts it up.
    """
    if not count and not bell:
        return mark_safe("")
    if said:
        return filled('<span class="unread">{} {}</span>', grouped(count or 0), _("new"))
    return filled(
        '<span class="unread"{}{}><span{}>{}</span><span class="visually-hidden"> {}</span></span>',
        mark_safe(" data-bell-count") if bell else "",
        "" if count else mark_safe(" hidden"),
        mark_safe(" data-number") if bell else "",
        count or 0,
        _("new"),
    )


# ---------------------------------------------------------------- ways


@register.simple_tag
def place(name: str, *args: object) -> str:
    """The address of a named page."""
    return way_to(name, *args)


def _standing(path: str, address: str, *, exact: bool) -> str:
    """The aria-current that a link to `address` has on the page at `path`."""
    if address and path == address:
        return mark_safe(' aria-current="page"')
    if not exact and len(address) > 1 and path.startswith(address):
        return mark_safe(' aria-current="true"')
    return ""


def _path(context: Context) -> str:
    request = context.get("request")
    return request.path if request is not None else ""


@register.simple_tag(takes_context=True)
def place_current(context: Context, name: str, *args: object) -> str:
    """The attribute aria-current, where the reader is at the named page or below it."""
    return _standing(_path(context), way_to(name, *args), exact=False)


@register.simple_tag(takes_context=True)
def navlink(
    context: Context, name: str, words: str, *, exact: bool = False, css: str = "", also: str = ""
) -> SafeString:
    """A way in the frame, marked as current on its page and, unless `exact`, on those below it.

    `also` names a second page to which the same words lead.
    """
    address, path = way_to(name), _path(context)
    standing = _standing(path, address, exact=exact)
    if also and not standing:
        standing = _standing(path, way_to(also), exact=exact)
    css = filled(' class="{}"', css) if css else ""
    return filled('<a href="{}"{}{}><span>{}</span></a>', address, css, standing, words)


@register.simple_tag(takes_context=True)
def tab(context: Context, key: str, name: str, words: str) -> SafeString:
    """One tab of a room (components/roomhead.html), current where the view says `tab`=key."""
    standing = mark_safe(' aria-current="page"') if context.get("tab") == key else ""
    count = (context.get("counts") or {}).get(key)
    number = filled(' <span class="count">{}</span>', count) if count is not None else ""
    return filled(
        '<li><a href="{}"{}>{}{}</a></li>',
        way_to(name, context["room"].slug),
        standing,
        conditional_escape(words),
        number,
    )


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | str]:
    """The numbers that a pager shows: the ends, the neighbours, and … between them."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


# ---------------------------------------------------------------- forms

BARE = {"checkbox", "radio", "hidden", "select", "submit"}


@register.simple_tag
def attributes(widget: dict[str, Any]) -> SafeString:
    """The attributes of a form's widget as it stands in its template, with our class for what one writes in.

    A form has some twenty attributes, for each of which a template went through five tags.
    """
    found = widget["attrs"]
    own = str(found.get("class") or "")
    css = own if widget.get("type") in BARE else f"input {own}".strip()
    shown = [filled(' class="{}"', css)] if css else []
    for name, value in found.items():
        if value is False or name in {"class", "placeholder"}:
            continue
        shown.append(filled(" {}", name) if value is True else filled(' {}="{}"', name, value))
    return SafeString("".join(shown))


@register.simple_tag
def options(choices: Iterable[tuple[str, object]], chosen: object) -> SafeString:
    """Of a list to choose one from: (value, words)."""
    shown = [
        filled('<option value="{}"{}>{}</option>', value, SELECTED if value == chosen else "", words)
        for value, words in choices
    ]
    return SafeString("".join(shown))


SELECTED = SafeString(" selected")
