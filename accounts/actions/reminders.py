"""What people are told before something ends, and when a year has passed. For the scheduled tasks.

Each says what is true when it runs, once, however often and however late it runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.actions.memberships import WARNED_BEFORE
from accounts.permissions.confirmation import LATE, due
from network import clock
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.grants import PersonGrant
from network.models.people import Membership, Partner, User
from network.models.records import Notification
from network.notifications import notify
from network.permissions import NETWORK, Level, present_people, who_may

Ending = TypeVar("Ending", Membership, PersonGrant)


@transaction.atomic
def warn_of_membership_ends() -> int:
    """Tells people, and who represents their partner, 30 and 7 days before a membership ends; how many ended soon."""
    rows = Membership.objects.effective().select_for_update(of=("self",)).select_related("user", "partner")
    soon = _to_warn(rows)
    for days, membership in soon:
        part = ("membership", membership.pk)
        # A newer warning stands for the older one.
        Notification.objects.filter(kind__in=["my_end_near", "end_near"], part_kind=part[0], part_id=part[1]).delete()
        person = membership.user
        notify([person], kind="my_end_near", person=person, part=part)
        speakers = who_may(Level.REPRESENT, membership.partner).exclude(pk=person.pk)
        notify(speakers, kind="end_near", person=person, part=part)
        Membership.objects.filter(pk=membership.pk).update(warned=days)
    _tell_after_commit(soon)
    return len(soon)


@transaction.atomic
def warn_of_place_ends() -> int:
    """Tells people, and who manages the room, 30 and 7 days before a place of their own ends; how many ended soon."""
    rows = (
        PersonGrant.objects.current()
        .filter(user__in=present_people(), content_object__archived_at=None)
        .exclude(content_object__kind="direct")
        .select_for_update(of=("self",))
        .select_related("user", "content_object")
    )
    soon = _to_warn(rows)
    for days, place in soon:
        room, part = place.content_object, ("place", place.pk)
        Notification.objects.filter(
            kind__in=["my_place_ends", "place_ends"], part_kind="place", part_id=place.pk
        ).delete()
        notify([place.user], kind="my_place_ends", room=room, part=part)
        notify(who_may(Level.MANAGE, room).exclude(pk=place.user_id), kind="place_ends", room=room, part=part)
        PersonGrant.objects.filter(pk=place.pk).update(warned=days)
    _tell_after_commit(soon)
    return len(soon)


@transaction.atomic
def ask_for_confirmation() -> int:
    """Asks representatives whose people are due to confirm them; how often it asked.

    Thirty days later, or where nobody represents the partner, it asks the coordinators. Nobody is asked about one
    partner twice within thirty days; what was asked is remembered by the notices themselves.
    """
    waiting = due()
    asked_before = Notification.objects.filter(kind__in=["confirmation_due", "confirmation_late"], part_kind="people")
    asked_before.exclude(part_id__in=waiting.values("partner")).delete()
    long_ago = asked_before.filter(kind="confirmation_due", at__lte=clock.now() - LATE).values("part_id")
    spoken_for = Membership.objects.effective().filter(role=Membership.Role.REPRESENTATIVE).values("partner")
    partners = Partner.objects.select_for_update().filter(pk__in=waiting.values("partner"))
    late = list(partners.filter(Q(pk__in=long_ago) | ~Q(pk__in=spoken_for)))
    asked = 0
    for partner in partners.filter(pk__in=spoken_for):
        asked += _ask("confirmation_due", partner, who_may(Level.REPRESENT, partner))
    for partner in late:
        asked += _ask("confirmation_late", partner, who_may(Level.COORDINATE, NETWORK))
    _tell_after_commit(range(asked))
    return asked


def _ask(kind: str, partner: Partner, people: QuerySet[User]) -> bool:
    part = ("people", partner.pk)
    lately = Notification.objects.filter(kind=kind, part_kind=part[0], part_id=part[1], at__gt=clock.now() - LATE)
    if lately.exists():
        return False
    somebody = User.objects.filter(pk__in=due().filter(partner=partner).values("user")).order_by("pk")[0]
    return bool(notify(people, kind=kind, person=somebody, part=part))


def _to_warn(rows: QuerySet[Ending]) -> list[tuple[int, Ending]]:
    """Of rows that end, those with a warning whose day has come and that was not given: the last such warning.

    A warning that would lie before the beginning is none: whoever gave two weeks knows that they end.
    """
    now = clock.now()
    found: dict[int, tuple[int, Ending]] = {}
    for days in WARNED_BEFORE:
        ahead = timedelta(days=days)
        unwarned = Q(warned=None) | Q(warned__gt=days)
        for row in rows.filter(unwarned, until__gt=now, until__lte=now + ahead):
            if row.until is not None and row.until - row.since > ahead:
                found[row.pk] = (days, row)
    return list(found.values())


def _tell_after_commit(told: Iterable[object]) -> None:
    if list(told):
        after_commit(ring_bells)
        after_commit(send_mail_soon)
