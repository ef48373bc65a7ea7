"""The screens that no address opens by itself, in a real browser; and that no screen is left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse

from tests.cast import gather
from tests.journeys.answers import answers, signed_in
from tests.journeys.test_every_page import pages_of
from tests.journeys.test_lists import at_both_widths
from tests.stage import Stage, set_stage

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
ELSEWHERE = {
    "accounts/import_result.html": "tests/journeys/test_lists.py",
    # Taken by the library only where somebody has several addresses, or none that is confirmed; here nobody has.
    "account/email.html": "never",
    "account/verified_email_required.html": "never",
}


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """One thing of each kind; an organisation's provider on this machine may be asked without TLS."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    return set_stage(gather())


def shown(page: Page, answer: HttpResponse) -> None:
    """The browser shows the answer as if it had asked, with the styles and scripts of the server."""
    kept = ("Content-Type", "Content-Security-Policy")
    headers = {name: answer.headers[name] for name in kept if name in answer.headers}
    page.route("**/answer", lambda route: route.fulfill(headers=headers, body=answer.content), times=1)
    page.goto("/answer")


def test_what_comes_back_has_no_barriers_and_fits_at_a_desk_and_on_a_phone(
    visitor: Callable[..., Page], stage: Stage
) -> None:
    page = visitor()
    faults = []
    for answer in answers(stage):
        shown(page, answer)
        assert page.evaluate("document.styleSheets.length") > 0
        faults += [f"{page.title()}: {fault}" for fault in at_both_widths(page)]
    assert not faults, "\n".join(faults)


def is_screen(name: str) -> bool:
    """Whether the template is a whole page: it extends another, and is not itself what pages extend."""
    text = (TEMPLATES / name).read_text("utf-8")
    return text.startswith("{% extends") and "/layouts/" not in name and not Path(name).name.startswith("base")


def test_every_screen_is_looked_at(stage: Stage) -> None:
    seen: set[str] = set()

    def note(template: Any, **_: Any) -> None:
        seen.add(template.name)

    template_rendered.connect(note)
    for who in ("maud", "clara", "stranger"):
        client = Client() if who == "stranger" else signed_in(getattr(stage.cast, who))
        for name in pages_of(who):
            client.get(reverse(name, kwargs=stage.key_to(name)[1]))
    list(answers(stage))
    template_rendered.disconnect(note)
    names = {str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html")}
    assert {name for name in names if is_screen(name)} - seen == set(ELSEWHERE)
