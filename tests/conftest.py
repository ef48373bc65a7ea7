"""What every test may ask for: the cast, a server and a browser."""

import pytest

pytest_plugins = ["tests.serving", "tests.browsing", "tests.cast", "tests.talking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in journeys/ are browser tests without saying so."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)
