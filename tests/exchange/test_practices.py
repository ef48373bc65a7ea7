"""Practice sheets: writing one, finding one, reading one, revising one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from exchange.actions.practices import revise_sheet
from exchange.models import PracticeSheet
from network import search
from network.labels import Label
from network.models import AuditEntry, Placement, Release, Room, State, User
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.exchange.making import TEXT, once, publish
from tests.factories import ThemeFactory

pytestmark = pytest.mark.django_db

NEW = "/rooms/families/practices/new/"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def fields(cast: Cast) -> dict[str, Any]:
    """The five texts and six choices, as the form sends them."""
    ThemeFactory(slug="support-to-families", name="Support to families")
    return {
        "title": "Six evenings for parents",
        "summary": TEXT.summary,
        "objectives": TEXT.objectives,
        "methodology": TEXT.methodology,
        "activities": TEXT.activities,
        "geographical_scope": "city",
        "practice_status": "running",
        "evaluation_status": "none",
        "prevention_levels": ["primary"],
        "target_groups": ["parents", "young_people"],
        "themes": ["support-to-families"],
    }


# --- writing


def test_five_texts_and_six_choices_make_a_sheet(cast: Cast, fields: dict[str, Any]) -> None:
    response = signed_in(cast.anna).post(NEW, fields)
    sheet = PracticeSheet.objects.get()
    assert response["Location"] == f"/practices/{sheet.uid}/"
    assert (sheet.author, sheet.partner, sheet.country, sheet.label) == (cast.anna, cast.malmo, "SE", Label.GREEN)
    assert sheet.prevention_levels == ["primary"]
    assert sheet.target_groups == ["young_people", "parents"]
    assert [theme.slug for theme in sheet.themes.all()] == ["support-to-families"]
    assert AuditEntry.objects.get(verb="exchange.sheet_published").target == sheet.uid


def test_the_form_is_filled_with_the_place_of_the_partner(cast: Cast) -> None:
    cast.malmo.city = "Malmö"
    cast.malmo.save()
    page = signed_in(cast.anna).get(NEW).content.decode()
    assert '<option value="SE" selected' in page
    assert 'name="city" value="Malmö"' in page
    assert "7 people of 4 partners will see this" in page


def test_the_same_form_twice_publishes_one_sheet(cast: Cast, fields: dict[str, Any]) -> None:
    client, key = signed_in(cast.anna), once()
    assert client.post(NEW, fields | {"once": key})["Location"] == client.post(NEW, fields | {"once": key})["Location"]
    assert PracticeSheet.objects.count() == 1
    assert publish(cast, once=uuid.UUID(key)).author == cast.luc


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "x" * 101}, "The title may have 100 characters at most; it has 101."),
        ({"title": "x" * 10_000}, "it has 10000."),
        ({"title": ""}, "Give it a title, so that others can find it."),
        ({"summary": "s" * 301}, "The summary may have 300 characters at most; it has 301."),
        ({"objectives": " "}, "This field is required."),
        ({"methodology": "m" * 100_000}, "at most 20000 characters"),
        ({"activities": "a\0b"}, "Null characters are not allowed."),
        ({"geographical_scope": "galaxy"}, "Select a valid choice"),
        ({"practice_status": ""}, "This field is required."),
        ({"evaluation_status": "perfect"}, "Select a valid choice"),
        ({"prevention_levels": []}, "This field is required."),
        ({"target_groups": ["parents", "police", "media", "children"]}, "Choose 3 at most."),
        ({"target_groups": ["dragons"]}, "Select a valid choice"),
        ({"themes": []}, "This field is required."),
        ({"started_year": "3000"}, "Choose a year that has come."),
        ({"started_year": "soon"}, "Enter a whole number."),
        ({"country": "ZZ"}, "Select a valid choice"),
        ({"tlp": "PURPLE"}, "Choose one of the labels."),
    ],
)
def test_a_message_stands_at_the_field_and_what_was_typed_stays(
    cast: Cast, fields: dict[str, Any], wrong: dict[str, Any], said: str
) -> None:
    response = signed_in(cast.anna).post(NEW, fields | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    if "summary" not in wrong:
        assert TEXT.summary in page
    assert not PracticeSheet.objects.exists()


def test_four_themes_are_one_too_many(cast: Cast, fields: dict[str, Any]) -> None:
    slugs = [ThemeFactory().slug for _ in range(4)]
    page = signed_in(cast.anna).post(NEW, fields | {"themes": slugs}).content.decode()
    assert "Choose 3 at most." in page


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("summary", {"text": replace(TEXT, summary="s" * 301)}),
        ("objectives", {"text": replace(TEXT, objectives=" ")}),
        ("geographical_scope", {"text": replace(TEXT, geographical_scope="galaxy")}),
        ("prevention_levels", {"prevention_levels": []}),
        ("target_groups", {"target_groups": ["parents", "police", "media", "children"]}),
        ("themes", {"themes": []}),
        ("title", {"title": "x" * 101}),
    ],
)
def test_the_action_refuses_what_no_form_has_checked(cast: Cast, field: str, other: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        publish(cast, **other)
    assert refused.value.field == field
    assert not PracticeSheet.objects.exists()


def test_who_only_views_may_not_publish(cast: Cast, fields: dict[str, Any]) -> None:
    assert signed_in(cast.vera).post(NEW, fields).status_code == 403
    assert signed_in(cast.olga).post(NEW, fields).status_code == 404
    with pytest.raises(Unseen):
        publish(cast, by=cast.olga)


# --- finding


def test_all_that_i_may_see_stands_in_one_list_and_rooms_are_named_to_those_who_view_them(cast: Cast) -> None:
    publish(cast, title="In a room of both")
    publish(cast, title="In a room of Liège", room=cast.schools)
    public = publish(cast, title="For everybody", room=cast.schools, tlp=Label.CLEAR)
    Release.objects.create(item=public)
    page = signed_in(cast.anna).get("/practices/").content.decode()
    assert "In a room of both" in page
    assert "In a room of Liège" not in page
    assert "For everybody" in page
    assert page.count("/rooms/families/") > 1
    assert "/rooms/schools/" not in page
    assert "2 practice sheets" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"A", "B"}),
        ("theme=schools", {"B"}),
        ("target_group=police", {"B"}),
        ("country=SE", {"B"}),
        ("language=fr", {"B"}),
        ("prevention_level=tertiary", {"B"}),
        ("scope=national", {"B"}),
        ("status=pilot", {"B"}),
        ("evaluation=controlled", {"B"}),
        ("q=lighthouses", {"B"}),
        ("q=lighthouse&country=BE", set()),
        ("theme=schools&country=SE&q=lighthouse", {"B"}),
        ("page=99", {"A", "B"}),
        ("q=", {"A", "B"}),
        ("q=%22%27%28", set()),
    ],
)
def test_sheets_are_found_by_their_choices_and_words(cast: Cast, query: str, found: set[str]) -> None:
    schools = ThemeFactory(slug="schools", name="Schools")
    families = ThemeFactory(slug="families", name="Families")
    publish(cast, title="Sheet A", themes=[families])
    other = replace(
        TEXT,
        methodology="A lighthouse in the harbour.",
        geographical_scope="national",
        practice_status="pilot",
        evaluation_status="controlled",
    )
    publish(
        cast,
        by=cast.anna,
        title="Sheet B",
        text=other,
        themes=[schools],
        target_groups=["police"],
        prevention_levels=["tertiary"],
        language="fr",
    )
    page = signed_in(cast.luc).get(f"/practices/?{query}").content.decode()
    assert {letter for letter in "AB" if f"Sheet {letter}" in page} == found


def test_a_filter_that_is_unknown_says_so(cast: Cast) -> None:
    page = signed_in(cast.anna).get("/practices/?theme=magic").content.decode()
    assert "Select a valid choice" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        publish(cast, title=f"Sheet {number}")
    client = signed_in(cast.luc)
    with django_assert_num_queries(11):
        client.get("/practices/?q=sheet&country=BE")
    with django_assert_num_queries(13):
        client.get("/rooms/families/practices/")


# --- reading


def test_the_page_of_one_shows_texts_choices_and_whom_to_ask(cast: Cast) -> None:
    sheet = publish(cast, text=replace(TEXT, methodology="Two hosts.\n\n- one\n- two"))
    page = signed_in(cast.anna).get(f"/practices/{sheet.uid}/").content.decode()
    for words in (TEXT.summary, "<li>one</li>", "Parents and families", "External process evaluation", "Luc Delvaux"):
        assert words in page
    assert "Primary: everyone; secondary: people at risk" in page
    assert "7 people of 4 partners" in page


def test_markup_that_runs_is_dropped(cast: Cast) -> None:
    sheet = publish(cast, text=replace(TEXT, objectives="<script>alert(1)</script><b>bold</b>"))
    page = signed_in(cast.anna).get(f"/practices/{sheet.uid}/").content.decode()
    assert "alert(1)" not in page
    assert "<b>bold</b>" in page


def test_the_gate_holds_for_sheets_too(cast: Cast) -> None:
    sheet = publish(cast, tlp=Label.RED)
    assert signed_in(cast.luc).get(f"/practices/{sheet.uid}/").status_code == 200
    assert signed_in(cast.anna).get(f"/practices/{sheet.uid}/").status_code == 404
    assert Client().get(f"/practices/{sheet.uid}/").status_code == 302


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_of_one_asks_the_same_number_of_questions(
    cast: Cast, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sheet = publish(
        cast,
        themes=[ThemeFactory() for _ in range(size)],
        target_groups=["parents", "police", "media"][:size],
        prevention_levels=["primary", "secondary", "tertiary"][:size],
    )
    Placement.objects.create(item=sheet, room=cast.commons, by=cast.luc)
    client = signed_in(cast.luc)
    with django_assert_num_queries(29):
        client.get(f"/practices/{sheet.uid}/")


# --- revising


def revised(fields: dict[str, Any], **other: Any) -> dict[str, Any]:
    return fields | {"language": "en", "title": "Seven evenings"} | other


@pytest.mark.parametrize("who", ["luc", "anna"])
def test_author_and_co_author_revise(cast: Cast, fields: dict[str, Any], who: str) -> None:
    sheet = publish(cast)
    sheet.co_authors.add(cast.anna)
    client = signed_in(getattr(cast, who))
    assert "Revise the sheet" in client.get(f"/practices/{sheet.uid}/").content.decode()
    assert TEXT.activities in client.get(f"/practices/{sheet.uid}/revise/").content.decode()
    client.post(f"/practices/{sheet.uid}/revise/", revised(fields, methodology="Tea instead."))
    sheet = PracticeSheet.objects.get()
    assert sheet.title == "Seven evenings"
    assert sheet.target_groups == ["young_people", "parents"]
    assert [row.item_id for row in search.find(cast.anna, "seven")] == [sheet.pk]
    assert not search.find(cast.anna, "food")


def test_the_representative_revises_what_a_colleague_wrote(cast: Cast, fields: dict[str, Any]) -> None:
    sheet = publish(cast, by=cast.maud)
    signed_in(cast.luc).post(f"/practices/{sheet.uid}/revise/", revised(fields))
    assert PracticeSheet.objects.get().title == "Seven evenings"


def test_nobody_else_revises(cast: Cast, fields: dict[str, Any]) -> None:
    sheet = publish(cast)
    for person, status in ((cast.maud, 403), (cast.anna, 403), (cast.clara, 403), (cast.olga, 404)):
        assert signed_in(person).post(f"/practices/{sheet.uid}/revise/", revised(fields)).status_code == status
    assert PracticeSheet.objects.get().title == "Six evenings for parents"
    assert "Revise the sheet" not in signed_in(cast.anna).get(f"/practices/{sheet.uid}/").content.decode()


def test_a_new_text_waits_for_its_own_release(cast: Cast, fields: dict[str, Any]) -> None:
    sheet = publish(cast, tlp=Label.CLEAR)
    Release.objects.create(item=sheet)
    client = signed_in(cast.luc)
    assert "public site" in client.get(f"/practices/{sheet.uid}/revise/").content.decode()
    client.post(f"/practices/{sheet.uid}/revise/", revised(fields))
    assert not Release.objects.exists()
    assert Client().get(f"/practices/{sheet.uid}/").status_code == 302
    assert AuditEntry.objects.filter(verb="network.unreleased", target=sheet.uid).exists()


def test_where_everything_is_checked_a_new_text_waits_for_a_moderator(cast: Cast, fields: dict[str, Any]) -> None:
    sheet = publish(cast)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    signed_in(cast.luc).post(f"/practices/{sheet.uid}/revise/", revised(fields))
    assert PracticeSheet.objects.get().state == State.HELD
    assert not PracticeSheet.objects.visible_to(cast.anna).exists()


def test_in_an_archived_room_nothing_is_revised(cast: Cast) -> None:
    from network import clock

    sheet = publish(cast)
    Room.objects.filter(pk=cast.families.pk).update(archived_at=clock.now())
    with pytest.raises(Forbidden):
        revise_sheet(
            by=cast.luc,
            sheet=PracticeSheet.objects.get(),
            title="New",
            text=TEXT,
            prevention_levels=["primary"],
            target_groups=["parents"],
            themes=list(sheet.themes.all()),
            language="en",
        )


def test_a_form_that_came_back_with_other_words_or_choices_is_not_taken_for_a_retry(cast: Cast) -> None:
    key = uuid.UUID(once())
    first = publish(cast, once=key)
    assert publish(cast, once=key) == first
    assert publish(cast, once=key, title="Another practice") != first
    assert publish(cast, once=key, target_groups=["media"]) != first
