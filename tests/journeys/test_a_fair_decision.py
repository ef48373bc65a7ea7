"""A post is reported, hidden, taken away with a statement of reasons, appealed, and restored by another moderator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from forums.actions.cases import report
from forums.actions.threads import reply, start_thread
from forums.models import Case
from forums.targets import seen_by
from network.models import State
from tests.browsing import barriers
from tests.cast import gather
from tests.journeys.test_every_page import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
WORDS = "A school in the north told me of a boy."


def test_what_one_moderator_took_away_another_restores(visitor: Callable[..., Page]) -> None:
    cast = gather()
    thread = start_thread(by=cast.luc, room=cast.families, title="Who rings?", body="Who goes first?")
    post = reply(by=cast.carlo, thread=thread, body=WORDS)
    anna, maud, mona, carlo = visitor(), visitor(), visitor(), visitor(width=390)
    for page, person in ((anna, cast.anna), (maud, cast.maud), (mona, cast.mona), (carlo, cast.carlo)):
        sign_in(page, person)

    anna.goto(thread.get_absolute_url())
    anna.locator(f"#post-{post.uid}").get_by_text("More", exact=True).click()
    anna.locator(f"#post-{post.uid}").get_by_role("link", name="Report").click()
    anna.get_by_label("personal data of a third person").check()
    anna.get_by_label("In your words").fill("One can tell which school.")
    assert barriers(anna) == []
    anna.get_by_role("button", name="Report it").click()
    number = Case.objects.get().number
    anna.get_by_text(number).first.wait_for()

    maud.goto("/moderation/")
    maud.get_by_role("link", name=number).first.click()
    maud.get_by_text("One can tell which school.").wait_for()
    maud.get_by_label("Hide it until it is decided").check()
    maud.get_by_label("Facts").fill("It may name a child. To be looked at.")
    maud.get_by_role("main").get_by_role("button", name="Decide").click()
    maud.get_by_text("Hidden. It waits here until it is decided.").wait_for()
    anna.goto(thread.get_absolute_url())
    assert anna.get_by_text(WORDS).count() == 0

    maud.get_by_role("link", name=number).first.click()
    maud.get_by_label("Take it away").check()
    maud.get_by_label("Rule breached").select_option("personal")
    maud.get_by_label("Facts").fill("It says where a boy goes to school.")
    assert barriers(maud) == []
    maud.get_by_role("main").get_by_role("button", name="Decide").click()
    maud.get_by_text("Decided. Everybody whom it concerns has been told.").wait_for()
    anna.goto(thread.get_absolute_url())
    assert anna.get_by_text(WORDS).count() == 0
    assert anna.locator(f"#post-{post.uid}").is_visible()

    carlo.goto("/notifications/")
    carlo.get_by_role("main").get_by_role("button", name="was removed by a moderator").click()
    carlo.get_by_text("It says where a boy goes to school.").wait_for()
    assert carlo.get_by_text("Maud").count() == 0
    carlo.get_by_label("Why it should be decided otherwise").fill("There are nine schools in the north.")
    assert barriers(carlo) == []
    carlo.get_by_role("button", name="Appeal").click()
    carlo.get_by_text("It waits for somebody else than who decided.").wait_for()
    statement = carlo.url

    maud.goto("/moderation/")
    assert maud.get_by_role("link", name="Appeal in case").count() == 0
    mona.goto("/moderation/")
    mona.get_by_role("link", name=f"Appeal in case {number}").click()
    assert mona.get_by_text("There are nine schools in the north.").is_visible()
    mona.get_by_label("The appeal is right").check()
    mona.get_by_label("Your reasons").fill("Nobody can tell who it is.")
    assert barriers(mona) == []
    mona.get_by_role("main").get_by_role("button", name="Decide").click()
    mona.wait_for_url("**/moderation/")

    carlo.goto(statement)
    assert carlo.get_by_text("Your appeal was found right").is_visible()
    assert carlo.get_by_text("Nobody can tell who it is.").is_visible()
    anna.goto(thread.get_absolute_url())
    assert anna.get_by_text(WORDS).is_visible()
    maud.goto("/notifications/")
    assert barriers(maud) == []
    post.refresh_from_db()
    assert post.state == State.PUBLISHED


@pytest.mark.parametrize("width", [1280, 390])
def test_every_decision_is_seen_at_once_and_asks_only_for_what_it_needs(
    visitor: Callable[..., Page], width: int
) -> None:
    cast = gather()
    thread = start_thread(by=cast.carlo, room=cast.families, title="The match", body="Who watches it?")
    case = report(by=cast.anna, target=seen_by(cast.anna, "item", thread.uid), ground="off_topic").case
    maud = visitor(width=width)
    sign_in(maud, cast.maud)
    maud.goto(case.get_absolute_url())
    assert maud.locator("#id_action").evaluate("box => box.scrollHeight <= box.clientHeight")
    for label, action in (("To which room", "Move the discussion"), ("New label", "Give it a tighter label")):
        assert maud.get_by_label(label).is_hidden()
        maud.get_by_label(action).check()
        assert maud.get_by_label(label).is_visible()
    assert barriers(maud) == []
    maud.goto(f"{thread.get_absolute_url()}close/")
    assert maud.get_by_label("Where it goes on").is_hidden()
    maud.get_by_label("It is continued elsewhere").check()
    assert maud.get_by_label("Where it goes on").is_visible()
