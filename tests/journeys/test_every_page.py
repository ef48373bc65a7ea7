"""Every page that one can open, in a real browser: no barriers, nothing too wide, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.browsing import barriers
from tests.cast import gather
from tests.stage import POSTED, set_stage
from tests.test_doors import DOORS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)

# No pages: a probe, files, a fragment of a form.
NO_PAGES = {
    "healthz",
    "exchange:document-download",
    "workshops:calendar-file",
    "network:would-see",
    "mfa_download_recovery_codes",
}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("who", ["maud", "clara", "stranger"])
def test_a_page_has_no_barriers_and_fits(visitor: Callable[..., Page], who: str, width: int) -> None:
    cast = gather()
    stage = set_stage(cast)
    page = visitor(width=width)
    if who != "stranger":
        client = Client()
        client.force_login(getattr(cast, who))
        page.goto("/healthz")
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": page.url}]
        )
    faults, opened = [], 0
    for name in sorted(set(DOORS) - set(POSTED) - NO_PAGES):
        address = reverse(name, kwargs=stage.key_to(name)[1])
        response = page.goto(address)
        assert response is not None
        assert response.status < 500, address
        opened += response.status == 200
        faults += barriers(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if too_wide > 0:
            faults.append(f"{address} is {too_wide} px too wide at {width} px")
    assert opened > 5
    assert not faults, "\n".join(faults)
