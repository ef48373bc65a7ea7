"""What is handed out of a document to be read, and to whom."""

from __future__ import annotations

from typing import Any

from exchange.models import Version


def opened(user: Any, version: Version, how: str) -> None:
    """Called by each request that hands out what a version says: once the gate has let `user` through, before it goes.

    `how`: "pages" (a page of words or pictures, with all that it shows), "picture" and "thumbnail" (one picture of a
    page, large or small), "media" (a piece of sound or film), "compare" (its words beside another version's). Several
    of these make one reading.
    """
