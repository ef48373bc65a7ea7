"""I am working on it until five: who may say so, what the others see, and how it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from exchange.actions.versions import add_version
from exchange.actions.working import WorkedOn, stop_working_on, work_on
from exchange.document_forms import WorkForm
from exchange.models import Document
from network import clock
from network.models import Notification
from network.refusals import Forbidden, Invalid
from tests.cast import Cast
from tests.exchange.making import share
from tests.exchange.sending import signed_in

pytestmark = pytest.mark.django_db


def later(hours: float = 2) -> datetime:
    return clock.now() + timedelta(hours=hours)


def worker(document: Document) -> object:
    return Document.objects.get(pk=document.pk).worker


def told(person: object) -> list[str]:
    return list(Notification.objects.filter(user=person).values_list("kind", flat=True))


def test_it_ends_by_itself(cast: Cast) -> None:
    document = share(cast)
    work_on(by=cast.luc, document=document, until=later())
    assert worker(document) == cast.luc
    with clock.at(later(3)):
        assert worker(document) is None


def test_whoever_may_share_a_version_says_so_and_nobody_else(cast: Cast) -> None:
    document = share(cast)
    with pytest.raises(Forbidden):
        work_on(by=cast.anna, document=document, until=later())
    Document.objects.update(open_to_versions=True)
    work_on(by=cast.anna, document=document, until=later())
    assert worker(document) == cast.anna


@pytest.mark.parametrize("hours", [-1, 0, 25])
def test_it_is_for_a_day_at_most_and_not_for_the_past(cast: Cast, hours: float) -> None:
    with pytest.raises(Invalid, match="24 hours"):
        work_on(by=cast.luc, document=share(cast), until=later(hours))


def test_taking_over_is_asked_first_and_tells_who_worked_on_it(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    work_on(by=cast.luc, document=document, until=later())
    with pytest.raises(WorkedOn):
        work_on(by=cast.anna, document=document, until=later())
    assert told(cast.luc) == []
    work_on(by=cast.anna, document=document, until=later(), over=cast.luc)
    assert worker(document) == cast.anna
    assert told(cast.luc) == ["work_taken_over"]
    # Who said yes to taking over from Luc has not said so of Anna.
    with pytest.raises(WorkedOn):
        work_on(by=cast.carlo, document=document, until=later(), over=cast.luc)


def test_one_takes_back_ones_own_word_and_not_that_of_others(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    work_on(by=cast.luc, document=document, until=later())
    stop_working_on(by=cast.anna, document=document)
    assert worker(document) == cast.luc
    stop_working_on(by=cast.luc, document=document)
    assert worker(document) is None


def test_it_ends_with_ones_own_version_and_others_warn_and_tell(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    work_on(by=cast.anna, document=document, until=later())
    address = reverse("exchange:document-version-new", args=[document.uid])
    assert "Speak to each other first" in signed_in(cast.luc).get(address).content.decode()
    assert "Speak to each other first" not in signed_in(cast.anna).get(address).content.decode()
    add_version(by=cast.luc, document=document, file=ContentFile(b"%PDF-1.7 two", name="b.pdf"))
    assert worker(document) == cast.anna
    assert told(cast.anna) == ["version_added"]
    add_version(by=cast.anna, document=document, file=ContentFile(b"%PDF-1.7 three", name="c.pdf"))
    assert worker(document) is None


def test_the_next_time_that_the_clock_says_so_is_meant_in_the_readers_zone(cast: Cast) -> None:
    from django.utils import timezone

    with timezone.override("Europe/Brussels"), clock.at(datetime(2026, 11, 27, 14, 30, tzinfo=ZoneInfo("UTC"))):
        for typed, day in (("17:00", 27), ("15:30", 28), ("09:00", 28)):
            form = WorkForm({"until": typed})
            assert form.is_valid()
            until = form.cleaned_data["until"]
            assert (until.day, f"{until:%H:%M}", str(until.tzinfo)) == (day, typed, "Europe/Brussels")
        assert not WorkForm({"until": "noon"}).is_valid()


def test_page_and_list_say_who_works_on_it_and_offer_to_take_over(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    address = reverse("exchange:document-work", args=[document.uid])
    luc, anna = signed_in(cast.luc), signed_in(cast.anna)
    with clock.at(datetime(2026, 11, 27, 12, tzinfo=ZoneInfo("UTC"))):
        assert luc.post(address, {"until": "17:00"}).status_code == 302
        page = anna.get(document.get_absolute_url()).content.decode()
        assert "is working on it until" in page
        assert "Take the work over" in page
        assert "I no longer work on it" in luc.get(document.get_absolute_url()).content.decode()
        listed = anna.get(reverse("exchange:documents", args=["families"])).content.decode()
        assert "Luc Delvaux is working on it until" in listed
        asked = anna.post(address, {"until": "17:00"})
        assert asked.status_code == 422
        assert f'name="over" value="{cast.luc.uid}"' in asked.content.decode()
        assert anna.post(address, {"until": "17:00", "over": str(cast.luc.uid)}).status_code == 302
        assert worker(document) == cast.anna
        anna.post(reverse("exchange:document-work-stop", args=[document.uid]))
        assert worker(document) is None
