"""A long report, end to end: shared, looked into, searched, read, downloaded with its reader's name, accounted for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest

from exchange.models import Blob, Document
from tests.cast import Cast, gather
from tests.exchange.papers import paper
from tests.exchange.real_files import marks_on
from tests.journeys.test_every_page import sign_in
from tests.serving import manage
from tests.working import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PAGES, WHERE = 300, 212
PHRASE = "the bakery opens again at half past five"


def report() -> bytes:
    """A PDF of 300 pages, each with words of its own; the phrase stands on one of them alone."""
    texts = [f"Page {n}\nHousehold {n * 7919} was visited {n % 9 + 1} times." for n in range(1, PAGES + 1)]
    texts[WHERE - 1] += f"\nOn that morning {PHRASE}, she said."
    return paper(texts, high=200)


@pytest.fixture
def worker(visitor: Callable[..., Page], tmp_path: Path) -> Iterator[None]:
    """The house's own worker, as a process of its own."""
    process = manage(tmp_path / "worker.log", "work", "--until-input-ends")
    yield
    process.terminate()
    process.wait(20)


def share(page: Page, file: Path) -> Document:
    """Luc chooses the file, and names the one city that may read it."""
    page.goto("/rooms/families/documents/new/")
    page.set_input_files("input[type=file]", file)
    page.get_by_label("Title").fill("Three hundred households")
    page.locator("[name=tlp][value='AMBER+STRICT']").check()
    page.locator("[name=named_partners][value=malmo]").check()
    page.get_by_role("button", name="Share the document").click()
    page.get_by_role("heading", name="Three hundred households").wait_for()
    return Document.objects.get()


def read(page: Page, document: Document) -> None:
    """Anna looks for the phrase and comes to the one page that has it."""
    page.goto(document.get_absolute_url())
    page.get_by_role("link", name="Read the 300 pages").wait_for()
    page.get_by_label("Find words in it").fill(PHRASE.upper())
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("heading", name="stands on 1 page").wait_for()
    page.get_by_role("link", name=f"page {WHERE}", exact=True).click()
    page.wait_for_url(f"**page={WHERE}#page-{WHERE}")
    sheet = page.locator(f"#page-{WHERE}")
    assert sheet.locator("img").evaluate("(drawn) => drawn.decode().then(() => drawn.naturalWidth)") == 1200
    assert sheet.evaluate("(one) => Math.abs(one.getBoundingClientRect().top) < innerHeight")
    sheet.get_by_text("in words").click()
    sheet.get_by_text(PHRASE).wait_for()
    assert page.locator(f"#page-{WHERE + 1}").get_by_text(PHRASE).count() == 0


def download(page: Page, document: Document) -> bytes:
    """The file as Anna's browser saves it."""
    page.goto(document.get_absolute_url())
    page.get_by_text("Your copy is marked on every page").wait_for()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download PDF").click()
    return Path(coming.value.path()).read_bytes()


def check_mark(content: bytes, document: Document, cast: Cast) -> None:
    """Every page says, in words that another program reads, whose copy it is; and still what it said before."""
    assert marks_on(content) == [1] * PAGES
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == PAGES
    day = document.openings.get(how="downloaded").at.astimezone(cast.anna.zone).date()
    copy = pypdfium2.PdfDocument(content)
    for number in range(1, PAGES + 1):
        words = copy[number - 1].get_textpage().get_text_range()
        for said in ("TLP:AMBER+STRICT", cast.anna.name, "Malmö", day.isoformat(), f"Household {number * 7919}"):
            assert said in words, (number, said, words)
    assert PHRASE in copy[WHERE - 1].get_textpage().get_text_range()


def test_a_report_of_300_pages_is_shared_found_read_marked_and_accounted_for(
    visitor: Callable[..., Page], worker: None, tmp_path: Path
) -> None:
    cast = gather()
    luc, anna, carlo = visitor(), visitor(), visitor()
    for page, person in ((luc, cast.luc), (anna, cast.anna), (carlo, cast.carlo)):
        sign_in(page, person)
    file = tmp_path / "households.pdf"
    file.write_bytes(report())
    document = share(luc, file)
    wait_for(lambda: Blob.objects.get().look != Blob.Look.WAITING, 300)
    blob = Blob.objects.get()
    assert (blob.look, blob.pages) == (Blob.Look.DONE, PAGES)
    assert blob.pictures.count() == PAGES + 1

    # A city that it does not name learns nothing of it.
    assert carlo.goto(document.get_absolute_url()).status == 404
    read(anna, document)
    check_mark(download(anna, document), document, cast)

    luc.goto(document.get_absolute_url())
    luc.get_by_role("link", name="Who opened it").click()
    rows = luc.get_by_role("main").get_by_role("listitem").filter(has_text=cast.anna.name)
    rows.first.wait_for()
    assert all("Malmö" in row for row in rows.all_inner_texts())
    for how in ("read it in the browser · version 1", "downloaded it · version 1"):
        assert rows.filter(has_text=how).count() == 1
    assert luc.get_by_role("main").get_by_text(cast.carlo.name).count() == 0
