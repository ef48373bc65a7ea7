"""A list of partners or people: the file, and each of its rows through the form that a single one would pass."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.columns import COLUMNS, REQUIRED, column_of, plain
from accounts.forms.invitations import InviteForm
from accounts.forms.partners import PartnerForm
from accounts.models import Import
from network import clock, sheets
from network.countries import COUNTRIES
from network.forms import end_of_day
from network.languages import LANGUAGES
from network.models.people import Membership, Partner, User
from network.names import NameField
from network.refusals import Invalid
from network.sharing import LineField, OnceField

DAYS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
LAST_YEAR = 2199
LONGEST_REASON = 300  # it may repeat the cell, and all reasons of a list stay until the list goes


class ListForm(forms.Form):
    """The file with the list; `rows` after `is_valid`."""

    file = forms.FileField(
        label=_("List"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_("CSV or XLSX, up to 5 MB and 5,000 rows. The first line names the columns."),
        error_messages={"required": _("Choose the file with the list."), "empty": _("This file is empty.")},
    )
    once = OnceField()

    def __init__(self, *args: Any, kind: str, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.by = kind, by
        self.rows: list[dict[str, Any]] = []
        self.ignored: list[str] = []
        self.encoding = ""

    def clean_file(self) -> Any:
        """Reads the list. What is wrong in a row is kept with the row; what is wrong with the file is said here."""
        try:
            sheet = sheets.read(self.cleaned_data["file"])
            named = self._columns(sheet)
        except Invalid as refusal:
            raise ValidationError(str(refusal.reason), code="list") from refusal
        self.encoding = sheet.encoding
        checked = _Rows(self.kind, named, self.by)
        self.rows = [checked.row(line, cells) for line, cells in sheet.rows]
        return self.cleaned_data["file"]

    def _columns(self, sheet: sheets.Sheet) -> dict[str, int]:
        """Column → where it stands. Raises Invalid (field file)."""
        named: dict[str, int] = {}
        for place, header in enumerate(sheet.columns):
            column = column_of(self.kind, header)
            if column in named:
                raise Invalid("file", _("The column “%(name)s” stands there twice.") % {"name": column})
            if column:
                named[column] = place
            elif header:
                self.ignored.append(header[:60])
        required = [*REQUIRED[self.kind]]
        if "latitude" in named or "longitude" in named:
            required += ["latitude", "longitude"]
        if missing := [column for column in required if column not in named]:
            words = _("These columns are missing: %(missing)s. The first line of the file names the columns.")
            raise Invalid("file", words % {"missing": ", ".join(missing)})
        return named


class _Rows:
    """The rows of one list, each cleaned by the same form, since five thousand forms would take half a minute."""

    def __init__(self, kind: str, named: Mapping[str, int], by: User) -> None:
        self.kind, self.named = kind, named
        self.fields = {column: COLUMNS[kind][column] for column in named}
        self.column_by_field = {field: column for column, field in self.fields.items()}
        if kind == Import.Kind.PARTNERS:
            self.form: forms.Form = PartnerRowForm(self.fields.values())
        else:
            self.form = PersonRowForm(by)

    def row(self, line: int, cells: list[str]) -> dict[str, Any]:
        """What was typed, what the form made of it, and what it did not take."""
        # A spreadsheet leaves out the empty cells at the end of a line.
        typed = {column: cells[place] if place < len(cells) else "" for column, place in self.named.items()}
        self.form.data = READERS[self.kind]({self.fields[column]: cell for column, cell in typed.items()})
        self.form.full_clean()
        refused = [
            [self.column_by_field.get(field, ""), " ".join(str(reason) for reason in reasons)[:LONGEST_REASON]]
            for field, reasons in self.form.errors.items()
        ]
        name = typed.get("name") or typed.get("e-mail") or typed.get("short name") or ""
        fields = {} if refused else self.form.kept
        return {"line": line, "name": name[:160], "typed": typed, "refused": refused, "fields": fields}


# --- partners -------------------------------------------------------------------------------------


class PartnerRowForm(PartnerForm):
    """One row of a list of partners: only the columns that are there, and no picture."""

    slug = LineField(max_length=60, required=False)
    may_invite_guests = forms.TypedChoiceField(
        required=False,
        choices=[("yes", "yes"), ("no", "no")],
        coerce=lambda word: word == "yes",
        empty_value=False,
        error_messages={"invalid_choice": _("Write yes or no.")},
    )

    def __init__(self, fields: Collection[str]) -> None:
        super().__init__(data={})
        for name in set(self.fields) - {*fields, "slug"}:
            del self.fields[name]
        self.fields["kind"].error_messages["invalid_choice"] = _("No such kind of partner: %(value)s.")
        self.fields["country"].error_messages["invalid_choice"] = _("No such country: %(value)s.")
        if "languages" in self.fields:
            self.fields["languages"].error_messages["invalid_choice"] = _("No such language: %(value)s.")

    @property
    def kept(self) -> dict[str, Any]:
        """The fields as they are written down: figures as text."""
        figures = ("latitude", "longitude")
        return {
            name: str(value) if name in figures and value is not None else value
            for name, value in self.cleaned_data.items()
        }


def partner_data(cells: dict[str, str]) -> dict[str, Any]:
    """Cells as a form posts them: words for kinds, countries and languages become codes."""
    data: dict[str, Any] = dict(cells)
    data["slug"] = cells.get("slug", "").casefold()
    data["kind"] = _code(cells["kind"], *Partner.Kind.choices)
    data["country"] = _code(cells["country"], *COUNTRIES.items())
    data["may_invite_guests"] = plain(cells.get("may_invite_guests", ""))
    languages = re.split(r"[,;/]", cells.get("languages", ""))
    # Each once, as boxes that one ticks.
    data["languages"] = list(dict.fromkeys(_code(word, *LANGUAGES.items()) for word in languages if word.strip()))
    for name in ("latitude", "longitude"):
        # Many spreadsheets of Europe write a comma.
        data[name] = re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", cells.get(name, ""))
    return data


# --- people ---------------------------------------------------------------------------------------


class PersonRowForm(InviteForm):
    """One row of a list of people: whom to invite, for which partner, until when."""

    name = NameField(max_length=120, required=False)
    partner = LineField(max_length=160, required=False)
    until = forms.DateField(
        required=False, input_formats=DAYS, error_messages={"invalid": _("Write a day as 2031-12-31.")}
    )

    def __init__(self, by: User) -> None:
        super().__init__(data={})
        self.by = by
        self.fields["role"].required = self.fields["language"].required = False
        self.fields["role"].error_messages["invalid_choice"] = _("Write member or representative.")
        self.fields["language"].error_messages["invalid_choice"] = _("The network writes no letters in %(value)s.")

    def clean_role(self) -> str:
        """Left out, a member."""
        return self.cleaned_data["role"] or Membership.Role.MEMBER

    def clean_language(self) -> str:
        """Left out, that of whoever invites."""
        return self.cleaned_data["language"] or self.by.language

    def clean_until(self) -> date | None:
        """A last day that is not over."""
        day = self.cleaned_data["until"]
        if day is not None and (day.year > LAST_YEAR or end_of_day(day) <= clock.now()):
            raise ValidationError(_("The last day must lie in the future."), code="past")
        return day

    @property
    def kept(self) -> dict[str, Any]:
        """The fields as they are written down: the day as text."""
        day = self.cleaned_data["until"]
        return {**self.cleaned_data, "until": end_of_day(day).isoformat() if day else None}


def person_data(cells: dict[str, str]) -> dict[str, Any]:
    """Cells as a form posts them: words for roles and languages become codes."""
    return {
        **cells,
        "email": _address(cells["email"]),
        "role": _code(cells.get("role", ""), *Membership.Role.choices),
        "language": _code(cells.get("language", ""), *LANGUAGES.items()),
    }


def _address(cell: str) -> str:
    """An address without what one cannot see and letters cannot be sent to: what is copied from a mail brings it along.

    Else whoever takes part already would be invited again by an address that only looks the same.
    """
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", cell) if unicodedata.category(sign) != "Cf")
    return seen.strip()


READERS = {Import.Kind.PARTNERS: partner_data, Import.Kind.PEOPLE: person_data}


def _code(words: str, *choices: tuple[str, Any]) -> str:
    """The code that a cell means, given as itself or in English; the cell as it is where it means none."""
    return _codes(choices).get(plain(words), words.strip())


@cache
def _codes(choices: tuple[tuple[str, Any], ...]) -> dict[str, str]:
    with translation.override("en"):
        return {plain(str(words)): code for code, words in choices} | {plain(code): code for code, _words in choices}
