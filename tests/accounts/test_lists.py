"""Lists of partners and people: read in, looked through, carried out, taken out."""

from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from accounts import tasks
from accounts.actions import imports, invitations
from accounts.actions.partners import add_partner, change_partner
from accounts.forms.imports import ListForm
from accounts.forms.partners import PartnerForm
from accounts.models import Import, Invitation
from accounts.outcomes import judge
from network import clock
from network.cells import FORMULA, harmless, typed
from network.forms import end_of_day
from network.models import AuditEntry, Mail, Membership, Partner, User
from network.retention import KINDS, keep
from tests.cast import Cast
from tests.factories import PartnerFactory, member_of
from tests.working import work_off

pytestmark = pytest.mark.django_db

GHENT = "City of Ghent,Ghent,local authority,Belgium"
HEADER = "name,short name,kind,country"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def send(person: User, kind: str, table: str | bytes, name: str = "list.csv") -> Any:
    """Sends a list; the page that comes of it."""
    raw = table.encode() if isinstance(table, str) else table
    response = signed_in(person).post(f"/{kind}/import/", {"file": SimpleUploadedFile(name, raw)}, follow=True)
    assert response.status_code == 200
    return response


def outcomes(response: Any) -> dict[int, str]:
    """Line → what the page says becomes of it."""
    assert "form" not in response.context, response.context["form"].errors
    return {one.row["line"]: f"{one.words}: {one.why}" if one.why else one.words for one in response.context["page"]}


def listing_of(response: Any) -> Import:
    found: Import = response.context["listing"]
    return found


def carry_out(person: User, response: Any) -> Import:
    """Presses the button of the page, lets the work be done, and gives what became of it."""
    listing = listing_of(response)
    rows = response.context["doing"]
    assert signed_in(person).post(f"/partners/import/{listing.uid}/carry-out/", {"rows": rows}).status_code == 302
    work_off()
    listing.refresh_from_db()
    return listing


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


# --- looking through ------------------------------------------------------------------------------


def test_each_row_of_partners_says_what_would_become_of_it_and_nothing_is_written(cast: Cast) -> None:
    PartnerFactory(name="City of Mons", short_name="Mons", country="BE", city="Mons")
    before = list(Partner.objects.order_by("pk").values())
    table = (
        "City,Country,Kind,Short Name,Name,Budget\n"
        "Ghent,Belgium,local authority,Ghent,City of Ghent,9\n"
        "Bergen,BE,local_authority,Mons,City of Mons,9\n"
        "Mons,BE,local authority,Mons,City of Mons,9\n"
        "Paris,France,village,Paris,City of Paris,9\n"
        ",Atlantis,ngo,,Nobody,9\n"
    )
    response = send(cast.clara, "partners", table)
    assert outcomes(response) == {
        2: "new partner",
        3: "changes: city",
        4: "stands in line 3 already",
        5: "refused: kind: No such kind of partner: village.",
        6: "refused: short name: This field is required. country: No such country: Atlantis.",
    }
    assert "Budget" in response.content.decode()
    assert list(Partner.objects.order_by("pk").values()) == before


def test_each_row_of_people_says_what_would_become_of_it(cast: Cast) -> None:
    invitations.invite(by=cast.clara, email="waits@malmo.example", partner=cast.malmo)
    change_partner(by=cast.clara, partner=cast.augsburg, most_members=4)
    table = (
        "E-mail;Partner;Role;Until\n"
        "ANNA@malmo.example;malmo;;\n"
        "waits@malmo.example;Malmö;;\n"
        "new@malmo.example;Malmö;representative;31.12.2031\n"
        "New@Malmo.example;malmo;;\n"
        "one@augsburg.example;augsburg;;\n"
        "two@augsburg.example;augsburg;;\n"
        "sven@vallombre.example;vallombre;;\n"
        "x;malmo;king;1999-01-01\n"
        "a@b.example;Atlantis;;\n"
        "luc@liege.example;malmo;;\n"
    )
    assert outcomes(send(cast.clara, "people", table)) == {
        2: "is a member already",
        3: "is invited already",
        4: "invites as representative",
        5: "stands in line 4 already",
        6: "invites as member",
        7: "refused: augsburg may have 4 members",
        8: "is a member already",
        9: "refused: e-mail: Enter a valid email address. role: Write member or representative. "
        "until: The last day must lie in the future.",
        10: "refused: partner: No partner whose people you may invite is called so.",
        11: "invites as member",
    } | {7: f"refused: {ceiling_words(cast)}"}


def ceiling_words(cast: Cast) -> str:
    cast.augsburg.refresh_from_db()
    return (
        f"{cast.augsburg.short_name} may have 4 members, invitations that wait included. "
        "A coordinator can raise this number."
    )


def test_only_the_refused_rows_can_be_shown(cast: Cast) -> None:
    response = send(cast.clara, "partners", f"{HEADER}\n{GHENT}\nX,X,ngo,Atlantis\n")
    page = signed_in(cast.clara).get(f"/partners/import/{listing_of(response).uid}/?only=refused")
    assert list(outcomes(page)) == [3]
    assert page.context["doing"] == 1


def test_five_thousand_rows_cost_as_many_questions_as_one_and_little_time(cast: Cast) -> None:
    def looked_at(rows: int) -> tuple[int, float]:
        table = "e-mail,partner\n" + "".join(f"p{n}@malmo.example,malmo\n" for n in range(rows))
        listing = listing_of(send(cast.clara, "people", table))
        client = signed_in(cast.clara)
        client.get(f"/partners/import/{listing.uid}/")
        begin = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/partners/import/{listing.uid}/")
        return len(queries), time.perf_counter() - begin

    few, _ = looked_at(1)
    many, seconds = looked_at(5_000)
    assert many == few == 15
    assert seconds < 3


def test_nobody_else_looks_at_a_list_and_a_representative_invites_for_their_own_partner_alone(cast: Cast) -> None:
    table = "e-mail,partner\nnew@liege.example,\nold@liege.example,liege\nnew@malmo.example,malmo\n"
    response = send(cast.luc, "people", table)
    assert outcomes(response) == {
        2: "invites as member",
        3: "invites as member",
        4: "refused: partner: No partner whose people you may invite is called so.",
    }
    assert signed_in(cast.clara).get(f"/partners/import/{listing_of(response).uid}/").status_code == 404
    assert signed_in(cast.luc).get("/partners/import/").status_code == 403
    assert signed_in(cast.luc).get("/partners/export.csv").status_code == 403
    assert signed_in(cast.anna).get("/people/import/").status_code == 403


def test_a_deputy_invites_from_a_list_but_nobody_to_represent_the_partner(cast: Cast) -> None:
    deputy = member_of(cast.augsburg)
    Membership.objects.create(user=deputy, partner=cast.liege, role=Membership.Role.REPRESENTATIVE, deputy_for=cast.luc)
    response = send(deputy, "people", "e-mail,role\na@liege.example,\nb@liege.example,representative\n")
    assert outcomes(response) == {
        2: "invites as member",
        3: "refused: role: A deputy does not decide who represents the partner.",
    }


# --- files that cannot be read --------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_list_is_read_as_spreadsheets_save_it(cast: Cast, encoding: str, separator: str) -> None:
    table = separator.join(["name", "short name", "kind", "country"]) + "\r\n"
    table += separator.join(["Ville d’Orléans", "Orléans", "local authority", "France"]) + "\r\n"
    response = send(cast.clara, "partners", table.encode(encoding))
    assert outcomes(response) == {2: "new partner"}
    assert listing_of(response).rows[0]["typed"]["short name"] == "Orléans"


def test_a_workbook_is_read_with_its_days_and_figures(cast: Cast) -> None:
    rows = [
        [],
        ["e-mail", "partner", "until", None],
        ["a@malmo.example", "malmo", clock.now().date().replace(year=2031)],
    ]
    response = send(cast.clara, "people", workbook(rows), "people.xlsx")
    assert outcomes(response) == {3: "invites as member"}
    assert listing_of(response).rows[0]["typed"]["until"].startswith("2031-")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (
            f"{HEADER}\n{GHENT}\n".encode() + "Orléans".encode() + b"\n\xff\xfe,",
            "Line 4 holds signs that cannot be read.",
        ),
        (f"{HEADER}\nA\x00B\n".encode(), "Line 2 holds signs that cannot be read."),
        (b"\x81\x8d\n", "Line 1 holds signs that cannot be read."),
        (f"{HEADER}\n".encode() + b"x,x,x,x\n" * 50_000, "The list has more than 5,000 rows."),
        (b"name,country\nA,BE\n", "These columns are missing: short name, kind."),
        (f"{HEADER},latitude\n{GHENT},1".encode(), "These columns are missing: longitude."),
        (f"{HEADER},Name\n{GHENT},x".encode(), "The column “name” stands there twice."),
        (HEADER.encode(), "There are no rows in this file."),
        (f'{HEADER}\n"{"x" * 2001}'.encode(), "Line 2 has a cell of more than 2,000 characters."),
        (f'{HEADER}\n"{"x" * 200_000}'.encode(), "Line 2 cannot be read as CSV."),
        (b"a," * 51 + b"a\n", "Line 1 has more than 50 columns."),
        (b"PK\x03\x04 and nothing more", "This workbook cannot be read."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is a workbook of an old kind (XLS)."),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
        (b"", "This file is empty."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_at_its_field(cast: Cast, table: bytes, reason: str) -> None:
    begin = time.perf_counter()
    response = send(cast.clara, "partners", table)
    assert response.context["form"].errors["file"][0].startswith(reason)
    assert time.perf_counter() - begin < 2
    assert not Import.objects.exists()


def test_a_workbook_of_fifty_thousand_rows_is_not_read_to_its_end(cast: Cast) -> None:
    table = workbook([["name"], *[["x"]] * 50_000])
    begin = time.perf_counter()
    response = send(cast.clara, "partners", table, "list.xlsx")
    assert response.context["form"].errors["file"][0].startswith("The list has more than 5,000 rows.")
    assert time.perf_counter() - begin < 2


def test_a_workbook_that_unpacks_to_far_more_is_not_opened(cast: Cast) -> None:
    table = workbook([["name"], *[["x" * 30_000]] * 1_100])
    assert len(table) < 1024 * 1024
    response = send(cast.clara, "partners", table, "list.xlsx")
    assert response.context["form"].errors["file"][0].startswith("This workbook holds far more than a list.")


# --- carrying out ---------------------------------------------------------------------------------


def test_what_was_shown_is_carried_out_by_the_usual_actions_and_what_was_typed_is_forgotten(cast: Cast) -> None:
    table = (
        "name,e-mail,partner,role,until\n"
        "Nora Ek,nora@malmo.example,malmo,,2031-12-31\n"
        ",anna@malmo.example,malmo,,\n"
        ",x,malmo,,\n"
    )
    listing = carry_out(cast.clara, send(cast.clara, "people", table))
    assert (listing.rows, listing.done, listing.total) == ([], 1, 1)
    assert listing.outcomes == {"invites": 1, "member": 1, "refused": 1}
    assert listing.refused == [[4, "e-mail: Enter a valid email address."]]
    invitation = Invitation.objects.get(email="nora@malmo.example")
    assert Mail.objects.filter(kind="invitation", key=invitation.pk).count() == 1
    assert not User.objects.filter(email="nora@malmo.example").exists()
    assert invitation.by == cast.clara

    token = invitations.token_of(invitation)
    assert 'value="Nora Ek"' in Client().get(f"/accounts/invitation/{token}/").content.decode()
    nora = invitations.accept(invitation=invitation, name="Nora", password="a sentence of hers")
    membership = Membership.objects.get(user=nora)
    assert (membership.partner, membership.approved_by) == (cast.malmo, cast.clara)
    assert membership.until == end_of_day(date(2031, 12, 31))
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert verbs >= {"accounts.list_read_in", "accounts.import_begun", "accounts.invited", "accounts.import_done"}


def test_partners_are_brought_in_and_changed_and_only_in_what_the_list_names(cast: Cast) -> None:
    change_partner(by=cast.clara, partner=cast.malmo, website="https://malmo.example", most_members=9)
    table = (
        "address,name,short name,kind,country,latitude,longitude,languages\n"
        f',{GHENT},"51,05",3.71667,"Dutch, fr"\n'
        f"malmo,{cast.malmo.name},Malmö,ngo,Sweden,,,\n"
        f",Import,import,ngo,Sweden,,,\n"
    )
    listing = carry_out(cast.clara, send(cast.clara, "partners", table))
    assert listing.outcomes == {"new": 2, "changes": 1}
    ghent = Partner.objects.get(slug="ghent")
    assert (ghent.status, float(ghent.latitude or 0), ghent.languages) == ("invited", 51.05, ["nl", "fr"])
    cast.malmo.refresh_from_db()
    assert (cast.malmo.kind, cast.malmo.website, cast.malmo.most_members) == ("ngo", "https://malmo.example", 9)
    # An address that is a page of its own is nobody's.
    assert Partner.objects.get(name="Import").slug == "import-2"


def test_a_list_cut_off_in_the_middle_is_carried_out_to_its_end_and_no_row_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "e-mail,partner\n" + "".join(f"p{n}@malmo.example,malmo\n" for n in range(5))
    listing = listing_of(send(cast.clara, "people", table))
    imports.begin_import(by=cast.clara, listing=listing, rows=5)
    monkeypatch.setattr(imports, "A_TURN", 2)
    save, saved = Import.save, []

    def dies_before_the_second(self: Import, **words: Any) -> None:
        saved.append(self.done)
        if len(saved) == 2:
            raise KeyboardInterrupt
        save(self, **words)

    monkeypatch.setattr(Import, "save", dies_before_the_second)
    with pytest.raises(KeyboardInterrupt):
        tasks.carry_out_import(listing.pk)
    listing.refresh_from_db()
    assert (listing.done, Invitation.objects.filter(partner=cast.malmo).count()) == (1, 1)
    work_off()
    tasks.carry_out_import(listing.pk)
    listing.refresh_from_db()
    assert (listing.done, listing.rows, listing.outcomes) == (5, [], {"invites": 5})
    assert Invitation.objects.filter(partner=cast.malmo).count() == 5


def test_whoever_lost_the_right_meanwhile_has_no_row_more_carried_out(cast: Cast) -> None:
    response = send(cast.luc, "people", "e-mail\na@liege.example\nb@liege.example\n")
    listing = listing_of(response)
    imports.begin_import(by=cast.luc, listing=listing, rows=2)
    Membership.objects.filter(user=cast.luc).update(role=Membership.Role.MEMBER)
    tasks.carry_out_import(listing.pk)
    listing.refresh_from_db()
    assert (listing.done, listing.rows) == (0, [])
    assert (
        "Only representatives and coordinators"
        in signed_in(cast.luc).get(f"/partners/import/{listing.uid}/").content.decode()
    )
    assert not Invitation.objects.exists()
    assert AuditEntry.objects.filter(verb="accounts.import_stopped", actor=cast.luc.uid).exists()


def test_who_came_between_the_look_and_the_carrying_out_is_not_invited(cast: Cast) -> None:
    response = send(cast.clara, "people", "e-mail,partner\na@malmo.example,malmo\nb@malmo.example,malmo\n")
    listing = listing_of(response)
    invitations.invite(by=cast.clara, email="a@malmo.example", partner=cast.malmo)
    client = signed_in(cast.clara)
    client.post(f"/partners/import/{listing.uid}/carry-out/", {"rows": 2})
    listing.refresh_from_db()
    assert listing.begun_at is None
    imports.begin_import(by=cast.clara, listing=listing, rows=1)
    invitations.invite(by=cast.clara, email="b@malmo.example", partner=cast.malmo)
    work_off()
    listing.refresh_from_db()
    assert listing.outcomes == {"invited": 2}
    assert Invitation.objects.count() == 2


def test_a_list_sent_twice_is_one_and_one_carried_out_twice_is_done_once(cast: Cast) -> None:
    rows = listing_of(send(cast.clara, "partners", f"{HEADER}\n{GHENT}\n"))
    again = imports.read_in(by=cast.clara, kind="partners", rows=[], once=rows.uid)
    assert again == rows
    for _ in range(2):
        imports.begin_import(by=cast.clara, listing=rows, rows=1)
    work_off()
    assert Partner.objects.filter(name="City of Ghent").count() == 1


def test_what_was_typed_goes_when_it_is_thrown_away_and_after_a_week(cast: Cast) -> None:
    thrown = listing_of(send(cast.clara, "partners", f"{HEADER}\n{GHENT}\n"))
    left = listing_of(send(cast.clara, "partners", f"{HEADER}\n{GHENT}\n"))
    signed_in(cast.clara).post(f"/partners/import/{thrown.uid}/discard/")
    assert list(Import.objects.all()) == [left]
    with clock.at(clock.now() + timedelta(days=6)):
        keep(KINDS["imports"])
        assert Import.objects.exists()
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        keep(KINDS["imports"])
        assert not Import.objects.exists()


ADDRESSES = st.sampled_from(
    ["anna@malmo.example", "LUC@liege.example", "x@y.example", "X@y.example", "z@y.example", "?"]
)
PLACES = st.sampled_from(["malmo", "Malmö", "liege", "vallombre", "ghent", "nowhere", ""])
ROLES = st.sampled_from(["", "member", "representative", "king"])


@given(
    rows=st.lists(st.tuples(ADDRESSES, PLACES, ROLES), min_size=1, max_size=9),
    most=st.sampled_from([None, 3, 4]),
    who=st.sampled_from(["clara", "luc"]),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_page_promises_of_each_row_is_what_the_actions_do(
    cast: Cast, rows: list[tuple[str, str, str]], most: int | None, who: str
) -> None:
    by = getattr(cast, who)
    table = "e-mail,partner,role\n" + "".join(",".join(row) + "\n" for row in rows)
    with transaction.atomic():
        PartnerFactory(slug="ghent", status=Partner.Status.INVITED)
        Partner.objects.filter(slug__in=["malmo", "liege"]).update(most_members=most)
        form = ListForm({}, {"file": SimpleUploadedFile("list.csv", table.encode())}, kind=Import.Kind.PEOPLE, by=by)
        assert form.is_valid()
        listing = imports.read_in(by=by, kind=Import.Kind.PEOPLE, rows=form.rows)
        verdicts = judge(by, Import.Kind.PEOPLE, form.rows)
        promised = [one for one in verdicts if one.does]
        if promised:
            imports.begin_import(by=by, listing=listing, rows=len(promised))
            work_off()
            listing.refresh_from_db()
            assert listing.outcomes == Counter(str(one.outcome) for one in verdicts)
        sent = Invitation.objects.values_list("email", "partner__slug", "role")
        assert Counter(sent) == Counter(
            (one.row["fields"]["email"], one.target.slug, one.row["fields"]["role"]) for one in promised if one.target
        )
        if who == "luc":
            assert {slug for _email, slug, _role in sent} <= {"liege"}
        transaction.set_rollback(True)


# --- taking out -----------------------------------------------------------------------------------


def test_a_representative_takes_out_their_own_people_and_the_trail_says_so(cast: Cast) -> None:
    raw = body(signed_in(cast.luc).get("/people/export.csv"))
    rows = list(csv.DictReader(StringIO(raw.decode("utf-8-sig"))))
    assert {row["e-mail"] for row in rows} == {"luc@liege.example", "maud@liege.example"}
    entry = AuditEntry.objects.get(verb="accounts.list_taken")
    assert entry.actor == cast.luc.uid
    everybody = body(signed_in(cast.clara).get("/people/export.xlsx"))
    sheet = load_workbook(BytesIO(everybody), read_only=True).worksheets[0]
    assert {row[1] for row in sheet.values} >= {"anna@malmo.example", "luc@liege.example"}
    assert signed_in(cast.clara).get("/people/export.exe").status_code == 404


def test_no_cell_of_an_export_can_be_run(cast: Cast) -> None:
    add_partner(
        by=cast.clara,
        name='=HYPERLINK("https://evil.example";"Ghent")',
        short_name="@SUM(1)",
        kind="ngo",
        country="BE",
        profile="+1\n-2",
        longitude=-1,
        latitude=1,
    )
    raw = body(signed_in(cast.clara).get("/partners/export.csv")).decode("utf-8-sig")
    cells = [cell for row in csv.reader(StringIO(raw)) for cell in row]
    assert '\'=HYPERLINK("https://evil.example";"Ghent")' in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    sheet = load_workbook(BytesIO(body(signed_in(cast.clara).get("/partners/export.xlsx")))).worksheets[0]
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]


def test_people_who_are_taken_out_and_read_in_again_are_members_already(cast: Cast) -> None:
    for ending in ("csv", "xlsx"):
        raw = body(signed_in(cast.clara).get(f"/people/export.{ending}"))
        assert set(outcomes(send(cast.clara, "people", raw, f"people.{ending}")).values()) == {"is a member already"}


NASTY = st.builds(
    "".join,
    st.tuples(
        st.text("=+-@'\t＝", max_size=3),
        st.text(
            st.one_of(
                st.sampled_from('\r\n"\\,; _x000D'), st.characters(exclude_categories=["Cs"], exclude_characters="\0")
            ),
            min_size=1,
            max_size=9,
        ),
    ),
)


@pytest.mark.once
@given(NASTY)
@settings(max_examples=300, deadline=None)
def test_a_cell_made_harmless_cannot_be_run_and_comes_back_as_it_was(text: str) -> None:
    cell = harmless(text)
    assert not cell.startswith(FORMULA)
    assert typed(cell) == text


@given(called=st.lists(st.tuples(NASTY, NASTY, NASTY, NASTY), min_size=8, max_size=8))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_partners_are_called_taking_them_out_and_reading_them_in_changes_nothing(
    cast: Cast, called: list[tuple[str, str, str, str]]
) -> None:
    with transaction.atomic():
        for name, short_name, profile, city in called:
            data = {"name": name, "short_name": short_name, "profile": profile, "city": city, "kind": "ngo"}
            form = PartnerForm(data | {"country": "BE", "latitude": "-1.5", "longitude": "2"})
            if form.is_valid():
                add_partner(by=cast.clara, **form.chosen)
        for ending in ("csv", "xlsx"):
            raw = body(signed_in(cast.clara).get(f"/partners/export.{ending}"))
            listing = listing_of(send(cast.clara, "partners", raw, f"list.{ending}"))
            verdicts = judge(cast.clara, "partners", listing.rows)
            assert [(one.words, one.changes, one.why) for one in verdicts] == [("unchanged", (), "")] * len(verdicts)
            assert len(verdicts) == Partner.objects.count()
        transaction.set_rollback(True)
