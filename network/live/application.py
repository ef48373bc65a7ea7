"""The finished ASGI application of the socket: its address, its origin, its consumer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import validate_host

from network.live.consumer import LiveConsumer

ADDRESS = "/ws/live/"

_consumer = LiveConsumer.as_asgi()
_denier = WebsocketDenier.as_asgi()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """`/ws/live/` for pages of our own origin; everything else is refused with 403."""
    headers = {name: value.decode("latin1") for name, value in scope["headers"]}
    origin = headers.get(b"origin")
    ours = origin is None or same_origin(origin, headers.get(b"host", ""))
    answer = _consumer if ours and scope["path"] == ADDRESS else _denier
    await answer(scope, receive, send)


def same_origin(origin: str, host: str) -> bool:
    """Whether a page of `origin` belongs to us, asking at `host`.

    Browsers always send an origin; a caller without one is no page, and nobody's session is
    borrowed by it.
    """
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(origin)
    wanted = {"https"} if settings.SESSION_COOKIE_SECURE else {"http", "https"}
    known = validate_host(parts.hostname or "", settings.ALLOWED_HOSTS)
    return parts.scheme in wanted and known and parts.netloc == host
