"""Closing an account: what ends, what is forgotten, what stays, and who may not go yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.files.storage import default_storage
from django.test import Client

from accounts import tasks
from accounts.actions import exports
from accounts.actions import invitations as inviting
from accounts.actions.leaving import close_account
from accounts.models import Export
from accounts.permissions.leaving import check_leave
from network import clock
from network.actions.rooms import open_direct_room, open_room
from network.models import AuditDetail, AuditEntry, Membership, Notification, PersonGrant, User
from network.permissions import Level, allowed, is_member
from network.refusals import Forbidden
from tests.cast import Cast
from tests.factories import MembershipFactory, member_of
from tests.stage import set_stage
from workshops.actions.meetings import announce, register
from workshops.models import Registration

GONE = "Former member"
PASSWORD = "a long walk by the river"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_what_one_wrote_stays_beside_the_partner_and_the_person_is_forgotten(cast: Cast) -> None:
    stage = set_stage(cast)
    anna = cast.anna
    User.objects.filter(pk=anna.pk).update(phone="+46 40 34 10 00", about="Ask me about schools.", function="Teacher")
    EmailAddress.objects.create(user=anna, email=anna.email, verified=True, primary=True)
    Authenticator.objects.create(user=anna, type="totp", data={"secret": "x"})
    close_account(by=User.objects.get(pk=anna.pk))
    reader = signed_in(cast.luc)
    page = reader.get(f"/discussions/{stage.thread.uid}/").content.decode()
    assert "We say so first." in page
    assert f'{GONE}</a>, <span class="person-partner">Malmö</span>' in page
    assert GONE in reader.get("/rooms/families/chat/").content.decode()
    pages = page + reader.get(f"/people/{anna.uid}/").content.decode() + reader.get("/people/").content.decode()
    pages += reader.get("/partners/malmo/").content.decode() + reader.get("/rooms/families/members/").content.decode()
    for known in ("Anna Lindqvist", "anna@malmo.example", "+46 40", "Ask me about", "Teacher", "closed.invalid"):
        assert known not in pages
    gone = User.objects.get(pk=anna.pk)
    assert not gone.has_usable_password()
    assert not EmailAddress.objects.filter(user=anna).exists()
    assert not Authenticator.objects.filter(user=anna).exists()
    assert not Notification.objects.filter(user=anna).exists()
    # The old address is free for whoever is invited with it.
    assert member_of(cast.malmo, email="anna@malmo.example").pk != anna.pk


def test_nobody_stands_in_for_who_has_gone(cast: Cast) -> None:
    member_of(cast.liege, represents=True)
    now = clock.now()
    about = {"partner": cast.liege, "role": Membership.Role.REPRESENTATIVE, "deputy_for": cast.luc}
    MembershipFactory(user=cast.maud, since=now, until=now + timedelta(days=9), **about)
    coming = MembershipFactory(
        user=member_of(cast.liege), since=now + timedelta(days=3), until=now + timedelta(days=9), **about
    )
    close_account(by=cast.luc)
    assert not allowed(cast.maud, Level.REPRESENT, cast.liege)
    assert not Membership.objects.filter(pk=coming.pk).exists()


def test_memberships_and_places_end_and_nobody_signs_in_any_more(cast: Cast) -> None:
    mona = cast.mona
    mona.set_password(PASSWORD)
    mona.save()
    MembershipFactory(user=mona, partner=cast.augsburg, since=clock.now() + timedelta(days=3))
    client = Client()
    client.post("/accounts/login/", {"login": mona.email, "password": PASSWORD})
    assert UserSession.objects.filter(user=mona).exists()
    close_account(by=mona)
    assert client.get("/rooms/families/").status_code == 302
    assert not UserSession.objects.filter(user=mona).exists()
    assert not is_member(mona)
    assert not Membership.objects.current().filter(user=mona).exists()
    assert not Membership.objects.filter(user=mona, partner=cast.augsburg).exists()
    assert not PersonGrant.objects.current().filter(user=mona).exists()
    for address in ("mona@malmo.example", User.objects.get(pk=mona.pk).email):
        Client().post("/accounts/login/", {"login": address, "password": PASSWORD})
        assert not UserSession.objects.filter(user=mona).exists()


def test_a_seat_goes_to_who_waits_for_it_also_from_a_room_that_was_lost(cast: Cast) -> None:
    start = clock.now() + timedelta(days=9)
    ahead = announce(
        by=cast.luc, room=cast.families, title="W", starts_at=start, ends_at=start + timedelta(hours=2), capacity=1
    )
    register(by=cast.carlo, workshop=ahead)
    register(by=cast.anna, workshop=ahead)
    PersonGrant.objects.filter(user=cast.carlo).delete()
    close_account(by=cast.carlo)
    states = dict(Registration.objects.filter(workshop=ahead).values_list("user", "state"))
    assert states == {cast.carlo.pk: "withdrawn", cast.anna.pk: "registered"}
    assert Notification.objects.filter(user=cast.anna, kind="promoted").exists()


def test_invitations_that_one_gave_open_nothing_and_those_one_got_are_forgotten(client: Client, cast: Cast) -> None:
    given = inviting.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege)
    got = inviting.invite(by=cast.clara, email=cast.luc.email, partner=cast.augsburg)
    member_of(cast.liege, represents=True)
    close_account(by=cast.luc)
    assert client.get(f"/accounts/invitation/{inviting.token_of(given)}/").status_code == 404
    assert not type(got).objects.filter(pk=got.pk).exists()


def test_an_export_goes_with_the_account_made_or_not(cast: Cast) -> None:
    made = exports.ask_for_export(by=cast.anna)
    tasks.make_export(made.pk)
    made.refresh_from_db()
    asked = exports.ask_for_export(by=cast.carlo)
    close_account(by=cast.anna)
    close_account(by=cast.carlo)
    tasks.make_export(asked.pk)
    assert not Export.objects.exists()
    exports.drop_file(made.file)  # after commit, in the test's own transaction
    assert not default_storage.exists(made.file)


def test_a_direct_room_does_not_keep_the_name(cast: Cast) -> None:
    room = open_direct_room(by=cast.anna, people=[cast.luc])
    assert cast.anna.name in room.name
    close_account(by=cast.anna)
    room.refresh_from_db()
    assert room.name == f"{GONE}, {cast.luc.name}"


def test_the_personal_words_of_the_trail_go_and_its_entries_stay(cast: Cast) -> None:
    stage = set_stage(cast)
    before = list(AuditEntry.objects.values_list("pk", flat=True))
    held = AuditEntry.objects.get(verb="forums.post_held", target=stage.held.uid)
    assert AuditDetail.objects.get(entry=held.pk).data["reason"]
    close_account(by=cast.mona)
    assert not AuditDetail.objects.filter(entry=held.pk).exists()
    assert set(before) <= set(AuditEntry.objects.values_list("pk", flat=True))
    entry = AuditEntry.objects.exclude(pk__in=before).get(verb="accounts.closed")
    assert (entry.actor, entry.target, entry.digest) == (cast.mona.uid, cast.mona.uid, "")


def test_closing_twice_is_once(cast: Cast) -> None:
    close_account(by=cast.anna)
    close_account(by=cast.anna)
    close_account(by=User.objects.get(pk=cast.anna.pk))
    assert AuditEntry.objects.filter(verb="accounts.closed").count() == 1


# --- who may not go yet ---------------------------------------------------------------------------


def test_the_last_coordinator_names_another_first(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    page = client.get("/accounts/close/").content.decode()
    assert "no coordinator" in page
    assert 'name="sure"' not in page
    assert client.post("/accounts/close/", {"sure": "on"}).status_code == 422
    assert User.objects.get(pk=cast.clara.pk).is_active
    other = member_of(cast.efus, represents=True)
    close_account(by=cast.clara)
    with pytest.raises(Forbidden):
        close_account(by=other)


def test_the_last_representative_with_members_names_another_first_and_a_deputy_is_none(cast: Cast) -> None:
    deputy = member_of(cast.liege)
    Membership.objects.create(
        user=deputy,
        partner=cast.liege,
        role=Membership.Role.REPRESENTATIVE,
        deputy_for=cast.luc,
        until=clock.now() + timedelta(days=9),
    )
    with pytest.raises(Forbidden, match="nobody else represents it"):
        close_account(by=cast.luc)
    Membership.objects.filter(partner=cast.liege).exclude(user=cast.luc).delete()
    close_account(by=cast.luc)


# --- the page -------------------------------------------------------------------------------------


def test_who_ends_soon_is_not_the_other_representative_unless_all_others_end_soon(cast: Cast) -> None:
    tomorrow, in_a_year = clock.now() + timedelta(days=1), clock.now() + timedelta(days=365)
    second = member_of(cast.liege, represents=True, until=tomorrow)
    for person, partner in ((cast.luc, cast.liege), (cast.clara, cast.efus)):
        member_of(partner, represents=True, until=tomorrow)
        with pytest.raises(Forbidden):
            check_leave(person)
    second.memberships.update(until=in_a_year)
    check_leave(cast.luc)
    second.memberships.update(until=tomorrow)
    cast.maud.memberships.update(until=tomorrow)
    check_leave(cast.luc)


def test_it_is_said_first_what_happens_and_done_only_with_a_tick(client: Client, cast: Cast) -> None:
    set_stage(cast)
    member_of(cast.liege, represents=True)
    client.force_login(cast.luc)
    page = client.get("/accounts/close/").content.decode()
    assert "Former member, Liège" in page
    # What holds nobody else's words may be taken away before; Anna has answered in the discussion.
    assert "Six evenings" in page
    assert "Parents and police" not in page
    assert "posts and comments (1)" in page
    assert client.post("/accounts/close/", {}).status_code == 422
    assert User.objects.get(pk=cast.luc.pk).is_active
    response = client.post("/accounts/close/", {"sure": "on"}, follow=True)
    assert "Your account is closed" in response.content.decode()
    assert not response.wsgi_request.user.is_authenticated
    assert client.get("/accounts/").url.startswith("/accounts/login/")


def test_who_has_a_password_types_it_once_more(client: Client, cast: Cast) -> None:
    cast.anna.set_password(PASSWORD)
    cast.anna.save()
    client.force_login(cast.anna)
    assert client.get("/accounts/close/").url.startswith("/accounts/reauthenticate/")
    assert client.post("/accounts/close/", {"sure": "on"}).url.startswith("/accounts/reauthenticate/")
    assert User.objects.get(pk=cast.anna.pk).is_active
    client.post("/accounts/reauthenticate/", {"password": "a guess", "next": "/accounts/close/"})
    assert User.objects.get(pk=cast.anna.pk).is_active
    # What was sent before is not to be sent again.
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/close/"})
    assert User.objects.get(pk=cast.anna.pk).closed_at is not None


def test_a_room_whose_last_manager_goes_is_the_coordinators_to_mend(cast: Cast, django_user_model: Any) -> None:
    room = open_room(by=cast.clara, name="Pilot")
    assert not type(room).objects.unmanaged().filter(pk=room.pk).exists()
    cast.families.partner_grants.filter(group=cast.efus.group).delete()
    close_account(by=cast.maud)
    assert type(room).objects.unmanaged().filter(pk=cast.families.pk).exists()


def test_who_stands_in_for_somebody_shut_out_is_not_the_other_representative(cast: Cast) -> None:
    rita = member_of(cast.liege, represents=True)
    until = clock.now() + timedelta(days=9)
    MembershipFactory(user=cast.maud, partner=cast.liege, role="representative", deputy_for=rita, until=until)
    User.objects.filter(pk=rita.pk).update(is_active=False)
    with pytest.raises(Forbidden):
        close_account(by=cast.luc)
