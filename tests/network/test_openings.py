"""Who opens what is AMBER+STRICT or RED is written down, and its source alone reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from network import clock, keeping
from network.actions import items, openings
from network.labels import Label
from network.models import Item, Opening, User
from network.permissions.sources import keeps_openings
from tests.cast import Cast
from tests.exchange.making import publish, share
from tests.factories import ItemFactory, member_of

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def red(cast: Cast, **other: Any) -> Item:
    return share(cast, tlp=Label.RED, named_people=[cast.anna, cast.vera], **other)


def test_its_page_and_its_download_are_written_down_with_hour_person_and_version(cast: Cast) -> None:
    document = red(cast, downloads_allowed=True, file=_text())
    client = signed_in(cast.anna)
    client.get(document.get_absolute_url())
    client.get(f"{document.get_absolute_url()}download/")
    rows = Opening.objects.order_by("pk").values_list("item", "user", "how", "version")
    assert list(rows) == [
        (document.pk, cast.anna.pk, "page", None),
        (document.pk, cast.anna.pk, "downloaded", 1),
    ]
    shown = signed_in(cast.luc).get(f"/items/{document.uid}/openings/").content.decode()
    assert "Anna Lindqvist" in shown
    assert "downloaded it" in shown
    assert "version 1" in shown


def _text() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("notes.txt", b"What we know.")


def test_a_sheet_a_discussion_and_a_workshop_are_written_down_by_being_opened(cast: Cast) -> None:
    from forums.actions.threads import start_thread
    from tests.workshops.announcing import announced

    strict = {"tlp": Label.AMBER_STRICT, "named_partners": [cast.malmo]}
    things = [
        publish(cast, **strict),
        start_thread(by=cast.luc, room=cast.families, title="Names", body="Who?", **strict),
        announced(cast, **strict),
    ]
    client = signed_in(cast.anna)
    for thing in things:
        assert client.get(thing.get_absolute_url()).status_code == 200
    assert set(Opening.objects.values_list("item", "user")) == {(thing.pk, cast.anna.pk) for thing in things}


def test_the_form_to_revise_a_sheet_is_an_opening_as_it_shows_the_whole_sheet(cast: Cast) -> None:
    sheet = publish(cast, tlp=Label.AMBER_STRICT)
    colleague = member_of(cast.liege, represents=True)
    assert "Parents speak earlier." in signed_in(colleague).get(f"/practices/{sheet.uid}/revise/").content.decode()
    assert Opening.objects.filter(item=sheet, user=colleague).exists()


@pytest.mark.parametrize(("label", "shown"), [(Label.AMBER, True), (Label.AMBER_STRICT, False), (Label.RED, False)])
def test_searches_notices_and_the_rooms_first_page_show_no_word_of_what_is_written_there(
    cast: Cast, label: Label, shown: bool
) -> None:
    from forums.actions.threads import comment_on, reply, start_thread

    named = {"named_partners": [cast.malmo], "named_people": [cast.anna, cast.mona]}
    given = {"tlp": label, **named}
    thread = start_thread(by=cast.luc, room=cast.families, title="Names", body="Who?", **given)
    reply(by=cast.anna, thread=thread, body="The lantern boys.")
    document = share(cast, **given)
    comment_on(by=cast.anna, item=document, room=cast.families, body="More lantern boys.")
    start_thread(
        by=cast.mona, room=cast.families, title="Read", body="Of lantern boys.", purpose="announcement", **given
    )
    client = signed_in(cast.luc)
    found = client.get("/search/?q=lantern").content.decode()
    assert "Names" in found
    pages = [found, client.get("/notifications/").content.decode()]
    pages.append(signed_in(cast.anna).get("/rooms/families/").content.decode())
    assert ["lantern boys" in page for page in pages] == [shown] * 3
    assert not Opening.objects.exists()


def test_a_reader_is_told_that_it_is_written_down_and_of_amber_nothing_is(cast: Cast) -> None:
    told = "is written down for its source"
    assert told in signed_in(cast.anna).get(red(cast).get_absolute_url()).content.decode()
    amber = share(cast)
    assert told not in signed_in(cast.anna).get(amber.get_absolute_url()).content.decode()
    assert not Opening.objects.filter(item=amber).exists()


def test_what_somebody_opens_again_within_ten_minutes_is_one_opening(cast: Cast) -> None:
    item, start = red(cast), clock.now()
    for minutes, count in ((0, 1), (9, 1), (11, 2)):
        with clock.at(start + timedelta(minutes=minutes)):
            openings.opened(by=cast.anna, item=item)
        assert Opening.objects.count() == count


def test_where_it_cannot_be_written_down_nothing_is_handed_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    document = red(cast, downloads_allowed=True, file=_text())

    def broken(**_given: Any) -> None:
        raise DatabaseError("The disk is full.")

    monkeypatch.setattr(Opening.objects, "create", broken)
    client = signed_in(cast.anna)
    client.raise_request_exception = False
    for address in (document.get_absolute_url(), f"{document.get_absolute_url()}download/"):
        response = client.get(address)
        assert response.status_code == 500
        assert b"What we know." not in response.content


def test_nobody_but_its_source_reads_the_list(cast: Cast) -> None:
    document = red(cast)
    for person, status in (
        (cast.luc, 200),
        (cast.anna, 403),
        (cast.vera, 403),
        (cast.mona, 404),
        (cast.maud, 404),
        (cast.clara, 404),
    ):
        for address in (f"/items/{document.uid}/openings/", f"/documents/{document.uid}/openings/"):
            assert signed_in(person).get(address).status_code == status


def test_under_the_chatham_house_rule_nothing_is_written_down(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, tlp=Label.AMBER_STRICT, chatham=True)
    about = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, parent=item)
    for one in (item, about):
        openings.opened(by=cast.luc, item=one)
    assert not Opening.objects.exists()
    assert signed_in(cast.luc).get(f"/items/{item.uid}/openings/").status_code == 403


def test_talk_about_a_thing_is_opened_as_part_of_the_thing(cast: Cast) -> None:
    item = red(cast)
    talk = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo, parent=item, kind="thread")
    openings.opened(by=cast.anna, item=talk)
    assert Opening.objects.get().item_id == item.pk


def test_the_list_costs_the_same_with_one_reader_and_with_many(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    document, client = red(cast), signed_in(cast.luc)
    openings.opened(by=cast.anna, item=document)
    client.get(f"/items/{document.uid}/openings/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(f"/items/{document.uid}/openings/")
    for number in range(60):
        Opening.objects.create(item=document, user=member_of(cast.malmo, name=f"Reader {number}"), how="page")
    with django_assert_num_queries(len(few)):
        page = client.get(f"/items/{document.uid}/openings/").content.decode()
    assert "Reader 59" in page
    assert "Reader 5<" not in page
    assert "Reader 5<" in client.get(f"/items/{document.uid}/openings/?page=2").content.decode()


def test_openings_go_after_a_year_and_the_page_says_so(cast: Cast) -> None:
    document = red(cast)
    with clock.at(clock.now() - timedelta(days=400)):
        Opening.objects.create(item=document, user=cast.anna, how="page", at=clock.now())
    Opening.objects.create(item=document, user=cast.vera, how="page")
    assert keeping.old_openings(clock.now() - timedelta(days=365)) == 1
    assert Opening.objects.get().user == cast.vera
    assert "365 days" in signed_in(cast.luc).get(f"/items/{document.uid}/openings/").content.decode()


def test_what_is_relaxed_later_is_no_longer_written_down(cast: Cast) -> None:
    document = red(cast)
    items.relabel(by=cast.luc, item=document, tlp=Label.AMBER)
    signed_in(cast.anna).get(document.get_absolute_url())
    assert not Opening.objects.exists()
    shown = signed_in(cast.luc).get(f"/items/{document.uid}/openings/").content.decode()
    assert "nothing is written down any more" in shown


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(own=st.sampled_from(Label), above=st.sampled_from([None, *Label]), rule=st.tuples(st.booleans(), st.booleans()))
def test_it_is_written_down_by_the_tighter_label_and_never_under_the_rule(
    own: Label, above: Label | None, rule: tuple[bool, bool]
) -> None:
    parent = None if above is None else Item(tlp=above, chatham=rule[1])
    item = Item(tlp=own, chatham=rule[0], parent=parent)
    strict = max(own, above if above is not None else own) >= Label.AMBER_STRICT
    assert keeps_openings(item) == (strict and not rule[0] and not (parent is not None and rule[1]))


def test_what_one_opened_is_in_ones_own_export_without_its_title(cast: Cast) -> None:
    from network.personal import PERSONAL, records

    openings.opened(by=cast.anna, item=red(cast))
    rows = [row for row, _file in records(PERSONAL["openings"], cast.anna)]
    assert [(row["kind"], row["how"]) for row in rows] == [("document", "page")]
    assert "Guide" not in str(rows)
