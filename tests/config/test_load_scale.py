"""`manage.py load_scale`: plausible, as much as asked for, once, and nothing of it in production."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Sum
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from config.scale.numbers import spread
from exchange import storage
from exchange.models import Blob, Document, PracticeSheet, Version
from forums.models import Ballot, Case, Decision, Reaction
from forums.models.reactions import COUNTED
from forums.models.threads import Post, Thread
from network import search
from network.models import Bookmark, Item, Membership, Partner, Room, State, User
from network.models.following import Follow
from network.models.records import SearchEntry
from network.permissions import Level, level_in
from workshops.models import Workshop

NUMBERS = {"partners": 12, "rooms": 20, "items": 400, "posts": 1200, "people": 60, "seed": 7}


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A little of everything, loaded once for all tests here and gone after them; what the command said."""
    said = StringIO()
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            call_command("load_scale", stdout=said, **NUMBERS)
            yield said.getvalue()
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


@pytest.fixture
def loaded(_loaded: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield _loaded
        transaction.set_rollback(True)


def malmo() -> User:
    return User.objects.get(email="malmo@demo.example")


def signed_in() -> Client:
    client = Client()
    client.force_login(malmo())
    return client


def test_there_is_as_much_as_was_asked_for(loaded: str) -> None:
    assert Partner.objects.filter(slug__startswith="scale-7-").count() == 12
    assert User.objects.filter(email__startswith="scale-7-").count() == 60
    assert Room.objects.filter(name__regex=r"\(\d+\)$").count() == 20
    rooms = Room.objects.filter(name__regex=r"\(\d+\)$").values("pk")
    assert Item.objects.filter(room__in=rooms).count() == 400
    assert Post.objects.filter(thread__room__in=rooms).count() == 1200
    for model, share in ((Document, 0.6), (PracticeSheet, 0.05), (Workshop, 0.05), (Thread, 0.3)):
        assert model._default_manager.filter(room__in=rooms).count() == 400 * share
    assert re.search(r"^[\d,]+ rows are loaded \([\d.]+ s, [\d,]+ a second\)\.$", loaded.strip())


def test_the_two_discussions_of_bench_are_on_the_first_page_linked_without_a_query(loaded: str) -> None:
    bench = Room.objects.get(slug="bench")
    assert level_in(malmo(), bench) == Level.CONTRIBUTE
    page = signed_in().get("/rooms/bench/discussions/").content.decode()
    for title, size in (("Hot 50", 50), ("Hot 1000", 1000)):
        thread = Thread.objects.get(title=title)
        assert thread.posts.visible_to(malmo()).count() == thread.posts.count() == size  # type: ignore[attr-defined]
        assert (thread.reply_count, thread.placed_count) == (size - 1, size)
        assert re.search(rf'href="/discussions/{thread.uid}/"[^>]*>{title}<', page)
        assert signed_in().get(thread.get_absolute_url()).status_code == 200


def test_a_second_time_changes_nothing_and_other_numbers_are_refused(loaded: str) -> None:
    before = (Item.objects.count(), Post.objects.count(), User.objects.count(), Blob.objects.count())
    said = StringIO()
    call_command("load_scale", stdout=said, **NUMBERS)
    assert "loaded already" in said.getvalue()
    with pytest.raises(CommandError, match="Other bulk data are here"):
        call_command("load_scale", **NUMBERS | {"items": 500})
    assert (Item.objects.count(), Post.objects.count(), User.objects.count(), Blob.objects.count()) == before


def test_sizes_are_uneven(loaded: str) -> None:
    members = Membership.objects.filter(partner__slug__startswith="scale-7-").values("partner").annotate(n=Count("pk"))
    sizes = sorted(members.values_list("n", flat=True))
    assert sizes[-1] > 3 * sizes[0]
    rooms = Item.objects.filter(room__name__regex=r"\(\d+\)$").values("room").annotate(n=Count("pk"))
    assert max(row["n"] for row in rooms) > 10 * min(row["n"] for row in rooms)


def test_every_document_has_its_versions_and_its_file(loaded: str) -> None:
    documents = Document.objects.all()
    assert not documents.filter(newest=None).exists()
    assert not documents.exclude(newest__document=F("pk")).exists()
    assert not Version.objects.exclude(size=F("blob__size"), sha256=F("blob__sha256")).exists()
    newer = Version.objects.filter(number__gt=F("document__newest__number"))
    assert not newer.exists()
    assert Version.objects.filter(number__gt=1).exists()
    for blob in Blob.objects.filter(versions__document__room__name__regex=r"\(\d+\)$").distinct():
        with storage.read(blob.path) as file:
            assert storage.digest(file) == blob.sha256


def test_discussions_keep_the_numbers_that_the_actions_keep(loaded: str) -> None:
    for thread in Thread.objects.filter(room__name__regex=r"\(\d+\)$"):
        posts = list(thread.posts.all())
        states = [post.state for post in posts]
        assert thread.held_count == states.count(State.HELD)
        assert thread.placed_count == len(posts) - thread.held_count
        assert thread.reply_count == states.count(State.PUBLISHED) - 1
        opening = [post for post in posts if post.parent_id is None]
        assert [(post.author_id, post.path, post.depth) for post in opening] == [(thread.author_id, "0000", 0)]
        paths = {post.pk: post.path for post in posts}
        for post in posts:
            assert post.parent_id is None or post.path[:-4] == paths[post.parent_id]
            assert post.below == sum(other.parent_id == post.pk for other in posts)


def test_opinions_and_decisions_keep_what_the_actions_keep(loaded: str) -> None:
    rooms = Room.objects.filter(name__regex=r"\(\d+\)$").values("pk")
    for kind, name in COUNTED.items():
        counted = Post.objects.filter(thread__room__in=rooms).aggregate(all=Sum(name))["all"]
        assert counted == Reaction.objects.filter(post__thread__room__in=rooms, kind=kind).count() > 0
    assert not Reaction.objects.filter(post__thread__room__in=rooms, user=F("post__author")).exists()
    questions = Thread.objects.filter(room__in=rooms, purpose="question")
    assert questions.filter(answered=True).exists()
    assert questions.filter(answered=False).exists()
    assert not questions.filter(answered=True).exclude(answer__thread=F("pk"), answer__state="published").exists()
    assert Ballot.objects.filter(poll__post__thread__room__in=rooms).exists()
    assert Follow.objects.filter(item__room__in=rooms).exists()
    assert Bookmark.objects.filter(item__room__in=rooms).exists()
    cases = Case.objects.filter(item__room__in=rooms)
    assert cases.exists()
    taken = Post.objects.filter(thread__room__in=rooms, state="removed", parent__isnull=False)
    decided = Decision.objects.filter(case__in=cases, action="removed").values("case__part_id")
    assert not taken.exclude(pk__in=decided).exists()


def test_whoever_wrote_something_contributes_there_for_that_partner(loaded: str) -> None:
    for item in Item.objects.filter(room__name__regex=r"\(\d+\)$").select_related("room", "author")[:100]:
        level = level_in(item.author, item.room)
        assert level is not None
        assert level >= Level.CONTRIBUTE
        assert item.author.memberships.filter(partner=item.partner).exists()


def test_what_may_be_read_is_found_and_what_may_not_is_not_in_the_index(loaded: str) -> None:
    shown = Item.objects.filter(state__in=(State.PUBLISHED, State.ARCHIVED), room__name__regex=r"\(\d+\)$")
    assert SearchEntry.objects.filter(item__in=shown.values("pk"), part_kind="").count() == shown.count()
    hidden = Item.objects.filter(state__in=(State.HELD, State.REMOVED), room__name__regex=r"\(\d+\)$")
    assert not SearchEntry.objects.filter(item__in=hidden.values("pk")).exists()
    assert search.find(malmo(), "Hot 1000").first().item.title == "Hot 1000"  # type: ignore[union-attr]


def test_the_pages_of_the_largest_room_open(loaded: str) -> None:
    client = signed_in()
    slug = "scale-7-1"
    for path in ("", "documents/", "discussions/", "workshops/", "practices/", "members/", "chat/"):
        assert client.get(f"/rooms/{slug}/{path}").status_code == 200, path
    thread = Thread.objects.filter(room__slug=slug).seen_inside_by(malmo()).first()
    assert thread is not None
    assert client.get(thread.get_absolute_url()).status_code == 200


@pytest.mark.django_db
def test_production_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PRODUCTION", True)
    with pytest.raises(CommandError, match="production"):
        call_command("load_scale", **NUMBERS)
    assert not User.objects.exists()


@pytest.mark.once
@pytest.mark.django_db
def test_a_failure_leaves_neither_rows_nor_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("enough")

    monkeypatch.setattr("config.scale.loading.load_demo", lambda: call_command("demo", verbosity=0))
    monkeypatch.setattr("config.scale.loading.hold_hot", fail)
    call_command("demo", verbosity=0)
    folder = Path(settings.LIAISE_DATA_DIR) / "files"
    before = {path for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(RuntimeError, match="enough"):
        call_command("load_scale", **NUMBERS)
    assert {path for path in folder.rglob("*") if path.is_file()} == before
    assert not Room.objects.filter(slug="bench").exists()


@given(st.integers(0, 5000), st.integers(1, 60), st.integers(0, 3), st.floats(0.1, 1.5))
def test_what_is_spread_is_all_there_and_the_first_has_most(total: int, parts: int, least: int, uneven: float) -> None:
    shares = spread(total, parts, least=least, exponent=uneven)
    assert sum(shares) == max(total, least * parts)
    assert min(shares) >= least
    assert shares == sorted(shares, reverse=True)
