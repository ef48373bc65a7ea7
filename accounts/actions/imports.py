"""A list of partners or people is read in, looked through, and carried out: each row by the action for a single one."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.invitations import invite
from accounts.actions.partners import add_partner, change_partner
from accounts.actions.standing import locked_partner
from accounts.models import Import, Invitation
from accounts.outcomes import Outcome, Row, alike, differs, judge, promised, revived, seal
from accounts.permissions.imports import check_lists, imports_of, partners_with_lists
from network import clock
from network.audit import record
from network.background import enqueue
from network.models.people import Membership, Partner, User
from network.refusals import Forbidden, Invalid, Refusal, Unseen

A_TURN = 100


@transaction.atomic
def read_in(
    *,
    by: User,
    kind: str,
    rows: Sequence[Row],
    encoding: str = "",
    ignored: Sequence[str] = (),
    once: uuid.UUID | None = None,
) -> Import:
    """Keeps a list for its reader to look through; nothing else is written. `once` makes a retry harmless.

    Raises Forbidden.
    """
    check_lists(by, kind)
    if once is not None and (again := imports_of(by).filter(uid=once).first()):
        return again
    listing = Import.objects.create(
        uid=once or uuid.uuid4(), kind=kind, by=by, rows=rows, encoding=encoding, ignored=ignored, total=len(rows)
    )
    record("accounts.list_read_in", by=by, target=listing, kind=str(kind), rows=len(rows))
    return listing


@transaction.atomic
def discard(*, by: User, listing: Import) -> None:
    """Throws away a list that was not carried out. Twice is once. Raises Unseen, Forbidden once it has begun."""
    locked = _locked(by, listing)
    if locked.begun_at is not None:
        raise Forbidden(_("This list is being carried out, or was."))
    record("accounts.list_discarded", by=by, target=locked, kind=locked.kind)
    locked.delete()


@transaction.atomic
def begin_import(*, by: User, listing: Import, sure: str) -> None:
    """Has the list carried out in the background: those rows of it of which the page said that they do something.

    `sure` is the seal of what the page said (`outcomes.seal`). What is kept is exactly these rows, and of each what
    was shown; what else stood in the list is counted and forgotten. Twice is once.
    Raises Unseen, Forbidden, Invalid where anything else would become of any of them by now.
    """
    locked = _locked(by, listing)
    if locked.begun_at is not None:
        return
    check_lists(by, locked.kind)
    verdicts = judge(by, locked.kind, locked.rows)
    doing = [verdict for verdict in verdicts if verdict.does]
    if not doing:
        raise Invalid("", _("There is nothing to carry out in this list."))
    if seal(doing) != sure:
        raise Invalid("", _("The network has changed meanwhile. Look through the list again."))
    locked.rows = [promised(verdict) for verdict in doing]
    locked.outcomes = Counter(str(verdict.outcome) for verdict in verdicts if not verdict.does)
    locked.refused = [[one.row["line"], one.why] for one in verdicts if one.outcome == Outcome.REFUSED]
    locked.total, locked.begun_at = len(doing), clock.now()
    locked.save()
    record("accounts.import_begun", by=by, target=locked, kind=locked.kind, rows=len(doing))
    enqueue("accounts.tasks.carry_out_import", locked.pk)


def carry_on(key: int) -> None:
    """Carries out what is left of a list, as whoever asked for it. Each row and its number are one transaction.

    So a row is done once, however often this is called, at once or after having been cut off. A long list lets other
    work have its turn.
    """
    listing = Import.objects.select_related("by").filter(pk=key, begun_at__isnull=False, applied_at=None).first()
    if listing is None:
        return
    end = listing.done + A_TURN
    for number, row in enumerate(listing.rows[listing.done : end], listing.done):
        if not _carry_out(listing, number, row):
            return
    if end < len(listing.rows):
        enqueue("accounts.tasks.carry_out_import", listing.pk)
    else:
        _finish(listing.pk)


@transaction.atomic
def _carry_out(listing: Import, number: int, row: Row) -> bool:
    """Does one row; False where somebody else does this list, or where the right to it is lost."""
    # Without what is long, or a list would be read and written once more for each of its rows.
    locked = Import.objects.select_for_update().defer("rows", "refused")
    here = locked.filter(pk=listing.pk, done=number, applied_at=None).first()
    if here is None:
        return False
    target = Partner.objects.filter(pk=row["target"]).first()
    try:
        _check_right(listing.by, here.kind, target)
    except Forbidden as refusal:
        _finish(here.pk, stopped=str(refusal.reason))
        return False
    try:
        with transaction.atomic():
            outcome = _perform(listing, row, target)
    except Refusal as refusal:
        outcome = Outcome.REFUSED
        here.refused = [*here.refused, [row["line"], str(refusal.reason)]]
        here.save(update_fields=["refused"])
    here.outcomes = Counter(here.outcomes) + Counter([str(outcome)])
    here.done = number + 1
    here.save(update_fields=["outcomes", "done"])
    return True


def _check_right(by: User, kind: str, target: Partner | None) -> None:
    """The right to the whole list, and for people to this partner. Raises Forbidden."""
    check_lists(by, kind)
    if kind == Import.Kind.PEOPLE and target is not None and not partners_with_lists(by).filter(pk=target.pk).exists():
        raise Forbidden(_("Only the partner’s representatives and the coordinators invite people."))


def _perform(listing: Import, row: Row, target: Partner | None) -> Outcome:
    """The action for this one row; where somebody else has done it meanwhile, only its outcome."""
    fields = {name: revived(name, value) for name, value in row["fields"].items() if name != "slug"}
    if target is None and row["target"] is not None:
        raise Unseen
    if listing.kind == Import.Kind.PEOPLE:
        return _invite(listing.by, fields, target)
    if target is not None:
        return _change(listing.by, row, target)
    _check_new(fields)
    add_partner(by=listing.by, **fields)
    return Outcome.NEW


def _change(by: User, row: Row, target: Partner) -> Outcome:
    """Changes what the page said; not what somebody has changed since."""
    locked = locked_partner(target)
    fields = {name: value for name, value in row["fields"].items() if differs(getattr(locked, name), value, name)}
    if not fields:
        return Outcome.UNCHANGED
    if any(differs(getattr(locked, name), row["before"][name], name) for name in fields):
        raise Invalid("", _("The partner has been changed meanwhile."))
    change_partner(by=by, partner=locked, **{name: revived(name, value) for name, value in fields.items()})
    return Outcome.CHANGES


def _check_new(fields: dict[str, Any]) -> None:
    """Raises Invalid where there is a partner of this name by now."""
    # Of two lists at once both would find nobody. The lead's row stands for the network: who holds it looks alone.
    list(Partner.objects.select_for_update().filter(role=Partner.Role.LEAD))
    names = {alike(fields["name"]), alike(fields["short_name"])}
    for called in Partner.objects.values_list("name", "short_name"):
        if names & set(map(alike, called)):
            raise Invalid("", _("There is a partner of this name by now."))


def _invite(by: User, fields: dict[str, Any], target: Partner | None) -> Outcome:
    if target is None:
        raise Unseen
    # Before looking who is invited: another list, or a page, may be inviting the same person now.
    locked = locked_partner(target)
    email = fields["email"]
    if Membership.objects.current().filter(partner=locked, user__email__iexact=email).exists():
        return Outcome.MEMBER
    if Invitation.objects.open().filter(email__iexact=email, partner=locked).exists():
        return Outcome.INVITED
    until = datetime.fromisoformat(fields["until"]) if fields["until"] else None
    words = {name: fields.get(name, "") for name in ("name", "role", "language")}
    invite(by=by, email=email, partner=locked, until=until, **words)
    return Outcome.INVITES


@transaction.atomic
def _finish(key: int, stopped: str = "") -> None:
    """What was typed is forgotten; what became of it stays for its reader, until the list goes."""
    done = Import.objects.select_for_update(of=("self",)).defer("rows").select_related("by")
    done = done.filter(pk=key, applied_at=None)
    listing = done.first()
    if listing is None:
        return
    listing.rows, listing.applied_at, listing.stopped = [], clock.now(), stopped[:300]
    listing.save(update_fields=["rows", "applied_at", "stopped"])
    verb = "accounts.import_stopped" if stopped else "accounts.import_done"
    record(verb, by=listing.by, target=listing, kind=listing.kind, done=listing.done, of=listing.total)


def _locked(by: User, listing: Import) -> Import:
    """Their own list as it is now. Raises Unseen."""
    here = imports_of(by).select_for_update().filter(pk=listing.pk).first()
    if here is None:
        raise Unseen
    return here
