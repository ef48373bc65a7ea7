"""Going for good: what is known of a person is erased, what they wrote stays under "former member"."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import transaction

from accounts.actions.closing import shut
from accounts.permissions.leaving import check_host, check_leave
from accounts.permissions.merging import made_one_with
from network import clock
from network.actions.redactions import ask_redaction, tell_moderators
from network.audit import forget_person, record
from network.background import enqueue
from network.models.people import Membership, Partner, User
from network.personal import NOWHERE, PERSONAL, former_member


@transaction.atomic
def close_account(*, by: User, redact: bool = False, note: str = "", answer: bool = False) -> None:
    """A person closes their own account. Twice is once.

    `redact`: they ask the moderators of their rooms to take away what they wrote, with a `note` on what and why;
    `answer`: they want a letter when that is settled (network.actions.redactions).
    Raises Forbidden for the last coordinator, and for the last representative of a partner with other members; Invalid
    for too long a note.
    """
    if _leave(by, first=partial(ask_redaction, note=note, answer=answer) if redact else None):
        record("accounts.closed", by=by, target=by)
        tell_moderators(by)


@transaction.atomic
def erase_person(*, by: User | None, person: User) -> bool:
    """The host does the same for somebody, signed in or at the machine (`by` is None). Twice is once: then False.

    Raises Forbidden as `close_account` does.
    """
    if by is not None:
        check_host(by)
    gone = _leave(person)
    if gone:
        record("accounts.erased", by=by, target=person)
    return gone


def _leave(person: User, *, first: Callable[..., object] | None = None) -> bool:
    """Ends all that the person takes part in and takes off what is known of them; False where that was done before.

    `first(by=…)` is called while they are still known, once it is sure that they go.
    """
    # Of two who represent a partner, both going at this moment, one waits here and finds that they are the last.
    represented = Membership.objects.filter(user=person).values("partner")
    partners = list(Partner.objects.select_for_update().filter(pk__in=represented).order_by("pk"))
    known = User.objects.select_for_update().get(pk=person.pk)
    # One that was merged into another is closed, too, and still has its name.
    if known.email.endswith(NOWHERE):
        return False
    check_leave(known)
    if first is not None:
        first(by=known)
    forget_person(known)
    for kind in PERSONAL.values():
        if kind.erase is not None:
            kind.erase(known)
    others = made_one_with(known)
    _take_the_name_off(known)
    shut(known)
    for partner in partners:
        enqueue("accounts.tasks.tell_who_answers", partner.pk)
    for other in others:
        _leave(other)
    return True


def _take_the_name_off(person: User) -> None:
    # So that no letter leaves, and the old address is free again.
    person.email = f"{person.uid.hex}{NOWHERE}"
    person.name = former_member()
    person.function = person.phone = person.about = ""
    person.unmailed = []
    person.reads_in_time = False
    person.languages = []  # type: ignore[assignment] # a list, kept in one column
    person.language, person.time_zone = settings.LANGUAGE_CODE, settings.LIAISE_TIME_ZONE
    person.hat = person.asked_at = person.last_login = None
    person.is_staff = False
    person.closed_at = clock.now()
    # Every link for a new password was made of the old one.
    person.set_unusable_password()
    person.save()
