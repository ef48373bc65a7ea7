"""A partner's page and the forms that make and change it; how many people it may have, and whom it may invite."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import invitations
from accounts.actions.partners import add_partner, change_partner
from accounts.actions.standing import set_status
from accounts.models import Invitation
from network import clock
from network.labels import Label
from network.models import AuditEntry, Membership, Partner, Room, User
from network.permissions import Level, is_guest
from network.refusals import Forbidden, Invalid
from tests.cast import Cast
from tests.factories import ItemFactory, PartnerFactory, grant, member_of
from tests.stage import A_POINT

pytestmark = pytest.mark.django_db

GHENT: dict[str, Any] = {
    "name": "City of Ghent",
    "short_name": "Ghent",
    "kind": "local_authority",
    "country": "BE",
    "city": "Ghent",
    "latitude": "51.05",
    "longitude": "3.71667",
    "profile": "A port.\n\nAnd a university.",
    "languages": ["nl", "fr"],
    "website": "stad.gent",
    "contact_name": "Greet",
    "contact_email": "greet@ghent.example",
    "most_members": "2",
}


def signed_in(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def added(cast: Cast, **changes: Any) -> Partner:
    response = signed_in(cast.clara).post("/partners/new/", GHENT | changes)
    assert response.status_code == 302, response.context["form"].errors
    return Partner.objects.get(slug=response.url.split("/")[2])


# --- making and changing --------------------------------------------------------------------------


def test_a_coordinator_adds_a_partner_and_its_first_representative_makes_it_active(cast: Cast) -> None:
    ghent = added(cast)
    assert (ghent.status, ghent.languages, ghent.website) == ("invited", ["nl", "fr"], "https://stad.gent")
    with pytest.raises(Invalid, match="representative first"):
        invitations.invite(by=cast.clara, email="member@ghent.example", partner=ghent)
    invited = invitations.invite(by=cast.clara, email="greet@ghent.example", partner=ghent, role="representative")
    greet = invitations.accept(invitation=invited, name="Greet", password="a long sentence")
    assert list(ghent.history.values_list("status", "by")) == [("active", greet.pk), ("invited", cast.clara.pk)]
    assert Partner.objects.standing().filter(pk=ghent.pk).exists()
    # … and she represents it: she invites herself from now on.
    assert invitations.invite(by=greet, email="member@ghent.example", partner=ghent).partner == ghent


def test_a_taken_address_gets_a_number_and_a_form_sent_twice_makes_one_partner(cast: Cast) -> None:
    once = str(uuid.uuid4())
    assert [added(cast, once=once).slug, added(cast, once=once).slug] == ["ghent", "ghent"]
    assert added(cast).slug == "ghent-2"
    assert added(cast, short_name="New").slug == "new-2"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "javascript:alert(1)"),
        ("website", "ftp://stad.gent/x"),
        ("latitude", "91"),
        ("longitude", ""),
        ("country", "XX"),
        ("languages", ["xx"]),
        ("most_members", "0"),
        ("contact_email", "nobody"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(cast: Cast, field: str, value: Any) -> None:
    response = signed_in(cast.clara).post("/partners/new/", GHENT | {field: value})
    assert field in response.context["form"].errors
    assert "And a university." in response.content.decode()
    assert not Partner.objects.filter(slug="ghent").exists()


def test_a_representative_changes_what_the_partner_says_of_itself_and_nothing_else(cast: Cast) -> None:
    luc, page = signed_in(cast.luc), "/partners/liege/edit/"
    assert set(luc.get(page).context["form"].fields) == {
        "profile", "languages", "website", "logo", "contact_name", "contact_email", "city"
    }  # fmt: skip
    response = luc.post(page, {"profile": "On the Meuse.", "name": "Free city", "most_members": "99", "kind": "ngo"})
    assert response.status_code == 302
    cast.liege.refresh_from_db()
    assert (cast.liege.profile, cast.liege.name, cast.liege.most_members) == ("On the Meuse.", "City of Liège", None)
    for field, value in (("name", "Free city"), ("kind", "ngo"), ("most_members", 99), ("may_invite_guests", True)):
        with pytest.raises(Forbidden):
            change_partner(by=cast.luc, partner=cast.liege, **{field: value})
    with pytest.raises(Forbidden):
        change_partner(by=cast.luc, partner=cast.malmo, profile="Not ours.")
    with pytest.raises(Forbidden):
        change_partner(by=cast.maud, partner=cast.liege, profile="She does not represent it.")
    with pytest.raises(Forbidden):
        add_partner(by=cast.luc, name="Ours", short_name="Ours", kind="ngo", country="BE")


def test_a_logo_is_kept_as_ours_replaced_and_taken_away(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    luc, page = signed_in(cast.luc), "/partners/liege/edit/"
    upload = lambda: SimpleUploadedFile("x.png", A_POINT + b"<script>", content_type="image/png")  # noqa: E731
    luc.post(page, {"logo": upload()})
    cast.liege.refresh_from_db()
    first, storage = cast.liege.logo.name, cast.liege.logo.storage
    response = Client().get("/partners/liege/logo/")
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"script" not in response.content
    assert Client().get("/partners/liege/logo/", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    with django_capture_on_commit_callbacks(execute=True):
        luc.post(page, {"logo": upload()})
    cast.liege.refresh_from_db()
    assert cast.liege.logo.name != first
    assert not storage.exists(first)
    # A page that only changes words keeps it.
    luc.post(page, {"profile": "On the Meuse."})
    assert Client().get("/partners/liege/logo/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        luc.post(page, {"logo_away": "on"})
    assert luc.get("/partners/liege/logo/").status_code == 404
    assert not storage.exists(cast.liege.logo.name)
    refused = luc.post(page, {"logo": SimpleUploadedFile("x.png", b"<svg/>"), "profile": "Kept words."})
    assert refused.context["form"].errors["logo"] == ["Choose a picture: PNG, JPEG or WebP."]
    assert "Kept words." in refused.content.decode()


# --- the page -------------------------------------------------------------------------------------


def test_strangers_read_what_is_public_and_members_whom_to_write_to(cast: Cast) -> None:
    change_partner(
        by=cast.clara,
        partner=cast.liege,
        profile="On the Meuse.",
        website="https://liege.example",
        latitude=50.64509,
        longitude=5.57361,
        contact_name="Luc",
        contact_email="contact@liege.example",
        most_members=12,
    )
    text = {who: signed_in(person).get("/partners/liege/").content.decode() for who, person in
            {"stranger": None, "guest": cast.eva, "member": cast.olga, "coordinator": cast.clara}.items()}  # fmt: skip
    for page in text.values():
        assert "On the Meuse." in page
        assert '<a href="https://liege.example" rel="noopener nofollow">' in page
        assert 'class="map-city"' in page
    assert {who for who, page in text.items() if "contact@liege.example" in page} == {"member", "coordinator"}
    assert {who for who, page in text.items() if "Luc Delvaux" in page} == {"guest", "member", "coordinator"}
    assert {who for who, page in text.items() if "Most members" in page} == {"coordinator"}


def test_why_a_status_changed_is_for_its_representatives_and_coordinators(cast: Cast) -> None:
    set_status(by=cast.clara, partner=cast.liege, status="associated", reason="Its contract has ended.")
    pages = {who: signed_in(getattr(cast, who)).get("/partners/liege/").content.decode() for who in
             ("luc", "clara", "maud", "olga", "eva")}  # fmt: skip
    assert {who for who, page in pages.items() if "Its contract has ended." in page} == {"luc", "clara"}
    assert {who for who, page in pages.items() if "How it has taken part" in page} == {"luc", "clara", "maud", "olga"}


def test_it_lists_what_the_partner_shared_that_the_reader_may_see_and_costs_the_same(cast: Cast) -> None:
    def share(title: str, **fields: Any) -> None:
        ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title=title, **fields)

    share("For the room")
    share("For Liège alone", tlp=Label.AMBER_STRICT)
    share("Under the rule", chatham=True)
    share("Held back", state="held")
    anna, luc = signed_in(cast.anna), signed_in(cast.luc)

    def titles(client: Client) -> set[str]:
        return {item.title for item, _kind in client.get("/partners/liege/").context["shared"]}

    assert titles(anna) == {"For the room"}
    assert titles(luc) == {"For the room", "For Liège alone"}
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            anna.get("/partners/liege/")
        counts.append(len(queries))
        for n in range(5):
            share(f"More {n}")
            member_of(cast.liege)
    assert counts[0] == counts[1]


def test_who_looks_after_something_is_told_to_members_alone(cast: Cast) -> None:
    ItemFactory(room=cast.schools, author=cast.luc, partner=cast.liege, keeper=cast.malmo, title="Left behind")
    pages = {who: signed_in(getattr(cast, who)).get("/partners/liege/").content.decode() for who in ("maud", "eva")}
    assert all("Left behind" in page for page in pages.values())
    # Eva is a guest of Schools, and Malmö is nobody she meets there.
    assert {who for who, page in pages.items() if "looked after by Malmö" in page} == {"maud"}


# --- ceilings -------------------------------------------------------------------------------------


def test_members_and_open_invitations_are_counted_at_the_invitation_and_at_its_acceptance(cast: Cast) -> None:
    form = signed_in(cast.luc)
    assert "invitations that wait included" not in form.get("/partners/liege/invite/").content.decode()
    change_partner(by=cast.clara, partner=cast.liege, most_members=3)  # Luc, Maud and one more
    assert "1 place is left. Liège may have 3 members" in form.get("/partners/liege/invite/").content.decode()
    one = invitations.invite(by=cast.luc, email="one@liege.example", partner=cast.liege)
    # The same address again, and somebody who takes part already, take no further place.
    one = invitations.invite(by=cast.luc, email="One@liege.example", partner=cast.liege)
    invitations.invite(by=cast.luc, email=cast.maud.email, partner=cast.liege, role="representative")
    for by in (cast.luc, cast.clara):
        with pytest.raises(Invalid, match="Liège may have 3 members, invitations that wait included"):
            invitations.invite(by=by, email="two@liege.example", partner=cast.liege)
    assert "No place is left. Liège may have 3 members" in form.get("/partners/liege/invite/").content.decode()
    sent = {"email": "two@liege.example", "role": "member", "language": "en"}
    refused = signed_in(cast.luc).post("/partners/liege/invite/", sent)
    assert "A coordinator can raise this number." in refused.content.decode()
    change_partner(by=cast.clara, partner=cast.liege, most_members=2)
    with pytest.raises(Invalid):
        invitations.accept(invitation=one, name="One", password="a long sentence")
    assert Invitation.objects.open().filter(pk=one.pk).exists()
    change_partner(by=cast.clara, partner=cast.liege, most_members=3)
    invitations.accept(invitation=one, name="One", password="a long sentence")
    assert Membership.objects.effective().filter(partner=cast.liege).count() == 3


def test_whoever_may_invite_guests_invites_them_to_rooms_that_they_manage(cast: Cast) -> None:
    until = clock.now() + timedelta(days=30)

    def invite(by: User, room: Room, name: str = "gita") -> Invitation:
        return invitations.invite_guest(
            by=by, email=f"{name}@university.example", room=room, level=Level.VIEW, until=until
        )

    grant(cast.luc, Level.MANAGE, cast.schools)
    with pytest.raises(Forbidden, match="Only coordinators, and representatives whom they let"):
        invite(cast.luc, cast.schools)
    change_partner(by=cast.clara, partner=cast.liege, may_invite_guests=True)
    with pytest.raises(Forbidden, match="managers"):
        invite(cast.luc, cast.families)
    with pytest.raises(Forbidden, match="whom they let"):
        invite(cast.maud, cast.families)  # she manages it, but represents nobody
    assert "Invite a guest" in signed_in(cast.luc).get("/rooms/schools/members/").content.decode()
    guest = invitations.accept(invitation=invite(cast.luc, cast.schools), name="Gita", password="a long sentence")
    assert is_guest(guest)
    # Taken back, it ends what waits too.
    waiting = invite(cast.luc, cast.schools, "greg")
    change_partner(by=cast.clara, partner=cast.liege, may_invite_guests=False)
    with pytest.raises(Forbidden):
        invitations.accept(invitation=waiting, name="Greg", password="a long sentence")


def test_each_change_leaves_one_entry_and_no_words(cast: Cast) -> None:
    partner = PartnerFactory()
    for _ in range(2):
        change_partner(by=cast.clara, partner=partner, profile="Once.")
    assert AuditEntry.objects.filter(verb="accounts.partner_changed", target=partner.uid).count() == 1
