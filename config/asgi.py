"""What daphne serves: pages by Django, the one socket by `network.live`."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

pages = get_asgi_application()

# After Django is set up, as it reads models.
from network.live.application import application as live  # noqa: E402


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One way for each protocol."""
    await (live if scope["type"] == "websocket" else pages)(scope, receive, send)
