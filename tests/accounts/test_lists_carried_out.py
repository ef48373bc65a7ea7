"""Lists of partners and people, carried out: what was shown, once, by whoever still may."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import tasks
from accounts.actions import imports, invitations
from accounts.actions.partners import change_partner
from accounts.forms.imports import ListForm
from accounts.models import Import, Invitation
from accounts.outcomes import judge, seal
from network import clock
from network.forms import end_of_day
from network.models import AuditDetail, AuditEntry, Mail, Membership, Partner, User
from network.moments import day_words
from network.retention import KINDS, keep
from network.trail import tell
from tests.accounts.sending_lists import (
    GHENT,
    HEADER,
    carry_out,
    listing_of,
    outcomes,
    send,
    signed_in,
    sure_of,
)
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import PartnerFactory
from tests.working import work_off

pytestmark = pytest.mark.django_db


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
    imports.begin_import(by=cast.clara, listing=listing, sure=sure_of(listing))
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
    imports.begin_import(by=cast.luc, listing=listing, sure=sure_of(listing))
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
    client.post(f"/partners/import/{listing.uid}/carry-out/", {"sure": response.context["sure"]})
    listing.refresh_from_db()
    assert listing.begun_at is None
    imports.begin_import(by=cast.clara, listing=listing, sure=sure_of(listing))
    invitations.invite(by=cast.clara, email="b@malmo.example", partner=cast.malmo)
    work_off()
    listing.refresh_from_db()
    assert listing.outcomes == {"invited": 2}
    assert Invitation.objects.count() == 2


def test_a_list_sent_twice_is_one_and_one_carried_out_twice_is_done_once(cast: Cast) -> None:
    rows = listing_of(send(cast.clara, "partners", f"{HEADER}\n{GHENT}\n"))
    again = imports.read_in(by=cast.clara, kind="partners", rows=[], once=rows.uid)
    assert again == rows
    sure = sure_of(rows)
    for _ in range(2):
        imports.begin_import(by=cast.clara, listing=rows, sure=sure)
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
@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
            imports.begin_import(by=by, listing=listing, sure=seal(verdicts))
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


def test_a_list_of_which_as_many_rows_but_others_would_be_done_is_looked_at_again(cast: Cast) -> None:
    PartnerFactory(name="City of Mons", short_name="Mons", kind="ngo", country="BE", city="Mons")
    response = send(cast.clara, "partners", f"{HEADER},city\n{GHENT},\nCity of Mons,Mons,ngo,Belgium,Mons\n")
    listing, client = listing_of(response), signed_in(cast.clara)
    assert outcomes(response) == {2: "new partner", 3: "unchanged"}
    PartnerFactory(name="City of Ghent", short_name="Ghent", kind="local_authority", country="BE", city="")
    Partner.objects.filter(short_name="Mons").update(city="Bergen")
    page = client.post(f"/partners/import/{listing.uid}/carry-out/", {"sure": response.context["sure"]}, follow=True)
    assert "The network has changed meanwhile. Look through the list again." in page.content.decode()
    assert outcomes(page) == {2: "unchanged", 3: "changes: city"}
    work_off()
    assert Partner.objects.get(short_name="Mons").city == "Bergen"


def test_nothing_of_a_partner_is_changed_that_the_page_did_not_show(cast: Cast) -> None:
    before = {"profile": "One\r\nTwo", "website": "https://malmo.example", "city": "Malmö"}
    change_partner(by=cast.clara, partner=cast.malmo, **before)
    header = "address,name,short name,kind,country,city,website,profile\n"
    row = f'malmo,{cast.malmo.name},{cast.malmo.short_name},{cast.malmo.kind},SE,Lund,{before["website"]},"One\nTwo"\n'
    response = send(cast.clara, "partners", header + row)
    assert outcomes(response) == {2: "changes: city"}
    imports.begin_import(by=cast.clara, listing=listing_of(response), sure=response.context["sure"])
    # Meanwhile somebody else writes what the list would have put back.
    change_partner(by=cast.clara, partner=cast.malmo, website="https://new.example")
    work_off()
    cast.malmo.refresh_from_db()
    assert (cast.malmo.city, cast.malmo.website, cast.malmo.profile) == ("Lund", "https://new.example", "One\r\nTwo")
    entry = AuditEntry.objects.filter(verb="accounts.partner_changed").latest("pk")
    assert AuditDetail.objects.get(entry=entry.pk).data == {"fields": ["city"]}


@pytest.mark.parametrize(("meanwhile", "becomes"), [("Lund", {"unchanged": 1}), ("Ystad", {"refused": 1})])
def test_what_somebody_else_has_changed_since_the_look_stays(cast: Cast, meanwhile: str, becomes: Any) -> None:
    header = "address,name,short name,kind,country,city\n"
    row = f"malmo,{cast.malmo.name},{cast.malmo.short_name},{cast.malmo.kind},{cast.malmo.country},Lund\n"
    response = send(cast.clara, "partners", header + row)
    listing = listing_of(response)
    imports.begin_import(by=cast.clara, listing=listing, sure=response.context["sure"])
    change_partner(by=cast.clara, partner=cast.malmo, city=meanwhile)
    work_off()
    listing.refresh_from_db()
    cast.malmo.refresh_from_db()
    assert (listing.outcomes, cast.malmo.city) == (becomes, meanwhile)


def test_a_long_list_is_not_written_anew_for_each_of_its_rows(cast: Cast) -> None:
    table = "e-mail,partner\n" + "".join(f"p{n}@malmo.example,malmo\nx{n},malmo\n" for n in range(3))
    listing = listing_of(send(cast.clara, "people", table))
    imports.begin_import(by=cast.clara, listing=listing, sure=sure_of(listing))
    with CaptureQueriesContext(connection) as queries:
        work_off()
    written = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "accounts_import"')]
    assert len(written) == 4
    assert not [sql for sql in written if '"refused" =' in sql]
    listing.refresh_from_db()
    assert listing.outcomes == {"invites": 3, "refused": 3}
    assert [line for line, _why in listing.refused] == [3, 5, 7]


def test_the_trail_names_a_list_to_whoever_read_it_in_and_to_nobody_else(cast: Cast) -> None:
    response = send(cast.luc, "people", "e-mail\na@liege.example\n")
    carry_out(cast.luc, response)
    rows = AuditEntry.objects.filter(actor=cast.luc.uid, target_kind="import")
    day = day_words(timezone.localdate(clock.now()))
    own = [told.text for told in tell(cast.luc, rows.order_by("pk"))]
    assert own == [
        f"{cast.luc.name} read in the list of people of {day}",
        f"{cast.luc.name} had the list of people of {day} carried out",
        f"{cast.luc.name} had carried out the list of people of {day} to its end",
    ]
    assert not [told for told in tell(cast.clara, rows) if told.target or told.details]
    read_in = tell(cast.luc, rows.filter(verb="accounts.list_read_in"))
    assert read_in[0].details == [("kind", "people"), ("rows", "1")]
