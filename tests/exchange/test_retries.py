"""The same form twice at the same moment: one thing is made, whoever was first."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from exchange.models import Document, PracticeSheet
from network.models import AuditEntry, Item
from tests.cast import Cast
from tests.exchange.making import publish, share
from tests.factories import ThemeFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act: Callable[[], Any], times: int = 4) -> list[Any]:
    """What `act` gives in as many threads that begin together; an exception is given as it is."""
    together, given = threading.Barrier(times), []

    def one() -> None:
        together.wait()
        try:
            given.append(act())
        except Exception as fault:
            given.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def test_four_tries_at_once_share_one_document_with_one_file(cast: Cast) -> None:
    once = uuid.uuid4()
    before = {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}
    given = at_once(lambda: share(cast, once=once))
    assert {getattr(one, "uid", one) for one in given} == {once}
    document = Document.objects.get()
    assert document.versions.count() == 1
    after = {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}
    assert len(after - before) == 1
    assert Item.objects.count() == 1
    assert AuditEntry.objects.filter(verb="exchange.document_shared").count() == 1


def test_four_tries_at_once_publish_one_sheet(cast: Cast) -> None:
    once, themes = uuid.uuid4(), [ThemeFactory(slug="families")]
    given = at_once(lambda: publish(cast, once=once, themes=themes))
    assert {getattr(one, "uid", one) for one in given} == {once}
    assert PracticeSheet.objects.get().picked.count() == 3
    assert AuditEntry.objects.filter(verb="exchange.sheet_published").count() == 1
