"""A discussion under the Chatham House Rule, from its form to its end: six people, of whom nobody sees who is who."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from forums.models import Thread
from network.permissions import Level
from tests.browsing import barriers
from tests.cast import gather
from tests.factories import grant, member_of
from tests.journeys.test_every_page import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_a_discussion_of_six_people_stays_anonymous(visitor: Callable[..., Page]) -> None:
    cast = gather()
    nora = member_of(cast.augsburg, name="Nora Fink")
    grant(nora, Level.CONTRIBUTE, cast.families)
    people = [cast.luc, cast.anna, cast.carlo, nora, cast.mona, cast.clara]
    # What would tell one from another.
    names = [word for person in people for word in (person.name, person.email, str(person.uid))]
    names += ["Liège", "Malmö", cast.augsburg.short_name, cast.efus.short_name]

    page = visitor()
    sign_in(page, cast.luc)
    page.goto("/rooms/families/discussions/new/")
    page.get_by_label("Title", exact=True).fill("What we do not say aloud")
    page.get_by_label("Text", exact=True).fill("When did you last get it wrong?")
    page.get_by_label("Under the Chatham House Rule").check()
    page.get_by_role("button", name="Start the discussion").click()
    page.wait_for_url("**/discussions/*-*/")
    address = page.url
    assert page.get_by_text("Everybody takes part under a number").is_visible()
    assert page.get_by_text("You write here as Participant 1.").is_visible()
    assert barriers(page) == []

    for number, person in enumerate(people[1:], start=2):
        page = visitor()
        sign_in(page, person)
        page.goto(address)
        assert page.get_by_text("You write here under a number").is_visible()
        page.get_by_label("Your reply").fill(f"It was in year {number}.")
        page.get_by_role("button", name="Reply", exact=True).click()
        page.wait_for_url("**/discussions/*-*/#post-*")
        assert page.get_by_text(f"You write here as Participant {number}.").is_visible()

    for reader in (cast.vera, cast.maud):
        page = visitor()
        sign_in(page, reader)
        for where in (address, "/rooms/families/discussions/", f"{address}reply/" if reader == cast.maud else address):
            page.goto(where)
            source = page.locator("main").inner_html()
            assert [word for word in names if word in source] == []
        page.goto(address)
        assert [
            f"Participant {n}" for n in range(1, 7) if page.get_by_text(f"Participant {n}", exact=True).count()
        ] == [f"Participant {n}" for n in range(1, 7)]
    thread = Thread.objects.get()
    assert (thread.chatham, thread.reply_count) == (True, 5)
