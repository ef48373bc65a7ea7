"""How tests send a list of partners or people, look through it, and have it carried out."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from accounts.models import Import
from accounts.outcomes import judge, seal
from network.models import User
from tests.working import work_off

GHENT = "City of Ghent,Ghent,local authority,Belgium"
HEADER = "name,short name,kind,country"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def send(person: User, kind: str, table: str | bytes, name: str = "list.csv") -> Any:
    """Sends a list; the page that comes of it."""
    raw = table.encode() if isinstance(table, str) else table
    response = signed_in(person).post(f"/{kind}/import/", {"file": SimpleUploadedFile(name, raw)}, follow=True)
    assert response.status_code == 200
    return response


def outcomes(response: Any) -> dict[int, str]:
    """Line → what the page says becomes of it."""
    assert "form" not in response.context, response.context["form"].errors
    return {one.row["line"]: f"{one.words}: {one.why}" if one.why else one.words for one in response.context["page"]}


def listing_of(response: Any) -> Import:
    found: Import = response.context["listing"]
    return found


def carry_out(person: User, response: Any) -> Import:
    """Presses the button of the page, lets the work be done, and gives what became of it."""
    listing = listing_of(response)
    sure = {"sure": response.context["sure"]}
    assert signed_in(person).post(f"/partners/import/{listing.uid}/carry-out/", sure).status_code == 302
    work_off()
    listing.refresh_from_db()
    return listing


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def sure_of(listing: Import) -> str:
    """What the page of this list says of it now, as the button sends it."""
    return seal(judge(listing.by, listing.kind, listing.rows))
