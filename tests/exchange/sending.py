"""A client of the protocol by which files come in pieces (tus 1.0.0), on Django's own client."""

from __future__ import annotations

import base64
import re
from typing import Any

from django.test import Client
from django.urls import reverse

from network.models import User

PIECE = "application/offset+octet-stream"


def signed_in(person: User, **options: Any) -> Client:
    """The client of somebody."""
    client = Client(**options)
    client.force_login(person)
    return client


def begin(client: Client, size: int, name: str = "notes.txt", **headers: str) -> Any:
    """The answer to the announcement of a file; of one that is called a ZIP, as an archive to unpack."""
    told = f"filename {base64.b64encode(name.encode()).decode()}"
    told += f",archive {base64.b64encode(b'yes').decode()}" if name.endswith(".zip") else ""
    given = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": told} | headers
    return client.post(reverse("exchange:uploads"), headers=given)


def begun(client: Client, size: int, name: str = "notes.txt") -> str:
    """The address of a file that is announced."""
    response = begin(client, size, name)
    assert response.status_code == 201, response.content
    return response["Location"]


def piece(client: Client, address: str, at: int, content: bytes, **headers: str) -> Any:
    """The answer to one piece."""
    given = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(at)} | headers
    return client.patch(address, content, content_type=PIECE, headers=given)


def reach(client: Client, address: str) -> int:
    """How much of it has been acknowledged."""
    return int(client.head(address, headers={"Tus-Resumable": "1.0.0"})["Upload-Offset"])


def sent(client: Client, content: bytes, name: str = "guide.pdf") -> str:
    """The key of a file that has arrived as a whole."""
    address = begun(client, len(content), name)
    assert piece(client, address, 0, content).status_code == 204
    return re.sub(r"^/uploads/|/$", "", address)
