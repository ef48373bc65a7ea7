"""Why somebody sees something, in sentences for a reader (`network.permissions.explain`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network import clock
from network.labels import Label
from network.models.items import Item
from network.models.people import User
from network.moments import day_words
from network.permissions import Answer, Level
from network.permissions.reasons import Admits, Lacks, Reason
from network.permissions.ways import Sight, Term, Through, Way
from network.sentences import until_words

MAY = {
    Level.VIEW: gettext_lazy("%(who)s may read %(room)s"),
    Level.CONTRIBUTE: gettext_lazy("%(who)s may contribute to %(room)s"),
    Level.MODERATE: gettext_lazy("%(who)s may moderate %(room)s"),
    Level.MANAGE: gettext_lazy("%(who)s may manage %(room)s"),
}
ADMITS = {
    Admits.ROOM: gettext_lazy("The label %(label)s lets everyone of the room read."),
    Admits.PARTNER: gettext_lazy("The label %(label)s lets %(partner)s read."),
    Admits.NAMED: gettext_lazy("The label %(label)s names %(person)s."),
    Admits.AUTHOR: gettext_lazy("%(person)s is its author."),
    Admits.CO_AUTHOR: gettext_lazy("It is a draft, and %(person)s is one of its co-authors."),
    Admits.REVIEWER: gettext_lazy("It is a draft that was submitted to %(person)s."),
    Admits.PUBLIC: gettext_lazy("It stands on the public site, where everybody reads it."),
}
STILL = {
    "author": gettext_lazy("It is %(state)s; its author still reads it."),
    "moderator": gettext_lazy("It is %(state)s; the moderators of its room still read it."),
}
STANDING = {
    "closed": gettext_lazy("%(person)s may not sign in at present."),
    "ended": gettext_lazy("%(person)s took part for %(partner)s until %(until)s."),
    "absent": gettext_lazy("%(partner)s, for which %(person)s takes part, is not in the network at present."),
    "ahead": gettext_lazy("%(person)s takes part for %(partner)s only from %(since)s on."),
    "nobody": gettext_lazy("%(person)s takes part for no partner."),
}


@dataclass(frozen=True)
class Entry:
    """A room that both view, and why the person does."""

    name: str
    slug: str
    sentences: list[str]


def rooms_in_words(person: User, sight: Sight) -> list[Entry]:
    """Each room, by name, with a sentence for each way into it."""
    found = []
    for _key, group in groupby(sight.ways, key=lambda way: way.room_id):
        ways = list(group)
        lines = [way_in_words(person, way) for way in ways]
        found.append(Entry(ways[0].room, ways[0].slug, list(dict.fromkeys(lines))))
    return found


def way_in_words(person: User, way: Way) -> str:
    """ "Malmö may contribute to Families since 3 May 2024, until 30 June 2027; Anna takes part for Malmö …"."""
    if way.through == Through.NETWORK:
        opened = _("Every member of the network may read %(room)s") % {"room": way.room}
    else:
        who = person.name if way.term is None else way.term.partner
        opened = str(MAY[way.level]) % {"who": who, "room": way.room}
    opened = _dated(opened, way.since, way.until)
    if way.term is None:
        return _("%(fact)s.") % {"fact": opened}
    return _("%(fact)s; %(term)s.") % {"fact": opened, "term": term_in_words(person, way.term)}


def term_in_words(person: User, term: Term) -> str:
    """ "Anna takes part for Malmö since 1 January 2024, until 31 December 2026"; a deputy "as deputy for Karin"."""
    names = {"person": person.name, "partner": term.partner, "absent": term.deputy_for}
    if term.deputy_for:
        words = _("%(person)s represents %(partner)s as deputy for %(absent)s")
    elif term.role == "representative":
        words = _("%(person)s represents %(partner)s")
    else:
        words = _("%(person)s takes part for %(partner)s")
    return _dated(words % names, term.since, term.until)


def standing_in_words(person: User, sight: Sight) -> list[str]:
    """For whom the person takes part; or why not at present."""
    if not person.is_active:
        return [str(STANDING["closed"]) % {"person": person.name}]
    now = [_("%(fact)s.") % {"fact": term_in_words(person, term)} for term in sight.terms if term.counts]
    return list(dict.fromkeys(now or [_past(person, term) for term in sight.terms] or [_past(person, None)]))


def answer_in_words(person: User, item: Item, answer: Answer) -> list[list[str]]:
    """One list of sentences for each reason; or one that says what keeps the person from it."""
    if answer.reasons:
        told = [_reason(person, item, reason) for reason in answer.reasons]
        return [lines for n, lines in enumerate(told) if lines not in told[:n]]
    return [_lack(person, item, answer)]


def _reason(person: User, item: Item, reason: Reason) -> list[str]:
    names = _names(person, item, reason)
    lines = [way_in_words(person, reason.way)] if reason.way else []
    if reason.passed_on:
        lines.append(_("It was passed on to %(room)s.") % {"room": reason.way.room if reason.way else ""})
    lines.append(str(ADMITS[reason.admits]) % names)
    if reason.as_who:
        lines.append(str(STILL[reason.as_who]) % names)
    if reason.above and item.parent is not None:
        lines.append(_("%(person)s also sees what it is about: %(title)s.") % {**names, "title": item.parent.title})
    return lines


def _lack(person: User, item: Item, answer: Answer) -> list[str]:
    names = _names(person, item, None)
    if answer.lacks == Lacks.PLACE:
        lines = [_("None of the rooms that you may ask about leads %(person)s to it.") % names]
        return [*lines, *standing_in_words(person, answer.sight)]
    if answer.lacks == Lacks.STATE:
        if item.state == "draft":
            return [_("It is a draft: only those who write it and those to whom it was submitted read it.")]
        return [_("It is %(state)s: only its author and the moderators of its room read it.") % names]
    if answer.lacks == Lacks.PARENT and item.parent is not None:
        return [_("It is about “%(title)s”, which %(person)s does not see.") % {**names, "title": item.parent.title}]
    if item.tlp == Label.RED:
        return [_("The label %(label)s names other people.") % names]
    return [_("The label %(label)s names no partner through which %(person)s reads the room.") % names]


def _names(person: User, item: Item, reason: Reason | None) -> dict[str, str]:
    term = reason.way.term if reason and reason.way else None
    return {
        "person": person.name,
        "label": item.label.word,
        "state": item.get_state_display(),
        "partner": term.partner if term else "",
    }


def _past(person: User, term: Term | None) -> str:
    if term is None:
        return str(STANDING["nobody"]) % {"person": person.name}
    names = {"person": person.name, "partner": term.partner, "since": _day(term.since)}
    now = clock.now()
    if term.until is not None and term.until <= now:
        return str(STANDING["ended"]) % {**names, "until": until_words(term.until)}
    return str(STANDING["ahead" if term.since > now else "absent"]) % names


def _dated(fact: str, since: datetime | None, until: datetime | None) -> str:
    if since is None:
        return fact
    if until is None:
        return _("%(fact)s since %(since)s") % {"fact": fact, "since": _day(since)}
    return _("%(fact)s since %(since)s, until %(until)s") % {
        "fact": fact,
        "since": _day(since),
        "until": until_words(until),
    }


def _day(moment: datetime) -> str:
    return day_words(timezone.localdate(moment))
