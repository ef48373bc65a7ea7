"""The pages of the trail: who reads what of it, in which words, and what may be taken away."""

from __future__ import annotations

import csv
import json
import uuid
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.exports import ask_for_export
from forums.actions.chat import say
from forums.actions.pinning import pin_thread, unpin_thread
from forums.actions.threads import reply, start_thread
from network import clock
from network.actions import rooms
from network.actions.joining import ask_to_join
from network.audit import record
from network.labels import Label
from network.models import AuditEntry, Membership, User
from network.permissions import Level
from network.trail import tell
from tests.cast import Cast
from tests.factories import ItemFactory, PartnerFactory, grant, member_of


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: User, **query: Any) -> str:
    return signed_in(person).get(reverse("network:trail"), query).content.decode()


def told(person: User) -> list[str]:
    """The sentences that this person reads, the oldest first."""
    return [one.text for one in tell(person, AuditEntry.objects.visible_to(person).order_by("pk"))]


def test_what_somebody_does_about_themselves_is_not_for_who_represents_them(cast: Cast) -> None:
    rosa = member_of(cast.malmo, represents=True)
    ask_for_export(by=cast.anna)
    ask_to_join(by=cast.anna, room=cast.schools, note="For our teachers.")
    host = member_of(cast.augsburg)
    grant(host, Level.MANAGE, cast.schools)
    seen = {
        person.name: set(AuditEntry.objects.visible_to(person).values_list("verb", flat=True))
        for person in (cast.anna, rosa, host, cast.clara, cast.olga)
    }
    asked = {"accounts.export_asked", "network.join_asked"}
    assert seen[cast.anna.name] == seen[cast.clara.name] == asked
    assert seen[host.name] == {"network.join_asked"}
    assert seen[rosa.name] == seen[cast.olga.name] == set()
    # What one does for the partner is the partner's.
    ask_to_join(by=rosa, room=cast.schools, partner=cast.malmo)
    second = member_of(cast.malmo, represents=True)
    assert set(AuditEntry.objects.visible_to(second).values_list("verb", flat=True)) == {"network.join_asked"}


def test_entries_are_sentences(cast: Cast) -> None:
    end = clock.now().replace(hour=22, minute=30) + timedelta(days=30)
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.augsburg, level=Level.VIEW, until=end)
    rooms.withdraw_grant(by=cast.maud, room=cast.families, holder=cast.vera)
    record("exchange.document_described", by=cast.luc, target=ItemFactory(room=cast.families), room=cast.families)
    sentences = told(cast.clara)
    assert sentences[0].startswith("Maud Lambert granted a level in the room Families, to Augsburg, until ")
    assert sentences[1] == "Maud Lambert withdrew a level in the room Families, from Vera Huber"
    assert sentences[2].startswith("Luc Delvaux changed what is said about the document: “Item ")
    assert sentences[2].endswith("”, in the room Families")
    assert f'<a href="{cast.families.get_absolute_url()}">Families</a>' in page(cast.clara)


def test_a_person_reads_what_they_did_and_what_was_done_about_them(cast: Cast) -> None:
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.olga, level=Level.VIEW)
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.vera, level=Level.CONTRIBUTE)
    assert told(cast.olga) == ["Maud Lambert granted a level in the room Families, to Olga Hofstetter"]
    assert len(told(cast.maud)) == 2
    assert told(cast.anna) == []


def test_a_representative_reads_what_their_people_did_while_they_were_theirs(cast: Cast) -> None:
    Membership.objects.filter(user=cast.anna).update(role=Membership.Role.REPRESENTATIVE)
    for days in (40, 20):  # Ivan left Malmö thirty days ago
        with clock.at(clock.now() - timedelta(days=days)):
            record("accounts.profile_changed", by=cast.ivan, target=cast.ivan, fields=["name"])
    record("network.approved", by=cast.luc, target=cast.families, room=cast.families, partner=cast.malmo)
    record("accounts.profile_changed", by=cast.luc, target=cast.luc, fields=["name"])
    assert told(cast.anna) == ["Ivan Berg changed their profile", "Luc Delvaux approved Families"]


def test_what_the_reader_does_not_see_stands_there_without_its_name_or_not_at_all(cast: Cast) -> None:
    rooms.withdraw_grant(by=cast.clara, room=cast.families, holder=cast.efus)
    document = ItemFactory(room=cast.families, title="Only for the room", tlp=Label.AMBER)
    red = ItemFactory(room=cast.families, title="Only for two", tlp=Label.RED, author=cast.luc)
    for item in (document, red):
        record("network.held", by=cast.maud, target=item, room=cast.families, reason="It is early.")
    about = told(cast.clara)[1:]
    assert about == ["Maud Lambert held it"]
    assert "It is early." not in page(cast.clara)
    assert told(cast.maud) == [
        "Maud Lambert held “Only for the room”, in the room Families",
        "Maud Lambert held it, in the room Families",
    ]


def test_talk_in_direct_rooms_is_nobodys_to_read(cast: Cast) -> None:
    direct = rooms.open_direct_room(by=cast.luc, people=[cast.anna])
    say(by=cast.luc, room=direct, body="Between us.", client_id=uuid.uuid4())
    for person in (cast.luc, cast.anna, cast.clara):
        assert told(person) == []


def test_a_hidden_room_is_known_to_who_views_it(cast: Cast) -> None:
    rooms.grant(by=cast.clara, room=cast.steering, holder=cast.anna, level=Level.VIEW)
    assert told(cast.anna) == ["Clara Dupont granted a level in the room Steering, to Anna Lindqvist"]
    rooms.withdraw_grant(by=cast.anna, room=cast.steering, holder=cast.anna)
    assert told(cast.anna) == []
    assert len(told(cast.clara)) == 2


def test_under_the_chatham_house_rule_who_moderates_has_no_number_and_finds_their_own(cast: Cast) -> None:
    thread = start_thread(by=cast.luc, room=cast.families, title="Openly", body="Well?", chatham=True)
    reply(by=cast.mona, thread=thread, body="So.")
    for moderator in (cast.mona, cast.maud):
        pin_thread(by=moderator, thread=thread)
        unpin_thread(by=moderator, thread=thread)
    about = "the discussion: “Openly”, in the room Families"
    acts = [f"{verb} {about}" for verb in ("pinned", "unpinned")]
    assert [one for one in told(cast.clara) if "pinned" in one] == [f"A moderator {act}" for act in acts * 2]
    for moderator in (cast.mona, cast.maud):
        assert [one for one in told(moderator) if "pinned" in one] == [f"A moderator (you) {act}" for act in acts]
        assert "A moderator (you)" in page(moderator, whose="mine")
        assert "moderator" not in page(cast.clara, who=moderator.name.split()[0])
    assert "moderator" not in page(cast.clara, partner="malmo")


def test_under_the_chatham_house_rule_everybody_but_oneself_is_a_number(cast: Cast) -> None:
    thread = start_thread(by=cast.luc, room=cast.families, title="Openly", body="Well?", chatham=True)
    reply(by=cast.anna, thread=thread, body="So.")
    Membership.objects.filter(user=cast.anna).update(role=Membership.Role.REPRESENTATIVE)
    assert told(cast.clara) == [
        "Participant 1 started the discussion: “Openly”, in the room Families",
        "Participant 2 replied: “Openly”, in the room Families",
    ]
    assert told(cast.anna) == ["Participant 2 (you) replied: “Openly”, in the room Families"]
    assert "Participant" not in page(cast.clara, partner="malmo")
    assert "Participant" not in page(cast.clara, who="Anna")
    assert "Participant 2 (you)" in page(cast.anna, whose="mine")


def test_filters_find_no_more_than_the_page_says(cast: Cast) -> None:
    rooms.withdraw_grant(by=cast.clara, room=cast.families, holder=cast.efus)
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.olga, level=Level.VIEW)
    bare = "granted a level in the room"
    assert bare in page(cast.clara, who="Maud")
    assert bare not in page(cast.clara, who="Olga")
    assert bare not in page(cast.clara, partner="augsburg")
    assert bare in page(cast.maud, who="Olga", room="families", about="network")
    today = clock.now().date()
    assert bare in page(cast.maud, since=today - timedelta(days=1), until=today + timedelta(days=1))
    assert bare not in page(cast.maud, since=today + timedelta(days=2))
    assert bare not in page(cast.maud, about="workshops")


@pytest.mark.parametrize("query", [{"before": "yesterday"}, {"before": "2026-01-01T00:00:00Z", "skip": "-1"}])
def test_a_place_that_is_none_is_the_beginning(cast: Cast, query: dict[str, str]) -> None:
    rooms.archive_room(by=cast.maud, room=cast.families)
    assert "archived the room" in page(cast.maud, **query)


def test_one_turns_pages_without_losing_or_repeating_an_entry(cast: Cast) -> None:
    client, seen, address = signed_in(cast.luc), [], f"{reverse('network:trail')}?about=forums"
    for moment in (3, 2, 1):
        # Of whole seconds, whose digits are no key by chance.
        with clock.at(clock.now().replace(microsecond=0) - timedelta(hours=moment)):
            # Forty of one instant: pages end in the middle of them.
            for _ in range(40):
                record("forums.unlocked", by=cast.luc, target=cast.families, room=cast.families)
    for _page in range(5):
        response = client.get(address)
        seen += [one.row.pk for one in response.context["entries"]]
        if not response.context["older"]:
            break
        address = f"{reverse('network:trail')}?{response.context['chosen']}&{response.context['older']}"
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 120
    assert str(seen[0]) not in address.replace("2026", "")


def copied(person: User, form: str, **query: Any) -> str:
    address = reverse("network:trail-copy", query=query) if query else reverse("network:trail-copy")
    response = signed_in(person).post(address, {"format": form})
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


def test_a_copy_holds_what_the_page_says_and_is_itself_written_down(cast: Cast) -> None:
    rooms.withdraw_grant(by=cast.clara, room=cast.families, holder=cast.efus)
    red = ItemFactory(room=cast.families, title="Only for two", tlp=Label.RED, author=cast.luc)
    record("network.held", by=cast.maud, target=red, room=cast.families, reason="It is early.")
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.olga, level=Level.VIEW)
    rows = json.loads(copied(cast.clara, "json", about="network"))
    assert [row["what"] for row in rows] == told(cast.clara)[::-1]
    assert "early" not in json.dumps(rows)
    assert rows[0]["detail"] == {"format": "json", "filters": "about: network"}
    assert json.loads(copied(cast.anna, "json", about="workshops")) == []
    table = list(csv.DictReader(StringIO(copied(cast.clara, "csv", who="Maud").removeprefix("\ufeff"))))
    assert [row["what"] for row in table] == ["Maud Lambert granted a level in the room"]


def test_a_copy_runs_nothing_in_a_spreadsheet(cast: Cast) -> None:
    User.objects.filter(pk=cast.olga.pk).update(name='=HYPERLINK("https://evil.example")')
    cast.olga.refresh_from_db()
    record("network.join_asked", by=cast.olga, target=cast.commons, room=cast.commons, note="Hello.")
    row = next(
        csv.DictReader(
            StringIO(copied(cast.olga, "csv", about="network").removeprefix("\ufeff")).readlines()[1:],
            ["at", "what", "by"],
        )
    )
    assert row["by"].startswith("'=HYPERLINK")
    assert row["what"].startswith("'=HYPERLINK")


def test_an_event_loop_gets_the_copy_piece_by_piece(cast: Cast) -> None:
    rooms.archive_room(by=cast.maud, room=cast.families)
    client = AsyncClient()
    client.force_login(cast.maud)

    async def take() -> list[bytes]:
        response = await client.post(reverse("network:trail-copy"), {"format": "json"})
        assert response.is_async  # type: ignore[attr-defined]
        return [piece async for piece in response]  # type: ignore[attr-defined]

    pieces = async_to_sync(take)()
    assert [row["verb"] for row in json.loads(b"".join(pieces))] == ["network.trail_exported", "network.room_archived"]
    assert len(pieces) == 3


def test_a_form_that_nobody_offers_is_refused(cast: Cast) -> None:
    response = signed_in(cast.luc).post(reverse("network:trail-copy"), {"format": "exe"})
    assert response.status_code == 422
    assert not AuditEntry.objects.filter(verb="network.trail_exported").exists()


def test_a_page_and_a_batch_cost_the_same_however_many_people_and_things_they_name(cast: Cast) -> None:
    def price() -> int:
        client = signed_in(cast.clara)
        client.get(reverse("network:trail"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("network:trail"))
        return len(queries)

    def more(times: int) -> None:
        for _ in range(times):
            item = ItemFactory(room=cast.families, author=member_of(PartnerFactory()))
            thread = start_thread(by=cast.luc, room=cast.families, title="Parents", body="How?")
            reply(by=cast.anna, thread=thread, body="So.")
            record("network.held", by=item.author, target=item, room=cast.families, reason="Why not.")
            rooms.grant(by=cast.clara, room=cast.commons, holder=item.author, level=Level.VIEW)

    more(1)
    first = price()
    more(4)
    assert price() == first
    assert first <= 40


@pytest.mark.once
def test_the_newest_of_a_long_trail_are_found_without_sorting_it(cast: Cast) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by what there is, and here is little")
    plan = AuditEntry.objects.visible_to(cast.clara).order_by("-at", "-pk")[:51].explain()
    assert "SCAN network_auditentry USING INDEX network_auditentry_at" in plan
