"""Somebody has not come for a long time: they are asked, and a month later they can no longer sign in.

Who signs in takes part still; nothing else is asked of them. Sessions last two weeks, so that the last time of signing
in says well enough when somebody came.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from accounts.actions.closing import shut
from accounts.permissions.absence import check_reactivate
from network import clock, mail
from network.audit import record
from network.background import enqueue
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.people import Membership, Partner, User
from network.notifications import notify
from network.permissions import NETWORK, Level, who_may
from network.retention import days

TIME_TO_ANSWER = timedelta(days=30)


def ask_the_absent() -> int:
    """Asks everybody who has not come for so long, once; who came since they were asked is asked no more."""
    _came().filter(asked_at__lt=F("came")).update(asked_at=None)
    long_ago = clock.now() - timedelta(days=days("inactive"))
    absent = _came().filter(asked_at=None, came__lt=long_ago)
    return sum(_ask(person) for person in absent)


def let_the_silent_go() -> int:
    """Whoever was asked a month ago and has not come since can no longer sign in."""
    silent = _came().filter(asked_at__lte=clock.now() - TIME_TO_ANSWER, came__lt=F("asked_at"))
    return sum(_let_go(person.pk) for person in silent)


@transaction.atomic
def reactivate(*, by: User, person: User) -> None:
    """A coordinator, or a representative of a partner of theirs, lets somebody sign in again who was long away."""
    # As they are now: whoever has closed their account meanwhile, or had it erased, stays away.
    check_reactivate(by, User.objects.select_for_update().get(pk=person.pk))
    User.objects.filter(pk=person.pk).update(is_active=True, asked_at=None, last_login=clock.now())
    person.refresh_from_db()
    record("accounts.reactivated", by=by, target=person)


def _came() -> QuerySet[Any]:
    """Everybody who may sign in, with the last time that they did; who never did `came` when they joined."""
    people = User.objects.filter(is_active=True, closed_at=None)
    return people.annotate(came=Coalesce("last_login", "date_joined"))


@transaction.atomic
def _ask(person: User) -> int:
    if _is_the_last(person):
        return 0
    asked = User.objects.filter(pk=person.pk, asked_at=None, is_active=True).update(asked_at=clock.now())
    if asked:
        record("accounts.absence_asked", by=None, target=person)
        mail.enqueue("absence", person.pk)
        after_commit(send_mail_soon)
    return asked


@transaction.atomic
def _let_go(key: int) -> int:
    person = _came().select_for_update().filter(pk=key, asked_at__isnull=False, came__lt=F("asked_at")).first()
    if person is None or _is_the_last(person):
        return 0
    represented = Membership.objects.effective().filter(user=person).values("partner")
    speakers = Membership.objects.effective().filter(partner__in=represented, role=Membership.Role.REPRESENTATIVE)
    # Who stands in for them does so no longer.
    speakers = speakers.exclude(deputy_for=person)
    partners = list(represented.values_list("partner", flat=True))
    told = User.objects.filter(pk__in=speakers.values("user")).exclude(pk=person.pk)
    told = told if told.exists() else who_may(Level.COORDINATE, NETWORK)
    names = list(told)
    shut(person)
    for partner in partners:
        enqueue("accounts.tasks.tell_who_answers", partner)
    record("accounts.deactivated", by=None, target=person)
    notify(names, kind="deactivated", person=person)
    after_commit(ring_bells)
    after_commit(send_mail_soon)
    return 1


def _is_the_last(person: User) -> bool:
    """Whether nobody else coordinates the network, or hosts it. Who stands in for a coordinator does so for a while."""
    own = Membership.objects.effective().filter(deputy_for=None, role=Membership.Role.REPRESENTATIVE)
    coordinators = User.objects.filter(pk__in=own.filter(partner__role=Partner.Role.LEAD).values("user"))
    for holders in (coordinators, who_may(Level.OPERATE, NETWORK).filter(is_active=True)):
        if holders.filter(pk=person.pk).exists() and not holders.exclude(pk=person.pk).exists():
            return True
    return False
