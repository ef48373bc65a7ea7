"""The demo is the first thing that anybody sees: it is whole, plausible, and allowed by its own rules."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from exchange.models.documents import DocKind
from exchange.models.practices import Evaluation, PracticeStatus, PreventionLevel, Scope, TargetGroup
from network.models.people import Partner
from network.models.rooms import Room
from tests.config.demo_content import FOLDER, LABELS, LEVELS, Demo, read
from workshops.models import Workshop

pytestmark = pytest.mark.once

TEXTS = [*FOLDER.rglob("*.json"), *FOLDER.rglob("*.md")]
LANGUAGES = ["de", "en", "es", "fr", "it"]
# Small words of each language that the other four do not have.
SMALL_WORDS = {
    "de": {"und", "nicht", "ist", "wir", "eine", "ich", "das", "mit"},
    "en": {"the", "and", "is", "that", "we", "with", "they", "of"},
    "es": {"y", "que", "los", "con", "para", "una", "el", "cuando"},
    "fr": {"et", "nous", "les", "est", "pour", "une", "des", "pas"},
    "it": {"di", "che", "il", "non", "è", "per", "una", "sono"},
}


@pytest.fixture(params=[0, 1200], ids=["today", "years later"])
def demo(request: pytest.FixtureRequest) -> Demo:
    return Demo(now=datetime.now(UTC) + timedelta(days=request.param))


def language_of(text: str) -> str:
    words = re.findall(r"\w+", text.lower())
    return max(LANGUAGES, key=lambda code: sum(word in SMALL_WORDS[code] for word in words))


# --- partners and people --------------------------------------------------------------------------


def test_the_34_organisations_of_liaise_2_are_there_from_ten_countries(demo: Demo) -> None:
    phase_2 = [p for p in demo.partners.values() if "liaise-2" in p["phases"] and not p["lead"]]
    assert len(phase_2) == 34
    assert len({p["country"] for p in phase_2}) == 10
    assert Counter(p["status"] for p in phase_2) == {"active": 27, "associated": 7}
    assert {p["slug"] for p in demo.partners.values() if p["status"] == "left"} == {"vilvoorde", "isd"}
    assert [p["slug"] for p in demo.partners.values() if p["lead"]] == ["efus"]


def test_no_real_organisation_is_shown_as_suspended_or_only_invited(demo: Demo) -> None:
    doubtful = {p["slug"]: p["invented"] for p in demo.partners.values() if p["status"] in {"suspended", "invited"}}
    assert doubtful == {"vallombre": True, "havelmuende": True}
    assert not any(p["invented"] for p in demo.partners.values() if p["slug"] not in doubtful)


def test_every_partner_has_a_known_kind_a_place_in_europe_and_a_representative(demo: Demo) -> None:
    represented = {p["partner"] for p in demo.people.values() if p["role"] == "representative"}
    for partner in demo.partners.values():
        assert partner["kind"] in Partner.Kind.values
        assert partner["status"] in Partner.Status.values
        assert 36 < partner["latitude"] < 60, partner["slug"]
        assert -10 < partner["longitude"] < 27, partner["slug"]
        assert re.fullmatch(r"[A-Z]{2}", partner["country"])
        assert partner["slug"] in represented


def test_people_are_invented_about_sixty_and_well_formed(demo: Demo) -> None:
    assert len(read("people")) == len(demo.people) >= 60
    assert len({p["name"] for p in demo.people.values()}) == len(demo.people)
    for person in demo.people.values():
        assert re.fullmatch(r"[a-z.]+@demo\.example", person["email"])
        assert person["language"] in LANGUAGES
        assert person["time_zone"] in available_timezones()
        assert person["partner"] is None or person["partner"] in demo.partners
        assert (person["partner"] is None) == (person["role"] is None)
    everything = " ".join(file.read_text("utf-8") for file in TEXTS)
    for real in ("Ranstorp", "Soors", "Guglielminetti", "Saliha", "Bounouar", "Cristellys", "Nordbruch", "Negredo"):
        assert real not in everything, f"{real} spoke at a real meeting and does not speak here"


def test_the_four_accounts_of_the_contract_are_who_they_should_be(demo: Demo) -> None:
    who = {
        email.partition("@")[0]: (demo.people[email]["partner"], demo.people[email]["role"])
        for email in [f"{name}@demo.example" for name in ("coordinator", "liege", "malmo", "expert")]
    }
    assert who == {
        "coordinator": ("efus", "representative"),
        "liege": ("liege", "representative"),
        "malmo": ("malmo", "member"),
        "expert": (None, None),
    }


def test_one_membership_has_ended_and_one_person_belongs_to_a_suspended_partner(demo: Demo) -> None:
    ended = [p for p in demo.people.values() if p["until"] and demo.partners[p["partner"]]["status"] == "active"]
    assert ended
    assert any(p["role"] == "member" and p["partner"] == "vallombre" for p in demo.people.values())


# --- rooms ----------------------------------------------------------------------------------------


def test_there_are_rooms_of_every_kind_and_every_way_of_moderation(demo: Demo) -> None:
    assert len(demo.rooms) >= 12
    assert {room["kind"] for room in demo.rooms.values()} == set(Room.Kind.values)
    assert {room["moderation"] for room in demo.rooms.values()} == set(Room.Moderation.values)
    assert any(room["archived_on"] for room in demo.rooms.values())
    phases = {phase["slug"] for phase in read("phases")}
    for room in demo.rooms.values():
        assert room["phase"] is None or room["phase"] in phases
        assert (room["slug"] is None) == (room["kind"] in {"hidden", "direct"})
        assert len(room["name"]) <= 120
        assert len(room["purpose"]) <= 500


def test_grants_name_partners_and_people_who_exist_once_each_and_guests_until_a_day(demo: Demo) -> None:
    for room in demo.rooms.values():
        slugs = [slug for slugs in room["partners"].values() for slug in slugs]
        emails = [grant["person"] for grant in room["people"]]
        assert len(set(slugs)) == len(slugs), room["key"]
        assert len(set(emails)) == len(emails), room["key"]
        assert set(slugs) <= set(demo.partners)
        assert set(room["partners"]) <= set(LEVELS)
        for grant in room["people"]:
            guest = demo.people[grant["person"]]["partner"] is None
            assert grant["level"] in LEVELS
            assert not guest or grant["until_in_days"] > 0, (room["key"], grant)


def test_direct_rooms_hold_two_to_eight_people_and_no_partner(demo: Demo) -> None:
    for room in demo.rooms.values():
        if room["kind"] == "direct":
            assert not room["partners"]
            assert 2 <= len(room["people"]) <= 8
            assert {grant["level"] for grant in room["people"]} == {"contribute"}
        else:
            assert room["partners"]["manage"] == ["efus"]


def test_the_rooms_of_the_contract_admit_whom_they_should(demo: Demo) -> None:
    def level(name: str, room: str) -> str | None:
        place = demo.level(f"{name}@demo.example", room, demo.now)
        return None if place < 0 else LEVELS[place]

    names = ("coordinator", "liege", "malmo", "expert")
    assert [level(name, "commons") for name in names] == ["manage", "contribute", "contribute", None]
    assert [level(name, "families") for name in names] == ["manage", "contribute", "contribute", None]
    assert [level(name, "schools") for name in names] == ["manage", "contribute", None, "contribute"]
    assert {demo.rooms[key]["moderation"] for key in ("commons", "families", "schools")} == {"free"}


# --- items ----------------------------------------------------------------------------------------


def test_there_is_enough_of_everything(demo: Demo) -> None:
    assert len(demo.items) >= 60
    assert set(LABELS) == {item["tlp"] for item in demo.items}
    assert len(demo.documents) >= 25
    assert len(demo.practices) >= 16
    assert len(demo.discussions) >= 14
    assert sum(len(discussion["posts"]) for discussion in demo.discussions) >= 90
    assert len([w for w in demo.workshops if demo.starts(w) > demo.now.date()]) >= 8
    assert len(demo.chats) >= 5
    assert next(len(chat["messages"]) for chat in demo.chats if chat["room"] == "families") >= 40


def test_keys_are_unique_and_every_reference_leads_somewhere(demo: Demo) -> None:
    keys = [item["key"] for item in demo.items]
    assert len(set(keys)) == len(keys)
    themes = {theme["slug"] for theme in read("themes")}
    for item in demo.items:
        assert item["room"] in demo.rooms
        assert item["author"] in demo.people
        assert item["language"] in LANGUAGES
        assert item["tlp"] in LABELS
        assert set(item["themes"]) <= themes, item["key"]
        assert 5 <= len(item["title"] or "a comment") <= 200
    for discussion in demo.discussions:
        assert (discussion["title"] is None) == (discussion["about"] is not None)
        if discussion["about"]:
            assert demo.find(discussion["about"])["room"] == discussion["room"]


def test_whoever_shares_something_contributes_to_the_room_at_that_moment(demo: Demo) -> None:
    for item in demo.items:
        when = demo.moment(item)
        assert demo.may("contribute", item["author"], item["room"], when), (item["key"], item["author"])
        assert when.date().isoformat() >= demo.rooms[item["room"]]["opened_on"], item["key"]
        assert when < demo.now


def test_labels_name_whom_they_need_and_only_clear_is_released(demo: Demo) -> None:
    for item in demo.items:
        room, when = demo.rooms[item["room"]], demo.moment(item)
        assert bool(item["named_partners"]) == (item["tlp"] == "AMBER+STRICT"), item["key"]
        assert bool(item.get("named_people")) == (item["tlp"] == "RED"), item["key"]
        for slug in item["named_partners"]:
            assert demo.partner_level(slug, room) >= 0 or room["kind"] == "network", (item["key"], slug)
        for email in item.get("named_people", []):
            assert demo.may("view", email, item["room"], when), (item["key"], email)
        if item.get("released"):
            assert item["tlp"] == "CLEAR"
            assert item.get("state", "published") == "published"
    assert len([item for item in demo.items if item.get("released")]) >= 12


def test_documents_have_a_kind_and_a_text_of_their_own(demo: Demo) -> None:
    bodies = {file.stem: file.read_text("utf-8") for file in (FOLDER / "documents").glob("*.md")}
    newer = {version["text"]: document for document in demo.documents for version in document.get("versions", ())}
    assert set(bodies) == {document["key"] for document in demo.documents} | set(newer)
    assert len(set(bodies.values())) == len(bodies)
    for document in demo.documents:
        body = bodies[document["key"]]
        assert document["kind"] in DocKind.values
        assert document["file"] in {"pdf", "docx", "md", "txt"}
        assert 110 <= len(body.split()) <= 420, document["key"]
        assert language_of(body) == document["language"], document["key"]
        assert (document["on"] is None) != (document["days_ago"] is None)
    for key, document in newer.items():
        assert 110 <= len(bodies[key].split()) <= 420, key
        assert language_of(bodies[key]) == document["language"], key
    assert {d["kind"] for d in demo.documents} >= {"agenda", "minutes", "report", "thematic_report", "guide", "leaflet"}
    assert {d["kind"] for d in demo.documents} >= {"publication", "video", "presentation"}


def test_practice_sheets_have_five_texts_and_six_choices(demo: Demo) -> None:
    for sheet in demo.practices:
        key = sheet["key"]
        assert len(sheet["title"]) <= 100, key
        assert 60 <= len(sheet["summary"]) <= 300, key
        for name in ("objectives", "methodology", "activities"):
            assert 60 <= len(sheet[name].split()) <= 150, (key, name)
            assert language_of(sheet[name]) == sheet["language"], (key, name)
        assert sheet["geographical_scope"] in Scope.values
        assert sheet["practice_status"] in PracticeStatus.values
        assert sheet["evaluation_status"] in Evaluation.values
        assert sheet["prevention_level"]
        assert set(sheet["prevention_level"]) <= set(PreventionLevel.values)
        assert 1 <= len(sheet["target_groups"]) <= 3
        assert set(sheet["target_groups"]) <= set(TargetGroup.values)
        assert 1 <= len(sheet["themes"]) <= 3
        assert sheet["partner"] == demo.people[sheet["author"]]["partner"]
        assert sheet["country"] == demo.partners[sheet["partner"]]["country"]


# --- talk -----------------------------------------------------------------------------------------


def test_whoever_writes_contributes_and_sees_what_is_answered(demo: Demo) -> None:
    for discussion in demo.discussions:
        about = demo.find(discussion["about"]) if discussion["about"] else None
        for post in discussion["posts"]:
            who, when = post["author"], demo.moment(post)
            assert demo.may("contribute", who, discussion["room"], when), (discussion["key"], who)
            assert demo.sees(who, discussion, when), (discussion["key"], who)
            assert about is None or demo.sees(who, about, when), (discussion["key"], who)
            assert about is None or demo.moment(about) < when, discussion["key"]


def test_replies_come_after_what_they_answer_and_nest_at_most_five_deep(demo: Demo) -> None:
    deepest = 0
    for discussion in demo.discussions:
        depths: list[int] = []
        for number, post in enumerate(discussion["posts"]):
            parent = post["parent"]
            assert parent is None or parent < number, (discussion["key"], number)
            depths.append(0 if number == 0 else 1 if parent is None else depths[parent] + 1)
        moments = [demo.moment(post) for post in discussion["posts"]]
        assert moments == sorted(moments), discussion["key"]
        assert len(set(moments)) == len(moments), discussion["key"]
        deepest = max(deepest, *depths)
    assert deepest == 5


def test_the_talk_is_in_five_languages_and_no_text_is_filler(demo: Demo) -> None:
    texts = [post["text"] for discussion in demo.discussions for post in discussion["posts"]]
    spoken = Counter(language_of(text) for text in texts)
    assert set(spoken) == set(LANGUAGES)
    assert min(spoken.values()) >= 5, spoken
    assert len(set(texts)) == len(texts)
    assert sum(len(text.split()) for text in texts) / len(texts) > 35
    for file in TEXTS:
        assert "lorem" not in file.read_text("utf-8").lower()


def test_posts_are_held_in_moderated_rooms_removed_by_moderators_and_a_thread_is_locked(demo: Demo) -> None:
    held = removed = locked = 0
    for discussion in demo.discussions:
        room = demo.rooms[discussion["room"]]
        for post in discussion["posts"]:
            if post.get("state") == "held":
                held += 1
                assert room["moderation"] != "free"
                assert post["held_reason"]
            if post.get("state") == "removed":
                removed += 1
                when = demo.now - timedelta(hours=post["removed_hours_ago"])
                assert demo.moment(post) < when
                assert demo.may("moderate", post["removed_by"], room["key"], when)
                assert post["removed_reason"]
        if discussion["locked"]:
            locked += 1
            when = demo.now - timedelta(hours=discussion["locked"]["hours_ago"])
            assert all(demo.moment(post) < when for post in discussion["posts"])
            assert demo.may("moderate", discussion["locked"]["by"], room["key"], when)
    assert (held, removed, locked) >= (2, 1, 1)
    assert any(document["state"] == "held" for document in demo.documents)
    assert {(d["about"] or "").partition(":")[0] for d in demo.discussions} >= {"document", "practice", "workshop"}


def test_a_first_post_in_a_room_that_checks_first_posts_is_held_only_once(demo: Demo) -> None:
    for discussion in demo.discussions:
        if demo.rooms[discussion["room"]]["moderation"] == "first":
            free = {post["author"] for post in discussion["posts"] if post.get("state") != "held"}
            assert not free & {post["author"] for post in discussion["posts"] if post.get("state") == "held"}


def test_chats_are_written_by_those_who_may_and_run_in_order(demo: Demo) -> None:
    for chat in demo.chats:
        moments = [demo.moment(message) for message in chat["messages"]]
        assert moments == sorted(moments)
        assert len(set(moments)) == len(moments)
        assert len({message["author"] for message in chat["messages"]}) >= 2
        for number, message in enumerate(chat["messages"]):
            assert demo.may("contribute", message["author"], chat["room"], moments[number]), (chat["room"], number)
            assert message["reply_to"] is None or message["reply_to"] < number
            assert 1 <= len(message["text"]) <= 4000


# --- workshops ------------------------------------------------------------------------------------


def test_the_real_meetings_are_past_workshops(demo: Demo) -> None:
    past = {(w["starts_on"], w["place"].partition(",")[0]) for w in demo.workshops if "starts_on" in w}
    assert past >= {
        ("2014-11-06", "Paris"),
        ("2015-07-09", "London"),
        ("2015-10-28", "Augsburg"),
        ("2016-01-21", "Brussels"),
        ("2016-02-15", "Malmö"),
        ("2016-05-26", "Bordeaux"),
        ("2016-10-11", "Leuven"),
        ("2017-03-29", "The Hague"),
        ("2017-07-03", "Bologna"),
        ("2017-11-15", "Barcelona"),
    }


def test_workshops_have_a_kind_a_zone_a_place_or_link_and_guests_who_see_them(demo: Demo) -> None:
    for workshop in demo.workshops:
        key = workshop["key"]
        ZoneInfo(workshop["zone"])
        assert workshop["kind"] in Workshop.Kind.values, key
        assert bool(workshop["place"]) != bool(workshop["link"]), key
        assert len(set(workshop["registrations"])) == len(workshop["registrations"]), key
        assert len(workshop["description"].split()) >= 8, key
        one_day = workshop.get("days") == 1 or workshop.get("starts_on", "") == workshop.get("ends_on")
        assert not one_day or workshop["start"] < workshop["end"], key
        for email in workshop["registrations"]:
            assert demo.sees(email, workshop, demo.moment(workshop)), (key, email)


def test_the_coming_workshops_show_what_can_happen(demo: Demo) -> None:
    coming = [w for w in demo.workshops if "weeks_ahead" in w and w["weeks_ahead"] >= 1]
    assert len(coming) >= 8
    assert all(demo.starts(w) > demo.now.date() for w in coming)
    assert any(w["capacity"] and len(w["registrations"]) > w["capacity"] for w in coming), "a waiting list"
    assert any(w["link"] for w in coming), "one online"
    assert "Europe/Athens" in {w["zone"] for w in coming}
    assert len({w["kind"] for w in coming}) >= 6
