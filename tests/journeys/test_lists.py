"""A coordinator sends a list of people, looks it through, has it carried out and sees it done, without barriers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from accounts.models import Invitation
from tests.browsing import barriers
from tests.cast import gather
from tests.journeys.test_every_page import WIDTHS, sign_in
from tests.working import work_off

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

TABLE = "Name;E-mail;Partner;Notes\nNora Ek;nora@malmo.example;Malmö;x\nAnna;anna@malmo.example;malmo;\nX;x;malmo;\n"


def at_both_widths(page: Page) -> list[str]:
    """What stands in somebody's way here, at a desk and on a phone."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += barriers(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{page.url} is {wide} px too wide at {width} px"] if wide > 0 else []
    return found


def test_a_list_is_sent_looked_through_and_carried_out(visitor: Callable[..., Page]) -> None:
    cast = gather()
    page = visitor()
    sign_in(page, cast.clara)
    page.goto("/people/import/")
    page.get_by_label("List", exact=True).set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": TABLE.encode("cp1252")}
    )
    page.get_by_role("button", name="Look through the list").click()
    page.get_by_text("Windows-1252").wait_for()
    faults = at_both_widths(page)
    page.get_by_role("link", name=re.compile("Only the 1 refused row")).click()
    page.get_by_text("Enter a valid email address.").wait_for()
    page.get_by_role("button", name="Carry out 1 row").click()
    page.get_by_role("heading", name="It is being carried out").wait_for()
    faults += at_both_widths(page)
    assert not Invitation.objects.exists()
    work_off()
    # The page sees by itself that it is done.
    page.get_by_role("heading", name="It is carried out").wait_for()
    faults += at_both_widths(page)
    assert Invitation.objects.get().email == "nora@malmo.example"
    assert not faults, "\n".join(faults)
