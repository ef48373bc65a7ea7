"""What tests of coming and going may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings as real
from django.core.cache import cache


@pytest.fixture
def still() -> Iterator[None]:
    """The clock stands, so that no minute ends in the middle of a test on a slow machine."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


@pytest.fixture
def limits(settings: Any, still: None) -> Iterator[dict[str, str]]:
    """The limits of every door as they are in the house, which other tests do without; counted from nothing."""
    from config.settings import ACCOUNT_RATE_LIMITS

    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS
    yield real.ACCOUNT_RATE_LIMITS
    cache.clear()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The identity provider of Malmö (tests.accounts.at_home), for as long as the test lasts."""
    from tests.accounts.at_home import Home, serve_provider

    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with serve_provider() as server:
        yield Home(f"http://localhost:{server.server_port}")
