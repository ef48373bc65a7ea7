"""Who looks after a partner's people: representatives of that very partner, and coordinators."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actions import invitations, memberships
from network import clock
from network.models import AuditEntry, HandOver, Membership, Notification, Partner, PersonGrant
from network.permissions import Level, allowed, is_member, level_in
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.factories import MembershipFactory, grant, member_of

PEOPLE = "/partners/liege/people/"


def address(person: Any, act: str = "") -> str:
    return f"{PEOPLE}{person.uid}/{act}"


def test_the_page_says_who_takes_part_as_what_until_when_and_who_approved(client: Client, cast: Cast) -> None:
    until = clock.now() + timedelta(days=400)
    Membership.objects.filter(user=cast.maud).update(until=until, approved_by=cast.clara)
    gone = member_of(cast.liege, name="Gaston Former", until=clock.now() - timedelta(days=3))
    invitations.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege)
    client.force_login(cast.luc)
    page = client.get(PEOPLE).content.decode()
    assert f"takes part for Liège until {until:%-d %B %Y}" in page or "takes part for Liège until" in page
    for words in ("approved by Clara Dupont", "represents Liège", gone.name, "nora@liege.example", "has not come yet"):
        assert words in page
    assert cast.anna.name not in page


@pytest.mark.parametrize("who", ["anna", "maud", "olga", "eva", "sven", "ivan"])
def test_nobody_else_opens_it_or_changes_anything(client: Client, cast: Cast, who: str) -> None:
    client.force_login(getattr(cast, who))
    assert client.get(PEOPLE).status_code in (403, 404)
    for page in ("", "end/", "deputy/"):
        assert client.get(address(cast.maud, page)).status_code in (403, 404)
    client.post(address(cast.maud, "end/"), {"when": "now"})
    client.post(address(cast.maud), {"role": "representative"})
    assert Membership.objects.get(user=cast.maud).until is None
    assert Membership.objects.get(user=cast.maud).role == "member"


def test_a_representative_looks_after_their_own_partner_only(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    assert client.get("/partners/malmo/people/").status_code == 403
    assert client.get(address(cast.anna)).status_code == 404
    with pytest.raises(Forbidden):
        memberships.end_membership(by=cast.luc, person=cast.anna, partner=cast.malmo)
    with pytest.raises(Unseen):
        memberships.end_membership(by=cast.luc, person=cast.anna, partner=cast.liege)
    client.force_login(cast.clara)
    assert client.get("/partners/malmo/people/").status_code == 200


def test_ending_a_membership_takes_effect_at_once_and_stays_in_the_trail(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    page = client.get(address(cast.maud, "end/")).content.decode()
    assert "What ends with it" in page
    assert cast.families.name in page
    answer = client.post(address(cast.maud, "end/"), {"when": "now"})
    assert answer.url == PEOPLE
    assert not is_member(cast.maud)
    assert level_in(cast.maud, cast.families) is None
    assert not PersonGrant.objects.filter(user=cast.maud).exists()
    verbs = AuditEntry.objects.filter(target=cast.maud.uid).values_list("verb", flat=True)
    assert {"accounts.membership_ended", "network.grant_withdrawn"} <= set(verbs)
    assert Notification.objects.get(user=cast.maud, kind="membership_ended").by == cast.luc


def test_the_page_names_no_room_that_the_representative_does_not_see(client: Client, cast: Cast) -> None:
    grant(cast.maud, Level.VIEW, cast.steering)
    client.force_login(cast.luc)
    page = client.get(address(cast.maud, "end/")).content.decode()
    assert cast.steering.name not in page
    client.post(address(cast.maud, "end/"), {"when": "now"})
    assert not PersonGrant.objects.filter(user=cast.maud, content_object=cast.steering).exists()


def test_an_end_on_a_day_is_half_open_and_may_be_taken_off_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    day = (clock.now() + timedelta(days=100)).date()
    client.post(address(cast.maud, "end/"), {"when": "day", "last_day": day.isoformat()})
    membership = Membership.objects.get(user=cast.maud)
    assert membership.until is not None
    for moment, is_in in ((membership.until - timedelta(seconds=1), True), (membership.until, False)):
        with clock.at(moment):
            assert is_member(cast.maud) is is_in
            assert (level_in(cast.maud, cast.families) is not None) is is_in
    client.post(address(cast.maud, "end/"), {"when": "never"})
    membership.refresh_from_db()
    assert membership.until is None


def test_what_cannot_be_used_is_said_at_its_field(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    for given, words in (
        ({"when": "day"}, "Choose the last day"),
        ({"when": "day", "last_day": "2020-01-01"}, "must lie in the future"),
        ({"when": "soon"}, "Select a valid choice"),
    ):
        assert words in client.post(address(cast.maud, "end/"), given).content.decode()
    assert Membership.objects.get(user=cast.maud).until is None


def test_the_last_representative_stays_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    assert "no representative then" in client.post(address(cast.luc, "end/"), {"when": "now"}).content.decode()
    assert "no representative then" in client.post(address(cast.luc), {"role": "member"}).content.decode()
    with pytest.raises(Forbidden):
        memberships.set_end(by=cast.clara, person=cast.luc, partner=cast.liege, until=clock.now() + timedelta(days=9))
    assert allowed(cast.luc, Level.REPRESENT, cast.liege)


def test_another_representative_counts_as_long_as_they_stay(cast: Cast) -> None:
    memberships.change_role(by=cast.luc, person=cast.maud, partner=cast.liege, role="representative")
    soon = clock.now() + timedelta(days=9)
    memberships.set_end(by=cast.luc, person=cast.maud, partner=cast.liege, until=soon)
    with pytest.raises(Forbidden):
        memberships.set_end(by=cast.luc, person=cast.luc, partner=cast.liege, until=soon + timedelta(days=1))
    memberships.end_membership(by=cast.maud, person=cast.luc, partner=cast.liege)
    assert not is_member(cast.luc)


@pytest.mark.parametrize("leaving", ["suspended", "hand-over"])
def test_a_coordinator_ends_the_last_one_of_a_partner_that_leaves(cast: Cast, leaving: str) -> None:
    if leaving == "suspended":
        Partner.objects.filter(pk=cast.liege.pk).update(status=Partner.Status.SUSPENDED)
    else:
        HandOver.objects.create(partner=cast.liege, begun_by=cast.clara)
        with pytest.raises(Forbidden):
            memberships.end_membership(by=cast.luc, person=cast.luc, partner=cast.liege)
    memberships.end_membership(by=cast.clara, person=cast.luc, partner=cast.liege)
    assert Membership.objects.get(user=cast.luc).until is not None


def test_who_is_asked_to_confirm_ticks_those_who_stay_and_is_told_first_who_ends(client: Client, cast: Cast) -> None:
    member_of(cast.liege, name="Nora New")
    Membership.objects.filter(user__name="Nora New").update(since=clock.now() - timedelta(days=10))
    client.force_login(cast.luc)
    confirm = PEOPLE + "confirm/"
    page = client.get(confirm).content.decode()
    assert cast.maud.name in page
    assert "Nora New" not in page
    given = {"people": [cast.luc.uid], "last_day": (clock.now() + timedelta(days=40)).date().isoformat()}
    answer = client.post(confirm, given)
    assert "1 person would take part until" in answer.content.decode()
    assert Membership.objects.get(user=cast.maud).until is None
    sure = answer.context["form"].ending
    other = {**given, "last_day": (clock.now() + timedelta(days=50)).date().isoformat(), "sure": sure}
    assert client.post(confirm, other).status_code == 200, "Another day is said again before it is done."
    assert client.post(confirm, {**given, "sure": sure}).url == PEOPLE
    assert Membership.objects.get(user=cast.luc).confirmed_at is not None
    assert Membership.objects.get(user=cast.maud).until is not None
    assert "Nobody is due" not in client.get(confirm).content.decode() or Membership.objects.get(user=cast.maud).until


def test_nobody_is_confirmed_when_somebody_else_cannot_end(cast: Cast) -> None:
    until = clock.now() + timedelta(days=30)
    with pytest.raises(Forbidden):
        memberships.confirm_people(by=cast.luc, partner=cast.liege, people=[cast.maud], others=[cast.luc], until=until)
    with pytest.raises(Invalid):
        memberships.confirm_people(by=cast.luc, partner=cast.liege, people=[], others=[cast.maud])
    assert not Membership.objects.exclude(confirmed_at=None).exists()


def test_a_confirmation_lasts_a_year(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    client.post(address(cast.luc), {"confirm": "1"})
    client.post(address(cast.maud), {"confirm": "1"})
    assert "Do the people of Liège still take part" not in client.get("/").content.decode()
    with clock.at(clock.now() + timedelta(days=366)):
        client.force_login(cast.luc)
        assert "Do the people of Liège still take part" in client.get("/").content.decode()


def test_somebody_of_two_partners_keeps_the_other_and_their_places(cast: Cast) -> None:
    MembershipFactory(user=cast.maud, partner=cast.malmo)
    memberships.end_membership(by=cast.luc, person=cast.maud, partner=cast.liege)
    assert is_member(cast.maud)
    assert level_in(cast.maud, cast.families) == Level.MANAGE


@pytest.mark.parametrize("size", [1, 6])
@pytest.mark.parametrize(("page", "queries"), [("", 17), ("confirm/", 11)])
def test_the_page_asks_the_same_number_of_questions_whatever_the_size(
    client: Client, cast: Cast, django_assert_num_queries: Callable[[int], Any], size: int, page: str, queries: int
) -> None:
    for n in range(size):
        member_of(cast.liege)
        member_of(cast.liege, until=clock.now() - timedelta(days=1))
        invitations.invite(by=cast.luc, email=f"n{n}@liege.example", partner=cast.liege)
    client.force_login(cast.luc)
    client.get(PEOPLE + page)
    with django_assert_num_queries(queries):
        assert client.get(PEOPLE + page).status_code == 200


def test_open_sockets_look_at_their_rights_as_soon_as_a_membership_has_ended(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rights: list[bool] = []
    monkeypatch.setattr("network.live.ring", lambda: rights.append(is_member(cast.maud)))
    with django_capture_on_commit_callbacks(execute=True):
        memberships.end_membership(by=cast.luc, person=cast.maud, partner=cast.liege)
        assert rights == []
    assert rights
    assert not any(rights)


def test_nobody_lengthens_their_own_time(cast: Cast) -> None:
    other = member_of(cast.liege, represents=True)
    ends = clock.now() + timedelta(days=5)
    about = {"person": cast.luc, "partner": cast.liege}
    memberships.set_end(by=cast.clara, until=ends, **about)
    for until in (None, ends + timedelta(days=1)):
        with pytest.raises(Forbidden, match="Somebody else"):
            memberships.set_end(by=cast.luc, until=until, **about)
    memberships.set_end(by=cast.luc, until=ends - timedelta(days=1), **about)
    memberships.set_end(by=other, until=None, **about)
