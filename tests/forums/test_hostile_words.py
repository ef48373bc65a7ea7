"""Words that want to run something, or are too long or too deep: in bodies, titles, quotations, names and changes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import lxml.html
import pytest

from forums import quoting
from forums.actions import editing, posts, threads
from forums.actions.threads import start_thread
from forums.mentioning import escaped, read
from forums.models import Post, Revision, Thread
from forums.trees import DEEPEST
from network import rendering
from network.refusals import Invalid
from tests.cast import Cast, gather
from tests.forums.hostile import PAYLOADS
from tests.forums.test_discussing import start
from tests.forums.test_editing import at, signed_in
from tests.journeys.test_every_page import sign_in

# Nothing here differs between the databases.
pytestmark = pytest.mark.once

if TYPE_CHECKING:
    from playwright.sync_api import Page

ALLOWED = {"lang", "dir", "href", "title", "start", "colspan", "rowspan", "scope", "rel"}
# Whoever reads them touches everything, and follows what does not lead elsewhere.
TOUCHED = """document.querySelectorAll(".prose *").forEach((one) => {
    for (const name of ["mouseover", "focus", "click"]) one.dispatchEvent(new Event(name));
    if (one.matches("a") && !/^(https?|mailto):/.test(one.href)) one.click();
})"""
WITHIN = 5  # seconds of computing for what is as long or as deep as can be


def harmless(html: str) -> bool:
    """Whether a parser finds nothing in it but elements and attributes of the list, and addresses that only lead."""
    if not html.strip():
        return True
    for one in lxml.html.fragment_fromstring(html, create_parent="div").iter():
        if not isinstance(one.tag, str) or one.tag not in rendering.TAGS:
            return False
        if set(one.attrib) - ALLOWED:
            return False
        scheme = urlsplit("".join(sign for sign in one.get("href", "") if sign > " ")).scheme
        if scheme and scheme not in rendering.SCHEMES:
            return False
    return True


def faults(page: str) -> list[str]:
    """What of a whole page could run: scripts but our own files, handlers, addresses that do more than lead."""
    found = []
    for one in lxml.html.document_fromstring(page).iter():
        if not isinstance(one.tag, str):
            continue
        if one.tag in ("script", "iframe", "object", "embed", "base", "svg", "math", "style"):
            ours = one.tag == "script" and one.get("src", "").startswith("/static/") and not (one.text or "").strip()
            found += [] if ours else [one.tag]
        found += [name for name in one.attrib if name.startswith("on")]
        for name in ("href", "src", "action", "formaction", "data"):
            address = "".join(sign for sign in one.get(name, "") if sign > " ").lower()
            found += [address] if address.startswith(("javascript:", "data:", "vbscript:")) else []
    return found


# --- what would run -------------------------------------------------------------------------------


def test_the_looker_finds_what_would_run() -> None:
    assert len(PAYLOADS) >= 60
    assert not harmless("<p onclick=ran()>x</p>")
    assert not harmless("<a href='java\tscript:ran()'>x</a>")
    assert not harmless("<svg></svg>")
    assert faults("<body><script>ran()</script><a href=' JavaScript:ran()'>x</a><b onclick=x>y</b>") != []
    assert faults("<body><p>x</p><script src='/static/x.js'></script>") == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_written_runs_nothing(payload: str) -> None:
    assert harmless(rendering.to_html(payload))
    assert harmless(rendering.to_html(f"A word before.\n\n{payload}\n\nA word after."))
    # Quoted, as the page for a reply does it; and as a name beside a quotation or in a mention.
    quoted = "\n".join(f"> {line}" for line in payload.splitlines())
    assert harmless(rendering.to_html(quoted))
    named = rendering.to_html(f"[@{escaped(payload)}](/people/{uuid.uuid4()}/)")
    assert harmless(named)
    assert harmless(rendering.to_html(f"**{escaped(payload)}** [wrote](/x/):"))


@pytest.mark.django_db
def test_pages_with_all_of_it_run_nothing(cast: Cast) -> None:
    thread = start(cast)
    written = 0
    for n, payload in enumerate(PAYLOADS):
        title = f"{n} {payload}"[:200]
        try:
            if n % 10 == 0:
                start_thread(by=cast.luc, room=cast.families, title=title, body="About it.")
            post = threads.reply(by=cast.anna, thread=thread, body=payload)
            if n % 5 == 0:
                editing.edit_post(by=cast.anna, post=post, body=f"{payload} {payload}", version=1)
        except Invalid:
            # Nothing is left of it.
            continue
        written += 1
    assert written > len(PAYLOADS) // 2
    luc = signed_in(cast.luc)
    pages = [f"{thread.get_absolute_url()}?page={n}" for n in (1, 2, 3)] + ["/rooms/families/discussions/"]
    pages += [at(row.post, "history/") for row in Revision.objects.select_related("post__thread")]
    pages += [other.get_absolute_url() for other in Thread.objects.exclude(pk=thread.pk)]
    for address in pages:
        assert faults(luc.get(address).content.decode()) == [], address


@pytest.mark.django_db
@pytest.mark.parametrize("payload", PAYLOADS[::4])
def test_a_preview_runs_nothing(cast: Cast, payload: str) -> None:
    given = {"title": payload[:200], "body": f"A word. {payload}", "preview": "1"}
    for address in ("/rooms/families/discussions/new/", f"/discussions/{start(cast).uid}/reply/"):
        page = signed_in(cast.luc).post(address, given).content.decode()
        assert faults(page) == []
        assert "Not sent yet" in page


@pytest.mark.django_db
@pytest.mark.parametrize("payload", PAYLOADS[::6])
def test_a_quotation_of_a_hostile_post_is_harmless(cast: Cast, payload: str) -> None:
    thread = start(cast, body=f"Before.\n\n{payload}\n\nAfter.")
    words = quoting.of(cast.anna, thread, str(thread.posts.get().uid))
    assert words.startswith("> **Luc Delvaux** [wrote](/discussions/")
    assert harmless(rendering.to_html(words + "My answer."))
    page = signed_in(cast.anna).get(f"/discussions/{thread.uid}/reply/?parent={thread.posts.get().uid}&quote=1")
    assert faults(page.content.decode()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.once
def test_in_a_browser_nothing_of_it_runs(visitor: Callable[..., Page]) -> None:
    cast = gather()
    thread = start(cast)
    for payload in PAYLOADS[::2]:
        try:
            threads.reply(by=cast.anna, thread=thread, body=payload)
        except Invalid:
            continue
    page = visitor()
    sign_in(page, cast.luc)
    page.add_init_script("window.ran = () => { window.hasRun = true; };")
    for n in (1, 2):
        page.goto(f"{thread.get_absolute_url()}?page={n}")
        page.evaluate(TOUCHED)
        assert not page.evaluate("window.hasRun")


# --- too long, too deep ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_hundred_kilobytes_are_refused_with_a_word_and_not_lost(cast: Cast) -> None:
    thread, long = start(cast), "wörter " * 16_000
    for field in ({}, {"preview": "1"}):
        page = signed_in(cast.anna).post(f"/discussions/{thread.uid}/reply/", {"body": long} | field)
        assert page.status_code == 422
        assert "Longer than 50,000 characters" in page.content.decode()
        assert long.strip()[-1000:] in page.content.decode()
    assert thread.posts.count() == 1


DEEP = {
    "quotations": ">" * 500 + " deep",
    "quotations, a line each": "\n".join(">" * n + " x" for n in range(1, 250)),
    "lists": "\n".join("  " * n + "- x" for n in range(150)),
    "lists in one line": "- " * 500 + "x",
    "elements": "<div>" * 500 + "x" + "</div>" * 500,
    "quoted elements": "<blockquote>" * 500 + "x",
    "lists of elements": "<ul><li>" * 500 + "x",
    "marks": "**_" * 500 + "x",
    "brackets": "[" * 5_000 + "x" + "](y)" * 5_000,
    "stars": "*a " * 15_000,
    "backticks": "`" * 24_000 + "x" + "`" * 23_000,
    "tables": "|" * 20_000 + "\n" + "|-" * 10_000,
    "links": "[a](<b" * 6_000,
    "entities": "&" * 49_000,
    "mentions": "[@x](/people/00000000-0000-4000-8000-000000000000/) " * 900,
    "open elements": "<b" * 20_000,
    "comments": "<!--" * 12_000,
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", DEEP)
def test_a_text_as_deep_as_can_be_is_written_read_and_changed_in_time(cast: Cast, kind: str) -> None:
    thread, body = start(cast), DEEP[kind]
    begun = time.process_time()
    try:
        post = threads.reply(by=cast.anna, thread=thread, body=body)
    except Invalid:
        assert time.process_time() - begun < WITHIN
        return
    editing.edit_post(by=cast.anna, post=post, body=f"Before.\n\n{body[: len(body) // 2]}", version=1)
    read(post.html)
    client = signed_in(cast.luc)
    for address in (thread.get_absolute_url(), at(post, "history/")):
        page = client.get(address)
        assert page.status_code == 200
        assert faults(page.content.decode()) == []
    assert client.get(f"/discussions/{thread.uid}/reply/?parent={post.uid}&quote=1").status_code == 200
    assert time.process_time() - begun < WITHIN * 2


@pytest.mark.django_db
def test_five_hundred_answers_below_one_another_stay_in_line(cast: Cast) -> None:
    thread = start(cast)
    parent = threads.reply(by=cast.anna, thread=thread, body="0")
    for n in range(1, 500):
        parent = threads.reply(by=(cast.anna, cast.luc)[n % 2], thread=thread, body=f"{n}", parent=parent)
    deepest = Post.objects.order_by("-depth").values_list("depth", flat=True)[0]
    assert deepest <= DEEPEST + 1
    client = signed_in(cast.vera)
    for n in (1, 10):
        page = client.get(f"{thread.get_absolute_url()}?page={n}")
        assert page.status_code == 200
        tree = lxml.html.document_fromstring(page.content.decode())
        # As many levels as a page indents, the opening post's own not counted.
        assert max(int(one.xpath("count(ancestor::ol)")) for one in tree.iter("article")) <= 4
    assert client.get(f"/discussions/{thread.uid}/posts/{parent.uid}/").status_code == 302


# --- an impatient finger --------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_form_sent_again_and_again_makes_one_post(cast: Cast) -> None:
    thread, once = start(cast), str(uuid.uuid4())
    client = signed_in(cast.anna)
    given = {"body": "Sent by an impatient finger.", "once": once}
    places = {client.post(f"/discussions/{thread.uid}/reply/", given).url for _ in range(4)}
    assert len(places) == 1
    assert thread.posts.count() == 2
    # Also where it was looked at in between.
    client.post(f"/discussions/{thread.uid}/reply/", given | {"preview": "1"})
    client.post(f"/discussions/{thread.uid}/reply/", given | {"sure": "1"})
    assert thread.posts.count() == 2
    assert posts.LONGEST_BODY == 50_000
