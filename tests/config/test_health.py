"""/healthz: what stands says so, what does not is named and nothing more."""

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from config.pages import health
from network.local_storage import MARK

pytestmark = pytest.mark.django_db


def test_a_house_that_stands_says_ok(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert default_storage.listdir("")[1] == [MARK]


@pytest.mark.parametrize("name", health.CHECKS)
def test_what_does_not_answer_is_named_without_its_reason(
    name: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError("connection to 10.0.0.7 refused for user liaise")

    monkeypatch.setitem(health.CHECKS, name, fail)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing", "failing": [name]})


def test_a_redis_that_is_not_there_is_a_failing_channel_layer(client: Client, settings: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    assert client.get("/healthz").json() == {"status": "failing", "failing": ["channel layer"]}


def test_nobody_writes_to_the_health_page(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
