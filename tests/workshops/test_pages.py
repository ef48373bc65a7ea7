"""The pages of workshops: what stands on them, for whom, and at what price."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from network import clock
from network.actions.items import hold, pass_on, remove
from network.actions.rooms import withdraw_grant
from network.labels import Label
from network.models import State, User
from network.permissions import Level
from tests.cast import Cast
from tests.factories import grant, member_of
from tests.releasing import release
from tests.workshops.announcing import announced, in_days, seated, waiting
from workshops.actions import meetings as actions
from workshops.models import Workshop

BRUSSELS = ZoneInfo("Europe/Brussels")


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(person: User, address: str) -> str:
    response = signed_in(person).get(address)
    assert response.status_code == 200, response
    return response.content.decode()


def way(name: str, workshop: Workshop) -> str:
    return reverse(f"workshops:{name}", args=[workshop.uid])


# --- lists ----------------------------------------------------------------------------------------


def test_the_list_shows_what_is_ahead_and_what_is_over_with_seats_and_ones_own_state(cast: Cast) -> None:
    full = announced(cast, title="Full house", capacity=1, place="Town hall")
    over = announced(cast, title="Long ago", starts_at=in_days(-9), ends_at=in_days(-8))
    actions.register(by=cast.anna, workshop=full)
    actions.register(by=cast.vera, workshop=full)
    text = page_of(cast.vera, "/workshops/")
    assert text.index("Full house") < text.index("Long ago")
    assert "1 of 1 seat taken, 1 waiting" in text
    assert "you wait for a seat" in text
    assert "you take part" in page_of(cast.anna, "/workshops/")
    assert full.get_absolute_url() in text
    assert over.get_absolute_url() in text


def test_times_are_the_readers_and_the_hosts_stand_beside_them(cast: Cast) -> None:
    start = datetime(2027, 7, 8, 7, tzinfo=UTC)
    workshop = announced(cast, time_zone="Europe/Athens", starts_at=start, ends_at=start + timedelta(hours=2))
    for address in ("/workshops/", workshop.get_absolute_url()):
        text = page_of(cast.anna, address)
        assert "Thursday 8 July 2027, 09:00–11:00" in text
        assert "10:00–12:00" in text
        assert "Athens" in text
    User.objects.filter(pk=cast.anna.pk).update(time_zone="Europe/Athens")
    assert "in Athens" not in page_of(cast.anna, "/workshops/")


@pytest.mark.parametrize("person", ["olga", "ivan", "gus", "sven", "eva"])
def test_nobody_finds_what_they_may_not_see(cast: Cast, person: str) -> None:
    workshop = announced(cast, title="Behind doors")
    client = signed_in(getattr(cast, person))
    for address in ("/workshops/", "/workshops/?when=past", f"/workshops/calendar/{workshop.starts_at:%Y/%m}/"):
        assert "Behind doors" not in client.get(address).content.decode()
    for name in ("workshop", "calendar-file", "edit", "cancel"):
        assert client.get(way(name, workshop)).status_code == 404
    for name in ("register", "withdraw", "edit", "cancel"):
        assert client.post(way(name, workshop)).status_code == 404
    assert client.get("/rooms/families/workshops/").status_code == 404


def test_a_stranger_signs_in_first_whether_it_exists_or_not(cast: Cast, client: Client) -> None:
    workshop = announced(cast)
    nowhere = "/workshops/9d0f6f0c-7d5e-4b8e-9c8a-4d3c5a6b7c8d/"
    for address in ("/workshops/", "/rooms/families/workshops/", workshop.get_absolute_url(), nowhere):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/accounts/login/")
    for address in (way("register", workshop), nowhere + "register/"):
        assert client.post(address).headers["Location"].startswith("/accounts/login/")


def test_the_rooms_list_has_what_is_at_home_there_and_what_was_passed_on_to_it(cast: Cast) -> None:
    announced(cast, title="At home")
    guest = announced(cast, title="Passed on", room=cast.schools, tlp=Label.GREEN)
    announced(cast, title="Elsewhere", room=cast.schools)
    pass_on(by=cast.luc, item=guest, room=cast.families)
    text = page_of(cast.anna, "/rooms/families/workshops/")
    assert "At home" in text
    assert "Passed on" in text
    assert "Elsewhere" not in text


def test_a_held_workshop_is_seen_by_its_author_and_the_moderators_and_marked(cast: Cast) -> None:
    workshop = announced(cast, title="Wait a moment")
    hold(by=cast.mona, item=workshop, reason="To be checked.")
    assert "Wait a moment" not in page_of(cast.anna, "/workshops/")
    assert "held" in page_of(cast.luc, "/workshops/")
    assert "waits for a moderator" in page_of(cast.mona, workshop.get_absolute_url())


def test_what_is_removed_is_in_no_list(cast: Cast) -> None:
    workshop = announced(cast, title="Gone")
    remove(by=cast.luc, item=workshop, reason="")
    assert "Gone" not in page_of(cast.luc, "/workshops/")


def test_a_long_past_is_paged(cast: Cast) -> None:
    for number in range(28):
        announced(cast, title=f"Past {number:02}", starts_at=in_days(-number - 2), ends_at=in_days(-number - 1))
    assert "All that are over" in page_of(cast.anna, "/workshops/")
    second = page_of(cast.anna, "/workshops/?when=past&page=2")
    assert "Past 27" in second
    assert "Past 00" not in second


# --- a month --------------------------------------------------------------------------------------


def test_a_month_has_a_table_and_an_agenda_in_the_readers_zone(cast: Cast) -> None:
    start = datetime(2027, 7, 31, 22, 30, tzinfo=UTC)
    announced(cast, title="Night shift", starts_at=start, ends_at=start + timedelta(minutes=30))
    august = page_of(cast.anna, "/workshops/calendar/2027/08/")
    assert august.count("Night shift") == 2
    assert "<h1>August 2027</h1>" in august
    assert "/workshops/calendar/2027/07/" in august
    assert "/workshops/calendar/2027/09/" in august
    User.objects.filter(pk=cast.anna.pk).update(time_zone="Europe/Lisbon")
    assert page_of(cast.anna, "/workshops/calendar/2027/07/").count("Night shift") == 2


def test_only_mine_leaves_what_i_take_part_in(cast: Cast) -> None:
    start = datetime(2027, 7, 8, 8, tzinfo=UTC)
    mine = announced(cast, title="Mine", starts_at=start, ends_at=start + timedelta(hours=1))
    announced(cast, title="Others", starts_at=start, ends_at=start + timedelta(hours=1))
    actions.register(by=cast.anna, workshop=mine)
    text = page_of(cast.anna, "/workshops/calendar/2027/07/?mine=1")
    assert "month-event-mine" in text
    assert "Others" not in text
    assert "Others" in page_of(cast.anna, "/workshops/calendar/2027/07/")


def test_the_calendar_without_a_month_is_this_month_for_the_reader(cast: Cast) -> None:
    client = signed_in(cast.anna)
    with clock.at(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert client.get("/workshops/calendar/").headers["Location"] == "/workshops/calendar/2027/01/"


@pytest.mark.parametrize("month", ["2027/00", "2027/13", "0001/01", "9999/12", "1999/12", "27/01", "2027/1x"])
def test_a_month_that_is_none_is_not_found(cast: Cast, month: str) -> None:
    assert signed_in(cast.anna).get(f"/workshops/calendar/{month}/").status_code == 404


@pytest.mark.parametrize("month", ["2000/01", "2099/12", "2027/3"])
def test_the_first_and_the_last_month_can_be_opened(cast: Cast, month: str) -> None:
    assert signed_in(cast.anna).get(f"/workshops/calendar/{month}/").status_code == 200


def test_a_cancelled_workshop_leaves_the_month_and_stays_in_the_list(cast: Cast) -> None:
    start = datetime(2027, 7, 8, 8, tzinfo=UTC)
    workshop = announced(cast, title="Off", starts_at=start, ends_at=start + timedelta(hours=1))
    actions.cancel(by=cast.luc, workshop=workshop)
    assert "Off" not in page_of(cast.anna, "/workshops/calendar/2027/07/")
    text = page_of(cast.anna, "/workshops/")
    assert "Off" in text
    assert "cancelled" in text


# --- one workshop ---------------------------------------------------------------------------------


def test_the_page_of_a_workshop_says_when_where_what_and_who(cast: Cast) -> None:
    workshop = announced(
        cast,
        workshop_kind="study_visit",
        description="Read the **guide**.",
        place="Town hall",
        address="Place du Marché 2",
        capacity=20,
    )
    actions.register(by=cast.anna, workshop=workshop)
    text = page_of(cast.vera, workshop.get_absolute_url())
    for words in ("Study visit", "<strong>guide</strong>", "Town hall", "Place du Marché 2", "1 of 20 seats taken"):
        assert words in text
    assert "Anna Lindqvist" in text
    assert 'person-partner">Malmö' in text
    assert "Register for Augsburg" in text


def test_the_link_is_shown_to_who_has_a_seat_alone(cast: Cast) -> None:
    workshop = announced(cast, link="https://meet.example/families", capacity=1)
    actions.register(by=cast.anna, workshop=workshop)
    actions.register(by=cast.vera, workshop=workshop)
    for name in ("workshop", "calendar-file"):
        for person, sees in ((cast.anna, True), (cast.vera, False), (cast.carlo, False), (cast.luc, False)):
            text = page_of(person, way(name, workshop)).replace("\r\n ", "")
            assert ("meet.example" in text) is sees, (name, person)


def test_registering_and_withdrawing_by_button(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    anna, vera = signed_in(cast.anna), signed_in(cast.vera)
    assert anna.post(way("register", workshop)).headers["Location"] == workshop.get_absolute_url()
    assert anna.post(way("register", workshop)).status_code == 302
    answer = vera.post(way("register", workshop), follow=True).content.decode()
    assert "You are number 1 in the queue." in answer
    assert (seated(workshop), waiting(workshop)) == (["Anna"], ["Vera"])
    assert anna.post(way("withdraw", workshop)).headers["Location"] == workshop.get_absolute_url()
    assert seated(workshop) == ["Vera"]
    assert "You are registered for Augsburg." in page_of(cast.vera, workshop.get_absolute_url())


@pytest.mark.parametrize("name", ["register", "withdraw"])
def test_a_link_alone_neither_registers_nor_withdraws(cast: Cast, name: str) -> None:
    assert signed_in(cast.anna).get(way(name, announced(cast))).status_code == 405


def test_who_has_two_partners_chooses_on_the_form(cast: Cast) -> None:
    from tests.factories import MembershipFactory

    MembershipFactory(user=cast.anna, partner=cast.augsburg)
    workshop = announced(cast)
    client = signed_in(cast.anna)
    assert "You take part for" in client.get(workshop.get_absolute_url()).content.decode()
    refused = client.post(way("register", workshop), {"partner": "liege"})
    assert refused.status_code == 422
    assert seated(workshop) == []
    client.post(way("register", workshop), {"partner": "malmo"})
    assert workshop.registrations.get().partner == cast.malmo


@pytest.mark.parametrize(
    ("days", "words"), [(9.99, "Registration for this workshop is closed."), (11, "This workshop is over.")]
)
def test_too_late_is_said_with_its_reason(cast: Cast, days: float, words: str) -> None:
    workshop = announced(cast, registration_closes_at=in_days(9))
    client = signed_in(cast.anna)
    with clock.at(in_days(days)):
        assert words in client.get(workshop.get_absolute_url()).content.decode()
        answer = client.post(way("register", workshop))
    assert answer.status_code == 403
    assert words in answer.content.decode()


def test_a_released_workshop_names_neither_room_nor_people(cast: Cast, client: Client) -> None:
    workshop = announced(cast, tlp=Label.CLEAR, description="For everybody.", link="https://meet.example/x")
    release(by=cast.clara, item=workshop)
    actions.register(by=cast.anna, workshop=workshop)
    for reader in (client, signed_in(cast.olga)):
        text = reader.get(workshop.get_absolute_url()).content.decode()
        assert "For everybody." in text
        for hidden in ("Families", "Luc Delvaux", "Anna Lindqvist", "meet.example", "Register"):
            assert hidden not in text
        file = reader.get(way("calendar-file", workshop))
        assert file.status_code == 200
        assert b"meet.example" not in file.content
    assert client.post(way("register", workshop)).headers["Location"].startswith("/accounts/login/")
    assert signed_in(cast.olga).post(way("register", workshop)).status_code == 404


def test_without_a_second_factor_strict_and_red_ask_for_it(cast: Cast, settings: Settings) -> None:
    settings.LIAISE_REQUIRE_MFA = True
    workshop = announced(cast, title="Sensitive", tlp=Label.RED, named_people=[cast.anna])
    client = signed_in(cast.anna)
    assert client.get(workshop.get_absolute_url()).status_code == 403
    assert "Sensitive" not in client.get("/workshops/").content.decode()
    text = client.get("/rooms/families/workshops/").content.decode()
    assert "Sensitive" not in text
    assert "unlock with your second factor" in text
    assert signed_in(cast.vera).get(workshop.get_absolute_url()).status_code == 404


# --- the calendar file ----------------------------------------------------------------------------


def test_the_file_keeps_its_identity_and_counts_its_changes(cast: Cast) -> None:
    workshop = announced(cast, description="# Why\n\nBecause.", place="Hall", address="Rue 1")
    client = signed_in(cast.anna)

    def event() -> Any:
        response = client.get(way("calendar-file", workshop))
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert response.headers["Content-Disposition"] == 'attachment; filename="first-hundred-days.ics"'
        return icalendar.Calendar.from_ical(response.content).walk("VEVENT")[0]

    first = event()
    assert first["SEQUENCE"] == 0
    assert first.decoded("DTSTART") == workshop.starts_at
    assert first["LOCATION"] == "Hall, Rue 1"
    assert first["DESCRIPTION"].startswith("TLP:AMBER")
    assert first["DESCRIPTION"].endswith("Why\nBecause.")
    actions.change(by=cast.luc, workshop=workshop, place="Library")
    second = event()
    assert (second["UID"], second["SEQUENCE"]) == (first["UID"], 1)
    actions.change(by=cast.luc, workshop=workshop, capacity=9)
    assert event()["SEQUENCE"] == 1, "seats are not in calendars"
    actions.cancel(by=cast.luc, workshop=workshop)
    third = event()
    assert (third["UID"], third["SEQUENCE"], third["STATUS"]) == (first["UID"], 2, "CANCELLED")


# --- the price ------------------------------------------------------------------------------------

LIST, PAST, ROOM, MONTH, ONE, FILE = 12, 10, 15, 8, 31, 4


@pytest.mark.parametrize("count", [1, 6])
def test_pages_cost_the_same_for_one_workshop_and_for_many(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    start = datetime(2027, 7, 8, 8, tzinfo=UTC)
    for number in range(count):
        workshop = announced(cast, title=f"No. {number}", starts_at=start, ends_at=start + timedelta(hours=2))
        over = announced(cast, starts_at=in_days(-3), ends_at=in_days(-2))
        for _ in range(count):
            actions.register(by=member_of(cast.malmo), workshop=workshop)
        assert over.is_over
    grant(cast.anna, Level.VIEW, cast.schools)
    client = signed_in(cast.anna)
    for address, price in (
        ("/workshops/", LIST),
        ("/workshops/?when=past", PAST),
        ("/rooms/families/workshops/", ROOM),
        ("/workshops/calendar/2027/07/", MONTH),
        (workshop.get_absolute_url(), ONE),
        (way("calendar-file", workshop), FILE),
    ):
        with django_assert_num_queries(price):
            assert client.get(address).status_code == 200
    assert Workshop.objects.filter(state=State.PUBLISHED).count() == 2 * count


def test_what_is_changed_in_a_released_workshop_waits_for_its_own_release(cast: Cast, client: Client) -> None:
    workshop = announced(cast, tlp=Label.CLEAR, description="For everybody.")
    release(by=cast.clara, item=workshop)
    assert "stands on the public site" in page_of(cast.luc, f"{workshop.get_absolute_url()}edit/")
    actions.change(by=cast.luc, workshop=workshop, description="Names of the families.")
    assert client.get(workshop.get_absolute_url()).status_code == 302
    release(by=cast.clara, item=workshop)
    assert "Names of the families." in client.get(workshop.get_absolute_url()).content.decode()


def test_who_lost_the_room_gets_no_link_by_the_release(cast: Cast) -> None:
    workshop = announced(cast, tlp=Label.CLEAR, link="https://meet.example/x")
    release(by=cast.clara, item=workshop)
    actions.register(by=cast.carlo, workshop=workshop)

    def told() -> str:
        file = signed_in(cast.carlo).get(way("calendar-file", workshop))
        return str(icalendar.Calendar.from_ical(file.content).walk("VEVENT")[0]["DESCRIPTION"])

    assert "meet.example" in told()
    withdraw_grant(by=cast.maud, room=cast.families, holder=cast.carlo)
    assert "meet.example" not in told()
