"""Files from a desk to a room: dropped or chosen, in rows with bars, and whole although the server is killed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from exchange.models import Document, Upload
from tests.browsing import barriers
from tests.cast import gather
from tests.journeys.test_every_page import sign_in
from tests.serving import Server, manage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

# What a person does who drags files from a folder into the page.
DROP = """([names, size]) => {
    const data = new DataTransfer();
    for (const name of names) {
        const bytes = new Uint8Array(size);
        bytes.set(new TextEncoder().encode(`%PDF-1.7 ${name}`));
        data.items.add(new File([bytes], name, { lastModified: 1 }));
    }
    const place = document.querySelector("[data-uploads]");
    for (const kind of ["dragover", "drop"]) {
        place.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
}"""


def until(happened: Callable[[], Any], seconds: float = 60) -> Any:
    """What `happened` says once it says something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := happened():
            return found
        time.sleep(0.05)
    raise AssertionError("It did not happen.")


def slow(page: Page, bytes_a_second: int) -> None:
    """A line that sends no faster than this."""
    line = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)


def test_dropped_files_come_at_once_and_each_becomes_a_document(visitor: Callable[..., Page]) -> None:
    cast = gather()
    page = visitor()
    sign_in(page, cast.luc)
    page.goto("/rooms/families/documents/new/")
    page.evaluate(DROP, [["agenda_may.pdf", "minutes.pdf", "setup.exe"], 200_000])
    until(lambda: page.locator("[data-rows] [name=upload]").count() == 2)
    assert "Files of this kind are not taken." in page.inner_text("[data-rows] .arriving-stopped")
    assert page.is_hidden("[name=title]")
    assert barriers(page) == []
    # What cannot be sent is not forgotten silently: the form waits until somebody says what becomes of it.
    page.click("form.form .button-primary")
    assert "Not everything has arrived" in page.inner_text("[data-said]")
    page.click("[data-rows] .arriving-stopped [data-out]")
    page.click("form.form .button-primary")
    page.wait_for_selector("text=2 documents are shared.")
    assert set(Document.objects.values_list("title", flat=True)) == {"agenda may", "minutes"}
    assert not Upload.objects.exists()


def test_a_dropped_folder_keeps_its_folders_and_what_was_typed_outlives_a_reload(
    visitor: Callable[..., Page], tmp_path: Path
) -> None:
    cast = gather()
    for name in ("Winter", "Winter/Sub one"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "agenda.pdf").write_bytes(b"%PDF-1.7 " + name.encode())
    page = visitor()
    sign_in(page, cast.luc)
    page.goto("/rooms/families/documents/new/")
    page.fill("[name=title]", "What I typed")
    page.reload()
    assert page.input_value("[name=title]") == "What I typed"
    place = page.locator("[data-uploads]")
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    dropped = {"items": [], "files": [str(tmp_path / "Winter")], "dragOperationsMask": 1}
    where = {"x": box["x"] + 20, "y": box["y"] + 20, "data": dropped}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **where})
    until(lambda: page.locator("[data-rows] [name=upload]").count() == 2)
    names = page.locator("[data-rows] .arriving-name").all_inner_texts()
    assert sorted(names) == ["Winter/Sub one/agenda.pdf", "Winter/agenda.pdf"]
    page.click("form.form .button-primary")
    page.wait_for_selector("text=2 documents are shared.")
    folders = Document.objects.values_list("folder__parent__name", "folder__name")
    assert set(folders) == {(None, "Winter"), ("Winter", "Sub one")}


def test_a_row_shows_how_far_it_is_and_can_be_taken_out(visitor: Callable[..., Page]) -> None:
    cast = gather()
    page = visitor(width=390)
    sign_in(page, cast.luc)
    page.goto("/rooms/families/documents/new/")
    slow(page, 3_000_000)
    page.evaluate(DROP, [["film_day.pdf"], 20_000_000])
    until(lambda: page.locator("[data-rows] progress").evaluate("(bar) => bar.value") > 0.1)
    assert "% of 20 MB" in page.inner_text("[data-rows] [data-state]")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    upload = until(lambda: Upload.objects.first())
    page.click("[data-rows] [data-out]")
    until(lambda: not Upload.objects.filter(pk=upload.pk).exists())
    assert page.locator("[data-rows] li").count() == 0
    assert page.evaluate("document.activeElement.type") == "file"


@pytest.fixture
def own_server(serve: Callable[..., Server]) -> Iterator[tuple[Server, Callable[[], None]]]:
    """A server of this test alone, and what starts it again at the same place after it was killed."""
    server = serve(LIAISE_LOG_LEVEL="WARNING")
    later: list[Server] = []

    def start_again() -> None:
        at = ["serve", "--as-it-is", "--no-worker", "--host", "127.0.0.1", "--port", str(server.port)]
        again = Server(server.port, manage(server.log, *at, LIAISE_URL=server.url), server.log)
        later.append(again)
        again.wait()

    yield server, start_again
    for one in later:
        one.stop()


def test_a_file_goes_on_from_what_was_acknowledged_after_the_server_was_killed(
    browser: Browser, own_server: tuple[Server, Callable[[], None]], tmp_path: Path
) -> None:
    server, start_again = own_server
    cast = gather()
    film = tmp_path / "film.pdf"
    film.write_bytes(b"%PDF-1.7 " + bytes(range(256)) * 100_000)
    page = browser.new_context(base_url=server.url).new_page()
    sign_in(page, cast.luc)
    page.goto("/rooms/families/documents/new/")
    slow(page, 8_000_000)
    offsets: list[int] = []
    page.on("request", lambda one: one.method == "PATCH" and offsets.append(int(one.headers["upload-offset"])))
    page.set_input_files("input[type=file]", film)
    page.fill("[name=title]", "A film")
    # Shared while it is still on its way: it is, as soon as it has come.
    page.click("form.form .button-primary")
    assert "as soon as everything has arrived" in page.inner_text("[data-said]")
    reached = until(lambda: Upload.objects.filter(received__gt=8_000_000).first())
    server.stop(kill=True)
    acknowledged = Upload.objects.get(pk=reached.pk).received
    # What the browser had asked before is heard of by now.
    page.inner_text("[data-said]")
    offsets.clear()
    start_again()
    page.wait_for_url("**/documents/*-*/", timeout=60_000)
    assert page.inner_text("h1") == "A film"
    assert offsets
    assert min(offsets) >= acknowledged
    version = Document.objects.select_related("newest").get().newest
    assert version is not None
    assert version.sha256 == hashlib.sha256(film.read_bytes()).hexdigest()


def test_without_the_client_the_form_sends_several_files_itself(visitor: Callable[..., Page], tmp_path: Path) -> None:
    cast = gather()
    page = visitor()
    page.route("**/tus.min.js", lambda route: route.abort())
    sign_in(page, cast.luc)
    page.goto("/rooms/families/documents/new/")
    for name in ("one.pdf", "two.pdf"):
        (tmp_path / name).write_bytes(f"%PDF-1.7 {name}".encode())
    page.set_input_files("input[type=file]", [tmp_path / "one.pdf", tmp_path / "two.pdf"])
    page.click("form.form .button-primary")
    page.wait_for_selector("text=2 documents are shared.")
