"""What is wrong with a form is where the reader looks, also on a long page."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.cast import gather
from tests.journeys.test_every_page import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def test_the_summary_of_a_refused_form_is_in_sight_and_in_focus(visitor: Callable[..., "Page"]) -> None:
    cast = gather()
    page = visitor()
    sign_in(page, cast.luc)
    page.goto("/rooms/families/discussions/new/")
    page.fill("[name=title]", "Silence")
    page.fill("[name=body]", "<script>x</script>")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.click("form .button-primary >> visible=true")
    page.wait_for_selector("#errors")
    assert page.evaluate("document.activeElement.id") == "errors"
    assert page.input_value("[name=title]") == "Silence"


def test_long_words_code_and_tables_do_not_make_the_page_wider_than_the_screen(visitor: Callable[..., "Page"]) -> None:
    cast = gather()
    page = visitor(width=390)
    sign_in(page, cast.luc)
    page.goto("/rooms/families/discussions/new/")
    page.fill("[name=title]", "Donaudampfschifffahrtsgesellschaftskapitänsfamilienberatungsstelle" * 2)
    cells = "|".join(["x" * 60] * 6)
    page.fill("[name=body]", f"{'z' * 300}\n\n```\n{'c' * 300}\n```\n\n|a|b|c|d|e|f|\n|-|-|-|-|-|-|\n|{cells}|")
    page.click("main form .button-primary")
    page.wait_for_selector(".post")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/rooms/families/chat/")
    page.fill("#say", "y" * 300)
    page.click("#say-form button")
    page.wait_for_selector(".message-own")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
