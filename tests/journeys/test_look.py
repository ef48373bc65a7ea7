"""The frame, the components and the script in a browser, without a server: pages are answered from templates."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import Template
from django.template.context import make_context
from django.test import RequestFactory

from network import clock, europe
from network.fields import LabelField
from network.headcount import Headcount
from network.labels import Label
from tests.browsing import barriers, launched

pytestmark = pytest.mark.once

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

HOST = "http://localhost:1"
EVERYTHING = (Path(__file__).parent / "everything.html").read_text()


class SomeForm(forms.Form):
    title = forms.CharField(label="Title", help_text="Short.")
    begins = forms.DateTimeField(label="Begins", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    tlp = LabelField()
    named_people = forms.MultipleChoiceField(
        label="People whom it names",
        choices=[(str(n), f"Person {n}") for n in range(30)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    themes = forms.MultipleChoiceField(
        label="Themes", choices=[("a", "Families")], required=False, widget=forms.CheckboxSelectMultiple
    )
    tell = forms.BooleanField(label="Tell me", help_text="By e-mail.")
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=[("Europe/Paris", "Paris"), ("Europe/Athens", "Athens")],
        widget=forms.Select(attrs={"data-guess": True}),
    )


def answer(source: str, path: str, **more: Any) -> str:
    """The page that a template's source makes for a signed-in person."""
    room = SimpleNamespace(name="Families", slug="families", unread=5, is_archived=False, get_kind_display="room")
    person = SimpleNamespace(uid=None, __str__=lambda: "Anna")
    post = {"html": "Eleven parents rang.", "created_at": clock.now(), "state": "published"}
    context = {
        "frame": SimpleNamespace(person=person, partner_name="Malmö", rooms=[room], unread=3, moderates=True),
        "room": room,
        "tab": "documents",
        "labels": list(Label),
        "now": clock.now() - timedelta(hours=1),
        "page": Paginator(range(10_000), 20).page(250),
        "post": post,
        "held": post | {"state": "held"},
        "audience": Headcount(23, [("Liège", 5), ("Malmö", 3)], ["Henrike Vogel"]),
        "form": SomeForm(),
        "spots": europe.spots([("Malmö", 55.605, 13.0038), ("Paris", 48.8566, 2.3522)]),
        **more,
    }
    request = RequestFactory().get(path)
    return Template(source).render(make_context(context, request, autoescape=True))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One for all tests here: none of them asks for rows, so its event loop disturbs nobody."""
    with launched() as opened:
        yield opened


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`opened(pages, …)` answers addresses from `pages` (path → HTML) and notes what was posted in `page.posted`."""

    contexts = []

    def opened(pages: dict[str, str], *, width: int = 1280, dark: bool = False) -> Page:
        context = chromium.new_context(
            base_url=HOST,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            timezone_id="Europe/Athens",
        )
        contexts.append(context)
        page = context.new_page()
        page.posted = []
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))

        def give(route: Route) -> None:
            path = urlsplit(route.request.url).path
            found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
            if route.request.method == "POST":
                page.posted.append(path)
            if found:
                route.fulfill(path=found, content_type=mimetypes.guess_type(path)[0])
            elif path == "/never/":
                return
            else:
                route.fulfill(body=pages.get(path, pages["/"]), content_type="text/html; charset=utf-8")

        context.route("**/*", give)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["desk by day", "phone by night"])
def test_components_have_no_barriers_and_fit_the_page(opened: Callable[..., Page], width: int, dark: bool) -> None:
    refused = SomeForm({"title": "", "tlp": "PINK"})
    page = opened(
        {"/": answer(EVERYTHING, "/"), "/refused/": answer(EVERYTHING, "/refused/", form=refused)},
        width=width,
        dark=dark,
    )
    for path in ("/", "/refused/"):
        page.goto(path)
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.faults == []


def test_each_message_of_a_form_stands_at_its_field_and_links_to_it(opened: Callable[..., Page]) -> None:
    page = opened({"/": answer(EVERYTHING, "/", form=SomeForm({"title": "", "tlp": "PINK"}))})
    page.goto("/")
    title = page.get_by_label("Title", exact=True)
    assert title.get_attribute("aria-invalid") == "true"
    told = title.get_attribute("aria-describedby").split()
    assert "This field is required." in [page.locator(f"#{part}").inner_text() for part in told]
    page.locator("#errors").get_by_role("link", name="Title").click()
    assert page.evaluate("document.activeElement.name") == "title"


def test_a_form_is_sent_once_however_often_one_clicks(opened: Callable[..., Page]) -> None:
    slow = EVERYTHING.replace("/said/", "/never/")
    page = opened({"/": answer(slow, "/")})
    page.goto("/")
    # Apart in time, since a browser itself drops a second click of the same instant.
    page.evaluate(
        "() => { const send = () => document.querySelector('.composer button').click();"
        " send(); setTimeout(send, 200); setTimeout(send, 400); }"
    )
    page.wait_for_timeout(800)
    assert page.posted == ["/never/"]


def test_a_draft_outlives_the_page_and_goes_when_it_has_arrived(opened: Callable[..., Page]) -> None:
    arrived = answer("{% extends 'base.html' %}{% block title %}Sent{% endblock %}", "/said/")
    page = opened({"/": answer(EVERYTHING, "/"), "/said/": arrived})
    page.goto("/")
    page.get_by_label("Your reply").fill("We found the same.")
    page.goto("/elsewhere/")
    assert page.get_by_label("Your reply").input_value() == "We found the same."
    page.get_by_role("button", name="Reply").click()
    page.wait_for_url("**/said/")
    page.goto("/")
    assert page.get_by_label("Your reply").input_value() == ""


def test_a_draft_outlives_a_page_that_refuses_it(opened: Callable[..., Page]) -> None:
    page = opened({"/": answer(EVERYTHING, "/"), "/said/": answer("{% extends '500.html' %}", "/said/")})
    page.goto("/")
    page.get_by_label("Your reply").fill("We found the same.")
    page.get_by_role("button", name="Reply").click()
    page.wait_for_url("**/said/")
    page.goto("/")
    assert page.get_by_label("Your reply").input_value() == "We found the same."


def test_the_zone_of_the_device_is_the_first_guess(opened: Callable[..., Page]) -> None:
    page = opened({"/": answer(EVERYTHING, "/")})
    page.goto("/")
    assert page.get_by_label("Time zone").input_value() == "Europe/Athens"


def test_the_menu_opens_without_script_and_closes_by_escape(opened: Callable[..., Page]) -> None:
    page = opened({"/": answer(EVERYTHING, "/")})
    page.goto("/")
    page.locator(".menu > summary").click()
    assert page.get_by_role("button", name="Sign out").is_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()


def test_the_first_stop_of_the_keyboard_leads_past_the_frame(opened: Callable[..., Page]) -> None:
    page = opened({"/": answer(EVERYTHING, "/")})
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"


def test_the_page_says_when_the_device_is_offline(opened: Callable[..., Page]) -> None:
    page = opened({"/": answer(EVERYTHING, "/")})
    page.goto("/")
    notice = page.get_by_text("You are offline")
    assert not notice.is_visible()
    page.context.set_offline(True)
    notice.wait_for()
    page.context.set_offline(False)
    notice.wait_for(state="hidden")


def test_people_to_name_are_asked_for_only_where_the_label_names_people(opened: Callable[..., Page]) -> None:
    page = opened({"/": answer(EVERYTHING, "/")})
    page.goto("/")
    people = page.get_by_role("group", name="People whom it names")
    assert not people.is_visible()
    page.get_by_role("radio", name="TLP:RED").check()
    assert people.is_visible()
    assert barriers(page) == []
    page.get_by_role("radio", name="TLP:GREEN").check()
    assert not people.is_visible()
