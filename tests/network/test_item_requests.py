"""Asking the source for wider sharing; proposing for the public site, and releasing what was proposed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client

from network import clock, mail
from network.actions import item_requests as actions
from network.actions import items, rooms
from network.labels import Label
from network.models import AuditEntry, Item, ItemRequest, Notification, Release, User
from network.models.records import AuditDetail
from network.permissions import Level
from network.refusals import Forbidden, Invalid, Unseen
from network.trail import tell
from tests.cast import Cast
from tests.confirming import hidden, say_yes
from tests.exchange.making import add_version, publish, share
from tests.factories import ItemFactory, grant, member_of

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def asked(cast: Cast, item: Item | None = None, by: User | None = None) -> ItemRequest:
    return actions.ask_wider(
        by=by or cast.anna,
        item=item or share(cast),
        note="Our schools ask for it.",
        for_whom="The schools of Malmö",
    )


def kinds(person: User) -> list[str]:
    return list(Notification.objects.filter(user=person).order_by("pk").values_list("kind", flat=True))


# --- asking for wider sharing


def test_its_source_is_asked_sees_the_words_and_widens_it_after_a_look_at_whom_it_gains(cast: Cast) -> None:
    document = share(cast, tlp=Label.AMBER_STRICT, named_partners=[cast.malmo])
    client = signed_in(cast.anna)
    assert "Ask its source for wider sharing" in client.get(document.get_absolute_url()).content.decode()
    form = client.get(f"/items/{document.uid}/ask/").content.decode()
    assert "Luc Delvaux" in form
    client.post(f"/items/{document.uid}/ask/", {"note": "We plan together.", "for_whom": "Augsburg"})
    request = ItemRequest.objects.get()
    assert kinds(cast.luc)[-1] == "sharing_asked"
    luc = signed_in(cast.luc)
    assert "We plan together." in luc.get(request.get_absolute_url()).content.decode()
    assert "asks for wider sharing" in luc.get(document.get_absolute_url()).content.decode()
    assert "asks you to share" in luc.get("/").content.decode()
    assert "asks you to share" in luc.get("/moderation/").content.decode()
    way = f"/items/{document.uid}/label/?for={request.uid}"
    assert "Anna Lindqvist" in luc.get(way).content.decode()
    sure = luc.post(way, {"tlp": "AMBER"}).content.decode()
    assert "gains" in sure
    assert ItemRequest.objects.get().settled_at is None
    assert luc.post(way, hidden(sure)).status_code == 302
    request.refresh_from_db()
    assert (request.outcome, request.settled_by) == ("granted", cast.luc)
    assert Item.objects.get(pk=document.pk).label == Label.AMBER
    assert kinds(cast.anna)[-1] == "sharing_widened"
    assert "sharing_asked" not in kinds(cast.luc)


def test_its_source_says_no_with_a_reason_which_the_asker_reads(cast: Cast) -> None:
    request = asked(cast)
    luc = signed_in(cast.luc)
    assert luc.post(request.get_absolute_url(), {"reason": " "}).status_code == 422
    assert luc.post(request.get_absolute_url(), {"reason": "A family can be recognised."}).status_code == 302
    assert "A family can be recognised." in signed_in(cast.anna).get(request.get_absolute_url()).content.decode()
    assert kinds(cast.anna) == ["sharing_declined"]
    verbs = ["network.sharing_asked", "network.sharing_declined"]
    assert list(AuditEntry.objects.filter(verb__in=verbs).order_by("pk").values_list("verb", flat=True)) == verbs


def test_of_what_is_asked_and_answered_the_trail_holds_no_word(cast: Cast) -> None:
    document = share(cast)
    actions.decline(by=cast.luc, request=asked(cast, document), reason="A family can be recognised.")
    public = share(cast, title="Leaflet", tlp=Label.CLEAR)
    proposed = actions.propose_release(by=cast.luc, item=public, version=1, note="The mayor wants it.")
    actions.decline(by=cast.clara, request=proposed, reason="The photographs are not ours.")
    told = [row.data for row in AuditDetail.objects.all()]
    words = ("Our schools", "The schools of Malmö", "A family", "The mayor", "The photographs")
    assert not [word for word in words if word in str(told)]
    representative = member_of(cast.malmo, represents=True)
    for reader in (representative, cast.clara):
        entries = AuditEntry.objects.filter(verb="network.sharing_asked").visible_to(reader)
        assert [one.details for one in tell(reader, entries)] == [[]]
    request = ItemRequest.objects.get(item=document)
    assert (request.note, request.reason) == ("Our schools ask for it.", "A family can be recognised.")


def test_asking_twice_is_once_and_after_an_answer_one_may_ask_again(cast: Cast) -> None:
    document = share(cast)
    first = asked(cast, document)
    assert asked(cast, document) == first
    assert kinds(cast.luc) == ["sharing_asked"]
    actions.decline(by=cast.luc, request=first, reason="Not yet.")
    assert asked(cast, document) != first
    with pytest.raises(Invalid):
        actions.decline(by=cast.luc, request=first, reason="Not yet.")


def test_yes_means_that_somebody_is_gained(cast: Cast) -> None:
    document = share(cast, tlp=Label.RED, named_people=[cast.anna])
    request = asked(cast, document)
    for given in (
        {"tlp": Label.RED, "named_people": [cast.anna]},
        {"tlp": Label.RED, "named_people": [cast.vera]},
        {"tlp": Label.RED, "named_people": []},
    ):
        with pytest.raises(Invalid):
            actions.share_wider(by=cast.luc, request=request, **given)
    actions.share_wider(by=cast.luc, request=request, tlp=Label.RED, named_people=[cast.anna, cast.vera])
    assert set(document.named_people.all()) == {cast.anna, cast.vera}


def test_of_what_may_be_passed_on_nobody_is_asked_and_neither_is_the_source_itself(cast: Cast) -> None:
    for item, by in ((share(cast, tlp=Label.GREEN), cast.anna), (share(cast), cast.luc)):
        with pytest.raises(Forbidden):
            asked(cast, item, by)
    talk = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, parent=share(cast))
    with pytest.raises(Forbidden):
        asked(cast, talk)
    with pytest.raises(Unseen):
        asked(cast, share(cast), cast.olga)


def test_under_the_chatham_house_rule_nobody_asks_since_it_would_name_them(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, chatham=True)
    with pytest.raises(Forbidden):
        asked(cast, item)
    assert signed_in(cast.anna).get(f"/items/{item.uid}/ask/").status_code == 403


def test_where_nobody_of_its_source_is_left_the_asker_is_told(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.ivan, partner=cast.vallombre)
    with pytest.raises(Forbidden, match="could answer"):
        asked(cast, item)


def test_nobody_but_asker_and_source_knows_of_a_request(cast: Cast) -> None:
    request = asked(cast, share(cast, tlp=Label.RED, named_people=[cast.anna, cast.vera]))
    for person, status in ((cast.anna, 200), (cast.luc, 200), (cast.vera, 404), (cast.mona, 404), (cast.clara, 404)):
        assert signed_in(person).get(request.get_absolute_url()).status_code == status
    for person in (cast.vera, cast.mona, cast.clara):
        with pytest.raises((Unseen, Forbidden)):
            actions.decline(by=person, request=request, reason="No.")


def test_a_request_ends_when_its_asker_loses_sight_and_nobody_answers_it_any_more(cast: Cast) -> None:
    request = asked(cast, share(cast, tlp=Label.RED, named_people=[cast.anna]))
    items.relabel(by=cast.luc, item=request.item, tlp=Label.RED, named_people=[])
    assert "nothing to answer" in signed_in(cast.luc).get(request.get_absolute_url()).content.decode()
    with pytest.raises(Invalid):
        actions.decline(by=cast.luc, request=request, reason="No.")
    assert signed_in(cast.anna).get(request.get_absolute_url()).status_code == 404
    assert actions.withdraw_lost() == 1
    assert actions.withdraw_lost() == 0
    request.refresh_from_db()
    assert request.outcome == "withdrawn"
    assert kinds(cast.luc) == []


def test_whoever_asked_takes_it_back(cast: Cast) -> None:
    request = asked(cast)
    with pytest.raises(Unseen):
        actions.take_back(by=cast.luc, request=request)
    assert signed_in(cast.anna).post(f"/asked/{request.uid}/take-back/").status_code == 302
    request.refresh_from_db()
    assert request.outcome == "withdrawn"
    assert kinds(cast.luc) == []


def test_a_representative_of_the_partner_answers_as_well(cast: Cast) -> None:
    colleague = member_of(cast.liege, represents=True)
    request = asked(cast)
    assert kinds(colleague) == ["sharing_asked"]
    actions.decline(by=colleague, request=request, reason="Not yet.")


def test_letters_about_it_hold_a_link_and_none_of_its_words(cast: Cast) -> None:
    asked(cast, share(cast, title="Plan for a family"))
    asked(cast, share(cast, title="Names of children", tlp=Label.RED, named_people=[cast.anna]))
    while mail.send_due():
        pass
    amber, red = (message for message in outbox.outbox if message.to == [cast.luc.email])
    for letter in (amber, red):
        assert "/asked/" in letter.body
        assert "Our schools ask for it." not in letter.body
        assert "The schools of Malmö" not in letter.body
    assert "Names of children" not in red.subject + red.body
    assert "Anna" not in red.subject + red.body


# --- the public site in two steps


def proposed(cast: Cast, item: Item, version: int = 1, by: User | None = None) -> ItemRequest:
    return actions.propose_release(by=by or cast.luc, item=item, version=version, note="All names are out.")


def test_its_source_proposes_a_version_and_a_coordinator_releases_that_one(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    luc, clara = signed_in(cast.luc), signed_in(cast.clara)
    assert "Clara Dupont" in luc.get(f"/items/{document.uid}/propose/").content.decode()
    luc.post(f"/items/{document.uid}/propose/", {"version": "1", "note": "All names are out."})
    request = ItemRequest.objects.get()
    add_version(document)
    assert kinds(cast.clara)[-1:] == ["release_proposed"]
    assert "for the public site" in clara.get("/").content.decode()
    assert clara.get(f"/items/{document.uid}/release/").headers["Location"] == request.get_absolute_url()
    shown = clara.get(request.get_absolute_url()).content.decode()
    assert "version 2 was shared since" in shown
    assert clara.post(f"/asked/{request.uid}/release/").status_code == 302
    assert Release.objects.get().version == 1
    assert "release_granted" in kinds(cast.luc)
    assert Client().get(document.get_absolute_url()).status_code == 200


def test_a_coordinator_declines_with_a_reason_and_nothing_is_public(cast: Cast) -> None:
    sheet = publish(cast, tlp=Label.CLEAR)
    request = proposed(cast, sheet)
    signed_in(cast.clara).post(request.get_absolute_url(), {"reason": "A school is named."})
    assert "A school is named." in signed_in(cast.luc).get(request.get_absolute_url()).content.decode()
    assert kinds(cast.luc)[-1] == "release_declined"
    assert not Release.objects.exists()


def test_a_sheet_that_is_changed_waits_for_a_proposal_of_its_own(cast: Cast) -> None:
    sheet = publish(cast, tlp=Label.CLEAR)
    request = proposed(cast, sheet)
    Item.objects.filter(pk=sheet.pk).update(active_at=clock.now())
    with pytest.raises(Invalid):
        actions.release_proposed(by=cast.clara, request=request)
    again = proposed(cast, sheet)
    assert again != request
    actions.release_proposed(by=cast.clara, request=again)


def test_without_a_proposal_a_coordinator_releases_only_what_they_speak_for(cast: Cast) -> None:
    clara = signed_in(cast.clara)
    others, own = share(cast, tlp=Label.CLEAR), share(cast, by=cast.clara, tlp=Label.CLEAR)
    assert clara.get(f"/items/{others.uid}/release/").status_code == 403
    assert clara.post(f"/items/{others.uid}/release/").status_code == 403
    assert say_yes(clara, f"/items/{own.uid}/release/", {}).status_code == 302
    assert Release.objects.get().item_id == own.pk


def test_a_proposal_opens_nothing_to_a_coordinator_who_does_not_read_the_room(cast: Cast) -> None:
    rooms.withdraw_grant(by=cast.maud, room=cast.families, holder=cast.efus)
    document = share(cast, tlp=Label.CLEAR)
    assert (
        "No coordinator reads this room" in signed_in(cast.luc).get(f"/items/{document.uid}/propose/").content.decode()
    )
    with pytest.raises(Forbidden):
        proposed(cast, document)
    assert not Notification.objects.filter(kind="release_proposed").exists()
    grant(cast.liege, Level.CONTRIBUTE, cast.commons)
    items.pass_on(by=cast.luc, item=document, room=cast.commons)
    request = proposed(cast, document)
    actions.release_proposed(by=cast.clara, request=request)
    assert Release.objects.exists()


def test_a_coordinator_who_lost_the_room_neither_knows_nor_releases(cast: Cast) -> None:
    request = proposed(cast, share(cast, tlp=Label.CLEAR))
    rooms.withdraw_grant(by=cast.maud, room=cast.families, holder=cast.efus)
    clara = signed_in(cast.clara)
    assert clara.get(request.get_absolute_url()).status_code == 404
    assert "for the public site" not in clara.get("/").content.decode()
    assert clara.post(f"/asked/{request.uid}/release/").status_code == 404
    with pytest.raises(Unseen):
        actions.release_proposed(by=cast.clara, request=request)


def test_the_same_version_is_proposed_once_and_another_takes_its_place(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    first = proposed(cast, document)
    assert proposed(cast, document) == first
    add_version(document)
    second = proposed(cast, document, 2)
    first.refresh_from_db()
    assert first.outcome == "withdrawn"
    assert list(ItemRequest.objects.open()) == [second]
    with pytest.raises(Unseen):
        proposed(cast, document, 3)
    actions.release_proposed(by=cast.clara, request=second)
    with pytest.raises(Forbidden):
        proposed(cast, document, 2)


@pytest.mark.parametrize("label", [Label.GREEN, Label.AMBER, Label.AMBER_STRICT, Label.RED])
def test_nothing_but_clear_is_proposed_and_what_is_tightened_meanwhile_is_not_released(
    cast: Cast, label: Label
) -> None:
    with pytest.raises(Forbidden):
        proposed(cast, share(cast, tlp=label))
    request = proposed(cast, share(cast, tlp=Label.CLEAR, title="Another"))
    items.relabel(by=cast.luc, item=request.item, tlp=label)
    with pytest.raises((Invalid, Unseen)):
        actions.release_proposed(by=cast.clara, request=request)
    assert not Release.objects.exists()
    assert actions.withdraw_lost() == 1


def test_nobody_else_proposes_and_nobody_releases_what_they_proposed_themselves(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    for person in (cast.anna, cast.mona, cast.maud, cast.clara):
        with pytest.raises(Forbidden):
            proposed(cast, document, by=person)
    request = proposed(cast, document)
    with pytest.raises(Forbidden):
        actions.release_proposed(by=cast.luc, request=request)
    with pytest.raises(Unseen):
        actions.share_wider(by=cast.luc, request=request, tlp=Label.CLEAR)


def test_ones_own_words_are_in_the_export_and_go_with_the_account(cast: Cast) -> None:
    from network.personal import PERSONAL, records

    asked(cast)
    kind: Any = PERSONAL["item-requests"]
    assert [row["note"] for row, _file in records(kind, cast.anna)] == ["Our schools ask for it."]
    kind.erase(cast.anna)
    assert not ItemRequest.objects.exists()
