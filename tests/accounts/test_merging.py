"""Two accounts of one person become one: with what both may see, and not a line more."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail as outbox
from django.db import transaction
from django.db.models import UniqueConstraint
from django.test import Client
from hypothesis import HealthCheck, event, given, seed, settings

from accounts import archive
from accounts.actions import invitations, memberships
from accounts.actions.leaving import close_account
from accounts.actions.merging import merge_people, preview_merge
from forums.actions.closing import close_thread
from forums.actions.threads import reply, start_thread
from forums.models import Post, Thread
from network import belongings, clock, mail
from network.actions.rooms import open_direct_room
from network.belongings import Moved
from network.labels import Label
from network.models import AuditEntry, Item, Mandate, Membership, Participant, PersonGrant, Room, UnnamedModerator, User
from network.permissions import NETWORK, Level, allowed, level_in, where_allowed
from network.permissions.levels import ROOM_LEVELS
from network.personal import counts
from network.refusals import Forbidden, Invalid, Refusal
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import ItemFactory, MembershipFactory, RoomFactory, UserFactory, grant, member_of
from tests.network.reference import World
from tests.network.worlds import Stored, instant, stored, worlds


def sight(person: User) -> set[tuple[str, int]]:
    """Rooms by level, and items, in keys."""
    rooms = {(level.name, room.pk) for level in ROOM_LEVELS for room in where_allowed(person, level)}
    return rooms | {("item", item.pk) for item in Item.objects.visible_to(person, assured=True)}


def test_every_key_to_a_person_is_decided_about() -> None:
    keys = {key: model for key, model, _key in belongings.keys_to_people()}
    assert set(keys) - set(belongings.DECISIONS) == set(), "Say in `belongings` what becomes of these in a merge."
    for key, model in keys.items():
        decision, name = belongings.DECISIONS[key], key.rsplit(".", 1)[1]
        if isinstance(decision, Moved):
            assert clashing(model, name) in ([], [{model._meta.get_field(one).name for one in decision.unique}]), key


def clashing(model: type, name: str) -> list[set[str]]:
    """What else must differ in two rows of one person."""
    found = [
        set(one.fields) - {name}
        for one in model._meta.constraints
        if isinstance(one, UniqueConstraint) and name in one.fields
    ]
    return found + [set(one) - {name} for one in model._meta.unique_together if name in one]


@pytest.fixture
def second(cast: Cast) -> User:
    """Anna's other account: a guest of Schools, with things of its own."""
    other = UserFactory(name="Anna L.", email="anna@home.example")
    grant(other, Level.CONTRIBUTE, cast.schools, until=clock.now() + timedelta(days=30))
    return other


def test_all_that_the_other_account_had_goes_over_and_it_is_shut(cast: Cast, second: User, client: Client) -> None:
    written = ItemFactory(room=cast.schools, author=second, title="Mine")
    named = ItemFactory(room=cast.schools, author=cast.luc, tlp=Label.RED, named_people=[second, cast.eva])
    second.set_password("a long walk by the river")
    second.save()
    client.post("/accounts/login/", {"login": second.email, "password": "a long walk by the river"})
    session = client.get("/rooms/").wsgi_request.session.session_key
    assert UserSession.objects.filter(user=second).count() == Session.objects.filter(pk=session).count() == 1
    both = sight(cast.anna) | sight(second)
    merge_people(by=cast.clara, kept=cast.anna, closed=second)
    assert sight(cast.anna) == both
    assert level_in(cast.anna, cast.schools) == Level.CONTRIBUTE
    written.refresh_from_db()
    assert written.author == cast.anna
    assert cast.anna in named.named_people.all()
    assert client.get("/rooms/").status_code == 302
    assert not UserSession.objects.filter(user=second).exists()
    assert not Session.objects.filter(pk=session).exists()
    second.refresh_from_db()
    assert (second.is_active, bool(second.closed_at), second.has_usable_password()) == (False, True, False)
    assert AuditEntry.objects.filter(verb="accounts.merged", actor=cast.clara.uid, target=cast.anna.uid).count() == 1
    mail.send_due()
    assert {"anna@home.example", "anna@malmo.example"} <= {one.to[0] for one in outbox.outbox}


def test_of_two_places_in_a_room_the_one_that_holds_the_other_remains(cast: Cast, second: User) -> None:
    soon, later = clock.now() + timedelta(days=5), clock.now() + timedelta(days=50)
    grant(cast.anna, Level.VIEW, cast.steering, until=soon)
    grant(second, Level.MODERATE, cast.steering, until=later)
    merge_people(by=cast.clara, kept=cast.anna, closed=second)
    place = PersonGrant.objects.get(user=cast.anna, content_object=cast.steering)
    assert (place.permission.codename, place.until) == ("moderate_room", later)


def test_one_place_that_is_higher_and_one_that_is_longer_are_first_made_alike(cast: Cast, second: User) -> None:
    grant(cast.anna, Level.VIEW, cast.steering)
    grant(second, Level.MODERATE, cast.steering, until=clock.now() + timedelta(days=5))
    with pytest.raises(Forbidden, match="one higher and one longer"):
        merge_people(by=cast.clara, kept=cast.anna, closed=second)
    assert PersonGrant.objects.filter(user=second).count() == 2


def test_what_neither_account_read_is_not_read_by_the_one(cast: Cast, second: User) -> None:
    held = ItemFactory(room=cast.families, author=second, state="held", title="Written as a guest")
    assert held.pk not in {key for _what, key in sight(cast.anna) | sight(second) if _what == "item"}
    with pytest.raises(Forbidden, match="more, or less"):
        merge_people(by=cast.clara, kept=cast.anna, closed=second)
    second.refresh_from_db()
    assert second.is_active


def test_places_of_an_account_whose_time_is_over_do_not_come_to_life(cast: Cast) -> None:
    grant(cast.ivan, Level.MANAGE, cast.steering)
    merge_people(by=cast.clara, kept=cast.anna, closed=cast.ivan)
    assert level_in(cast.anna, cast.steering) is None


def test_two_numbers_under_the_chatham_house_rule_stay_two(cast: Cast) -> None:
    other = member_of(cast.augsburg, name="Anna L.")
    grant(other, Level.CONTRIBUTE, cast.families)
    thread = start_thread(by=cast.luc, room=cast.families, title="Frankly", body="Well?", chatham=True)
    once = start_thread(by=cast.luc, room=cast.families, title="Once", body="Well?", chatham=True)
    for person in (cast.anna, other):
        reply(by=person, thread=thread, body="I think so.")
    reply(by=other, thread=once, body="Only here.")
    before = list(read_by(cast.luc, thread.uid))
    uids = set(Participant.objects.filter(item=thread).values_list("number", "uid"))
    merge_people(by=cast.clara, kept=cast.anna, closed=other)
    assert list(read_by(cast.luc, thread.uid)) == before
    assert set(Participant.objects.filter(item=thread).values_list("number", "uid")) == uids
    assert Post.objects.get(thread=once, parent__isnull=False).author == cast.anna
    assert Participant.objects.filter(item=once, user=cast.anna, number=2).exists()


def test_what_one_account_moderated_and_the_other_began_under_the_rule_stays_apart(cast: Cast) -> None:
    other = member_of(cast.augsburg, name="Anna L.")
    grant(other, Level.MODERATE, cast.families)
    thread = start_thread(by=cast.anna, room=cast.families, title="Frankly", body="Well?", chatham=True)
    once = start_thread(by=cast.luc, room=cast.families, title="Once", body="Well?", chatham=True)
    for one in (thread, once):
        close_thread(by=other, thread=one, cause="settled")
    merge_people(by=cast.clara, kept=cast.anna, closed=other)
    # Else the page would say that whoever began it closed it.
    assert not Thread.objects.get(pk=thread.pk).is_closed_by_starter
    assert Thread.objects.get(pk=once.pk).locked_by == cast.anna
    moderating = set(UnnamedModerator.objects.values_list("item", "user"))
    assert moderating == {(thread.pk, other.pk), (once.pk, cast.anna.pk)}


def read_by(person: User, uid: object) -> Iterator[str]:
    """Whom the page of a discussion names, post by post."""
    client = Client()
    client.force_login(person)
    for line in client.get(f"/discussions/{uid}/").content.decode().splitlines():
        if "Participant " in line:
            yield line.split("Participant ")[1][:2]


def test_neither_account_is_the_coordinators_own_and_nobody_else_merges(cast: Cast, second: User) -> None:
    mine = UserFactory(email="clara@home.example")
    for kept, closed in ((cast.clara, mine), (mine, cast.clara)):
        with pytest.raises(Forbidden):
            merge_people(by=cast.clara, kept=kept, closed=closed)
    with pytest.raises(Forbidden):
        merge_people(by=cast.luc, kept=cast.anna, closed=second)
    with pytest.raises(Invalid):
        merge_people(by=cast.clara, kept=cast.anna, closed=cast.anna)


def test_who_coordinates_or_hosts_keeps_that_account_and_another_coordinator_does_it(cast: Cast, second: User) -> None:
    other = member_of(cast.efus, represents=True, name="Cyril")
    host = UserFactory()
    Mandate.objects.create(user=host, kind=Mandate.Kind.OPERATE)
    for closed in (other, host):
        with pytest.raises(Forbidden, match="keeps that account"):
            merge_people(by=cast.clara, kept=cast.anna, closed=closed)
    merge_people(by=cast.clara, kept=other, closed=second)
    assert allowed(other, Level.COORDINATE, NETWORK)
    assert not allowed(User.objects.get(pk=second.pk), Level.VIEW, cast.schools)


def test_both_addresses_are_told_who_did_it_and_whom_to_write_to(cast: Cast, second: User) -> None:
    other = member_of(cast.efus, represents=True, name="Cyril Roux", email="cyril@efus.example")
    User.objects.filter(pk=cast.anna.pk).update(unmailed=["people", "rooms", "talk", "partners"])
    merge_people(by=cast.clara, kept=cast.anna, closed=second)
    mail.send_due()
    letters = {one.to[0]: one.body for one in outbox.outbox}
    for address in (cast.anna.email, second.email):
        assert "Clara Dupont" in letters[address]
        assert f"{other.name}, {other.email}" in letters[address]
        assert cast.clara.email not in letters[address]
    assert second.email in letters[cast.anna.email]
    # Whoever reads the mailbox of the account that closed gets no address to try.
    assert cast.anna.email not in letters[second.email]
    assert len(outbox.outbox) == len({one.to[0] for one in outbox.outbox})


def test_an_invitation_to_the_address_that_closed_is_accepted_with_the_account_that_stays(
    client: Client, cast: Cast, second: User
) -> None:
    merge_people(by=cast.clara, kept=cast.anna, closed=second)
    invitation = invitations.invite(by=cast.luc, email="Anna@home.example", partner=cast.liege)
    link = f"/accounts/invitation/{invitations.token_of(invitation)}/"
    page = client.get(link).content.decode()
    assert "made one with another of yours" in page
    assert cast.anna.email not in page
    client.force_login(cast.olga)
    assert client.get(link).status_code == 403
    client.force_login(cast.anna)
    assert client.post(link).status_code == 302
    assert Membership.objects.effective().filter(user=cast.anna, partner=cast.liege).exists()


def test_who_asks_for_a_way_in_with_the_address_that_closed_is_told_so_by_letter_alone(
    client: Client, cast: Cast, second: User
) -> None:
    merge_people(by=cast.clara, kept=cast.anna, closed=second)
    for page in ("/accounts/password/reset/", "/accounts/login/code/"):
        outbox.outbox.clear()
        known = client.post(page, {"email": second.email})
        stranger = Client().post(page, {"email": "nobody@home.example"})
        assert (known.status_code, known.url) == (stranger.status_code, stranger.url)
        told = {one.to[0]: one.body for one in outbox.outbox}
        assert "made one with another of yours" in told[second.email]
        assert "no account with this address" in told["nobody@home.example"]
        assert "http" not in told[second.email].split("Liaise", 1)[0]
    second.refresh_from_db()
    assert not second.is_active


def test_a_refusal_says_nothing_of_rooms_that_the_coordinator_does_not_view(cast: Cast, second: User) -> None:
    hidden = RoomFactory(kind=Room.Kind.HIDDEN)
    grant(cast.anna, Level.VIEW, hidden)
    grant(second, Level.MODERATE, hidden, until=clock.now() + timedelta(days=5))
    with pytest.raises(Forbidden) as of_places:
        merge_people(by=cast.clara, kept=cast.anna, closed=second)
    PersonGrant.objects.filter(content_object=hidden).delete()
    direct = open_direct_room(by=cast.luc, people=[cast.anna])
    ItemFactory(room=direct, author=second, state="held")
    with pytest.raises(Forbidden) as of_talk:
        merge_people(by=cast.clara, kept=cast.anna, closed=second)
    assert str(of_places.value.reason) == str(of_talk.value.reason)
    assert "room" not in str(of_talk.value.reason)


def test_what_was_said_with_the_second_number_is_in_the_export_of_the_one_account(cast: Cast, client: Client) -> None:
    other = member_of(cast.malmo, name="Anna L.")
    thread = start_thread(by=cast.luc, room=cast.families, title="Frankly", body="Well?", chatham=True)
    reply(by=cast.anna, thread=thread, body="I said this as one.")
    reply(by=other, thread=thread, body="And this as another.")
    client.force_login(cast.clara)
    address = f"/people/{cast.anna.uid}/merge/?address={other.email}"
    assert "What was said with either is in the export" in client.get(address).content.decode()
    merge_people(by=cast.clara, kept=cast.anna, closed=other)
    made = io.BytesIO()
    archive.write(cast.anna, made)
    with zipfile.ZipFile(made) as export:
        posts = export.read("posts.json").decode()
        numbers = json.loads(export.read("chatham-house.json"))
    assert "I said this as one." in posts
    assert "And this as another." in posts
    assert sorted(row["number"] for row in numbers) == [2, 3]
    assert {kind.key: count for kind, count in counts(cast.anna)}["posts"] == 2
    made = io.BytesIO()
    archive.write(cast.luc, made)
    with zipfile.ZipFile(made) as export:
        assert "as another" not in export.read("posts.json").decode()


def test_the_page_shows_first_and_wants_the_address_typed(client: Client, cast: Cast, second: User) -> None:
    client.force_login(cast.clara)
    address = f"/people/{cast.anna.uid}/merge/?address=anna@home.example"
    page = client.get(address).content.decode()
    assert f"akes part for {cast.malmo.short_name}" in page
    assert "Schools" in page
    second.refresh_from_db()
    assert second.is_active
    assert "This is not the address" in client.post(address, {"confirmed": "anna@malmo.example"}).content.decode()
    assert client.post(address, {"confirmed": "Anna@home.example"}).url == cast.anna.get_absolute_url()
    assert Room.objects.visible_to(cast.anna).filter(slug="schools").exists()
    assert "closed already" in client.post(address, {"confirmed": "anna@home.example"}).content.decode()


def test_two_terms_of_one_partner_become_one_from_first_to_last(cast: Cast) -> None:
    later = clock.now() + timedelta(days=400)
    twin = UserFactory()
    MembershipFactory(user=twin, partner=cast.malmo, until=later)
    Membership.objects.filter(user=cast.anna).update(until=clock.now() + timedelta(days=10))
    assert preview_merge(by=cast.clara, kept=cast.anna, closed=twin).refusal is None
    assert Membership.objects.filter(user=twin).exists()
    merge_people(by=cast.clara, kept=cast.anna, closed=twin)
    assert Membership.objects.get(user=cast.anna).until == later


def coordinator_of(world: World, rows: Stored) -> User:
    """Somebody who coordinates that world and is none of its people."""
    lead = rows[world.partners[0]]
    type(lead).objects.filter(pk=lead.pk).update(status="active", status_since=instant(-3), status_until=None)
    return member_of(lead, represents=True)


@pytest.mark.django_db
@seed(3)
@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_in_any_world_one_account_sees_what_two_saw_or_nothing_has_happened(world: World) -> None:
    with stored(world) as rows, clock.at(instant(0)):
        by = coordinator_of(world, rows)
        for first, other in (world.people[:2], world.people[2:4]):
            kept, closed = rows[first], rows[other]
            both, each = sight(kept) | sight(closed), (sight(kept), sight(closed))
            with transaction.atomic():
                try:
                    with transaction.atomic():
                        merge_people(by=by, kept=kept, closed=closed)
                except Refusal:
                    event("refused")
                    assert (sight(kept), sight(closed)) == each
                else:
                    event("merged")
                    assert sight(kept) == both
                    assert sight(User.objects.get(pk=closed.pk)) <= {(w, k) for w, k in both if w == "item"}
                transaction.set_rollback(True)


def test_who_was_a_member_and_a_representative_of_one_partner_is_a_representative_to_those_who_look_after_it(
    cast: Cast,
) -> None:
    other = member_of(cast.malmo, represents=True, email="mona@home.example")
    merge_people(by=cast.clara, kept=cast.mona, closed=other)
    about = {"person": cast.mona, "partner": cast.malmo}
    with pytest.raises(Forbidden, match="no representative"):
        memberships.end_membership(by=cast.mona, **about)
    member_of(cast.malmo, represents=True)
    memberships.set_end(by=cast.mona, until=None, **about)
    memberships.change_role(by=cast.mona, role="member", **about)
    assert not allowed(cast.mona, Level.REPRESENT, cast.malmo)


def test_when_the_person_goes_the_account_that_was_closed_forgets_them_too(cast: Cast) -> None:
    other = member_of(cast.malmo, name="Anna L.", email="anna@home.example")
    merge_people(by=cast.clara, kept=cast.anna, closed=other)
    mail.send_due()
    close_account(by=User.objects.get(pk=cast.anna.pk))
    other.refresh_from_db()
    assert "Anna" not in other.name
    assert not User.objects.filter(email__startswith="anna@").exists()
