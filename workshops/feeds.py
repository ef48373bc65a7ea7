"""What calendar programs learn of workshops: a single file with its words, a feed only as far as each label lets it.

A feed is read without a session, by programs that keep what they read on servers that nobody here knows. So it names
what is CLEAR or GREEN; of AMBER and AMBER+STRICT it says when, and nothing else; RED is not in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from network import clock
from network.labels import Label
from network.models import State, User
from network.rendering import to_text
from workshops.calendars import Meeting
from workshops.models import Registration, Workshop

# What is over stays in a feed for a year, so that calendars do not forget where one was.
LOOKING_BACK = timedelta(days=366)
MOST = 2000


def in_full(workshop: Workshop, *, link: bool = True) -> Meeting:
    """A workshop that was fetched with `with_seats`, in its words; `link`: with the way in, for who has a seat."""
    words = [
        f"TLP:{workshop.effective_label.word}: {workshop.effective_label.reach}",
        to_text(workshop.description_html),
    ]
    if link and workshop.link and workshop.my_state == Registration.State.REGISTERED:
        words.append(_("Take part online: %(link)s") % {"link": workshop.link})
    return Meeting(
        uid=_uid(workshop),
        sequence=workshop.sequence,
        title=workshop.title,
        description="\n".join(word for word in words if word),
        place=", ".join(part for part in (workshop.place, workshop.address) if part),
        url=f"{settings.LIAISE_URL}{workshop.get_absolute_url()}",
        starts_at=workshop.starts_at,
        ends_at=workshop.ends_at,
        zone=str(workshop.zone),
        cancelled=workshop.is_cancelled,
    )


def times_only(workshop: Workshop) -> Meeting:
    """When a workshop is, and that it is."""
    return Meeting(
        uid=_uid(workshop),
        sequence=workshop.sequence,
        title=_("Restricted meeting"),
        description="",
        place="",
        url="",
        starts_at=workshop.starts_at,
        ends_at=workshop.ends_at,
        zone="UTC",
        cancelled=workshop.is_cancelled,
    )


def feed_of(person: User) -> list[Meeting]:
    """The meetings that this person sees in their rooms now, in order; one query.

    Those in which they take part make them busy, the others do not.
    """
    # No second factor is asked for: of what needs one, only the times are told.
    rows = Workshop.objects.seen_inside_by(person, assured=True).filter(
        state__in=(State.PUBLISHED, State.ARCHIVED), tlp__lt=Label.RED, ends_at__gt=clock.now() - LOOKING_BACK
    )
    rows = rows.with_seats(person).select_related("parent").order_by("starts_at", "pk")
    return [_entry(workshop) for workshop in rows[:MOST] if workshop.effective_label < Label.RED]


def _entry(workshop: Workshop) -> Meeting:
    restricted = workshop.effective_label >= Label.AMBER
    meeting = times_only(workshop) if restricted else in_full(workshop, link=False)
    return replace(meeting, busy=workshop.my_state == Registration.State.REGISTERED)


def tag_of(meetings: Sequence[Meeting]) -> str:
    """A weak entity tag (RFC 9110 §8.8.1): the same while a file of these meetings would say the same."""
    return f'W/"{hashlib.sha256(repr(meetings).encode()).hexdigest()[:32]}"'


def _uid(workshop: Workshop) -> str:
    return f"{workshop.uid}@{urlsplit(settings.LIAISE_URL).hostname}"
