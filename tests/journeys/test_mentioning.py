"""Writing in a real browser: mentioning by keyboard, quoting what one has selected, and looking before one sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from forums.actions import threads
from forums.models import Mention, Post
from tests.browsing import barriers
from tests.cast import gather
from tests.factories import member_of
from tests.forums.test_discussing import start
from tests.journeys.test_every_page import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PLAIN = "localStorage.setItem('plain-text', '1')"
SELECT = """(words) => {
    const prose = [...document.querySelectorAll("article.post .prose")].find((one) => one.textContent.includes(words));
    const range = document.createRange();
    range.selectNodeContents(prose.querySelector("p"));
    document.getSelection().removeAllRanges();
    document.getSelection().addRange(range);
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_somebody_is_mentioned_by_keyboard_and_a_post_is_quoted_and_looked_at(
    visitor: Callable[..., Page], width: int
) -> None:
    cast = gather()
    member_of(cast.malmo, name="Anna <Andersson>")
    thread = start(cast)
    answered = threads.reply(by=cast.anna, thread=thread, body="A *nurse* rings the bell.\n\nSince May.")
    page = visitor(width=width)
    sign_in(page, cast.luc)
    page.add_init_script(PLAIN)
    page.goto(thread.get_absolute_url())
    area = page.locator("textarea[name=body]")
    area.press_sequentially("Thank you @ann")
    page.wait_for_selector("[role=option]")
    assert page.locator("[role=option]").all_inner_texts() == ["Anna <Andersson>, Malmö", "Anna Lindqvist, Malmö"]
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    chosen = area.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert area.get_attribute("aria-activedescendant") != chosen
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert area.input_value() == f"Thank you [@Anna Lindqvist](/people/{cast.anna.uid}/) "
    area.press_sequentially("and @ann")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Escape")
    assert page.locator(".offer").is_hidden()
    # Olga reads nothing here: whoever names her learns it while they can still write it otherwise.
    area.press_sequentially(" @olga")
    page.get_by_text("Nobody who can read this has a name that begins with “olga”.").wait_for()
    assert barriers(page) == []
    for _ in " @olga":
        area.press("Backspace")
    page.get_by_text("Nobody who can read this").wait_for(state="hidden")
    page.evaluate(SELECT, "nurse")
    page.locator(".quote-selection").click()
    head = f"> **Anna Lindqvist** [wrote](/discussions/{thread.uid}/posts/{answered.uid}/):"
    assert area.input_value().endswith(f"{head}\n>\n> A nurse rings the bell.\n\n")
    page.get_by_role("button", name="Preview").click()
    assert page.locator("#preview").inner_text() == "Not sent yet: this is how it will stand"
    assert page.locator(".preview blockquote").inner_text().startswith("Anna Lindqvist wrote:")
    assert barriers(page) == []
    page.locator(".preview").get_by_role("button", name="Send it").click()
    page.wait_for_url("**/discussions/*/#post-*")
    sent = Post.objects.latest("pk")
    assert (sent.parent, sent.body.count("nurse")) == (answered, 1)
    assert list(Mention.objects.values_list("user", flat=True)) == [cast.anna.pk]


def test_a_slow_answer_that_the_next_letter_overtakes_does_not_take_the_next_one_with_it(
    visitor: Callable[..., Page],
) -> None:
    cast = gather()
    thread = start(cast)
    page = visitor()
    sign_in(page, cast.luc)
    page.add_init_script(PLAIN)
    # Slower than one types: each letter overtakes the answer to the one before.
    page.add_init_script(
        "const ask = window.fetch;"
        "window.fetch = async (where, how) => {"
        "  if (!String(where).includes('/people/')) return ask(where, how);"
        "  await new Promise((done) => setTimeout(done, 600));"
        "  return ask(where, how);"
        "};"
    )
    page.goto(thread.get_absolute_url())
    page.locator("textarea[name=body]").press_sequentially("Thank you @ann", delay=250)
    page.wait_for_selector("[role=option]")
    assert page.locator("[role=option]").all_inner_texts() == ["Anna Lindqvist, Malmö"]


def test_the_editor_offers_whom_one_may_mention_and_takes_quotations(visitor: Callable[..., Page]) -> None:
    cast = gather()
    member_of(cast.malmo, name="Zoé Lindberg")
    thread = start(cast)
    threads.reply(by=cast.anna, thread=thread, body="A <b>nurse</b> & a doctor.")
    page = visitor()
    sign_in(page, cast.luc)
    page.goto(thread.get_absolute_url())
    page.locator(".composer").scroll_into_view_if_needed()
    editor = page.locator(".editor-text")
    editor.click()
    page.keyboard.type("Thank you @lind")
    page.wait_for_selector("[role=option]")
    assert page.locator("[role=option]").all_inner_texts() == ["Anna Lindqvist, Malmö", "Zoé Lindberg, Malmö"]
    assert barriers(page) == []
    chosen = editor.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert editor.get_attribute("aria-activedescendant") != chosen
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    editor.locator(f"a[href='/people/{cast.anna.uid}/']").wait_for()
    page.keyboard.type("and ")
    page.keyboard.press("Control+b")
    page.keyboard.type("bold")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    page.keyboard.type("@zoe")
    page.get_by_role("option", name="Zoé Lindberg").click()
    editor.get_by_role("link", name="@Zoé Lindberg").wait_for()
    assert editor.inner_text().replace("\u00a0", " ").split() == [
        "Thank",
        "you",
        "@Anna",
        "Lindqvist",
        "and",
        "bold",
        "@Zoé",
        "Lindberg",
    ]
    assert editor.locator("p").count() == 2
    page.keyboard.type("or @ann")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Escape")
    assert page.locator(".offer").is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "textbox"
    with page.expect_event("requestfinished", lambda request: "/drafts/" in request.url, timeout=20_000):
        page.keyboard.type("a")
    assert page.locator(".offer").is_hidden()
    page.evaluate(SELECT, "nurse")
    page.locator(".quote-selection").click()
    editor.locator("blockquote").wait_for()
    assert editor.locator("blockquote").inner_text().endswith("A nurse & a doctor.")
    page.keyboard.type("So say we.")
    words = page.locator("textarea[name=body]").input_value()
    assert "> **" not in words
    assert words.endswith("</blockquote><p>So say we.</p>")
    page.get_by_role("button", name="Preview").click()
    told = page.get_by_text("Mentioned, and told of it")
    assert told.inner_text() == "Mentioned, and told of it: Anna Lindqvist, Zoé Lindberg"
    # What is looked at is newer than the draft that was kept of it.
    page.wait_for_load_state("networkidle")
    assert page.locator(".draft-note").count() == 0
    page.locator(".preview").get_by_role("button", name="Send it").click()
    page.wait_for_url("**/discussions/*/#post-*")
    assert Mention.objects.count() == 2
