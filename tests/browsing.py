"""A browser for the journeys: Chromium, driven by Playwright, with an eye on what a page must not do."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.serving import Server
from tools.machine import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def launched() -> Iterator["Browser"]:
    """Chromium, for as long as the block lasts; without one the test is skipped, or fails where nothing may be."""
    path = chromium()
    if path is None:
        reason = "no Chromium: browser tests need chromium, or LIAISE_CHROMIUM=/path/to/it"
        if os.environ.get("LIAISE_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        opened = playwright.chromium.launch(executable_path=path, args=[*sandbox, "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch, serve: Callable[..., Server]) -> Iterator["Browser"]:
    """Chromium for one test. Started anew each time, as Playwright's event loop would disturb other tests."""
    # Playwright's loop runs in this thread; the rows of a test are asked for here nevertheless, one at a time.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with launched() as opened:
        yield opened


@pytest.fixture
def visitor(browser: "Browser", serve: Callable[..., Server]) -> Iterator[Callable[..., "Page"]]:
    """`visitor()` opens a browser of one more person; `visitor(width=390)` on a phone; other options are Playwright's.

    At the end the test fails if a page asked another host, broke the Content-Security-Policy or threw an error.
    """
    server = serve()
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def visitor(*, width: int = 1280, **options: Any) -> "Page":
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": 844 if width < 600 else 900},
            locale="en-GB",
            timezone_id="Europe/Brussels",
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        watch(page, server, faults)
        return page

    yield visitor
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def watch(page: "Page", server: Server, faults: list[str]) -> None:
    """Write down in `faults` what `page` does that no page of ours may do."""
    ours = {urlsplit(server.url).netloc}

    def asked(request: Any) -> None:
        where = urlsplit(request.url)
        if where.scheme in {"http", "https", "ws", "wss"} and where.netloc not in ours:
            faults.append(f"{page.url} asked another host: {request.url}")

    def said(message: Any) -> None:
        text = message.text
        if message.type == "error" and ("Content Security Policy" in text or "Uncaught" in text):
            faults.append(f"{page.url}: {text}")

    page.on("request", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))


def shift(page: "Page") -> float:
    """How much of `page` has moved by itself since it began to load: the sum that browsers call layout shift."""
    return page.evaluate(
        """() => new Promise((done) => {
            let sum = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            requestAnimationFrame(() => setTimeout(() => done(sum), 0));
        })"""
    )


def barriers(page: "Page") -> list[str]:
    """What axe finds on `page` by WCAG 2.2 A and AA and its best practices, one line each; nothing is what we want."""
    from axe_playwright_python.sync_playwright import Axe

    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    # Only the faults leave the browser: all that is well takes longer to carry than to look at.
    found = page.evaluate(
        """(tags) => axe
            .run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] })
            .then(({ violations }) => violations.flatMap(({ id, impact, help, nodes }) =>
                nodes.map(({ html }) => `${id} (${impact}): ${help}: ${html.slice(0, 160)}`)))""",
        AXE_TAGS,
    )
    return [f"{page.url}: {fault}" for fault in found]
