"""A deputy represents the partner from a day until a day, and changes nothing about who represents it."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import settings as drawn
from hypothesis import strategies as st

from accounts.actions import deputies, invitations, memberships
from accounts.actions.absence import reactivate
from accounts.actions.closing import shut
from accounts.actions.leaving import close_account
from accounts.actions.moving import move_person
from accounts.actions.providers import set_provider
from accounts.actions.standing import make_lead
from accounts.permissions.people import represents_lastingly
from network import clock, headcount
from network.actions.mandates import give_mandate
from network.models import Membership, Partner, User
from network.permissions import NETWORK, Level, allowed, is_member, who_may
from network.refusals import Forbidden, Invalid, Refusal, Unseen
from tests.cast import Cast, gather
from tests.drawing import examples
from tests.factories import member_of


def name(
    cast: Cast, *, first: int = 0, last: int = 10, by: User | None = None, **changes: User | Partner
) -> Membership:
    now = clock.now()
    who = {"absent": cast.luc, "deputy": cast.maud, "partner": cast.liege} | changes
    return deputies.name_deputy(
        by=by or cast.luc,
        since=now + timedelta(days=first),
        until=now + timedelta(days=last),
        **who,
    )


def test_a_deputy_represents_for_the_days_named_and_no_longer(cast: Cast) -> None:
    name(cast, first=5, last=10)
    for day, represents in ((0, False), (5, True), (9, True), (10, False)):
        with clock.at(clock.now() + timedelta(days=day)):
            assert allowed(cast.maud, Level.REPRESENT, cast.liege) is represents


def test_a_deputy_of_who_was_shut_out_for_absence_represents_nobody_until_they_are_back(cast: Cast) -> None:
    name(cast)
    assert allowed(cast.maud, Level.REPRESENT, cast.liege)
    User.objects.filter(pk=cast.luc.pk).update(is_active=False)
    assert not allowed(cast.maud, Level.REPRESENT, cast.liege)
    assert cast.maud not in who_may(Level.REPRESENT, cast.liege)
    # What is theirs in their own right stays.
    assert is_member(cast.maud)
    assert allowed(cast.maud, Level.CONTRIBUTE, cast.families)
    cast.luc.refresh_from_db()
    with pytest.raises(Forbidden, match="no longer sign in"):
        name(cast, by=cast.clara)
    User.objects.filter(pk=cast.luc.pk).update(is_active=True)
    assert allowed(cast.maud, Level.REPRESENT, cast.liege)


STEPS = ("name", "end_deputy", "end", "shorten", "lengthen", "demote", "promote", "shut_out", "let_in", "move", "leave")


def step(cast: Cast, what: str, days: int) -> None:
    """Something that changes on what a deputy rests; a refusal is an answer, too."""
    about = {"by": cast.clara, "person": User.objects.get(pk=cast.luc.pk), "partner": cast.liege}
    later = clock.now() + timedelta(days=days)
    if what == "name":
        name(cast, by=cast.clara, first=days % 3, last=days + 1)
    elif what == "end_deputy":
        for deputy in Membership.objects.filter(deputy_for=cast.luc):
            deputies.end_deputy(by=cast.clara, deputy=deputy)
    elif what == "end":
        memberships.end_membership(**about)
    elif what in ("shorten", "lengthen"):
        memberships.set_end(until=later if what == "shorten" else None, **about)
    elif what in ("demote", "promote"):
        memberships.change_role(role="member" if what == "demote" else "representative", **about)
    elif what == "shut_out":
        shut(about["person"])
        User.objects.filter(pk=cast.luc.pk).update(asked_at=clock.now())
    elif what == "let_in":
        reactivate(by=cast.clara, person=about["person"])
    elif what == "move":
        move_person(by=cast.clara, person=about["person"], old=cast.liege, new=cast.malmo, since=later)
    elif what == "leave":
        close_account(by=about["person"])


@drawn(max_examples=examples(40), deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 6)), min_size=1, max_size=6))
@pytest.mark.django_db
def test_whatever_happens_a_deputy_represents_only_while_the_other_could(steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        cast = gather()
        # So that Luc is not the last, which is another rule.
        member_of(cast.liege, represents=True)
        name(cast)
        for what, days in steps:
            with suppress(Refusal), transaction.atomic():
                step(cast, what, days)
            luc = User.objects.get(pk=cast.luc.pk)
            for day in range(12):
                with clock.at(clock.now() + timedelta(days=day, minutes=1)):
                    if allowed(cast.maud, Level.REPRESENT, cast.liege):
                        assert represents_lastingly(luc, cast.liege), (what, day)
        transaction.set_rollback(True)


def test_the_form_names_one_and_everybody_reads_for_whom(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    page = f"/partners/liege/people/{cast.luc.uid}/deputy/"
    today = clock.now().date()
    given = {"deputy": cast.maud.uid, "first_day": today, "last_day": today + timedelta(days=9)}
    assert client.post(page, given).status_code == 302
    client.force_login(cast.anna)
    for seen in ("/partners/liege/", f"/people/{cast.maud.uid}/"):
        assert "deputy for Luc Delvaux at Liège until" in client.get(seen).content.decode()
    assert client.get("/partners/liege/").content.decode().count(cast.maud.get_absolute_url()) == 1
    people = client.get("/people/").content.decode()
    assert people.count(cast.maud.get_absolute_url()) == 1
    assert "Liège, Liège" not in people
    counted = headcount.of(who_may(Level.VIEW, cast.families))
    assert ("Liège", 2) in counted.partners


def test_a_guest_does_not_learn_from_a_deputy_whom_they_may_not_know(client: Client, cast: Cast) -> None:
    name(cast, deputy=member_of(cast.liege, name="Dora Petit"))
    Membership.objects.filter(user=cast.luc).update(until=None)
    User.objects.filter(pk=cast.luc.pk).update(is_active=False)
    client.force_login(cast.eva)
    page = client.get("/partners/liege/").content.decode()
    assert "Dora Petit" in page
    assert cast.luc.name not in page


def test_only_the_representative_or_a_coordinator_names_one_and_a_deputy_names_nobody(cast: Cast) -> None:
    dora = member_of(cast.liege)
    for who in (cast.anna, cast.olga, cast.eva, dora):
        with pytest.raises(Refusal):
            name(cast, by=who)
    name(cast, by=cast.clara)
    with pytest.raises(Forbidden):
        name(cast, by=cast.maud, absent=cast.maud, deputy=dora)
    with pytest.raises(Forbidden):
        name(cast, by=cast.maud, deputy=dora)


def test_a_deputy_is_somebody_of_the_partner_who_does_not_represent_it(cast: Cast) -> None:
    other = member_of(cast.liege, represents=True)
    for deputy in (cast.anna, cast.eva, cast.luc, other):
        with pytest.raises(Invalid):
            name(cast, deputy=deputy)
    with pytest.raises(Unseen):
        name(cast, by=cast.clara, absent=cast.anna, deputy=cast.maud)


def test_a_deputy_makes_nobody_a_representative_and_ends_none(cast: Cast) -> None:
    member_of(cast.liege, represents=True)
    name(cast)
    about = {"by": cast.maud, "partner": cast.liege}
    with pytest.raises(Forbidden):
        memberships.change_role(person=cast.maud, role="representative", **about)
    with pytest.raises(Forbidden):
        memberships.end_membership(person=cast.luc, **about)
    with pytest.raises(Forbidden):
        invitations.invite(email="nora@liege.example", role="representative", **about)
    invitations.invite(email="nora@liege.example", **about)


def test_an_invitation_to_represent_falls_with_who_gave_it_becoming_a_deputy(cast: Cast) -> None:
    rita = member_of(cast.liege, represents=True)
    invitation = invitations.invite(by=rita, email="nora@liege.example", partner=cast.liege, role="representative")
    memberships.change_role(by=cast.luc, person=rita, partner=cast.liege, role="member")
    name(cast, deputy=rita)
    with pytest.raises(Forbidden):
        invitations.accept(invitation=invitation, name="Nora", password="a long walk by the river")


def test_a_deputys_time_lies_within_both_memberships_and_ends_with_them(cast: Cast) -> None:
    member_of(cast.liege, represents=True)
    memberships.set_end(by=cast.luc, person=cast.maud, partner=cast.liege, until=clock.now() + timedelta(days=5))
    for first, last in ((0, 6), (3, 2), (-9, -2)):
        with pytest.raises(Invalid):
            name(cast, first=first, last=last)
    row = name(cast, last=4)
    memberships.end_membership(by=cast.luc, person=cast.luc, partner=cast.liege)
    row.refresh_from_db()
    assert row.until is not None
    assert row.until <= clock.now()
    assert not allowed(cast.maud, Level.REPRESENT, cast.liege)


def test_naming_again_sets_other_dates_and_ending_early_may_be_repeated(client: Client, cast: Cast) -> None:
    name(cast, last=5)
    row = name(cast, last=8)
    assert Membership.objects.filter(deputy_for=cast.luc).count() == 1
    ending = f"/partners/liege/people/{cast.luc.uid}/deputy/{cast.maud.uid}/end/"
    client.force_login(cast.anna)
    assert client.post(ending).status_code == 404
    client.force_login(cast.luc)
    assert client.post(ending).status_code == 302
    assert not allowed(cast.maud, Level.REPRESENT, cast.liege)
    deputies.end_deputy(by=cast.luc, deputy=row)
    assert client.post(ending).status_code == 404


def test_one_that_has_not_begun_never_was(cast: Cast) -> None:
    row = name(cast, first=5, last=8)
    deputies.end_deputy(by=cast.maud, deputy=row)
    assert not Membership.objects.filter(deputy_for=cast.luc).exists()


def test_a_deputy_is_no_last_representative(cast: Cast) -> None:
    name(cast)
    with pytest.raises(Forbidden):
        memberships.end_membership(by=cast.luc, person=cast.luc, partner=cast.liege)


def stand_in_for_clara(cast: Cast) -> User:
    """Dora coordinates in Clara's place for ten days."""
    dora = member_of(cast.efus)
    name(cast, by=cast.clara, absent=cast.clara, deputy=dora, partner=cast.efus)
    assert allowed(dora, Level.COORDINATE, NETWORK)
    return dora


def test_who_stands_in_for_a_coordinator_does_not_say_who_coordinates(cast: Cast) -> None:
    dora = stand_in_for_clara(cast)
    with pytest.raises(Forbidden):
        memberships.change_role(by=dora, person=dora, partner=cast.efus, role="representative")
    with pytest.raises(Forbidden):
        memberships.end_membership(by=dora, person=cast.clara, partner=cast.efus)
    with pytest.raises(Forbidden):
        invitations.invite(by=dora, email="nora@efus.example", partner=cast.efus, role="representative")
    with pytest.raises(Forbidden):
        name(cast, by=dora, absent=cast.clara, deputy=member_of(cast.efus), partner=cast.efus)
    move = {"person": cast.anna, "old": cast.malmo, "new": cast.efus, "since": clock.now()}
    with pytest.raises(Forbidden):
        move_person(by=dora, role="representative", **move)
    with pytest.raises(Forbidden):
        make_lead(by=dora, partner=cast.liege)
    for kind in ("operate", "convene"):
        with pytest.raises(Forbidden):
            give_mandate(by=dora, person=dora, kind=kind)
    # What a coordinator does for other partners, they do.
    memberships.change_role(by=dora, person=cast.maud, partner=cast.liege, role="representative")
    move_person(by=dora, **move)


def test_a_deputy_does_not_lengthen_the_time_of_who_represents_the_partner(cast: Cast) -> None:
    rita = member_of(cast.liege, represents=True)
    memberships.set_end(by=cast.luc, person=rita, partner=cast.liege, until=clock.now() + timedelta(days=5))
    name(cast)
    with pytest.raises(Forbidden):
        memberships.set_end(by=cast.maud, person=rita, partner=cast.liege, until=None)


def test_who_stands_in_for_a_coordinator_sets_nobodys_identity_provider(cast: Cast) -> None:
    colleague = member_of(cast.efus)
    name(cast, absent=cast.clara, deputy=colleague, partner=cast.efus, by=cast.clara)
    assert allowed(colleague, Level.COORDINATE, NETWORK)
    with pytest.raises(Forbidden, match="stands in"):
        set_provider(by=colleague, partner=cast.efus, name="x", issuer="x", client_id="x", domains=[])
