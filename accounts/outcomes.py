"""What would become of each row of a list, were it carried out now.

A row was checked by the forms when the file was read (`accounts.forms.imports`), which needs no database. Here it is
held against the network as it is: a constant number of queries, however long the list. A row is a dict:
`line`, `name` (how the page calls it), `typed` (column → cell), `refused` ([column, reason] of each cell that the form
did not take), `fields` (what the form made of the cells). One that is being carried out has `outcome`, `target` and
for what changes `before` too, and of its fields only those that the page said change (`promised`).
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from accounts.columns import COLUMNS
from accounts.models import Import, Invitation
from accounts.permissions.imports import partners_with_lists
from accounts.permissions.invitations import check_open_to
from accounts.permissions.partners import check_ceiling
from accounts.permissions.people import coordinates
from network import clock
from network.models.people import Membership, Partner, User
from network.refusals import Invalid

Row = dict[str, Any]


class Outcome(TextChoices):
    """What becomes of a row."""

    NEW = "new", gettext_lazy("new partner")
    CHANGES = "changes", gettext_lazy("changes")
    INVITES = "invites", gettext_lazy("invites")
    UNCHANGED = "unchanged", gettext_lazy("unchanged")
    MEMBER = "member", gettext_lazy("is a member already")
    INVITED = "invited", gettext_lazy("is invited already")
    TWICE = "twice", gettext_lazy("stands there twice")
    REFUSED = "refused", gettext_lazy("refused")


DOING = frozenset({Outcome.NEW, Outcome.CHANGES, Outcome.INVITES})


@dataclass(frozen=True)
class Change:
    """One field of a partner, before and after."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Verdict:
    """What becomes of one row: in words, with what is changed, or with the reasons why it is refused."""

    row: Row
    outcome: Outcome
    words: str
    target: Partner | None = None
    changes: tuple[Change, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def does(self) -> bool:
        """Whether anything is done about this row."""
        return self.outcome in DOING

    @property
    def why(self) -> str:
        """The reasons in one line."""
        return " ".join(f"{column}: {reason}" if column else reason for column, reason in self.reasons)


def judge(by: User, kind: str, rows: Iterable[Row]) -> list[Verdict]:
    """The verdict on each row, for this person, now."""
    judging = _Partners() if kind == Import.Kind.PARTNERS else _People(by)
    return [refused(row, *row["refused"]) if row["refused"] else judging.judge(row) for row in rows]


def seal(verdicts: Iterable[Verdict]) -> str:
    """What the page promises of all rows, in one word: another one where anything that would be done is another."""
    told = [
        [one.row["line"], one.outcome, one.target and one.target.pk, one.row["fields"], [str(it) for it in one.changes]]
        for one in verdicts
        if one.does
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def promised(verdict: Verdict) -> Row:
    """The row as it is kept for carrying out: nothing in it that the page did not show."""
    row = {name: value for name, value in verdict.row.items() if name not in ("typed", "refused")}
    row |= {"outcome": str(verdict.outcome), "target": verdict.target.pk if verdict.target else None}
    if verdict.outcome == Outcome.CHANGES:
        names = [COLUMNS[Import.Kind.PARTNERS][change.column] for change in verdict.changes]
        row["fields"] = {name: row["fields"][name] for name in names}
        row["before"] = {name: kept(getattr(verdict.target, name)) for name in names}
    return row


def refused(row: Row, *reasons: Iterable[str]) -> Verdict:
    """The verdict where something stands against it: (column, reason) each."""
    return Verdict(row, Outcome.REFUSED, _("refused"), reasons=tuple((column, str(why)) for column, why in reasons))


def _twice(row: Row, line: int) -> Verdict:
    return Verdict(row, Outcome.TWICE, _("stands in line %(line)d already") % {"line": line})


class _Names:
    """Partners by what somebody types for them: the address, the short name or the name."""

    def __init__(self, partners: Iterable[Partner]) -> None:
        self.by_slug = {partner.slug: partner for partner in partners}
        self.by_name: dict[str, set[Partner]] = defaultdict(set)
        for partner in self.by_slug.values():
            for words in (partner.name, partner.short_name):
                self.by_name[alike(words)].add(partner)

    def called(self, *words: str) -> set[Partner]:
        """Every partner that one of these may mean."""
        return set().union(*(self.by_name.get(alike(one), ()) for one in words))


def alike(words: str) -> str:
    """A name as people tell it from others: whatever its case, and whichever signs write its letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words).casefold())


# --- partners -------------------------------------------------------------------------------------


class _Partners:
    """Rows of partners against all partners. One query."""

    def __init__(self) -> None:
        self.names = _Names(Partner.objects.all())
        self.seen: dict[Any, int] = {}

    def judge(self, row: Row) -> Verdict:
        fields = row["fields"]
        slug = fields["slug"]
        if slug:
            target = self.names.by_slug.get(slug)
            if target is None:
                return refused(row, ("address", _("No partner has this address. Leave it empty for a new one.")))
        else:
            called = self.names.called(fields["name"], fields["short_name"])
            if len(called) > 1:
                return refused(row, ("name", _("Several partners are called so. Give the address of the one meant.")))
            target = next(iter(called), None)
        keys: list[Any] = [target.pk] if target else [alike(fields["name"]), alike(fields["short_name"])]
        if line := next((self.seen[key] for key in keys if key in self.seen), 0):
            return _twice(row, line)
        self.seen |= dict.fromkeys(keys, row["line"])
        if target is None:
            return Verdict(row, Outcome.NEW, _("new partner"))
        return _changed(row, target)


def _changed(row: Row, partner: Partner) -> Verdict:
    changes = tuple(
        Change(column, _words(getattr(partner, name)), _words(revived(name, row["fields"][name])))
        for column, name in COLUMNS[Import.Kind.PARTNERS].items()
        if name in row["fields"] and name != "slug" and differs(getattr(partner, name), row["fields"][name], name)
    )
    if not changes:
        return Verdict(row, Outcome.UNCHANGED, _("unchanged"), target=partner)
    named = ", ".join(change.column for change in changes)
    words = _("changes: %(columns)s") % {"columns": named}
    return Verdict(row, Outcome.CHANGES, words, target=partner, changes=changes)


def differs(before: Any, after: Any, name: str) -> bool:
    """Whether a field of a partner is another than what a list holds for it."""
    before, after = revived(name, before), revived(name, after)
    if isinstance(before, str):
        return _plain(before) != _plain(after)
    if isinstance(before, list):
        return sorted(before) != sorted(after)
    return bool(before != after)


def _plain(text: str) -> str:
    """A text as a spreadsheet carries it: without controls, lines end in one way, and a letter is one sign or two."""
    words = ILLEGAL_CHARACTERS_RE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", words).strip()


def _words(value: Any) -> str:
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(value) or _("nothing")
    return str(value)


def revived(name: str, value: Any) -> Any:
    """What the form made of a cell, as the action takes it: figures are kept as text in a list."""
    return Decimal(value) if name in ("latitude", "longitude") and value is not None else value


def kept(value: Any) -> Any:
    """The way back: a field as it is kept in a list."""
    return str(value) if isinstance(value, Decimal) else value


# --- people ---------------------------------------------------------------------------------------


class _People:
    """Rows of people against who takes part and who is invited already. Four queries and those of the gate."""

    def __init__(self, by: User) -> None:
        partners = list(partners_with_lists(by))
        keys = {partner.pk for partner in partners}
        self.names = _Names(partners)
        self.only = partners[0] if len(partners) == 1 else None
        self.standing = set(Partner.objects.standing().values_list("pk", flat=True))
        self.members = _addresses(Membership.objects.current().values_list("partner", "user__email"), keys)
        self.waiting = _addresses(
            Invitation.objects.open().filter(partner__isnull=False).values_list("partner", "email"), keys
        )
        self.counted = {key: self.members[key] | self.waiting[key] for key in keys}
        self.seen: dict[tuple[int, str], int] = {}
        own = Membership.objects.current().filter(user=by, role=Membership.Role.REPRESENTATIVE, deputy_for=None)
        self.lasting = set(own.values_list("partner", flat=True))
        if coordinates(by):
            # Who stands in for a coordinator does not say who coordinates from now on.
            self.lasting |= {partner.pk for partner in partners if not partner.is_lead}

    def judge(self, row: Row) -> Verdict:
        called = self._called(row["fields"].get("partner", ""))
        if len(called) != 1:
            return refused(row, ("partner", self._unclear(called, row["fields"].get("partner", ""))))
        (partner,) = called
        email, role = row["fields"]["email"].casefold(), row["fields"]["role"]
        if line := self.seen.get((partner.pk, email)):
            return _twice(row, line)
        self.seen[partner.pk, email] = row["line"]
        if email in self.members[partner.pk]:
            return Verdict(row, Outcome.MEMBER, _("is a member already"), target=partner)
        if email in self.waiting[partner.pk]:
            return Verdict(row, Outcome.INVITED, _("is invited already"), target=partner)
        return self._invites(row, partner, email, role)

    def _invites(self, row: Row, partner: Partner, email: str, role: str) -> Verdict:
        if role == Membership.Role.REPRESENTATIVE and partner.pk not in self.lasting:
            return refused(row, ("role", _("A deputy does not decide who represents the partner.")))
        until = row["fields"].get("until")
        if until and datetime.fromisoformat(until) <= clock.now():
            return refused(row, ("until", _("The last day must lie in the future.")))
        counted = self.counted[partner.pk]
        try:
            check_open_to(partner, role, stands=partner.pk in self.standing)
            check_ceiling(partner, counted | {email} if partner.most_members is not None else counted)
        except Invalid as refusal:
            return refused(row, (refusal.field, str(refusal.reason)))
        counted.add(email)
        as_what = _("invites as representative") if role == Membership.Role.REPRESENTATIVE else _("invites as member")
        return Verdict(row, Outcome.INVITES, as_what, target=partner)

    def _called(self, words: str) -> set[Partner]:
        if not words:
            return {self.only} if self.only else set()
        exact = self.names.by_slug.get(alike(words))
        return {exact} if exact else self.names.called(words)

    def _unclear(self, called: set[Partner], words: str) -> str:
        if called:
            return _("Several partners are called so. Give the address of the one meant.")
        if not words:
            return _("Say for which partner.")
        return _("No partner whose people you may invite is called so.")


def _addresses(rows: Iterable[tuple[int, str]], keys: set[int]) -> Mapping[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for key, address in rows:
        if key in keys:
            found[key].add(address.casefold())
    return found
