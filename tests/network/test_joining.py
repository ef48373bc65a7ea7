"""Asking for a place in a room, being answered, and how little an answer tells."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.test import Client

from network import clock, mail
from network.actions import joining
from network.mail import LETTERS
from network.models import JoinRequest, Mail, Notification, Room
from network.notifications import visible_notices
from network.permissions import Level, level_in, who_knows_of
from network.permissions.joining import PAUSE
from network.refusals import Forbidden, Invalid
from tests.cast import Cast
from tests.confirming import say_yes
from tests.factories import member_of
from tests.network.test_room_settings import change


def outbox() -> list[django_mail.EmailMessage]:
    return list(django_mail.outbox)


def test_a_representative_asks_for_the_partner_and_all_its_people_get_the_place(cast: Cast) -> None:
    rosa = member_of(cast.augsburg, represents=True)
    request = joining.ask_to_join(by=rosa, room=cast.schools, partner=cast.augsburg)
    joining.approve_request(by=cast.clara, request=request, level=Level.VIEW)
    request.refresh_from_db()
    assert (request.granted, request.settled_by) == (True, cast.clara)
    assert level_in(cast.olga, cast.schools) == Level.VIEW
    assert rosa.notifications.filter(kind="granted", room=cast.schools).exists()


def test_a_request_of_ones_own_does_not_pass_for_one_of_the_partner_nor_the_other_way_round(
    client: Client, cast: Cast
) -> None:
    rosa = member_of(cast.augsburg, represents=True)
    own = joining.ask_to_join(by=rosa, room=cast.schools)
    with pytest.raises(Invalid, match="a place of your own"):
        joining.ask_to_join(by=rosa, room=cast.schools, partner=cast.augsburg)
    client.force_login(rosa)
    answer = client.post("/rooms/schools/", {"note": "", "partner": cast.augsburg.slug})
    assert answer.status_code == 422
    assert "Withdraw that request first" in answer.content.decode()
    joining.withdraw_request(by=rosa, request=own)
    asked = joining.ask_to_join(by=rosa, room=cast.schools, partner=cast.augsburg)
    assert asked.partner == cast.augsburg
    assert joining.ask_to_join(by=rosa, room=cast.schools, partner=cast.augsburg) == asked
    with pytest.raises(Invalid, match="Augsburg"):
        joining.ask_to_join(by=rosa, room=cast.schools)


def test_who_does_not_represent_a_partner_does_not_ask_for_it(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        joining.ask_to_join(by=cast.olga, room=cast.schools, partner=cast.augsburg)
    assert not JoinRequest.objects.exists()


def test_a_refusal_with_its_reason_reaches_the_asker_on_the_page_and_by_letter(client: Client, cast: Cast) -> None:
    request = joining.ask_to_join(by=cast.olga, room=cast.families, note="We begin a helpline.")
    client.force_login(cast.maud)
    answer = client.post(f"/rooms/families/members/requests/{cast.olga.uid}/decline/", {"reason": " "})
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    client.post(f"/rooms/families/members/requests/{cast.olga.uid}/decline/", {"reason": "We are <full>."})
    client.force_login(cast.olga)
    assert "We are &lt;full&gt;." in client.get("/rooms/families/").content.decode()
    assert "declined your request" in client.get("/notifications/").content.decode()
    letters = [LETTERS[row.kind](row.key) for row in Mail.objects.all()]
    told = [letter for letter in letters if letter is not None and letter.to == cast.olga.email]
    assert len(told) == 1
    assert "We are <full>." in told[0].text
    # What asked the managers for an answer asks no more.
    assert not Notification.objects.filter(kind="join_asked", part_id=request.pk).exists()


def test_after_a_refusal_one_may_ask_again_when_two_weeks_have_passed(cast: Cast) -> None:
    request = joining.ask_to_join(by=cast.olga, room=cast.families)
    joining.decline_request(by=cast.maud, request=request, reason="Not now.")
    with pytest.raises(Forbidden):
        joining.ask_to_join(by=cast.olga, room=cast.families)
    with clock.at(clock.now() + PAUSE + timedelta(seconds=1)):
        assert joining.ask_to_join(by=cast.olga, room=cast.families).pk != request.pk


def test_the_asker_withdraws_their_own_request_and_nobody_elses(client: Client, cast: Cast) -> None:
    request = joining.ask_to_join(by=cast.olga, room=cast.families)
    with pytest.raises(Forbidden):
        joining.withdraw_request(by=cast.carlo, request=request)
    client.force_login(cast.olga)
    client.post("/rooms/families/request/withdraw/")
    request.refresh_from_db()
    assert (request.settled_at is not None, request.granted) == (True, None)
    assert "Ask to join" in client.get("/rooms/families/").content.decode()


def test_of_two_managers_who_answer_at_once_the_second_is_told(cast: Cast) -> None:
    request = joining.ask_to_join(by=cast.olga, room=cast.families)
    joining.decline_request(by=cast.maud, request=request, reason="Not now.")
    with pytest.raises(Invalid):
        joining.approve_request(by=cast.clara, request=request, level=Level.VIEW)
    assert level_in(cast.olga, cast.families) is None


def test_who_asked_learns_nothing_more_of_a_room_that_was_hidden_meanwhile(client: Client, cast: Cast) -> None:
    request = joining.ask_to_join(by=cast.olga, room=cast.families)
    change(cast.maud, cast.families, kind=Room.Kind.HIDDEN)
    joining.decline_request(by=cast.maud, request=request, reason="Secret.")
    assert not visible_notices(cast.olga).exists()
    mail.send_due()
    assert not [letter for letter in outbox() if cast.olga.email in letter.to]
    client.force_login(cast.olga)
    cast.families.refresh_from_db()
    assert client.get("/rooms/families/").status_code == 404
    assert client.get(f"/rooms/{cast.families.slug}/").status_code == 404
    assert "Families" not in client.get("/rooms/").content.decode()


def test_approving_in_place_shows_first_what_it_changes(client: Client, cast: Cast) -> None:
    joining.ask_to_join(by=cast.olga, room=cast.families)
    client.force_login(cast.maud)
    address = f"/rooms/families/members/requests/{cast.olga.uid}/approve/"
    given = {"level": "2", "until": "2099-06-30"}
    page = client.post(address, given).content.decode()
    assert "Olga Hofstetter may contribute until 30 June 2099" in page
    assert "gains 1 person of 1 partner, loses none" in page
    assert level_in(cast.olga, cast.families) is None
    assert say_yes(client, address, given).status_code == 302
    assert level_in(cast.olga, cast.families) == Level.CONTRIBUTE


def test_who_knows_of_a_room_is_the_inverse_of_the_rooms_one_knows(cast: Cast) -> None:
    for room in Room.objects.all():
        known = {person for person in vars(cast).values() if getattr(person, "email", "")}
        expected = {person.name for person in known if Room.objects.listed_to(person).filter(pk=room.pk).exists()}
        assert set(who_knows_of(room).values_list("name", flat=True)) == expected
