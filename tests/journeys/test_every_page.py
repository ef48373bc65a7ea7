"""Every page that one can open, in a real browser: no barriers, nothing too wide, nothing that moves by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from network.models import User
from tests.addresses import POSTED
from tests.browsing import barriers, shift
from tests.cast import gather
from tests.stage import set_stage
from tests.test_doors import DOORS, PEOPLE

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

# No pages: a probe, files, a fragment of a form.
NO_PAGES = {
    "healthz",
    "accounts:partners-template",
    "accounts:partners-export",
    "accounts:people-template",
    "accounts:people-export",
    "accounts:partner-logo",
    "exchange:document-download",
    "exchange:document-picture",
    "exchange:document-play",
    "exchange:document-track",
    "exchange:upload",
    "workshops:calendar-file",
    "workshops:calendar-feed",
    "network:would-see",
    "forums:people",
    "forums:people-new",
    "forums:people-comment",
    "network:room-logo",
    "mfa_download_recovery_codes",
}


WIDTHS = (1280, 390)
STILL = 0.01  # layout shift; browsers call a page good up to ten times as much


def pages_of(who: str) -> list[str]:
    """The pages that this person is the first to open: Maud what she may, Clara what only coordinators may."""
    names = sorted(set(DOORS) - set(POSTED) - NO_PAGES)
    opens = {
        "maud": lambda row: row[PEOPLE.index("manager")] == "200",
        "clara": lambda row: row[PEOPLE.index("manager")] != "200",
        "stranger": lambda row: row[PEOPLE.index("stranger")] == "200",
    }
    return [name for name in names if opens[who](DOORS[name].split())]


def sign_in(page: Page, person: User) -> None:
    """By a session, since the form has a test of its own."""
    client = Client()
    client.force_login(person)
    # Not opened as a page: of one without an icon the browser would ask for it beside the next, as a stranger, and the
    # later answer of the two would say which token of forms counts.
    here = page.request.get("/healthz").url
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": here}])


@pytest.mark.parametrize(("who", "part"), [("maud", 0), ("maud", 1), ("clara", None), ("stranger", None)])
def test_a_page_has_no_barriers_and_fits_at_a_desk_and_on_a_phone(
    visitor: Callable[..., Page], who: str, part: int | None
) -> None:
    cast = gather()
    stage = set_stage(cast)
    page = visitor()
    if who != "stranger":
        sign_in(page, getattr(cast, who))
    names = pages_of(who) if part is None else pages_of(who)[part::2]
    assert len(names) > 5
    faults = []
    for name in names:
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        response = page.goto(reverse(name, kwargs=stage.key_to(name)[1]))
        assert response is not None
        assert response.status < 500, name
        if (moved := shift(page)) > STILL:
            faults.append(f"{page.url} moves by itself: {moved:.3f}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            faults += barriers(page)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                faults.append(f"{page.url} is {wide} px too wide at {width} px")
    assert not faults, "\n".join(faults)
