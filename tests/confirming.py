"""Saying yes to a rehearsal: the form is sent, read, and sent again with what the page shows."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client


def hidden(page: str) -> dict[str, list[str]]:
    """What a page sends along unseen."""
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            fields.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    return fields


def say_yes(client: Client, address: str, given: dict[str, Any], *, tick: bool = True) -> Any:
    """Sends the form, and on the page before it is done what that page asks for; the answer to that."""
    page = client.post(address, given).content.decode()
    sent = page[page.index('name="csrf') if 'name="csrf' in page else page.index("<main") :]
    return client.post(address, hidden(sent) | ({"past": "on"} if tick else {}))
