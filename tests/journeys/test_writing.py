"""Writing at length: with the tools of a word processor, without them, and with drafts that find one again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from forums.actions.threads import start_thread
from forums.models import Post
from network.models import Draft
from tests.browsing import barriers
from tests.cast import gather
from tests.journeys.test_every_page import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

NEW = "/rooms/families/discussions/new/"
FROM_WORD = """<html><head><style>p.MsoNormal {color: red}</style></head><body lang="EN">
<h1 style="color: #123">Our plan</h1>
<p class="MsoNormal" style="margin: 0"><b style="mso-bidi-font-weight:normal">Seven</b> came</p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">·<span>&nbsp; </span></span>First</p>
<p style="mso-list:l0 level2 lfo1"><span style="mso-list:Ignore">o</span>Inner</p>
<p style="mso-list:l1 level1 lfo2"><span style="mso-list:Ignore">1.</span>Numbered</p>
<p><img src="file:///c:/x.png" onerror="alert(1)"><a href="javascript:alert(1)">bad</a>
<a href="https://example.org/" style="color: red" onclick="x()">good</a></p><script>alert(1)</script></body></html>"""
PASTE = """(html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    document.querySelector(".editor-text").dispatchEvent(event);
}"""


def at_the_editor(page: Page, address: str = NEW) -> Page:
    """The page, with its editor open."""
    page.goto(address)
    page.locator(".editor").first.scroll_into_view_if_needed()
    page.wait_for_selector(".editor-text")
    return page


def sent(page: Page) -> str:
    """What would be sent now."""
    return page.locator("textarea[name=body]").input_value()


def test_what_is_written_with_the_tools_stands_on_the_page_as_it_was_typed(visitor: Callable[..., Page]) -> None:
    cast = gather()
    page = visitor()
    sign_in(page, cast.luc)
    at_the_editor(page)
    page.get_by_label("Title", exact=True).fill("What helped")
    page.get_by_text("Text", exact=True).first.click()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "textbox"
    page.keyboard.type("A name_with_lines, *stars* and    spaces")
    page.keyboard.press("Enter")
    page.keyboard.type("- one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type("Seven")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type(" came, see ")
    page.keyboard.press("Control+k")
    page.keyboard.type("javascript:alert(1)")
    page.keyboard.press("Enter")
    page.get_by_text("Write the address as in").wait_for()
    page.get_by_label("Address").fill("example.org/a_b")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_label("Kind of paragraph").select_option("Heading")
    page.keyboard.type("Figures")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Table").click()
    page.keyboard.type("City")
    page.keyboard.press("Tab")
    page.keyboard.type("Families")
    page.get_by_role("button", name="Remove row").wait_for()
    before = sent(page)
    page.get_by_role("button", name="Undo").click()
    assert "Families" not in sent(page)
    page.get_by_role("button", name="Redo").click()
    assert sent(page) == before
    page.get_by_role("button", name="Start the discussion").click()
    page.locator(".post .prose table").wait_for()
    html = page.locator(".post .prose").inner_html()
    assert "A name_with_lines, *stars* and&nbsp;&nbsp;&nbsp; spaces" in html
    assert "<ul><li>one</li><li>two</li></ul>" in html
    assert "<strong>Seven</strong> came, see" in html
    assert 'href="https://example.org/a_b"' in html
    assert "<h3>Figures</h3>" in html
    assert "<th>City</th><th>Families</th>" in html
    assert not Draft.objects.exists()


def test_the_editor_has_no_barriers_in_either_width_and_the_keyboard_reaches_its_tools(
    visitor: Callable[..., Page],
) -> None:
    cast = gather()
    page = visitor()
    sign_in(page, cast.luc)
    faults = []
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            at_the_editor(page)
            page.get_by_label("Text", exact=True).focus()
            page.keyboard.press("Escape")
            page.keyboard.press("End")
            assert page.evaluate("document.activeElement.textContent") == "Redo"
            page.keyboard.press("Home")
            page.keyboard.press("ArrowRight")
            assert page.evaluate("document.activeElement.textContent") == "Bold"
            page.keyboard.press("Space")
            assert page.get_by_role("button", name="Bold").get_attribute("aria-pressed") == "true"
            page.get_by_role("button", name="Table").click()
            page.keyboard.type("City")
            page.keyboard.press("Tab")
            page.keyboard.type("Families")
            page.get_by_role("button", name="Link").click()
            faults += barriers(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not faults, "\n".join(faults)


def test_what_is_pasted_from_word_keeps_its_structure_and_loses_the_rest(visitor: Callable[..., Page]) -> None:
    cast = gather()
    page = visitor()
    sign_in(page, cast.luc)
    at_the_editor(page)
    page.get_by_label("Text", exact=True).focus()
    page.evaluate(PASTE, FROM_WORD)
    assert sent(page) == (
        "<h1>Our plan</h1><p><strong>Seven</strong> came</p><ul><li>First<ul><li>Inner</li></ul></li></ul>"
        '<ol><li>Numbered</li></ol><p>bad <a href="https://example.org/">good</a></p>'
    )


def test_plain_text_is_a_wish_that_the_browser_remembers(visitor: Callable[..., Page]) -> None:
    cast = gather()
    page = visitor()
    sign_in(page, cast.luc)
    at_the_editor(page)
    page.get_by_role("button", name="Plain text").click()
    page.get_by_label("Text", exact=True).fill("**Fat** and\n\n- one\n- two")
    page.goto("/rooms/families/discussions/new/?again")
    page.get_by_role("button", name="Formatting tools").wait_for()
    assert page.locator(".editor-text").count() == 0
    page.get_by_role("button", name="Formatting tools").click()
    page.wait_for_selector(".editor-text")
    assert page.locator(".editor-text strong").inner_text() == "Fat"
    assert page.locator(".editor-text li").count() == 2
    # Until something is changed it is sent as it was typed.
    assert sent(page) == "**Fat** and\n\n- one\n- two"


def test_others_insert_at_the_cursor_and_write_into_the_field(visitor: Callable[..., Page]) -> None:
    cast = gather()
    page = visitor()
    sign_in(page, cast.luc)
    at_the_editor(page)
    page.get_by_label("Text", exact=True).fill("Before")
    page.evaluate(
        "document.querySelector('textarea[name=body]').dispatchEvent(new CustomEvent('liaise:insert',"
        " { detail: { html: '<blockquote><p>quoted</p></blockquote><p></p>', markdown: '> quoted' } }))"
    )
    assert sent(page).startswith("<p>Before</p><blockquote><p>quoted</p></blockquote>")
    page.locator("textarea[name=body]").fill("**Anew**")
    page.locator(".editor-text strong").get_by_text("Anew").wait_for()
    assert sent(page) == "**Anew**"
    # What the editor could not hold is left to the plain field.
    page.locator("textarea[name=body]").fill("<dl><dt>a</dt></dl>")
    page.locator(".editor-text").wait_for(state="detached")
    assert sent(page) == "<dl><dt>a</dt></dl>"


def test_a_draft_is_found_on_another_device_and_goes_when_it_is_sent(visitor: Callable[..., Page]) -> None:
    cast = gather()
    thread = start_thread(by=cast.luc, room=cast.families, title="Since when?", body="Since when do you?")
    address = f"/discussions/{thread.uid}/"
    desk, phone = visitor(), visitor(width=390)
    sign_in(desk, cast.anna)
    sign_in(phone, cast.anna)
    at_the_editor(desk, address)
    with desk.expect_response("**/drafts/"):
        desk.get_by_label("Your reply").fill("We began with school holidays.")
    desk.close()
    at_the_editor(phone, address)
    phone.get_by_text("You wrote this on").wait_for()
    assert phone.get_by_label("Your reply").inner_text() == "We began with school holidays."
    assert not barriers(phone)
    phone.get_by_role("button", name="Reply").click()
    phone.get_by_text("We began with school holidays.").first.wait_for()
    assert Post.objects.filter(thread=thread, author=cast.anna).exists()
    assert not Draft.objects.exists()


CHOSEN = """names => {
  const sent = new FormData(document.querySelector('form:has(textarea[name=body])'));
  return Object.fromEntries(names.map((name) => [name, sent.getAll(name)]));
}"""
CHOOSE = """one => {
  if (one.matches('option')) one.selected = true; else one.checked = true;
  for (const kind of ['input', 'change']) one.dispatchEvent(new Event(kind, { bubbles: true }));
}"""


def chosen(page: Page) -> dict[str, list[str]]:
    """What is chosen beside the words."""
    found: dict[str, list[str]] = page.evaluate(CHOSEN, ["tlp", "purpose", "chatham", "language", "themes"])
    return found


def choose(page: Page) -> dict[str, list[str]]:
    """A question under the rule, for few, in Swedish."""
    for name, value in (("purpose", "question"), ("tlp", "RED")):
        page.locator(f"[name={name}][value={value}], [name={name}] option[value={value}]").first.evaluate(CHOOSE)
    page.locator("[name=chatham]").check()
    page.locator("select[name=language]").select_option("sv")
    return chosen(page)


def test_words_come_back_under_the_label_and_the_rule_that_were_chosen_for_them(visitor: Callable[..., Page]) -> None:
    cast = gather()
    desk, phone = visitor(), visitor(width=390)
    sign_in(desk, cast.luc)
    sign_in(phone, cast.luc)
    at_the_editor(desk)
    desk.get_by_label("Text", exact=True).fill("Who else was threatened?")
    meant = choose(desk)
    assert (meant["tlp"], meant["purpose"], meant["language"]) == (["RED"], ["question"], ["sv"])
    assert meant["chatham"]
    for _try in range(100):
        if Draft.objects.filter(choices__tlp=["RED"], choices__language=["sv"]).exists():
            break
        desk.wait_for_timeout(100)
    at_the_editor(phone)
    phone.get_by_text("You wrote this on").wait_for()
    assert chosen(phone) == meant
    # In the tab where it was written, too, where there is no line to the server.
    desk.route("**/drafts/**", lambda route: route.abort())
    at_the_editor(desk)
    assert sent(desk)
    assert chosen(desk) == meant


def test_a_choice_that_is_not_offered_any_more_is_said(visitor: Callable[..., Page]) -> None:
    cast = gather()
    page = visitor()
    sign_in(page, cast.luc)
    Draft.objects.create(
        user=cast.luc, key=NEW, page=NEW, fields={"body": "<p>Half a thought</p>"}, choices={"tlp": ["VIOLET"]}
    )
    at_the_editor(page)
    page.get_by_text("look at each choice again").wait_for()
    assert chosen(page)["tlp"]


def test_leaving_the_page_keeps_what_was_typed_and_discarding_it_is_for_good(visitor: Callable[..., Page]) -> None:
    cast = gather()
    page, other = visitor(), visitor()
    sign_in(page, cast.luc)
    sign_in(other, cast.luc)
    at_the_editor(page)
    page.get_by_label("Text", exact=True).fill("Half a thought")
    page.goto("/rooms/")
    for _try in range(100):
        if Draft.objects.exists():
            break
        page.wait_for_timeout(100)
    page.goto("/drafts/")
    page.get_by_text("Half a thought").wait_for()
    at_the_editor(other)
    other.get_by_role("button", name="Discard").click()
    other.wait_for_function("document.querySelector('textarea[name=body]').value === ''")
    other.goto("/drafts/")
    other.get_by_text("No drafts").wait_for()


def test_words_on_the_screen_are_not_overwritten_by_older_ones(visitor: Callable[..., Page]) -> None:
    cast = gather()
    desk, phone = visitor(), visitor()
    for page in (desk, phone):
        sign_in(page, cast.luc)
    at_the_editor(desk)
    with desk.expect_response("**/drafts/"):
        desk.get_by_label("Text", exact=True).fill("The older words")
    phone.route("**/drafts/?for*", lambda route: (phone.wait_for_timeout(800), route.continue_()))
    at_the_editor(phone)
    phone.get_by_label("Text", exact=True).fill("What I write now")
    phone.get_by_text("It is not what stands here now.").wait_for()
    assert phone.get_by_label("Text", exact=True).inner_text() == "What I write now"
    phone.get_by_role("button", name="Put it here").click()
    phone.locator(".editor-text").get_by_text("The older words").wait_for()


def test_without_scripts_there_is_a_plain_field_and_the_list_of_drafts(visitor: Callable[..., Page]) -> None:
    cast = gather()
    Draft.objects.create(user=cast.luc, key=NEW, page=NEW, fields={"body": "<p>Half a thought</p>"})
    page = visitor(java_script_enabled=False)
    sign_in(page, cast.luc)
    page.goto("/drafts/")
    page.get_by_text("Half a thought").wait_for()
    page.get_by_role("link", name="Go on writing").click()
    page.get_by_label("Title", exact=True).fill("Plain")
    page.get_by_label("Text", exact=True).fill("**Fat**")
    page.get_by_role("button", name="Start the discussion").click()
    assert page.locator(".post .prose strong").inner_text() == "Fat"
    page.goto("/drafts/")
    page.get_by_role("button", name="Discard").click()
    page.get_by_text("The draft is discarded.").wait_for()
    assert not Draft.objects.exists()
