"""What daphne serves: pages by Django, the one socket by `network.live`."""

import os
from typing import Any

import django
from django.core.handlers.asgi import ASGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django.setup(set_prefix=False)

# After Django is set up, as they read models and settings.
from network.fullness import is_full  # noqa: E402
from network.live.application import application as live  # noqa: E402


class Pages(ASGIHandler):
    """Django's pages; it puts each body aside once more, and the disk may be full by then."""

    async def read_body(self, receive: Any) -> Any:
        """The body or, where there is no room for it, its beginning: enough for the form to say so beside its field."""
        try:
            return await super().read_body(receive)
        except OSError as error:
            if not is_full(error) or not hasattr(receive, "give_up"):
                raise
            return receive.give_up()


pages = Pages()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One way for each protocol."""
    await (live if scope["type"] == "websocket" else pages)(scope, receive, send)
