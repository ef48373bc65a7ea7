"""A person's calendar link: what calendar programs read there, for whom, until when, and at what price."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import icalendar
import pytest
import vobject  # type: ignore[import-untyped]
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as drawn
from hypothesis import strategies as st

from accounts.actions.standing import lift, suspend
from network.actions.items import hold
from network.actions.rooms import withdraw_grant
from network.labels import Label
from network.models import AuditDetail, AuditEntry, State, User
from tests.cast import Cast, gather
from tests.drawing import examples
from tests.workshops.announcing import announced, in_days
from workshops.actions import meetings
from workshops.actions.links import end_link, renew_link
from workshops.models import CalendarLink, Workshop

NOBODYS = "/calendar/wuJ5b1Pz0m7o5yXr3W2c8a9d4e6f7g8h9i0j1k2l3m4.ics"


def address_of(person: User) -> str:
    link = CalendarLink.objects.filter(user=person).first() or renew_link(by=person)
    return reverse("workshops:calendar-feed", args=[link.key])


def fetched(person: User, **headers: str) -> Any:
    return Client(headers=headers).get(address_of(person))


def events(person: User) -> dict[str, Any]:
    """The events of somebody's feed by the uid of their workshop, as read by a stranger who has the address."""
    response = fetched(person)
    assert response.status_code == 200
    calendar = icalendar.Calendar.from_ical(response.content)
    return {str(event["UID"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}


def event_of(person: User, workshop: Workshop) -> Any:
    return events(person)[str(workshop.uid)]


# --- what is in it --------------------------------------------------------------------------------


def test_what_is_green_stands_there_in_its_words_but_without_the_way_in(cast: Cast) -> None:
    workshop = announced(
        cast, tlp=Label.GREEN, place="Town hall", link="https://meet.example/abc", description="Bring questions."
    )
    meetings.register(by=cast.anna, workshop=workshop)
    event = event_of(cast.anna, workshop)
    assert str(event["SUMMARY"]) == "First hundred days"
    assert str(event["LOCATION"]) == "Town hall"
    assert "Bring questions." in str(event["DESCRIPTION"])
    assert str(event["URL"]).endswith(workshop.get_absolute_url())
    assert b"meet.example" not in fetched(cast.anna).content


@pytest.mark.parametrize("label", [Label.AMBER, Label.AMBER_STRICT])
def test_of_what_is_amber_or_stricter_only_the_times_are_told(cast: Cast, label: Label) -> None:
    workshop = announced(
        cast, tlp=label, partner=cast.liege, place="Town hall", address="Place du Marché", description="Quiet."
    )
    content = fetched(cast.luc).content.decode()
    for told in ("First hundred", "Town hall", "Marché", "Quiet", "/workshops/", "TLP"):
        assert told not in content, told
    event = event_of(cast.luc, workshop)
    assert event.decoded("DTSTART") == workshop.starts_at
    assert event.decoded("DTEND") == workshop.ends_at


def test_what_is_red_is_not_there_even_for_whom_it_names(cast: Cast) -> None:
    announced(cast, tlp=Label.RED, named_people=[cast.anna])
    assert events(cast.anna) == {}


def test_seats_make_busy_and_everything_else_does_not(cast: Cast) -> None:
    workshop = announced(cast, tlp=Label.GREEN)
    assert str(event_of(cast.anna, workshop)["TRANSP"]) == "TRANSPARENT"
    meetings.register(by=cast.anna, workshop=workshop)
    assert str(event_of(cast.anna, workshop)["TRANSP"]) == "OPAQUE"


@pytest.mark.parametrize("label", [Label.GREEN, Label.AMBER])
def test_a_cancelled_workshop_stays_and_says_so(cast: Cast, label: Label) -> None:
    workshop = announced(cast, tlp=label)
    before = event_of(cast.anna, workshop)["SEQUENCE"]
    meetings.cancel(by=cast.luc, workshop=workshop)
    event = event_of(cast.anna, workshop)
    assert str(event["STATUS"]) == "CANCELLED"
    assert event["SEQUENCE"] > before


def test_what_waits_for_a_moderator_and_what_was_long_ago_is_not_there(cast: Cast) -> None:
    held = announced(cast, tlp=Label.GREEN)
    hold(by=cast.mona, item=held, reason="It names a school.")
    announced(cast, tlp=Label.GREEN, starts_at=in_days(-400), ends_at=in_days(-399))
    recent = announced(cast, tlp=Label.GREEN, starts_at=in_days(-40), ends_at=in_days(-39))
    assert set(events(cast.luc)) == {str(recent.uid)}


def test_a_second_parser_reads_the_same_feed(cast: Cast) -> None:
    announced(cast, tlp=Label.GREEN, title="A; b, c\\d", time_zone="Europe/Lisbon")
    announced(cast, tlp=Label.AMBER)
    calendar = vobject.readOne(fetched(cast.anna).content.decode())
    assert sorted(event.summary.value for event in calendar.vevent_list) == ["A; b, c\\d", "Restricted meeting"]
    starts = {event.summary.value: event.dtstart.value for event in calendar.vevent_list}
    for workshop in Workshop.objects.all():
        assert starts["A; b, c\\d" if workshop.tlp == Label.GREEN else "Restricted meeting"] == workshop.starts_at


PEOPLE = ("clara", "luc", "anna", "eva", "olga", "ivan", "gus", "sven", "maud", "mona", "carlo", "vera")


@pytest.mark.django_db
@drawn(max_examples=examples(12), deadline=None)
@given(
    made=st.lists(
        st.tuples(
            st.sampled_from(["families", "schools", "commons", "steering"]),
            st.sampled_from(list(Label)),
            st.sampled_from([State.DRAFT, State.HELD, State.PUBLISHED, State.ARCHIVED, State.REMOVED]),
            st.sampled_from([None, Label.CLEAR, Label.AMBER, Label.RED]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_feed_names_what_its_owner_sees_and_a_stranger_with_the_link_may_know(made: list[Any]) -> None:
    with transaction.atomic():
        cast = gather()
        for number, (room, label, state, parent) in enumerate(made):
            where = getattr(cast, room)
            about = (
                announced(cast, by=cast.clara, room=where, tlp=parent, title=f"About {number}")
                if parent is not None
                else None
            )
            workshop = announced(cast, by=cast.clara, room=where, tlp=label, title=f"Workshop {number}")
            Workshop.objects.filter(pk=workshop.pk).update(state=state, parent=about)
        for name in PEOPLE:
            person = getattr(cast, name)
            seen = Workshop.objects.seen_inside_by(person, assured=True).select_related("parent")
            expected = {
                str(one.uid): one.title if one.effective_label <= Label.GREEN else "Restricted meeting"
                for one in seen
                if one.state in (State.PUBLISHED, State.ARCHIVED) and one.effective_label != Label.RED
            }
            assert {uid: str(event["SUMMARY"]) for uid, event in events(person).items()} == expected, name
        transaction.set_rollback(True)


# --- whose it is, and until when ------------------------------------------------------------------


def test_the_link_needs_no_session_and_an_unknown_key_leads_nowhere(cast: Cast) -> None:
    assert fetched(cast.anna).status_code == 200
    assert Client().get(NOBODYS).status_code == 404


def test_a_renewed_link_takes_the_place_of_the_old_one_at_once(cast: Cast) -> None:
    old = address_of(cast.anna)
    renew_link(by=cast.anna)
    assert Client().get(old).status_code == 404
    assert address_of(cast.anna) != old
    assert fetched(cast.anna).status_code == 200


def test_an_ended_link_leads_nowhere_and_ending_twice_is_once(cast: Cast) -> None:
    old = address_of(cast.anna)
    end_link(by=cast.anna)
    end_link(by=cast.anna)
    assert Client().get(old).status_code == 404
    assert AuditEntry.objects.filter(verb="workshops.link_ended").count() == 1


def test_no_key_gets_into_the_trail(cast: Cast) -> None:
    keys = [renew_link(by=cast.anna).key for _ in range(2)]
    entries = AuditEntry.objects.filter(verb__startswith="workshops.link")
    assert list(entries.order_by("pk").values_list("verb", flat=True)) == [
        "workshops.link_made",
        "workshops.link_renewed",
    ]
    words = str(list(entries.values())) + str(list(AuditDetail.objects.values()))
    assert not any(key in words for key in keys)


def test_a_room_that_is_lost_is_gone_from_the_feed(cast: Cast) -> None:
    workshop = announced(cast, tlp=Label.AMBER)
    assert str(workshop.uid) in events(cast.vera)
    withdraw_grant(by=cast.maud, room=cast.families, holder=cast.vera)
    assert events(cast.vera) == {}


def test_the_feeds_of_a_suspended_partner_stop_and_come_back_with_it(cast: Cast) -> None:
    workshop = announced(cast, tlp=Label.GREEN)
    assert str(workshop.uid) in events(cast.anna)
    suspend(by=cast.clara, partner=cast.malmo, reason="No answer since May.")
    assert events(cast.anna) == {}
    lift(by=cast.clara, partner=cast.malmo)
    assert str(workshop.uid) in events(cast.anna)


def test_nobody_reads_at_the_link_of_somebody_who_is_gone(cast: Cast) -> None:
    address = address_of(cast.anna)
    User.objects.filter(pk=cast.anna.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


# --- at what price --------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_sent_again_for_two_questions(cast: Cast) -> None:
    for number in range(5):
        announced(cast, tlp=Label.GREEN, title=f"Day {number}")
    address, tag = address_of(cast.anna), fetched(cast.anna)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        response = Client().get(address, headers={"if-none-match": tag})
    assert response.status_code == 304
    assert response.content == b""
    assert len(queries) == 2
    meetings.change(by=cast.luc, workshop=Workshop.objects.first(), place="Library")
    assert fetched(cast.anna, if_none_match=tag).status_code == 200


@pytest.mark.parametrize("change", ["label", "seat", "lost"])
def test_whatever_changes_what_one_may_read_changes_the_tag(cast: Cast, change: str) -> None:
    workshop = announced(cast, tlp=Label.GREEN)
    tag = fetched(cast.vera)["ETag"]
    if change == "label":
        Workshop.objects.filter(pk=workshop.pk).update(tlp=Label.AMBER)
    elif change == "seat":
        meetings.register(by=cast.vera, workshop=workshop)
    else:
        withdraw_grant(by=cast.maud, room=cast.families, holder=cast.vera)
    assert fetched(cast.vera, if_none_match=tag).status_code == 200


# --- the page -------------------------------------------------------------------------------------


def test_one_makes_renews_and_ends_the_link_on_its_page(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.anna)
    assert "Make my calendar link" in client.get("/calendar/").content.decode()
    client.post("/calendar/renew/")
    first = CalendarLink.objects.get(user=cast.anna)
    assert first.url in client.get("/calendar/").content.decode()
    client.post("/calendar/renew/")
    text = client.get("/calendar/").content.decode()
    assert first.url not in text
    assert CalendarLink.objects.get(user=cast.anna).url in text
    client.post("/calendar/end/")
    assert "Make my calendar link" in client.get("/calendar/").content.decode()


def test_the_feed_is_kept_by_nobody_on_the_way(cast: Cast) -> None:
    response = fetched(cast.anna)
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response
    assert response["Content-Type"] == "text/calendar; charset=utf-8"


def test_a_feed_says_what_it_is_called_and_when_to_ask_again(cast: Cast) -> None:
    calendar = icalendar.Calendar.from_ical(fetched(cast.anna).content)
    assert str(calendar["NAME"]) == str(calendar["X-WR-CALNAME"]) == "Liaise"
    assert calendar.decoded("REFRESH-INTERVAL") == timedelta(hours=1)
