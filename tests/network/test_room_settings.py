"""Opening a room for a kind of work, changing what it is, handing it over, closing it; and who may convene."""

from __future__ import annotations

import errno
import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.actions.partners import add_partner
from network import clock
from network.actions import endings, joining, mandates, room_settings, rooms
from network.labels import Label
from network.models import AuditEntry, Mandate, Notification, Partner, PartnerGrant, Room, User
from network.permissions import NETWORK, Level, allowed, level_in, levels_in
from network.place_sentences import place_sentence
from network.refusals import Forbidden, Invalid
from tests.cast import Cast
from tests.confirming import say_yes
from tests.factories import ItemFactory, RoomFactory, grant, member_of


def change(by: User, room: Room, **given: Any) -> Room:
    """The room's settings with `given` in place of what they are."""
    names = ("name", "purpose", "phase", "work", "kind", "default_tlp", "moderation", "languages")
    return room_settings.change_settings(by=by, room=room, **{name: getattr(room, name) for name in names} | given)


def form_of(room: Room, **given: Any) -> dict[str, Any]:
    """The same as a browser sends it."""
    label = Label(room.default_tlp).word
    base = {"name": room.name, "purpose": room.purpose, "kind": room.kind, "moderation": room.moderation}
    return base | {"default_tlp": label, "work": room.work} | given


# --- opening --------------------------------------------------------------------------------------


@pytest.mark.parametrize("work", Room.Work.values)
def test_choosing_a_kind_of_work_fills_the_form_which_opens_such_a_room(client: Client, cast: Cast, work: str) -> None:
    client.force_login(cast.clara)
    assert f"?work={work}" in client.get("/rooms/new/").content.decode()
    form = client.get(f"/rooms/new/?work={work}").context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    given |= {"name": "Returnees", "partners": ["liege"]}
    client.post("/rooms/new/", given)
    room = Room.objects.get(name="Returnees")
    assert (room.work, room.kind) == (work, form["kind"].value())
    assert Label(room.default_tlp).word == form["default_tlp"].value()
    assert level_in(cast.luc, room) == form["level"].value()


def test_sending_the_form_twice_opens_one_room(cast: Cast) -> None:
    once = uuid.uuid4()
    first = rooms.open_room(by=cast.clara, name="Returnees", once=once)
    assert rooms.open_room(by=cast.clara, name="Returnees", once=once) == first
    assert Room.objects.filter(name="Returnees").count() == 1


def test_whom_a_coordinator_allows_opens_rooms_and_manages_them_beside_the_lead_until_the_day(cast: Cast) -> None:
    mandates.give_mandate(by=cast.clara, person=cast.luc, kind=Mandate.Kind.CONVENE, until=clock.now() + timedelta(9))
    room = rooms.open_room(by=cast.luc, name="Returnees")
    assert {level_in(one, room) for one in (cast.luc, cast.clara)} == {Level.MANAGE}
    rooms.withdraw_grant(by=cast.clara, room=room, holder=cast.luc)
    assert level_in(cast.luc, room) is None
    with clock.at(clock.now() + timedelta(9)), pytest.raises(Forbidden):
        rooms.open_room(by=cast.luc, name="Another")


def test_a_mandate_is_given_and_withdrawn_by_coordinators_alone_and_holds_at_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.maud)
    assert client.post("/mandates/", {"person": cast.anna.email, "kind": "convene"}).status_code == 403
    client.force_login(cast.clara)
    client.post("/mandates/", {"person": cast.anna.email, "kind": "convene", "until": "2099-06-30"})
    assert "Anna Lindqvist may open rooms until 30 June 2099" in client.get("/mandates/").content.decode()
    assert allowed(cast.anna, Level.CONVENE, NETWORK)
    client.post("/mandates/", {"person": cast.anna.email, "kind": "convene"})
    assert Mandate.objects.unended().filter(user=cast.anna).count() == 1
    client.post(f"/mandates/{cast.anna.uid}/convene/withdraw/")
    assert not allowed(cast.anna, Level.CONVENE, NETWORK)


def test_a_guest_may_host_the_network_but_not_open_rooms(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        mandates.give_mandate(by=cast.clara, person=cast.eva, kind=Mandate.Kind.CONVENE)
    assert refused.value.field == "person"
    mandates.give_mandate(by=cast.clara, person=cast.eva, kind=Mandate.Kind.OPERATE)
    assert allowed(cast.eva, Level.OPERATE, NETWORK)


# --- settings -------------------------------------------------------------------------------------


def test_a_room_that_is_renamed_keeps_its_address(cast: Cast) -> None:
    assert change(cast.maud, cast.families, name="Parents").slug == "families"


def test_a_room_that_becomes_hidden_gets_an_address_nobody_can_guess_and_keeps_it(client: Client, cast: Cast) -> None:
    hidden = change(cast.maud, cast.families, kind=Room.Kind.HIDDEN)
    assert "famil" not in hidden.slug
    client.force_login(cast.anna)
    assert client.get("/rooms/families/").status_code == 404
    assert client.get(f"/rooms/{hidden.slug}/").status_code == 200
    again = change(cast.maud, hidden, kind=Room.Kind.RESTRICTED)
    assert again.slug == hidden.slug


@pytest.mark.parametrize("kind", ["direct", "public"])
def test_a_room_never_becomes_direct(cast: Cast, kind: str) -> None:
    with pytest.raises(Invalid):
        change(cast.maud, cast.families, kind=kind)


def test_only_managers_change_settings(client: Client, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        change(cast.mona, cast.families, name="Mine")
    client.force_login(cast.mona)
    assert client.post("/rooms/families/settings/", form_of(cast.families, name="Mine")).status_code == 403


def test_a_new_kind_is_asked_about_and_needs_the_tick_for_what_was_shared_so_far(client: Client, cast: Cast) -> None:
    ItemFactory.create_batch(2, room=cast.families, author=cast.luc, partner=cast.liege)
    ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, tlp=Label.RED)
    client.force_login(cast.maud)
    given = form_of(cast.families, kind="network", name="Parents")
    page = client.post("/rooms/families/settings/", given).content.decode()
    assert "2 documents" in page
    assert Room.objects.get(pk=cast.families.pk).kind == "restricted"
    assert say_yes(client, "/rooms/families/settings/", given, tick=False).status_code == 422
    assert Room.objects.get(pk=cast.families.pk).kind == "restricted"
    assert say_yes(client, "/rooms/families/settings/", given).status_code == 302
    room = Room.objects.get(pk=cast.families.pk)
    assert (room.kind, room.name) == ("network", "Parents")
    assert Notification.objects.filter(kind="room_widened").values_list("user", flat=True).get() == cast.luc.pk


def test_what_was_shown_is_what_is_agreed_to(client: Client, cast: Cast) -> None:
    client.force_login(cast.maud)
    given = form_of(cast.families, kind="network")
    seen = client.post("/rooms/families/settings/", given).context["rehearsal"].mark
    member_of(cast.augsburg)
    answer = client.post("/rooms/families/settings/", given | {"seen": seen, "past": "on"})
    assert "Something has changed meanwhile" in answer.content.decode()
    assert Room.objects.get(pk=cast.families.pk).kind == "restricted"


def test_going_back_brings_everything_that_was_typed(client: Client, cast: Cast) -> None:
    client.force_login(cast.maud)
    given = form_of(cast.families, kind="hidden", name="Parents", purpose="For us.")
    answer = client.post("/rooms/families/settings/", given | {"back": "1"})
    assert [answer.context["form"][name].value() for name in ("name", "purpose", "kind")] == [
        "Parents",
        "For us.",
        "hidden",
    ]
    assert Room.objects.get(pk=cast.families.pk).name == "Families"


def test_the_usual_label_is_offered_first_and_taken_where_none_is_sent(client: Client, cast: Cast) -> None:
    client.force_login(cast.maud)
    page = client.post("/rooms/families/settings/", form_of(cast.families, default_tlp="GREEN")).content.decode()
    assert "Nothing that is shared already changes its label." in page
    say_yes(client, "/rooms/families/settings/", form_of(cast.families, default_tlp="GREEN"))
    client.force_login(cast.anna)
    client.post("/rooms/families/discussions/new/", {"title": "How?", "body": "Tell us."})
    client.post("/rooms/families/discussions/new/", {"title": "And why?", "body": "Tell us.", "tlp": "AMBER"})
    labels = list(cast.families.items.order_by("pk").values_list("tlp", flat=True))
    assert labels == [Label.GREEN, Label.AMBER]


def test_where_the_usual_label_is_not_offered_to_somebody_a_tighter_one_takes_its_place(
    client: Client, cast: Cast
) -> None:
    Room.objects.filter(pk=cast.schools.pk).update(default_tlp=Label.AMBER_STRICT)
    client.force_login(cast.eva)
    client.post("/rooms/schools/discussions/new/", {"title": "How?", "body": "Tell us."})
    assert cast.schools.items.get().tlp == Label.RED


def test_a_logo_whose_store_is_away_is_answered_by_nothing_that_a_browser_keeps(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    Room.objects.filter(pk=cast.families.pk).update(logo="logos/x.png")

    def away(*_given: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(default_storage, "open", away, raising=False)
    client.force_login(cast.maud)
    answer = client.get("/rooms/families/logo/")
    assert (answer.status_code, answer.content) == (503, b"")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize(("fault", "words"), [(errno.EIO, "does not answer"), (errno.ENOSPC, "no room left")])
def test_a_logo_for_which_the_store_has_no_answer_is_refused_beside_its_field(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, fault: int, words: str
) -> None:
    def failing(*_given: object, **_named: object) -> None:
        raise OSError(fault, "It failed.")

    monkeypatch.setattr(default_storage, "save", failing, raising=False)
    picture = io.BytesIO()
    Image.new("RGB", (30, 30), "teal").save(picture, "PNG")
    given = {"logo": SimpleUploadedFile("a.png", picture.getvalue())}
    client.force_login(cast.maud)
    answer = client.post("/rooms/families/settings/logo/", given)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Room.objects.get(pk=cast.families.pk).logo
    with pytest.raises(Invalid):
        add_partner(
            by=cast.coordinator, name="Ghent", short_name="Ghent", logo=ContentFile(picture.getvalue(), "a.png")
        )
    assert not Partner.objects.filter(short_name="Ghent").exists()


def test_a_logo_is_stored_shown_to_who_knows_of_the_room_and_taken_away(client: Client, cast: Cast) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (30, 30), "teal").save(picture, "PNG")
    client.force_login(cast.maud)
    client.post("/rooms/families/settings/logo/", {"logo": SimpleUploadedFile("a.png", picture.getvalue())})
    assert client.get("/rooms/families/logo/")["Content-Type"] == "image/png"
    client.force_login(cast.eva)
    assert client.get("/rooms/families/logo/").status_code == 404
    client.force_login(cast.maud)
    assert (
        client.post("/rooms/families/settings/logo/", {"logo": SimpleUploadedFile("a.png", b"no")}).status_code == 422
    )
    client.post("/rooms/families/settings/logo/", {"remove": "1"})
    assert client.get("/rooms/families/logo/").status_code == 404


# --- places ---------------------------------------------------------------------------------------


def test_places_are_sentences(cast: Cast) -> None:
    until = clock.now().replace(year=2099, month=6, day=30, hour=22, minute=0, second=0, microsecond=0)
    assert place_sentence(cast.liege, Level.CONTRIBUTE, until) == "Liège may contribute until 30 June 2099"
    assert place_sentence(cast.efus, Level.MANAGE, None) == "Coordinators manage"


def test_a_place_is_changed_and_ended_where_it_stands(client: Client, cast: Cast) -> None:
    client.force_login(cast.maud)
    own = {"partner": cast.malmo.uid}
    answer = client.post("/rooms/families/members/change/", own | {"level": "1", "until": "1999-01-01"})
    assert answer.status_code == 422
    assert "must lie in the future" in answer.content.decode()
    say_yes(client, "/rooms/families/members/change/", own | {"level": "1", "until": "2099-06-30"})
    assert level_in(cast.anna, cast.families) == Level.VIEW
    assert PartnerGrant.objects.get(group=cast.malmo.group, content_object=cast.families).until is not None
    page = client.post("/rooms/families/members/withdraw/", own).content.decode()
    assert "gains none, loses 1 person of 1 partner" in page  # Mona has a place of her own
    say_yes(client, "/rooms/families/members/withdraw/", own)
    assert level_in(cast.anna, cast.families) is None


def test_a_member_gives_up_their_own_place_from_the_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.vera)
    assert "Give up my place" in client.get("/rooms/families/members/").content.decode()
    assert say_yes(client, "/rooms/families/members/withdraw/", {"person": cast.vera.uid}).url == "/rooms/"
    assert level_in(cast.vera, cast.families) is None


# --- endings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("keeps", [None, Level.VIEW, Level.CONTRIBUTE, Level.MANAGE])
def test_a_room_is_handed_over_and_who_hands_it_over_keeps_what_they_chose(cast: Cast, keeps: Level | None) -> None:
    endings.hand_over(by=cast.maud, room=cast.families, to=cast.augsburg, keeps=keeps)
    assert level_in(cast.olga, cast.families) == Level.MANAGE
    # Maud is of Liège, which contributes.
    assert level_in(cast.maud, cast.families) == max(keeps or Level.CONTRIBUTE, Level.CONTRIBUTE)


def test_a_room_is_never_handed_to_nobody(cast: Cast) -> None:
    empty = RoomFactory()
    grant(cast.luc, Level.MANAGE, empty)
    nobody = Partner.objects.exclude(memberships__isnull=False).first() or cast.vallombre
    with pytest.raises((Forbidden, Invalid)):
        endings.hand_over(by=cast.luc, room=empty, to=nobody, keeps=None)
    with pytest.raises(Invalid):
        endings.hand_over(by=cast.luc, room=empty, to=cast.luc, keeps=None)
    assert level_in(cast.luc, empty) == Level.MANAGE


def test_a_closed_room_is_read_by_its_managers_alone_and_can_be_opened_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.maud)
    assert say_yes(client, "/rooms/families/settings/close/", {}).status_code == 302
    room = Room.objects.get(pk=cast.families.pk)
    assert (room.is_archived, room.closed_at is not None) == (True, True)
    assert {level for _holder, level, _until in levels_in(room)} == {Level.MANAGE}
    assert level_in(cast.anna, room) is None
    assert AuditEntry.objects.filter(verb="network.room_closed", actor=cast.maud.uid).exists()
    client.post("/rooms/families/archive/")
    room.refresh_from_db()
    assert (room.is_archived, room.closed_at) == (False, None)
    assert level_in(cast.anna, room) is None


def test_who_asked_for_a_place_in_a_room_that_closed_may_ask_again_when_it_opens(cast: Cast) -> None:
    joining.ask_to_join(by=cast.olga, room=cast.families)
    endings.close_room(by=cast.maud, room=cast.families)
    cast.families.refresh_from_db()
    assert not Notification.objects.filter(kind="join_asked").exists()
    with pytest.raises(Forbidden):
        joining.ask_to_join(by=cast.olga, room=cast.families)
    rooms.reopen_room(by=cast.maud, room=cast.families)
    cast.families.refresh_from_db()
    assert joining.ask_to_join(by=cast.olga, room=cast.families).settled_at is None


def test_a_network_room_is_not_closed_as_long_as_every_member_reads_it(cast: Cast) -> None:
    with pytest.raises(Invalid):
        endings.close_room(by=cast.clara, room=cast.commons)
    assert Room.objects.get(pk=cast.commons.pk).closed_at is None


def test_languages_that_are_chosen_stand_open_and_the_others_are_folded(client: Client, cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(languages=["fr", "sv"])
    client.force_login(cast.clara)
    page = client.get("/rooms/families/settings/").content.decode()
    chosen, _summary, folded = page.partition("Add others</summary>")
    assert 'value="sv"' in chosen
    assert "checked" not in folded.partition("</details>")[0]
    assert 'value="de"' in folded.partition("</details>")[0]
    given = form_of(cast.families, languages=["de", "sv"])
    client.post("/rooms/families/settings/", given)
    assert Room.objects.get(pk=cast.families.pk).languages == ["de", "sv"]
    assert '<a href="/rooms/families/settings/" aria-current="page">Settings</a>' in page
