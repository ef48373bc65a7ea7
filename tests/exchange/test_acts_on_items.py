"""What can be done with a document or a sheet on its page: relabel, pass on, release, hold, remove."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from exchange.actions import versions
from exchange.models import Document
from exchange.public import latest_released
from network.actions import items as actions
from network.labels import Label
from network.models import AuditEntry, Item, Placement, Release, Room, State, User
from network.permissions import Level
from network.refusals import Forbidden, Unseen
from tests.cast import Cast
from tests.confirming import hidden, say_yes
from tests.exchange.making import add_version, pdf, publish, share
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
    sure = say_yes(client, page(document, "label"), {"tlp": "RED", "named_people": [str(cast.anna.uid)]})
    assert sure["Location"] == f"/documents/{document.uid}/"
    document.refresh_from_db()
    assert document.label == Label.RED
    assert list(document.named_people.all()) == [cast.anna]
    assert AuditEntry.objects.filter(verb="network.relabelled", target=document.uid).exists()


def test_before_a_label_changes_the_page_names_who_goes_and_who_stays_by_partner(cast: Cast) -> None:
    document = share(cast, tlp=Label.AMBER)
    chosen = {"tlp": "RED", "named_people": [str(cast.anna.uid)]}
    text = " ".join(signed_in(cast.luc).post(page(document, "label"), chosen).content.decode().split())
    gone, stay = (
        text.split("Read it no more:")[1].split("</p>")[0],
        text.split("Will read it then:")[1].split("</p>")[0],
    )
    assert "Malmö" in gone
    assert "Come to read it:" not in text
    assert (" Liège 1" in stay, "Malmö 1" in stay) == (True, True)
    assert cast.anna.name in text.split("Who will read it then")[1]
    assert cast.vera.name in text.split("Who reads it no more")[1].split("</details>")[0]


def test_who_reads_it_in_a_room_that_one_does_not_view_is_told_in_numbers_alone(cast: Cast) -> None:
    document = share(cast, by=cast.anna, tlp=Label.GREEN)
    Placement.objects.create(item=document, room=cast.schools, by=cast.luc)
    assert not Room.objects.visible_to(cast.anna).filter(pk=cast.schools.pk).exists()
    text = signed_in(cast.anna).post(page(document, "label"), {"tlp": "AMBER"}).content.decode()
    assert "loses 1 person" in text
    assert cast.eva.name not in text
    assert "Read it no more:" not in text
    assert "will see this" in text
    assert cast.eva.name in signed_in(cast.maud).post(page(document, "label"), {"tlp": "AMBER"}).content.decode()


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
    assert moderator.post(page(document, "label"), {"tlp": "GREEN"}).status_code == 422
    answer = say_yes(moderator, page(document, "label"), {"tlp": "RED"})
    assert answer["Location"] == "/rooms/families/"
    assert not Item.objects.visible_to(cast.mona).filter(pk=document.pk).exists()
    assert Item.objects.visible_to(cast.luc).filter(pk=document.pk).exists()


def test_what_another_partner_wrote_into_a_draft_is_handed_on_to_nobody_more(cast: Cast) -> None:
    document = share(cast, tlp=Label.AMBER, open_to_versions=True)
    add_version(document, b"%PDF-2.0 of a colleague", by=cast.maud)
    actions.relabel(by=cast.luc, item=document, tlp=Label.GREEN)
    add_version(document, b"%PDF-2.0 of Malmo", by=cast.anna)
    refused = say_yes(signed_in(cast.luc), page(document, "label"), {"tlp": "CLEAR"})
    assert refused.status_code == 422
    assert "can no longer be made wider" in refused.content.decode()
    whole = share(cast, tlp=Label.CLEAR, open_to_versions=True)
    add_version(whole, b"%PDF-2.0 of Malmo", by=cast.anna)
    assert signed_in(cast.luc).post(page(whole, "propose")).status_code == 403


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
    say_yes(client, page(document, "label"), {"tlp": "AMBER"})
    assert not Placement.objects.exists()
    assert not Release.objects.exists()


def test_an_unknown_label_is_refused_at_its_field(cast: Cast) -> None:
    answer = signed_in(cast.luc).post(page(share(cast), "label"), {"tlp": "PURPLE"})
    assert answer.status_code == 422
    assert "Choose one of the labels." in answer.content.decode()


def test_a_label_that_was_tightened_meanwhile_is_asked_about_anew(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    client = signed_in(cast.luc)
    shown = client.post(page(document, "label"), {"tlp": "CLEAR"}).content.decode()
    actions.relabel(by=cast.mona, item=document, tlp=Label.AMBER)
    asked = client.post(page(document, "label"), hidden(shown))
    assert "Something has changed meanwhile" in asked.content.decode()
    document.refresh_from_db()
    assert document.label == Label.AMBER
    assert client.post(page(document, "label"), hidden(asked.content.decode())).status_code == 302
    document.refresh_from_db()
    assert document.label == Label.CLEAR


def test_the_same_yes_twice_is_once(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    client = signed_in(cast.luc)
    given = hidden(
        client.post(page(document, "label"), {"tlp": "RED", "named_people": [str(cast.anna.uid)]}).content.decode()
    )
    for _time in range(2):
        assert client.post(page(document, "label"), given).status_code == 302
    assert AuditEntry.objects.filter(verb="network.relabelled", target=document.uid).count() == 1


# --- other rooms


def test_a_room_that_others_joined_meanwhile_is_asked_about_anew(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    client = signed_in(cast.luc)
    shown = client.post(page(document, "pass-on"), {"room": "schools"}).content.decode()
    assert "Something has changed meanwhile" not in shown
    grant(cast.olga, Level.VIEW, cast.schools)
    asked = client.post(page(document, "pass-on"), hidden(shown)).content.decode()
    assert "Something has changed meanwhile" in asked
    assert "gains 2 people" in asked
    assert not Placement.objects.exists()


def test_what_is_green_is_passed_on_after_saying_whom_it_reaches(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    client = signed_in(cast.luc)
    offered = client.get(page(document, "pass-on")).content.decode()
    assert 'value="schools"' in offered
    assert 'value="families"' not in offered
    assert 'value="commons"' not in offered
    text = client.post(page(document, "pass-on"), {"room": "schools"}).content.decode()
    assert "gains 1 person, loses none" in text
    assert f"as a guest {cast.eva.name}" in text.split("Come to read it:")[1].split("</p>")[0]
    assert not Placement.objects.exists()
    say_yes(client, page(document, "pass-on"), {"room": "schools"})
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
        answer = signed_in(cast.luc).post(page(document, "pass-on"), {"room": slug})
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
    assert say_yes(client, page(document, "release"), {}).status_code == 302
    assert Release.objects.get().version == 2
    assert Client().get(f"/documents/{document.uid}/").status_code == 200
    assert client.post(page(document, "unrelease")).status_code == 302
    assert Client().get(f"/documents/{document.uid}/").status_code == 302


def test_a_version_that_came_meanwhile_is_not_released_unseen(cast: Cast) -> None:
    document = share(cast, by=cast.clara, tlp=Label.CLEAR)
    client = signed_in(cast.clara)
    shown = client.get(page(document, "release")).content.decode()
    add_version(document)
    asked = client.post(page(document, "release"), hidden(shown)).content.decode()
    assert "Something has changed meanwhile" in asked
    assert "What is released is version 2." in asked
    assert not Release.objects.exists()


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
    sheet = publish(cast)
    assert signed_in(cast.anna).post(page(sheet, "remove"), {"reason": "no"}).status_code == 403
    with pytest.raises(Unseen):
        actions.remove(by=cast.olga, item=sheet, reason="no")
    assert signed_in(cast.luc).post(page(sheet, "remove"), {"reason": ""}).status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == State.REMOVED


def test_a_document_its_author_takes_away_by_the_bin_alone(cast: Cast) -> None:
    document = share(cast, open_to_versions=True)
    versions.add_version(by=cast.anna, document=document, file=pdf("again.pdf", b"%PDF-1.7 again"))
    client = signed_in(cast.luc)
    assert client.post(page(document, "remove"), {"reason": "Mine."}).status_code == 403
    assert client.get(page(document, "remove")).headers["Location"] == f"{document.get_absolute_url()}bin/"
    for one in (document, share(cast, title="Nobody else's")):
        with pytest.raises(Forbidden):
            actions.remove(by=cast.luc, item=one, reason="Mine.")
    document.refresh_from_db()
    assert document.state == State.PUBLISHED
    actions.remove(by=cast.mona, item=document, reason="It names a school.")


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(("act", "count"), [("label", 19), ("pass-on", 9), ("release", 12), ("remove", 9)])
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
