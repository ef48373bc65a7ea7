"""Asking to take part, and what is answered."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.invitations import invite
from accounts.models import AccessRequest, Invitation
from accounts.permissions.requests import approvers_of, check_answer, requests_to
from network import clock, mail
from network.audit import record
from network.background import enqueue
from network.effects import after_commit, ring_bells, send_mail_soon
from network.models.people import Partner, User
from network.models.records import Mail, Notification
from network.notifications import notify
from network.permissions import present_people
from network.refusals import Forbidden, Invalid

# More than people answer; beyond it somebody fills the table, and is told so.
MOST_OPEN = 1000
# Whoever has an account is reminded of it once in so long, however often their address is typed.
REMINDED_AGAIN = timedelta(days=1)


@transaction.atomic
def ask(
    *,
    email: str,
    name: str,
    partner: Partner | None = None,
    function: str = "",
    language: str = "en",
    note: str = "",
    vouched: bool = False,
) -> AccessRequest:
    """Somebody whom nobody invited asks to take part.

    Does the same whoever it is: one row and one task, which finds out later whether the address is known or asked
    before (`sort`), so that neither words nor time tell a stranger anything. Raises Forbidden where too many wait.
    """
    if AccessRequest.objects.open().count() >= MOST_OPEN:
        raise Forbidden(_("Too many requests are waiting at present. Please write to a partner that you know."))
    request = AccessRequest.objects.create(
        email=email, name=name, partner=partner, function=function, language=language, note=note, vouched=vouched
    )
    record("accounts.access_asked", by=None, target=request, partner=partner)
    enqueue("accounts.tasks.sort_request", request.pk)
    return request


@transaction.atomic
def sort(key: int) -> None:
    """Tells those who answer of a new request. Who is in the network already gets a letter that says so instead.

    Of a second request of one address nothing is left. Doing it again does nothing more.
    """
    request = AccessRequest.objects.open().select_for_update().filter(pk=key).first()
    if request is None:
        return
    same = AccessRequest.objects.filter(email__iexact=request.email).exclude(pk=key)
    if present_people().filter(email__iexact=request.email).exists():
        AccessRequest.objects.filter(pk=key).update(settled_at=clock.now())
        lately = same.filter(settled_at__gt=clock.now() - REMINDED_AGAIN).values("pk")
        if not Mail.objects.filter(kind="account_known", key__in=lately).exists():
            mail.enqueue("account_known", key)
            after_commit(send_mail_soon)
    elif same.open().filter(pk__lt=key).exists():
        request.delete()
    elif not Notification.objects.filter(part_kind="access_request", part_id=key).exists():
        for person in approvers_of(request):
            notify([person], kind="access_asked", person=person, part=("access_request", key))
        after_commit(ring_bells)
        after_commit(send_mail_soon)


@transaction.atomic
def tell_who_answers_now(partner: int | None = None) -> int:
    """Tells whoever has come to answer open requests, of one partner or of all, since they were made; how many it told.

    The partner was suspended, say, or its last representative has gone: then the coordinators answer. Each is told of
    a request once, however often this is done.
    """
    asked = AccessRequest.objects.open().filter(**{"partner": partner} if partner else {"partner__isnull": False})
    told = 0
    for request in asked.select_for_update(of=("self",)).select_related("partner").order_by("pk"):
        part = ("access_request", request.pk)
        known = Notification.objects.filter(kind="access_asked", part_kind=part[0], part_id=part[1]).values("user")
        for person in approvers_of(request).exclude(pk__in=known):
            if requests_to(person).filter(pk=request.pk).exists():
                told += len(notify([person], kind="access_asked", person=person, part=part))
    if told:
        after_commit(ring_bells)
        after_commit(send_mail_soon)
    return told


@transaction.atomic
def approve(*, by: User, request: AccessRequest, partner: Partner | None = None) -> Invitation:
    """Invites whoever asked, to take part for the partner that they named or, where it is given, for another.

    Who approved stands with the invitation and later with the membership. Raises Unseen, Forbidden, Invalid.
    """
    locked = _locked(by, request)
    place = partner or locked.partner
    if place is None:
        raise Invalid("partner", _("Choose the partner for which this person is to take part."))
    # A representative invites for their own partners alone; `invite` asks for that.
    invitation = invite(by=by, email=locked.email, partner=place, language=locked.language)
    AccessRequest.objects.filter(pk=locked.pk).update(settled_at=clock.now(), settled_by=by, invitation=invitation)
    record("accounts.access_approved", by=by, target=locked, partner=place)
    after_commit(ring_bells)
    return invitation


@transaction.atomic
def decline(*, by: User, request: AccessRequest, reason: str) -> None:
    """Says no, with a reason that is mailed to whoever asked. Raises Unseen, Invalid."""
    locked = _locked(by, request)
    if not reason.strip():
        raise Invalid("reason", _("Say why: whoever asked will read it."))
    AccessRequest.objects.filter(pk=locked.pk).update(settled_at=clock.now(), settled_by=by, reason=reason)
    record("accounts.access_declined", by=by, target=locked, partner=locked.partner, reason=reason)
    mail.enqueue("access_declined", locked.pk)
    after_commit(ring_bells)
    after_commit(send_mail_soon)


def _locked(by: User, request: AccessRequest) -> AccessRequest:
    # Two who answer at the same moment: the second finds nothing to answer.
    AccessRequest.objects.select_for_update().get(pk=request.pk)
    check_answer(by, request)
    return AccessRequest.objects.select_related("partner").get(pk=request.pk)
