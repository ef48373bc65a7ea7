"""What somebody writes is kept until it is sent, for nobody else, and for a while."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums.actions.threads import start_thread
from network.actions import drafts
from network.drafts import in_words
from network.labels import Label
from network.models import AuditEntry, Draft, PartnerGrant, PersonGrant, User
from network.personal import PERSONAL, counts_for_others
from network.refusals import Invalid
from tests.cast import Cast

NEW = "/rooms/families/discussions/new/"


def keep(by: User, key: str = NEW, **fields: str) -> Draft | None:
    return drafts.keep(by=by, key=key, page=key, fields=fields or {"body": "We began"})


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_later_words_of_a_form_stand_in_the_place_of_the_earlier_and_none_leave_nothing(cast: Cast) -> None:
    keep(cast.luc, body="We")
    keep(cast.luc, body="We began", title="School")
    assert Draft.objects.get().fields == {"body": "We began", "title": "School"}
    keep(cast.luc, body="  ", title="")
    assert not Draft.objects.exists()


def test_a_draft_leaves_no_trace_in_the_trail(cast: Cast) -> None:
    before = AuditEntry.objects.count()
    row = keep(cast.luc)
    assert row is not None
    drafts.discard(by=cast.luc, uid=row.uid)
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        (NEW, {"body": "x" * 200_001}),
        (NEW, {f"field{number}": "x" for number in range(41)}),
        (NEW, {"body": "a\0b"}),
        (NEW, {"body": "\ud800"}),
        (NEW, {"body": ["x"]}),
        (NEW, "body"),
        ("https://other.example/rooms/families/discussions/new/", {"body": "x"}),
        ("//other.example/rooms/families/discussions/new/", {"body": "x"}),
        ("/rooms/families/discussions/new/?" + "x" * 300, {"body": "x"}),
        ("/no/such/form/", {"body": "x"}),
        ("http://[", {"body": "x"}),
        ("", {"body": "x"}),
    ],
)
def test_what_is_no_form_or_no_words_is_refused(cast: Cast, key: str, fields: object) -> None:
    with pytest.raises(Invalid):
        drafts.keep(by=cast.luc, key=key, page=NEW, fields=fields)
    with pytest.raises(Invalid):
        drafts.keep(by=cast.luc, key=NEW, page=key if key != NEW else "//x", fields=fields)
    assert not Draft.objects.exists()


def test_nobody_fills_the_store_with_drafts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 2)
    keep(cast.luc, f"{NEW}?parent=1")
    keep(cast.luc, f"{NEW}?parent=2")
    with pytest.raises(Invalid):
        keep(cast.luc, f"{NEW}?parent=3")
    keep(cast.luc, f"{NEW}?parent=2", body="Anew")
    assert Draft.objects.count() == 2


def test_a_page_asks_for_the_drafts_of_its_forms_and_gets_ones_own(cast: Cast) -> None:
    keep(cast.luc)
    keep(cast.anna, body="Anna's")
    found = client_of(cast.luc).get("/drafts/", {"for": [NEW, "/rooms/"]}).json()["drafts"]
    assert found[NEW]["fields"] == {"body": "We began"}
    assert found[NEW]["told"].startswith("You wrote this on ")
    assert list(found) == [NEW]


@pytest.mark.parametrize("fields", ["", "{", "[" * 100_000, "[]", '{"body": 3}'])
def test_what_a_broken_page_sends_is_refused(cast: Cast, fields: str) -> None:
    answer = client_of(cast.luc).post("/drafts/", {"key": NEW, "page": NEW, "fields": fields})
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_a_draft_goes_with_the_form_that_was_taken_and_stays_with_the_one_that_was_not(cast: Cast) -> None:
    thread = start_thread(by=cast.luc, room=cast.families, title="Since when?", body="Since when do you?")
    key = f"/discussions/{thread.uid}/reply/"
    keep(cast.anna, key)
    anna = client_of(cast.anna)
    assert anna.post(key, {"body": "", "_draft": key}).status_code == 422
    assert Draft.objects.count() == 1
    # Another's form of the same address is theirs.
    assert client_of(cast.luc).post(key, {"body": "For years.", "_draft": key}).status_code == 302
    assert Draft.objects.count() == 1
    assert anna.post(key, {"body": "We began", "_draft": key}).status_code == 302
    assert not Draft.objects.exists()


def test_the_list_names_the_place_only_to_who_sees_it_and_keeps_ones_words(cast: Cast) -> None:
    thread = start_thread(
        by=cast.luc, room=cast.families, title="Of fathers", body="Since when do you?", tlp=Label.GREEN
    )
    keep(cast.anna, f"/discussions/{thread.uid}/reply/", body="<p>Since <em>May</em></p>")
    keep(cast.anna, NEW, body="Another thing")
    page = client_of(cast.anna).get("/drafts/").content.decode()
    assert "A reply" in page
    assert "Of fathers" in page
    assert "Since May" in page
    assert f'href="{NEW}"' in page
    PartnerGrant.objects.all().delete()
    PersonGrant.objects.all().delete()
    after = client_of(cast.anna).get("/drafts/").content.decode()
    assert "Of fathers" not in after
    assert "Families" not in after
    assert str(thread.uid) not in after
    assert f'href="{NEW}"' not in after
    assert "Since May" in after
    assert "Another thing" in after


def test_the_words_are_in_ones_export_and_the_host_does_not_even_learn_how_many(cast: Cast) -> None:
    keep(cast.luc)
    kind = PERSONAL["drafts"]
    assert [kind.show(row)["words"] for row in kind.rows(cast.luc)] == [{"body": "We began"}]
    assert "drafts" not in {kind.key for kind, _count in counts_for_others(cast.luc)}
    assert kind.erase is not None
    kind.erase(cast.luc)
    assert not Draft.objects.exists()


ADDRESSES = (NEW, "/rooms/new/", "/reports/")
PEOPLE = ("luc", "anna", "mona", "maud", "clara", "olga", "vera")


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    written=st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ADDRESSES)), max_size=6),
    reader=st.sampled_from(PEOPLE),
)
def test_a_draft_is_visible_to_nobody_but_its_writer(cast: Cast, written: list[tuple[str, str]], reader: str) -> None:
    """Whoever asks, in whichever way, gets their own words and no others; nor can they throw others' away."""
    with transaction.atomic():
        for name, key in written:
            keep(getattr(cast, name), key, body=f"word of {name} {key}")
        mine = {f"word of {name} {key}" for name, key in written if name == reader}
        person = getattr(cast, reader)
        client = client_of(person)
        asked = client.get("/drafts/", {"for": ADDRESSES}).json()["drafts"]
        assert {draft["fields"]["body"] for draft in asked.values()} == mine
        page = client.get("/drafts/").content.decode()
        assert {f"word of {name} {key}" for name, key in written if f"word of {name} {key}" in page} == mine
        assert {told.words for told in in_words(person, Draft.objects.filter(user=person))} == mine
        others = Draft.objects.exclude(user=person)
        count = others.count()
        for draft in others:
            client.post(f"/drafts/{draft.uid}/discard/")
        client.post("/drafts/00000000-0000-0000-0000-000000000000/discard/")
        assert others.count() == count
        transaction.set_rollback(True)


def test_markdown_is_shown_to_the_editor_as_it_would_stand_on_a_page(cast: Cast) -> None:
    answer = client_of(cast.luc).post("/drafts/rendered/", {"text": "**fat**<script>x</script>"})
    assert answer.content.decode() == "<p><strong>fat</strong></p>\n"
    assert client_of(cast.luc).post("/drafts/rendered/", {"text": "x" * 100_001}).status_code == 422


@pytest.mark.parametrize(
    "choices", ["RED", {"tlp": "RED"}, {"tlp": [1]}, {"tlp": ["\0"]}, {"t\0": ["RED"]}, {"t": ["\ud800"]}]
)
def test_choices_that_are_none_are_not_kept(cast: Cast, choices: object) -> None:
    with pytest.raises(Invalid):
        drafts.keep(by=cast.luc, key=NEW, page=NEW, fields={"body": "We began"}, choices=choices)
    assert not Draft.objects.exists()


def test_too_many_choices_are_not_kept(cast: Cast) -> None:
    for choices in ({str(n): ["x"] for n in range(61)}, {"tlp": ["x" * 250_000]}):
        with pytest.raises(Invalid):
            drafts.keep(by=cast.luc, key=NEW, page=NEW, fields={"body": "We began"}, choices=choices)
