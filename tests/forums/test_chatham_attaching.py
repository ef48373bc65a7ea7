"""Attaching under the Chatham House Rule: no page, letter or copy of a document tells who attached it."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from accounts import archive
from forums.actions import threads
from forums.models import Post
from network.labels import Label
from network.models import AuditEntry, Item, Opening, Room
from network.refusals import Invalid
from tests.cast import Cast
from tests.forums.test_attachments import hanging, shared, signed_in
from tests.forums.test_chatham import DOORS, Stage, told_apart
from tests.forums.test_discussing import start
from tests.two_worlds import Event, told

# Keys are drawn again where a transaction is taken back, which sequences of PostgreSQL are not.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

STORY: list[Event] = [
    ("follow", 0, 0),
    *[("attach", seat, 0) for seat in (1, 2, 1)],
    ("quote", 2, 1),
    ("edit", 0, 1),
    ("withdraw", 0, 2),
    ("put_back", 0, 2),
    ("attach", 3, 1),
    ("remove", 0, 4),
    ("report", 2, 1),
    ("split", 0, 3),
]
# What is about the document, and where else it or what was said with it may be told of.
ELSEWHERE = (
    *("network:trail", "network:notifications", "network:bookmarks", "network:room", "home", "search"),
    *("forums:discussion", "forums:discussions", "forums:post", "forums:post-history", "accounts:person"),
)


def test_no_page_of_a_document_tells_who_attached_it(cast: Cast) -> None:
    """Two worlds, with whoever attached it changed places; letters, bells and exports are compared as well."""
    about = [door for door in DOORS if door[0].startswith("exchange:document") or door[0] in ELSEWHERE]
    near = [door for door in about if not door[0].startswith("network:") or door[0] == "network:trail"]
    # Whose document it is, a coordinator, a representative of one of the two, somebody who reads, a stranger.
    walks = {"maud": about, "clara": near, "berit": near, "vera": about, None: near}
    stage = Stage(cast, Room.Moderation.FREE)
    found = told_apart(stage, (1, 2), STORY, walks)
    assert found == {}, told(found)


def test_attaching_writes_nothing_down_about_the_document(cast: Cast) -> None:
    guide = shared(cast.carlo, cast.families)
    before = Item.objects.filter(pk=guide.pk).values().get()
    entries = set(AuditEntry.objects.values_list("pk", flat=True))
    thread = start(cast, chatham=True)
    threads.reply(by=cast.anna, thread=thread, body="All in there.", attach=[guide.uid])
    assert Item.objects.filter(pk=guide.pk).values().get() == before
    assert not Opening.objects.exists()
    written = AuditEntry.objects.exclude(pk__in=entries)
    assert not written.filter(target=guide.uid).exists()
    assert not written.filter(actor__in=[cast.anna.uid, cast.luc.uid]).exists()


def test_the_export_of_whoever_shared_it_says_nothing_of_the_post_that_carries_it(cast: Cast) -> None:
    guide = shared(cast.carlo, cast.families)
    thread = start(cast, chatham=True)
    post = threads.reply(by=cast.anna, thread=thread, body="All in there.", attach=[guide.uid])
    into = io.BytesIO()
    archive.write(cast.carlo, into)
    with zipfile.ZipFile(into) as files:
        texts = [files.read(name).decode(errors="replace") for name in files.namelist()]
    assert any(str(guide.uid) in text for text in texts)
    for word in (str(post.uid), str(thread.uid), cast.anna.name, str(cast.anna.uid), json.dumps(cast.malmo.short_name)):
        assert not any(word in text for text in texts), word


@pytest.mark.parametrize("label", Label)
@pytest.mark.parametrize("way", ["reply", "start"])
def test_nothing_is_attached_that_few_read_since_one_of_them_attached_it(cast: Cast, label: Label, way: str) -> None:
    words = {"named_partners": [cast.malmo]} if label == Label.AMBER_STRICT else {}
    words |= {"named_people": [cast.anna]} if label == Label.RED else {}
    guide = shared(cast.luc, cast.families, tlp=label, **words)
    thread = start(cast, chatham=True)

    def attach(by: object) -> None:
        if way == "reply":
            threads.reply(by=by, thread=thread, body="Here.", attach=[guide.uid])  # type: ignore[arg-type]
        else:
            start(cast, by=by, chatham=True, attach=[guide.uid])

    if label <= Label.AMBER:
        attach(cast.anna)
        assert hanging(Post.objects.latest("pk"), cast.vera) == ["Guide"]
        return
    with pytest.raises(Invalid, match="few read it") as refused:
        attach(cast.anna)
    assert refused.value.field == "attach"
    # Elsewhere names stand beside it anyway.
    threads.reply(by=cast.anna, thread=start(cast), body="Here.", attach=[guide.uid])


def test_the_form_says_so_and_keeps_what_was_typed(cast: Cast) -> None:
    guide = shared(cast.luc, cast.families, tlp=Label.RED, named_people=[cast.anna])
    thread = start(cast, chatham=True)
    sent = {"body": "Half an hour of typing.", "attach": [str(guide.uid)]}
    page = signed_in(cast.anna).post(f"{thread.get_absolute_url()}reply/", sent)
    assert page.status_code == 422
    assert "few read it" in page.content.decode()
    assert "Half an hour of typing." in page.content.decode()
