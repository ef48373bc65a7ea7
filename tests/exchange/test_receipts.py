"""Please read by Friday: who is asked, who has confirmed, who is reminded, and what a newer version does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from exchange.actions.reading import ask_for_newer, ask_to_read, confirm_reading, opened_as_asked
from exchange.actions.versions import add_version
from exchange.models import Confirmation, Document, FirstOpening, ReadRequest
from exchange.models.reading import today
from exchange.tasks import remind_readers
from network import clock
from network.labels import Label
from network.models import Notification, User
from network.permissions import Level, withdraw_from
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.exchange.making import share
from tests.exchange.sending import signed_in
from tests.factories import grant
from tests.releasing import release

pytestmark = pytest.mark.django_db


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def told(kind: str) -> set[User]:
    return {row.user for row in Notification.objects.filter(kind=kind).select_related("user")}


def newer(document: Document) -> None:
    add_version(by=document.author, document=document, file=ContentFile(b"%PDF-1.7 two", name="b.pdf"))


def test_everybody_who_sees_it_is_asked_and_nobody_else(cast: Cast) -> None:
    document = share(cast)
    ask_to_read(by=cast.luc, document=document, due=in_days(3), note=" Before  Friday ")
    assert told("please_read") == {cast.clara, cast.maud, cast.anna, cast.mona, cast.carlo, cast.vera}
    assert ReadRequest.objects.get().note == "Before Friday"


def test_of_a_red_document_only_the_people_it_names_are_asked(cast: Cast) -> None:
    document = share(cast, tlp=Label.RED, named_people=[cast.vera])
    ask_to_read(by=cast.luc, document=document, due=in_days(3))
    assert told("please_read") == {cast.vera}


def test_its_source_and_moderators_ask_and_nobody_else(cast: Cast) -> None:
    document = share(cast)
    for person in (cast.anna, cast.carlo, cast.vera):
        with pytest.raises(Forbidden):
            ask_to_read(by=person, document=document, due=in_days(3))
    with pytest.raises(Unseen):
        ask_to_read(by=cast.olga, document=document, due=in_days(3))
    ask_to_read(by=cast.mona, document=document, due=in_days(3))
    with pytest.raises(Invalid, match="asked already"):
        ask_to_read(by=cast.luc, document=document, due=in_days(3))
    with clock.at(clock.now() + timedelta(days=5)):
        ask_to_read(by=cast.luc, document=document, due=in_days(3))


@pytest.mark.parametrize("days", [-1, 367])
def test_the_day_is_from_today_on_and_within_a_year(cast: Cast, days: int) -> None:
    with pytest.raises(Invalid):
        ask_to_read(by=cast.luc, document=share(cast), due=in_days(days))


def test_a_confirmation_names_its_version_and_twice_is_once(cast: Cast) -> None:
    document = share(cast)
    ask_to_read(by=cast.luc, document=document, due=in_days(3))
    first = confirm_reading(by=cast.anna, document=document, version=1)
    assert confirm_reading(by=cast.anna, document=document, version=1).at == first.at
    assert Confirmation.objects.get().version == 1
    with pytest.raises(Invalid):
        confirm_reading(by=cast.anna, document=document, version=2)
    with pytest.raises(Unseen):
        confirm_reading(by=cast.olga, document=document, version=1)


def test_nothing_is_confirmed_where_nothing_is_asked_or_the_day_is_over(cast: Cast) -> None:
    document = share(cast)
    with pytest.raises(Unseen):
        confirm_reading(by=cast.anna, document=document, version=1)
    ask_to_read(by=cast.luc, document=document, due=in_days(0))
    confirm_reading(by=cast.anna, document=document, version=1)
    with clock.at(clock.now() + timedelta(days=2)), pytest.raises(Unseen):
        confirm_reading(by=cast.carlo, document=document, version=1)


def test_who_has_not_confirmed_is_reminded_once_the_day_before(cast: Cast) -> None:
    document = share(cast)
    ask_to_read(by=cast.luc, document=document, due=in_days(3))
    confirm_reading(by=cast.anna, document=document, version=1)
    remind_readers()
    assert not told("please_read_soon")
    with clock.at(clock.now() + timedelta(days=2)):
        remind_readers()
        assert told("please_read_soon") == {cast.clara, cast.maud, cast.mona, cast.carlo, cast.vera}
        # One word at a time: the reminder stands in the place of the first.
        assert not told("please_read")
        Notification.objects.all().delete()
        remind_readers()
        assert not told("please_read_soon")


def test_what_was_asked_for_tomorrow_is_reminded_of_on_that_morning(cast: Cast) -> None:
    document = share(cast)
    ask_to_read(by=cast.luc, document=document, due=in_days(1))
    assert "or on the morning of the day" in receipts(cast, document)
    with clock.at(clock.now() + timedelta(days=1)):
        assert "on the morning of the day" not in receipts(cast, document)
        remind_readers()
        assert cast.vera in told("please_read_today")
        Notification.objects.all().delete()
        remind_readers()
        assert not told("please_read_today")


def test_a_day_that_is_over_is_reminded_of_no_more(cast: Cast) -> None:
    ask_to_read(by=cast.luc, document=share(cast), due=in_days(1))
    with clock.at(clock.now() + timedelta(days=2)):
        remind_readers()
    assert not told("please_read_soon") | told("please_read_today")


def test_for_today_no_reminder_is_promised(cast: Cast) -> None:
    document = share(cast)
    ask_to_read(by=cast.luc, document=document, due=in_days(0))
    assert "is reminded" not in receipts(cast, document)


def test_of_what_was_opened_before_it_was_asked_nothing_false_is_said(cast: Cast) -> None:
    document = share(cast)
    signed_in(cast.anna).get(document.get_absolute_url())
    ask_to_read(by=cast.luc, document=document, due=in_days(3))
    assert receipts(cast, document).count("not opened since it was asked") == 6


def test_who_lost_it_meanwhile_is_not_reminded(cast: Cast) -> None:
    document = share(cast)
    ask_to_read(by=cast.luc, document=document, due=in_days(1))
    withdraw_from(cast.carlo, cast.families)
    remind_readers()
    assert cast.carlo not in told("please_read_soon")
    assert cast.vera in told("please_read_soon")


def test_after_a_newer_version_confirmations_stand_until_the_asker_asks_anew(cast: Cast) -> None:
    document = share(cast)
    ask_to_read(by=cast.luc, document=document, due=in_days(3))
    confirm_reading(by=cast.anna, document=document, version=1)
    newer(document)
    address = reverse("exchange:document-reading", args=[document.uid])
    client = signed_in(cast.luc)
    page = client.get(address).content.decode()
    assert "1 of 6 people have confirmed it." in page
    assert "Ask for version 2 to be read" in page
    with pytest.raises(Forbidden):
        ask_for_newer(by=cast.anna, document=document)
    client.post(reverse("exchange:document-reading-newest", args=[document.uid]))
    assert cast.anna in told("please_read_newer")
    page = client.get(address).content.decode()
    assert "0 of 6 people have confirmed it." in page
    assert "read version 1 only" in page
    assert "Version 2 is to be read as well" in signed_in(cast.anna).get(document.get_absolute_url()).content.decode()
    confirm_reading(by=cast.anna, document=document, version=2)
    assert "1 of 6 people have confirmed it." in client.get(address).content.decode()


def test_the_page_names_only_who_may_still_see_it_by_partner(cast: Cast) -> None:
    grant(cast.eva, Level.VIEW, cast.families)
    document = share(cast)
    ask_to_read(by=cast.luc, document=document, due=in_days(3))
    for person in (cast.anna, cast.carlo, cast.eva):
        confirm_reading(by=person, document=document, version=1)
    withdraw_from(cast.carlo, cast.families)
    page = signed_in(cast.mona).get(reverse("exchange:document-reading", args=[document.uid])).content.decode()
    assert "2 of 6 people have confirmed it." in page
    assert "Anna Lindqvist" in page
    assert "Guests" in page
    assert "Carlo Brandl" not in page


def test_a_reader_is_asked_on_the_page_and_says_so_there(cast: Cast) -> None:
    document = share(cast)
    client, page = signed_in(cast.anna), document.get_absolute_url()
    assert "I have read" not in client.get(page).content.decode()
    luc = signed_in(cast.luc)
    address = reverse("exchange:document-reading", args=[document.uid])
    assert luc.post(address, {"due": "soon"}).status_code == 422
    assert luc.post(address, {"due": in_days(3).isoformat(), "note": "Before we meet"}).status_code == 302
    text = client.get(page).content.decode()
    assert "I have read version 1" in text
    assert "Before we meet" in text
    assert "I have read" not in luc.get(page).content.decode()
    said = client.post(reverse("exchange:document-read", args=[document.uid]), {"version": "1"}, follow=True)
    assert "It is noted that you have read version 1." in said.content.decode()
    assert "You have read version 1" in said.content.decode()
    wrong = client.post(reverse("exchange:document-read", args=[document.uid]), {"version": "7"})
    assert wrong.status_code == 404


def receipts(cast: Cast, document: Document) -> str:
    return signed_in(cast.luc).get(reverse("exchange:document-reading", args=[document.uid])).content.decode()


def test_who_asked_sees_who_opened_its_page_and_who_the_file(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    signed_in(cast.carlo).get(document.get_absolute_url())
    assert not FirstOpening.objects.exists()
    ask_to_read(by=cast.luc, document=document, due=in_days(3))
    for person in (cast.anna, cast.mona):
        told = signed_in(person).get(document.get_absolute_url()).content.decode()
        assert "That you opened it" in told
    b"".join(signed_in(cast.mona).get(f"{document.get_absolute_url()}download/"))
    page = receipts(cast, document)
    assert page.count("opened its page") == 1
    assert page.count("opened the file") == 1
    assert "0 of 2 confirmed · 2 opened it" in page
    assert "0 of 1 confirmed · 0 opened it" in page
    confirm_reading(by=cast.anna, document=document, version=1)
    assert "1 of 2 confirmed · 2 opened it" in receipts(cast, document)


def test_the_first_opening_counts_and_reading_here_is_opening_the_file(cast: Cast) -> None:
    document = share(cast)
    ask_to_read(by=cast.luc, document=document, due=in_days(3))
    start = clock.now()
    for hours, file in ((0, False), (1, True), (2, True), (3, False)):
        with clock.at(start + timedelta(hours=hours)):
            opened_as_asked(by=cast.anna, document=document, file=file)
    row = FirstOpening.objects.get()
    assert (row.at, row.file_at) == (start, start + timedelta(hours=1))


def test_of_a_member_who_reads_by_the_release_alone_nothing_is_noted(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    release(by=cast.clara, item=document)
    ask_to_read(by=cast.luc, document=document, due=in_days(3))
    for person in (cast.olga, cast.anna):
        b"".join(signed_in(person).get(f"{document.get_absolute_url()}download/"))
    assert [row.user for row in FirstOpening.objects.all()] == [cast.anna]


def test_of_who_asked_of_strangers_and_after_its_day_nothing_is_noted(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    ask_to_read(by=cast.luc, document=document, due=in_days(3))
    release(by=cast.clara, item=document)
    signed_in(cast.luc).get(document.get_absolute_url())
    b"".join(Client().get(f"{document.get_absolute_url()}download/"))
    with clock.at(clock.now() + timedelta(days=5)):
        signed_in(cast.anna).get(document.get_absolute_url())
    assert not FirstOpening.objects.exists()
