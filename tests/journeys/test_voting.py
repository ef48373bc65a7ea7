"""Votes as people cast them: several answers, an order of preference, and the end that comes with the discussion's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from forums.actions.polls import ask
from forums.models import Ballot
from tests.browsing import barriers
from tests.cast import gather
from tests.forums.test_discussing import start
from tests.journeys.test_every_page import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def within(page: Page) -> bool:
    """Whether all of the vote is inside its frame, the numbers included."""
    return page.locator("#poll").evaluate(
        "frame => [...frame.querySelectorAll('*')].every("
        "one => one.getBoundingClientRect().right <= frame.getBoundingClientRect().right + 1)"
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_a_vote_is_asked_for_and_ends_with_its_discussion_under_ones_hands(
    visitor: Callable[..., Page], width: int
) -> None:
    cast = gather()
    thread = start(cast)
    luc, anna, carlo = visitor(width=width), visitor(width=width), visitor(width=width)
    for page, person in ((luc, cast.luc), (anna, cast.anna), (carlo, cast.carlo)):
        sign_in(page, person)
        page.goto(thread.get_absolute_url())
    luc.get_by_role("link", name="Ask for votes").click()
    luc.locator("#id_question").fill("Which themes do we take?")
    luc.locator("#id_options").fill("Interpreters\nKindertagesstättenzusammenarbeitsvereinbarungen\nNight shifts")
    luc.get_by_label("as many answers as one likes").check()
    luc.get_by_role("button", name="Ask for votes").click()
    luc.get_by_role("heading", name="Which themes do we take?").wait_for()
    for page in (anna, carlo):
        page.reload()
        page.get_by_label("Interpreters").check()
    anna.get_by_label("Night shifts").check()
    anna.get_by_role("button", name="Vote", exact=True).click()
    anna.get_by_text("your vote").first.wait_for()
    assert within(anna)
    luc.goto(f"{thread.get_absolute_url()}close/")
    assert luc.get_by_text("ends with it").is_visible()
    luc.get_by_label("It is settled").check()
    luc.get_by_role("button", name="Close this discussion").click()
    luc.get_by_text("The discussion is closed.").wait_for()
    carlo.get_by_role("button", name="Vote", exact=True).click()
    carlo.get_by_text("This discussion is closed, and its vote with it.").wait_for()
    assert carlo.locator(".poll .num").all_inner_texts() == ["1 (100 %)", "0 (0 %)", "1 (100 %)"]
    assert carlo.locator(".poll .poll-bar").count() == 3
    assert within(carlo)
    assert barriers(carlo) == []
    assert Ballot.objects.count() == 1


def test_an_order_of_preference_that_names_a_place_twice_is_kept_and_mended(visitor: Callable[..., Page]) -> None:
    cast = gather()
    thread = start(cast)
    ask(by=cast.luc, thread=thread, question="Which city?", options=["Liège", "Malmö", "Aarhus"], kind="ranked")
    anna = visitor(width=390)
    sign_in(anna, cast.anna)
    anna.goto(thread.get_absolute_url())
    anna.get_by_label("Liège", exact=True).select_option("1")
    anna.get_by_label("Malmö", exact=True).select_option("1")
    anna.get_by_role("button", name="Vote", exact=True).click()
    anna.get_by_text("no place twice").wait_for()
    assert anna.get_by_label("Liège", exact=True).input_value() == "1"
    assert barriers(anna) == []
    anna.get_by_label("Liège", exact=True).select_option("2")
    anna.get_by_role("button", name="Vote", exact=True).click()
    anna.get_by_text("“Malmö” leads.").wait_for()
    assert Ballot.objects.get().choices == [1, 0]
    anna.get_by_role("link", name="How it is counted").click()
    anna.get_by_role("heading", name="How it is counted").wait_for()
    assert barriers(anna) == []
