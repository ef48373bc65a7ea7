"""What is about to be sent, as it will stand and to whom; quotations; and that nothing typed is lost on the way."""

from __future__ import annotations

import uuid
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.actions import moderation, threads, withdrawing
from forums.models import Post
from network import rendering
from network.labels import Label
from network.models import Room
from tests.cast import Cast
from tests.exchange.making import share
from tests.forums.test_discussing import start
from tests.forums.test_editing import at, body, said, signed_in
from tests.forums.test_mentioning import at as mention

pytestmark = pytest.mark.django_db


def preview(person: Any, address: str, **given: Any) -> str:
    before = Post.objects.count()
    page = signed_in(person).post(address, {"body": "Who *rings*?", "title": "A question"} | given | {"preview": "1"})
    assert page.status_code == 200
    assert Post.objects.count() == before
    return page.content.decode()


def test_a_reply_is_shown_as_it_will_stand_with_who_reads_it_and_who_is_told(cast: Cast) -> None:
    thread = start(cast, tlp=Label.GREEN)
    words = f"Who *rings*? {mention(cast.carlo)}"
    once = str(uuid.uuid4())
    page = preview(cast.anna, f"/discussions/{thread.uid}/reply/", body=words, once=once)
    assert "Not sent yet: this is how it will stand" in page
    assert rendering.to_html(words).strip() in page
    assert "TLP:GREEN" in page
    assert "people of" in page
    assert "Mentioned, and told of it: Carlo Brandl" in page
    assert f">\n{words}</textarea>" in unescape(page)
    assert once in page
    assert "data-refused" in page


@pytest.mark.parametrize("where", ["new", "announce", "comment", "edit"])
def test_there_is_a_preview_wherever_one_writes(cast: Cast, where: str) -> None:
    opening = start(cast, by=cast.mona).posts.get()
    address = {
        "new": "/rooms/families/discussions/new/",
        "announce": "/rooms/families/announcements/new/",
        "comment": f"/rooms/families/comments/{share(cast).uid}/",
        "edit": at(opening, "edit/"),
    }[where]
    page = preview(cast.mona, address, version="1")
    assert "Who <em>rings</em>?" in page
    assert "will see this" in page
    assert 'name="preview"' in page
    assert "Who *rings*?</textarea>" in page
    assert ("Everybody who may read it is told." in page) == (where == "announce")


def test_it_says_whether_a_moderator_looks_at_it_first(cast: Cast) -> None:
    thread = start(cast)
    assert "looks at it first" not in preview(cast.anna, f"/discussions/{thread.uid}/reply/")
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    for address in (f"/discussions/{thread.uid}/reply/", "/rooms/families/discussions/new/"):
        assert "looks at it first" in preview(cast.anna, address)
        assert "looks at it first" not in preview(cast.mona, address)


def test_a_preview_of_a_strict_label_counts_those_whom_it_admits(cast: Cast) -> None:
    given = {"tlp": "RED", "named_people": str(cast.anna.uid)}
    page = preview(cast.luc, "/rooms/families/discussions/new/", body=f"{mention(cast.carlo)}?", **given)
    assert "TLP:RED" in page
    assert "cannot read this and will not be told" in page
    assert "2 people" in page


def test_under_the_rule_a_preview_names_nobody(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    threads.reply(by=cast.anna, thread=thread, body="We did not ask.")
    page = preview(cast.carlo, f"/discussions/{thread.uid}/reply/", body="@Participant 2, since when?")
    assert "Mentioned, and told of it: Participant 2" in page
    assert "shown to nobody" in page
    assert "Anna" not in page
    assert "Augsburg" not in page.partition("<main")[2].partition("</main>")[0]


def test_what_cannot_be_sent_is_refused_and_not_shown(cast: Cast) -> None:
    thread = start(cast)
    page = signed_in(cast.anna).post(f"/discussions/{thread.uid}/reply/", {"body": " ", "preview": "1"})
    assert page.status_code == 422
    assert "Not sent yet" not in page.content.decode()
    assert signed_in(cast.vera).post("/rooms/families/discussions/new/", {"preview": "1"}).status_code == 403
    given = {"body": "x", "preview": "1"}
    assert signed_in(cast.olga).post(f"/discussions/{thread.uid}/reply/", given).status_code == 404


def test_a_preview_costs_the_same_for_many_mentions(cast: Cast) -> None:
    thread = start(cast)
    client, address = signed_in(cast.anna), f"/discussions/{thread.uid}/reply/"

    def asked(*people: Any) -> int:
        words = {"body": " ".join(mention(one) for one in people), "preview": "1"}
        client.post(address, words)
        with CaptureQueriesContext(connection) as queries:
            client.post(address, words)
        return len(queries)

    assert asked(cast.carlo, cast.mona, cast.maud, cast.olga, cast.luc) == asked(cast.carlo)


# --- quoting --------------------------------------------------------------------------------------


def quoted(person: Any, post: Post) -> str:
    page = body(person, f"/discussions/{post.thread.uid}/reply/?parent={post.uid}&quote=1")
    return unescape(page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]).strip()


def test_a_post_is_quoted_with_who_wrote_it_and_where_it_stands(cast: Cast) -> None:
    _thread, post = said(cast, body="A *nurse* rings.\n\nSince May.")
    assert "Quote it in your reply" in body(cast.luc, f"/discussions/{post.thread.uid}/reply/?parent={post.uid}")
    words = quoted(cast.luc, post)
    assert words == f"> **Anna Lindqvist** [wrote]({at(post)}):\n>\n> A *nurse* rings.\n>\n> Since May."
    html = rendering.to_html(f"{words}\n\nThank you.")
    assert html.count("<blockquote>") == 1
    assert "<em>nurse</em>" in html
    assert html.strip().endswith("<p>Thank you.</p>")


def test_nothing_is_quoted_that_one_does_not_read(cast: Cast) -> None:
    thread, post = said(cast)
    moderation.remove_post(by=cast.mona, post=post, reason="It names a school.")
    assert quoted(cast.luc, post) == ""
    assert quoted(cast.mona, post) == ""
    second = threads.reply(by=cast.anna, thread=thread, body="Held.")
    moderation.hold_post(by=cast.mona, post=second)
    assert quoted(cast.luc, second) == ""
    third = threads.reply(by=cast.anna, thread=thread, body="Withdrawn.")
    withdrawing.withdraw_post(by=cast.anna, post=third)
    assert quoted(cast.mona, third) == ""
    secret = start(cast, by=cast.anna, tlp=Label.RED, title="Elsewhere", body="Elsewhere.").posts.get()
    address = f"/discussions/{thread.uid}/reply/?parent={secret.uid}&quote=1"
    assert "Elsewhere" not in body(cast.luc, address)
    for key in ("x", "post-", str(uuid.uuid4())):
        assert signed_in(cast.luc).get(f"/discussions/{thread.uid}/reply/?parent={key}&quote=1").status_code == 200


def test_under_the_rule_a_quotation_bears_a_number_also_of_ones_own(cast: Cast) -> None:
    thread = start(cast, chatham=True)
    post = threads.reply(by=cast.anna, thread=thread, body="We did not ask.")
    for person in (cast.luc, cast.anna, cast.mona):
        assert quoted(person, post).startswith("> **Participant 2** [wrote]")
    assert 'data-by="Participant 2"' in body(cast.anna, thread.get_absolute_url())
