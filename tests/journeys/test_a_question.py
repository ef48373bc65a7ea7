"""A question from one city, answered by two others in two languages, marked, summed up and made a practice sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from exchange.models import PracticeSheet
from forums.models import Thread
from tests.browsing import barriers
from tests.cast import gather
from tests.factories import ThemeFactory
from tests.journeys.test_every_page import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def answer(page: Page, address: str, words: str, language: str) -> None:
    """A reply, in a language that its writer chooses."""
    page.goto(address)
    page.get_by_label("Your reply").fill(words)
    page.get_by_label("Language").select_option(language)
    page.get_by_role("button", name="Reply", exact=True).click()
    page.wait_for_url("**/discussions/*-*/#post-*")


def test_a_question_becomes_a_practice_that_others_can_take_up(visitor: Callable[..., Page]) -> None:
    cast = gather()
    ThemeFactory(name="Work at the door")
    luc, anna, carlo = visitor(), visitor(), visitor()
    for page, person in ((luc, cast.luc), (anna, cast.anna), (carlo, cast.carlo)):
        sign_in(page, person)

    luc.goto("/rooms/families/discussions/new/")
    luc.get_by_label("A question").check()
    luc.get_by_label("Title", exact=True).fill("Who rings at the door first?")
    luc.get_by_label("Text", exact=True).fill("The family does not answer the telephone.")
    luc.get_by_role("button", name="Start the discussion").click()
    luc.wait_for_url("**/discussions/*-*/")
    address = luc.url
    assert luc.get_by_text("question, not answered yet").is_visible()

    anna.goto("/discussions/?show=unanswered")
    anna.get_by_role("link", name="Who rings at the door first?", exact=True).click()
    anna.wait_for_url(address)
    answer(anna, address, "Hos oss går en familjearbetare först.", "sv")
    answer(carlo, address, "Bei uns geht die Lehrerin mit.", "de")

    luc.goto(address)
    assert luc.locator('.prose[lang="sv"]').inner_text() == "Hos oss går en familjearbetare först."
    assert luc.locator('.prose[lang="de"]').inner_text() == "Bei uns geht die Lehrerin mit."
    assert barriers(luc) == []
    luc.locator("article", has_text="familjearbetare").get_by_role("button", name="Mark as the answer").click()
    luc.get_by_text("answered question").wait_for()
    assert luc.get_by_role("link", name="Go to the answer").is_visible()

    luc.get_by_role("link", name="Sum it up").click()
    luc.get_by_label("Summary").fill("A family worker goes first, a teacher comes along.")
    assert barriers(luc) == []
    luc.get_by_role("button", name="Put it on top").click()
    luc.wait_for_url(address)
    carlo.goto(address)
    assert carlo.get_by_text("A family worker goes first, a teacher comes along.").is_visible()
    anna.goto("/discussions/?show=unanswered")
    assert anna.get_by_role("link", name="Who rings at the door first?").count() == 0

    carlo.get_by_role("link", name="Make a practice sheet of it").click()
    carlo.get_by_label("Title", exact=True).fill("A family worker at the door")
    for label in ("Summary", "Objectives", "Methodology", "Activities carried out"):
        carlo.get_by_label(label, exact=True).fill(f"{label}: a family worker goes first.")
    for label in ("How far it reaches", "Status", "Evaluation"):
        carlo.get_by_label(label, exact=True).select_option(index=1)
    for group in ("Level of prevention", "For whom"):
        carlo.get_by_role("group", name=group).get_by_role("checkbox").first.check()
    carlo.get_by_label("Work at the door").check()
    assert barriers(carlo) == []
    carlo.get_by_role("button", name="Publish the sheet").click()
    carlo.wait_for_url("**/practices/*-*/")
    sheet = PracticeSheet.objects.get(title="A family worker at the door")
    assert Thread.objects.get().answered
    luc.goto(address)
    luc.get_by_role("link", name="A family worker at the door").click()
    luc.wait_for_url(f"**{sheet.get_absolute_url()}")
    assert barriers(luc) == []
