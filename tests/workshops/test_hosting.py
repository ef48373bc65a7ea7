"""Announcing, changing and cancelling: by action and by form, with what people mistype."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from network import search
from network.actions.items import approve
from network.audit import VERBS
from network.labels import Label
from network.models import AuditDetail, AuditEntry, Mail, Notification, Partner, Room, State, User
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.workshops.announcing import announced, in_days
from workshops.actions import meetings as actions
from workshops.models import Workshop

NEW = "/rooms/families/workshops/new/"


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def typed(**more: Any) -> dict[str, Any]:
    """What somebody types into the form, all of it right unless the test says otherwise."""
    given = {
        "title": "First hundred days",
        "workshop_kind": "seminar",
        "description": "Read the guide.",
        "starts_at": "2027-07-08T09:00",
        "ends_at": "2027-07-08T15:30",
        "time_zone": "Europe/Athens",
        "place": "Town hall",
        "capacity": "20",
        "tlp": "GREEN",
        "language": "fr",
    }
    return given | more


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("user__name", flat=True))


# --- announcing -----------------------------------------------------------------------------------


def test_a_contributor_announces_a_workshop_by_form(cast: Cast) -> None:
    response = client_of(cast.anna).post(NEW, typed())
    workshop = Workshop.objects.get()
    assert response.headers["Location"] == workshop.get_absolute_url()
    assert (workshop.author, workshop.partner, workshop.room) == (cast.anna, cast.malmo, cast.families)
    assert (workshop.starts_at, workshop.ends_at) == (
        datetime(2027, 7, 8, 6, tzinfo=UTC),
        datetime(2027, 7, 8, 12, 30, tzinfo=UTC),
    ), "typed in the host's time"
    assert (workshop.workshop_kind, workshop.capacity, workshop.label) == ("seminar", 20, Label.GREEN)
    assert (workshop.language, workshop.time_zone, workshop.sequence) == ("fr", "Europe/Athens", 0)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.partner) == ("workshops.announced", cast.anna.uid, cast.malmo.uid)


def test_what_is_left_out_takes_its_default(cast: Cast) -> None:
    User.objects.filter(pk=cast.luc.pk).update(time_zone="Europe/Lisbon")
    given = {"title": "Short", "starts_at": "2027-01-08 09:00", "ends_at": "2027-01-08 10:00"}
    client_of(cast.luc).post(NEW, given)
    workshop = Workshop.objects.get()
    assert workshop.starts_at == datetime(2027, 1, 8, 9, tzinfo=UTC)
    assert (workshop.workshop_kind, workshop.capacity, workshop.link) == ("workshop", None, "")
    assert (workshop.label, workshop.language, workshop.partner) == (Label.AMBER, "fr", cast.liege)


def test_the_form_says_beforehand_who_will_see_it(cast: Cast) -> None:
    page = client_of(cast.luc).get(NEW).content.decode()
    assert "7 people of 4 partners will see this" in page
    assert "Malmö 2" in page
    red = client_of(cast.luc).post(NEW, typed(title="", tlp="RED")).content.decode()
    assert "1 person of 1 partner will see this" in red


def test_sending_the_form_twice_announces_once(cast: Cast) -> None:
    client, once = client_of(cast.luc), str(uuid.uuid4())
    first = client.post(NEW, typed(once=once))
    assert client.post(NEW, typed(once=once)).headers["Location"] == first.headers["Location"]
    assert Workshop.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def test_another_persons_key_makes_another_workshop(cast: Cast) -> None:
    once = uuid.uuid4()
    announced(cast, once=once)
    assert announced(cast, by=cast.anna, once=once).uid != once


@pytest.mark.parametrize(
    ("person", "status"), [("vera", 403), ("olga", 404), ("eva", 404), ("ivan", 404), ("sven", 404), ("carlo", 200)]
)
def test_only_who_contributes_to_the_room_announces_in_it(cast: Cast, person: str, status: int) -> None:
    client = client_of(getattr(cast, person))
    assert client.get(NEW).status_code == status
    if status != 200:
        assert client.post(NEW, typed()).status_code == status
        assert not Workshop.objects.exists()


def test_a_guest_announces_for_nobody_and_is_not_offered_strict(cast: Cast) -> None:
    address = "/rooms/schools/workshops/new/"
    client = client_of(cast.eva)
    assert "AMBER+STRICT" not in client.get(address).content.decode()
    assert client.post(address, typed(tlp="AMBER+STRICT")).status_code == 422
    client.post(address, typed())
    assert Workshop.objects.get().partner is None


def test_rooms_are_offered_where_one_contributes(cast: Cast) -> None:
    page = client_of(cast.anna).get("/workshops/new/").content.decode()
    assert NEW in page
    assert "/rooms/schools/" not in page
    assert "no room to announce it in" in client_of(cast.olga).get("/workshops/new/").content.decode()


def test_strict_names_partners_and_red_people(cast: Cast) -> None:
    client = client_of(cast.luc)
    client.post(NEW, typed(tlp="AMBER+STRICT", named_partners=["malmo"]))
    client.post(NEW, typed(tlp="RED", named_people=[str(cast.vera.uid)]))
    red, strict = Workshop.objects.order_by("-tlp")
    assert list(strict.named_partners.all()) == [cast.malmo]
    assert list(red.named_people.all()) == [cast.vera]
    assert Workshop.objects.visible_to(cast.anna).get() == strict
    assert Workshop.objects.visible_to(cast.vera).get() == red


def test_in_a_moderated_room_it_waits_and_is_found_once_approved(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    answer = client_of(cast.luc).post(NEW, typed(tlp="AMBER"), follow=True).content.decode()
    assert "waits for a moderator" in answer
    workshop = Workshop.objects.get()
    assert workshop.state == State.HELD
    assert not search.find(cast.anna, "hundred").exists()
    approve(by=cast.mona, item=workshop)
    assert search.find(cast.anna, "hundred").count() == 1


def test_words_are_found_by_who_may_see_them_and_the_link_by_nobody(cast: Cast) -> None:
    announced(cast, description="Returning *families*", place="Bibliothèque", link="https://meet.example/geheim")
    for words in ("returning", "bibliotheque", "hundred"):
        assert search.find(cast.anna, words).count() == 1
        assert not search.find(cast.olga, words).exists()
    assert not search.find(cast.luc, "geheim").exists()


# --- what people mistype --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "Give it a title"),
        ("title", "x" * 10_000, "200 characters at most; it has 10000"),
        ("title", "a\0b", "Null characters are not allowed"),
        ("description", "a\0b", "Null characters are not allowed"),
        ("description", "x" * 100_000, "at most 20000 characters"),
        ("place", "\0", "Null characters are not allowed"),
        ("starts_at", "", "This field is required"),
        ("starts_at", "tomorrow", "Give a day and a time"),
        ("starts_at", "2027-02-30T09:00", "Give a day and a time"),
        ("starts_at", "0001-01-01T09:00", "Choose a year from 2000 to 2099"),
        ("ends_at", "9999-12-31T23:59", "Choose a year from 2000 to 2099"),
        ("ends_at", "2027-07-08T08:00", "The workshop ends before it begins"),
        ("ends_at", "2027-07-08T09:00", "The workshop ends before it begins"),
        ("ends_at", "2029-07-08T09:00", "A workshop lasts a year at most"),
        ("ends_at", "2027-07-08T09:00\0", "Give a day and a time"),
        ("time_zone", "Europe/Atlantis", "Choose a time zone from the list"),
        ("time_zone", "../../etc/passwd", "Choose a time zone from the list"),
        ("time_zone", "Europe/Paris\0", "Null characters are not allowed"),
        ("capacity", "0", "Give a number from 1 to 10000"),
        ("capacity", "-3", "Give a number from 1 to 10000"),
        ("capacity", "9" * 30, "Give a number from 1 to 10000"),
        ("capacity", "many", "Enter a whole number"),
        ("link", "javascript:alert(1)", "Enter a valid URL"),
        ("link", "meet", "Enter a valid URL"),
        ("registration_closes_at", "2027-07-09T09:00", "Registration cannot stay open after the end"),
        ("workshop_kind", "party", "Select a valid choice"),
        ("language", "xx", "Select a valid choice"),
        ("tlp", "PURPLE", "Choose one of the labels"),
        ("named_people", ["not-a-uid"], "not a valid"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_what_was_typed_stays(
    cast: Cast, field: str, value: Any, words: str
) -> None:
    response = client_of(cast.luc).post(NEW, typed(**{field: value}))
    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {field}
    assert words in str(form.errors[field])
    page = response.content.decode()
    assert "Read the guide." in page or field == "description"
    assert "Town hall" in page or field == "place"
    if (
        isinstance(value, str)
        and 0 < len(value) < 50
        and field in ("title", "starts_at", "ends_at", "capacity", "link")
    ):
        assert f'value="{value}"' in page
    assert not Workshop.objects.exists()


def test_a_time_that_daylight_saving_skips_is_refused_with_the_next_one(cast: Cast) -> None:
    given = typed(time_zone="Europe/Brussels", starts_at="2027-03-28T02:30", ends_at="2027-03-28T05:00")
    response = client_of(cast.luc).post(NEW, given)
    assert response.status_code == 422
    (error,) = response.context["form"].errors["starts_at"]
    assert error == (
        "The clocks in Brussels are put forward past 02:30 on that day. Choose another time, such as 03:30."
    )
    client_of(cast.luc).post(NEW, given | {"time_zone": "Asia/Kolkata"})
    assert Workshop.objects.count() == 1, "elsewhere that time is there"


def test_of_a_time_that_comes_twice_the_first_is_meant_and_said(cast: Cast) -> None:
    given = typed(time_zone="Europe/Brussels", starts_at="2027-10-31T02:30", ends_at="2027-10-31T05:00")
    page = client_of(cast.luc).post(NEW, given, follow=True).content.decode()
    assert Workshop.objects.get().starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "02:30 comes twice in Brussels on that day" in page


def test_markup_that_is_forbidden_is_dropped(cast: Cast) -> None:
    client_of(cast.luc).post(NEW, typed(description="<script>alert(1)</script><p onclick=x>Hello</p><img src=x>"))
    assert Workshop.objects.get().body == "<p>Hello</p>\n" or Workshop.objects.get().body == "<p>Hello</p>"


def test_signs_that_turn_a_title_around_are_taken_out(cast: Cast) -> None:
    client_of(cast.luc).post(NEW, typed(title="Agenda \u202egnp.exe"))
    assert Workshop.objects.get().title == "Agenda gnp.exe"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_at": in_days(9)}, "ends_at"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 10_001}, "capacity"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"title": " "}, "title"),
        ({"starts_at": datetime(1999, 1, 1, tzinfo=UTC)}, "starts_at"),
    ],
)
def test_the_action_refuses_what_the_form_would(cast: Cast, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        announced(cast, **wrong)
    assert refusal.value.field == field


# --- changing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "status"), [("luc", 200), ("mona", 200), ("maud", 200), ("clara", 200), ("anna", 403), ("olga", 404)]
)
def test_its_source_and_the_moderators_change_a_workshop(cast: Cast, person: str, status: int) -> None:
    workshop = announced(cast)
    client = client_of(getattr(cast, person))
    page = client.get(workshop.get_absolute_url())
    for name in ("edit", "cancel"):
        address = f"{workshop.get_absolute_url()}{name}/"
        assert client.get(address).status_code == status
        if page.status_code == 200:
            assert (address in page.content.decode()) is (status == 200)


def test_a_representative_of_its_partner_changes_what_a_colleague_announced(cast: Cast) -> None:
    workshop = announced(cast, by=cast.maud)
    assert workshop.partner == cast.liege
    actions.change(by=cast.luc, workshop=workshop, place="Library")


def test_who_has_left_the_partner_is_its_source_no_more(cast: Cast) -> None:
    workshop = announced(cast, by=cast.carlo)
    cast.carlo.memberships.update(partner=Partner.objects.get(slug="vallombre"))
    with pytest.raises((Forbidden, Unseen)):
        actions.change(by=cast.carlo, workshop=workshop, place="Library")


def test_the_form_to_change_shows_what_was_announced_in_the_hosts_time(cast: Cast) -> None:
    client = client_of(cast.luc)
    client.post(NEW, typed())
    workshop = Workshop.objects.get()
    page = client.get(f"{workshop.get_absolute_url()}edit/").content.decode()
    for shown in ('value="2027-07-08T09:00"', 'value="Europe/Athens" selected', "Read the guide.", 'value="20"'):
        assert shown in page
    assert client.post(f"{workshop.get_absolute_url()}edit/", typed()).status_code == 302
    workshop.refresh_from_db()
    assert workshop.sequence == 0, "nothing was changed"
    assert AuditEntry.objects.filter(verb="workshops.changed").count() == 0


def test_another_time_or_place_is_told_to_who_has_a_seat_or_waits(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    for person in (cast.anna, cast.vera, cast.luc):
        actions.register(by=person, workshop=workshop)
    actions.change(by=cast.luc, workshop=workshop, title="First days", description="More.", capacity=None)
    assert told("workshop_changed") == set()
    actions.change(by=cast.luc, workshop=workshop, starts_at=workshop.starts_at + timedelta(hours=1))
    assert told("workshop_changed") == {"Anna Lindqvist", "Vera Huber"}, "not to the one who did it"
    assert Mail.objects.filter(key__in=Notification.objects.filter(kind="workshop_changed")).count() == 2
    workshop.refresh_from_db()
    assert workshop.sequence == 2
    entry = AuditEntry.objects.filter(verb="workshops.changed").first()
    assert entry is not None
    assert AuditDetail.objects.get(entry=entry.pk).data == {"fields": ["starts_at"]}


def test_fewer_seats_than_are_taken_are_refused_at_the_field(cast: Cast) -> None:
    client = client_of(cast.luc)
    client.post(NEW, typed())
    workshop = Workshop.objects.get()
    for person in (cast.anna, cast.vera):
        actions.register(by=person, workshop=workshop)
    response = client.post(f"{workshop.get_absolute_url()}edit/", typed(capacity="1"))
    assert response.status_code == 422
    assert "2 people have a seat already" in str(response.context["form"].errors["capacity"])


def test_in_an_archived_room_nothing_is_announced_or_changed(cast: Cast) -> None:
    workshop = announced(cast)
    Room.objects.filter(pk=cast.families.pk).update(archived_at=in_days(-1))
    assert client_of(cast.luc).post(NEW, typed()).status_code == 403
    workshop.room.refresh_from_db()
    with pytest.raises(Forbidden, match="archived"):
        actions.change(by=cast.luc, workshop=workshop, place="Library")


# --- cancelling -----------------------------------------------------------------------------------


def test_cancelling_asks_once_more_and_tells_everybody_who_would_have_come(cast: Cast) -> None:
    workshop = announced(cast, capacity=1)
    for person in (cast.anna, cast.vera):
        actions.register(by=person, workshop=workshop)
    client, address = client_of(cast.luc), f"{workshop.get_absolute_url()}cancel/"
    assert "2 people who have a seat or wait are told" in client.get(address).content.decode()
    assert client.post(address, {"reason": "Strike of the trains"}).status_code == 302
    assert told("workshop_cancelled") == {"Anna Lindqvist", "Vera Huber"}
    workshop.refresh_from_db()
    assert workshop.is_cancelled
    assert "Strike" not in str(AuditEntry.objects.values_list().first())
    assert client.post(address).status_code == 403
    assert Notification.objects.filter(kind="workshop_cancelled").count() == 2


def test_cancelling_twice_is_once(cast: Cast) -> None:
    workshop = announced(cast)
    actions.cancel(by=cast.luc, workshop=workshop)
    actions.cancel(by=cast.luc, workshop=workshop)
    workshop.refresh_from_db()
    assert workshop.sequence == 1
    assert AuditEntry.objects.filter(verb="workshops.cancelled").count() == 1


def test_what_is_over_cannot_be_cancelled(cast: Cast) -> None:
    workshop = announced(cast, starts_at=in_days(-2), ends_at=in_days(-1))
    with pytest.raises(Forbidden, match="over"):
        actions.cancel(by=cast.luc, workshop=workshop)


def test_every_verb_of_workshops_says_what_is_personal() -> None:
    ours = {key for key in VERBS if key.startswith("workshops.")}
    seats = {"registered", "queued", "withdrew", "promoted"}
    assert ours == {
        f"workshops.{verb}"
        for verb in {"announced", "changed", "cancelled", "link_made", "link_renewed", "link_ended"} | seats
    }


# --- the price ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 5])
def test_forms_cost_the_same_for_a_small_room_and_for_a_large_one(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    from tests.factories import member_of

    workshop = announced(cast)
    for _ in range(count):
        actions.register(by=member_of(cast.malmo), workshop=workshop)
    client = client_of(cast.luc)
    for address, price in ((NEW, 22), (f"{workshop.get_absolute_url()}edit/", 12), ("/workshops/new/", 7)):
        with django_assert_num_queries(price):
            assert client.get(address).status_code == 200


def test_a_form_that_came_back_with_another_time_is_not_taken_for_a_retry(cast: Cast) -> None:
    once, begins = uuid.uuid4(), in_days(20)
    first = announced(cast, once=once, starts_at=begins, ends_at=begins + timedelta(hours=1))
    assert announced(cast, once=once, starts_at=begins, ends_at=begins + timedelta(hours=1)) == first
    assert announced(cast, once=once, starts_at=begins, ends_at=begins + timedelta(hours=2)) != first
