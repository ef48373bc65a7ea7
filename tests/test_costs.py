"""Every page asks the database the same number of questions, whatever there is to show."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.addresses import POSTED
from tests.cast import Cast
from tests.stage import set_stage
from tests.test_doors import DOORS

# The same questions are asked of either database.
pytestmark = pytest.mark.once

# A kind of thing that has moved on to the next page is not asked about on the first.
MOVED_ON = {"network:trail"}
FILES = {
    "exchange:document-download",
    "exchange:document-picture",
    "exchange:document-play",
    "exchange:document-track",
    "network:room-logo",
}
PAGES = sorted(set(DOORS) - set(POSTED) - FILES - {"account_logout"})


def asked(client: Client, address: str) -> int:
    """How many statements a look at a page takes."""
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


@pytest.mark.parametrize("who", ["maud", "clara"])
def test_more_to_show_costs_no_more_questions(cast: Cast, who: str) -> None:
    stage = set_stage(cast)
    client = Client()
    client.force_login(getattr(cast, who))
    addresses = {name: reverse(name, kwargs=stage.key_to(name)[1]) for name in PAGES}
    # A first look, so that what lasts for a process is known.
    for address in addresses.values():
        client.get(address)
    before = {name: asked(client, address) for name, address in addresses.items()}
    for _ in range(3):
        stage.add_more()
    # What is new is read at the first look, which writes that down.
    for address in addresses.values():
        client.get(address)
    after = {name: asked(client, address) for name, address in addresses.items()}
    counts = {name: (before[name], after[name]) for name in PAGES}
    dearer = {
        name: f"{first} → {then}"
        for name, (first, then) in counts.items()
        if then > first or (then < first and name not in MOVED_ON)
    }
    assert dearer == {}
