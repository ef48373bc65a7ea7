"""What can be done with a document or a sheet on its page: relabel, pass on, release, hold, remove."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from exchange.models import Document
from exchange.public import latest_released
from network.actions import items as actions
from network.labels import Label
from network.models import AuditEntry, Item, Placement, Release, State, User
from network.permissions import Level
from network.refusals import Forbidden, Unseen
from tests.cast import Cast
from tests.exchange.making import add_version, publish, share
from tests.factories import RoomFactory, grant, member_of
from tests.releasing import release

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(item: Item, act: str, *more: str) -> str:
    return reverse(f"network:item-{act}", args=[item.uid, *more])


# --- labels


def test_before_a_label_changes_the_page_says_whom_it_gains_and_loses(cast: Cast) -> None:
    document = share(cast, tlp=Label.AMBER)
    client = signed_in(cast.luc)
    asked = client.post(page(document, "label"), {"tlp": "RED", "named_people": [str(cast.anna.uid)]})
    text = asked.content.decode()
    assert "gains none, loses 5 people of 4 partners" in text
    assert "2 people of 2 partners will see this" in text
    document.refresh_from_db()
    assert document.label == Label.AMBER
    sure = client.post(page(document, "label"), {"tlp": "RED", "named_people": [str(cast.anna.uid)], "sure": "1"})
    assert sure["Location"] == f"/documents/{document.uid}/"
    document.refresh_from_db()
    assert document.label == Label.RED
    assert list(document.named_people.all()) == [cast.anna]
    assert AuditEntry.objects.filter(verb="network.relabelled", target=document.uid).exists()


def test_what_was_chosen_goes_along_unseen(cast: Cast) -> None:
    document = share(cast, tlp=Label.RED, named_people=[cast.anna])
    client = signed_in(cast.luc)
    chosen = {"tlp": "AMBER+STRICT", "named_partners": ["malmo"]}
    text = client.post(page(document, "label"), chosen).content.decode()
    assert 'type="hidden" name="named_partners" value="malmo"' in text
    assert 'type="hidden" name="tlp" value="AMBER+STRICT"' in text


def test_only_the_source_relaxes_and_moderators_tighten_at_once(cast: Cast) -> None:
    document = share(cast, tlp=Label.AMBER)
    moderator = signed_in(cast.mona)
    offered = moderator.get(page(document, "label")).content.decode()
    assert 'value="GREEN"' not in offered
    assert 'value="RED"' in offered
    assert moderator.post(page(document, "label"), {"tlp": "GREEN", "sure": "1"}).status_code == 422
    answer = moderator.post(page(document, "label"), {"tlp": "RED", "sure": "1"})
    assert answer["Location"] == "/rooms/families/"
    assert not Item.objects.visible_to(cast.mona).filter(pk=document.pk).exists()
    assert Item.objects.visible_to(cast.luc).filter(pk=document.pk).exists()


def test_readers_are_offered_nothing_and_others_find_nothing(cast: Cast) -> None:
    document = share(cast)
    assert signed_in(cast.anna).get(page(document, "label")).status_code == 403
    assert signed_in(cast.olga).get(page(document, "label")).status_code == 404
    assert Client().get(page(document, "label")).status_code == 302
    shown = signed_in(cast.anna).get(f"/documents/{document.uid}/").content.decode()
    assert page(document, "label") not in shown
    assert page(document, "label") in signed_in(cast.luc).get(f"/documents/{document.uid}/").content.decode()
    assert page(document, "label") in signed_in(cast.mona).get(f"/documents/{document.uid}/").content.decode()


def test_a_tighter_label_ends_placements_and_the_release_and_says_so(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    Placement.objects.create(item=document, room=cast.schools, by=cast.luc)
    Release.objects.create(item=document, version=1)
    client = signed_in(cast.luc)
    text = client.post(page(document, "label"), {"tlp": "AMBER"}).content.decode()
    assert "It leaves the rooms that it was passed on to." in text
    assert "It leaves the public site." in text
    client.post(page(document, "label"), {"tlp": "AMBER", "sure": "1"})
    assert not Placement.objects.exists()
    assert not Release.objects.exists()


def test_an_unknown_label_is_refused_at_its_field(cast: Cast) -> None:
    answer = signed_in(cast.luc).post(page(share(cast), "label"), {"tlp": "PURPLE", "sure": "1"})
    assert answer.status_code == 422
    assert "Choose one of the labels." in answer.content.decode()


# --- other rooms


def test_what_is_green_is_passed_on_after_saying_whom_it_reaches(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    client = signed_in(cast.luc)
    offered = client.get(page(document, "pass-on")).content.decode()
    assert 'value="schools"' in offered
    assert 'value="families"' not in offered
    assert 'value="commons"' not in offered
    text = client.post(page(document, "pass-on"), {"room": "schools"}).content.decode()
    assert "gains 1 person, loses none" in text  # Eva, the guest of Schools
    assert not Placement.objects.exists()
    client.post(page(document, "pass-on"), {"room": "schools", "sure": "1"})
    assert Document.objects.visible_to(cast.eva).get() == document


def test_amber_is_not_passed_on_and_the_reason_is_given(cast: Cast) -> None:
    document = share(cast, tlp=Label.AMBER)
    answer = signed_in(cast.luc).get(page(document, "pass-on"))
    assert answer.status_code == 403
    assert "Ask the source" in answer.content.decode()
    with pytest.raises(Forbidden):
        actions.pass_on(by=cast.luc, item=document, room=cast.schools)


def test_a_room_where_one_does_not_contribute_is_no_choice(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    for slug in ("commons", "steering-4f9c1d", "nowhere"):
        answer = signed_in(cast.luc).post(page(document, "pass-on"), {"room": slug, "sure": "1"})
        assert answer.status_code == 422
    assert not Placement.objects.exists()


def test_who_passed_it_on_takes_it_back(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    Placement.objects.create(item=document, room=cast.schools, by=cast.luc)
    assert signed_in(cast.maud).post(page(document, "take-back", "schools")).status_code == 403
    assert signed_in(cast.anna).post(page(document, "take-back", "schools")).status_code == 404
    assert signed_in(cast.luc).post(page(document, "take-back", "schools")).status_code == 302
    assert not Placement.objects.exists()


# --- the public site


def test_a_coordinator_releases_what_is_clear_and_takes_it_off_again(cast: Cast) -> None:
    document = share(cast, by=cast.clara, tlp=Label.CLEAR)
    add_version(document)
    client = signed_in(cast.clara)
    assert "version 2" in client.get(page(document, "release")).content.decode()
    assert client.post(page(document, "release")).status_code == 302
    assert Release.objects.get().version == 2
    assert Client().get(f"/documents/{document.uid}/").status_code == 200
    assert client.post(page(document, "unrelease")).status_code == 302
    assert Client().get(f"/documents/{document.uid}/").status_code == 302


def test_nobody_else_releases_and_nothing_else_is_released(cast: Cast) -> None:
    clear, green = share(cast, tlp=Label.CLEAR), share(cast, tlp=Label.GREEN)
    for person in (cast.luc, cast.maud, cast.mona):
        assert signed_in(person).get(page(clear, "release")).status_code == 403
        assert signed_in(person).post(page(clear, "release")).status_code == 403
    assert signed_in(cast.clara).post(page(green, "release")).status_code == 403
    red = share(cast, tlp=Label.RED)
    assert signed_in(cast.clara).post(page(red, "release")).status_code == 404
    assert not Release.objects.exists()


def test_a_sheet_is_released_as_it_is(cast: Cast) -> None:
    sheet = publish(cast, tlp=Label.CLEAR)
    release(by=cast.clara, item=sheet)
    text = Client().get(f"/practices/{sheet.uid}/").content.decode()
    assert "Nine groups since 2021." in text
    assert "Luc" not in text
    assert "Families" not in text


def test_the_newest_releases_are_told_to_the_page_of_strangers(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    document, sheet = share(cast, tlp=Label.CLEAR, kind="guide", language="fr"), publish(cast, tlp=Label.CLEAR)
    share(cast, tlp=Label.CLEAR, title="Not released")
    release(by=cast.clara, item=document)
    release(by=cast.clara, item=sheet)
    with django_assert_num_queries(1):
        shown = latest_released(10)
    assert [(entry.title, str(entry.kind), entry.language_name, entry.partner) for entry in shown] == [
        ("Six evenings for parents", "practice sheet", "English", "Liège"),
        ("Guide for home visits", "guide", "French", "Liège"),
    ]
    assert latest_released(1)[0].url == f"/practices/{sheet.uid}/"


def test_filing_away_takes_it_off_the_public_site(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    release(by=cast.clara, item=document)
    assert signed_in(cast.luc).post(page(document, "archive")).status_code == 302
    assert not Release.objects.exists()
    assert signed_in(cast.anna).get(f"/documents/{document.uid}/").status_code == 200


# --- moderation


def test_a_moderator_holds_with_a_reason_and_another_approves(cast: Cast) -> None:
    document = share(cast)
    moderator = signed_in(cast.mona)
    assert moderator.post(page(document, "hold"), {"reason": " "}).status_code == 422
    moderator.post(page(document, "hold"), {"reason": "It names a family."})
    document.refresh_from_db()
    assert document.state == State.HELD
    assert signed_in(cast.anna).get(f"/documents/{document.uid}/").status_code == 404
    assert "Approve it" in moderator.get(f"/documents/{document.uid}/").content.decode()
    moderator.post(page(document, "approve"))
    assert signed_in(cast.anna).get(f"/documents/{document.uid}/").status_code == 200


def test_nobody_approves_what_they_shared_themselves(cast: Cast) -> None:
    document = share(cast, by=cast.mona)
    Document.objects.filter(pk=document.pk).update(state=State.HELD)
    assert signed_in(cast.mona).post(page(document, "approve")).status_code == 403
    assert signed_in(cast.maud).post(page(document, "approve")).status_code == 302


def test_authors_remove_their_own_and_readers_nothing(cast: Cast) -> None:
    document = share(cast)
    assert signed_in(cast.anna).post(page(document, "remove"), {"reason": "no"}).status_code == 403
    with pytest.raises(Unseen):
        actions.remove(by=cast.olga, item=document, reason="no")
    assert signed_in(cast.luc).post(page(document, "remove"), {"reason": ""}).status_code == 302
    document.refresh_from_db()
    assert document.state == State.REMOVED


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(("act", "count"), [("label", 18), ("pass-on", 9), ("release", 12), ("remove", 8)])
def test_each_page_asks_the_same_number_of_questions(
    cast: Cast, act: str, count: int, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    document = share(cast, by=cast.clara, tlp=Label.CLEAR)
    for number in range(size):
        member_of(cast.malmo, name=f"New {number}")
        grant(cast.efus, Level.CONTRIBUTE, RoomFactory())
    client = signed_in(cast.clara)
    with django_assert_num_queries(count):
        client.get(page(document, act))
