"""The demo network as it stands after loading: complete, as the contract says, with the rights that it says."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker, Settings

from accounts.actions.absence import ask_the_absent
from config.demo.founders import PASSWORD
from config.demo.loading import NEW_FOR
from config.management.commands.serve import ACCOUNTS
from exchange import storage
from exchange.folders import tree_of
from exchange.models import Binned, DocKind, Document, PracticeSheet, ReadRequest
from exchange.models.documents import LIBRARY_KINDS
from forums.models.chat import ChatMessage
from forums.models.threads import Post, Thread
from network import clock, search
from network.labels import Label
from network.models.item_requests import ItemRequest
from network.models.items import Item, State
from network.models.people import Membership, Partner, User
from network.models.records import AuditEntry, Mail, Notification, RoomEvent
from network.models.rooms import Phase, Programme, Room
from network.notifications import visible_notices
from network.permissions import level_in, present_people
from workshops.models import Workshop

FOUR = [email for email, _ in ACCOUNTS]


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo network, loaded once for all tests here and gone after them; where a second factor is required, too."""
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            with override_settings(LIAISE_REQUIRE_MFA=True):
                call_command("demo", verbosity=0)
            yield
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _demo(_loaded: None) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@demo.example")


# --- what there is --------------------------------------------------------------------------------


def test_the_34_organisations_and_both_phases_are_there() -> None:
    standing = Partner.objects.standing().exclude(role=Partner.Role.LEAD)
    assert standing.count() == 34
    assert set(Partner.objects.filter(status=Partner.Status.LEFT).values_list("slug", flat=True)) == {
        "isd",
        "vilvoorde",
    }
    assert [phase.name for phase in Phase.objects.all()] == ["LIAISE 1", "LIAISE 2"]
    assert "invented" in Programme.objects.get().disclaimer
    assert not Membership.objects.effective().filter(partner__status=Partner.Status.LEFT).exists()


def test_there_are_rooms_of_every_kind_and_items_of_every_label() -> None:
    assert Room.objects.count() >= 12
    assert set(Room.objects.values_list("kind", flat=True)) == set(Room.Kind.values)
    assert Item.objects.count() >= 60
    assert set(Item.objects.values_list("tlp", flat=True)) == set(Label.values)
    assert PracticeSheet.objects.count() >= 16
    assert Document.objects.filter(doc_kind__in=LIBRARY_KINDS).count() >= 10


def test_discussions_are_many_voiced_nested_and_in_five_languages() -> None:
    assert Thread.objects.filter(parent=None).count() >= 12
    assert Post.objects.filter(state=State.PUBLISHED).count() >= 80
    spoken = Counter(Post.objects.values_list("language", flat=True))
    assert set(spoken) == {"en", "fr", "de", "es", "it"}
    assert min(spoken.values()) >= 3
    assert max(Post.objects.values_list("depth", flat=True)) >= 4
    assert Thread.objects.exclude(locked_at=None).count() == 1
    assert {thread.parent.kind for thread in Thread.objects.exclude(parent=None)} == {
        "document",
        "practice",
        "workshop",
    }


def test_moderators_have_something_to_decide_and_have_decided() -> None:
    assert Post.objects.filter(state=State.HELD).count() == 3
    assert Post.objects.filter(state=State.REMOVED).exclude(reason="").count() == 1
    assert [document.room.slug for document in Document.objects.filter(state=State.HELD)] == ["returnees"]
    assert Post.objects.filter(state=State.PUBLISHED, thread__room__slug="returnees").exists()


def test_one_coming_workshop_is_full_and_has_a_waiting_list_in_the_order_of_coming() -> None:
    coming = Workshop.objects.filter(starts_at__gt=clock.now())
    assert coming.count() >= 8
    full = [one for one in coming if one.registrations.waiting().exists()]
    assert [one.title for one in full] == ["Field visit: the family centre and the port district"]
    assert full[0].registrations.registered().count() == full[0].capacity
    waiting = [registration.user.email for registration in full[0].registrations.waiting()]
    assert waiting == ["malmo@demo.example", "jordi.puig@demo.example", "ines.carvalho@demo.example"]


def test_chats_are_numbered_without_gaps() -> None:
    assert ChatMessage.objects.filter(room__slug="families").count() >= 40
    for room in Room.objects.exclude(last_seq=0):
        numbers = RoomEvent.objects.filter(room=room).order_by("seq").values_list("seq", flat=True)
        assert list(numbers) == list(range(1, room.last_seq + 1))


def test_history_lies_in_the_past_and_the_trail_runs_forward() -> None:
    now = clock.now()
    assert not Item.objects.filter(created_at__gt=now).exists()
    for model in (Post, ChatMessage, AuditEntry, Notification):
        assert not model._default_manager.filter(at__gt=now).exists()
    moments = list(AuditEntry.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)


def test_every_document_is_a_file_of_its_kind_and_the_held_one_too() -> None:
    kinds = Counter()
    for document in Document.objects.select_related("newest"):
        assert document.newest is not None
        with storage.read(document.newest.blob.path) as file:
            content = file.read()
        extension = document.newest.name.rpartition(".")[2]
        kinds[extension] += 1
        assert len(content) == document.newest.size
        if extension == "pdf":
            assert content.startswith(b"%PDF-")
            assert content.rstrip().endswith(b"%%EOF")
        if extension == "docx":
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                for part in package.namelist():
                    ElementTree.fromstring(package.read(part))  # noqa: S314
    assert set(kinds) == {"pdf", "docx", "md", "txt"}
    assert Document.objects.filter(doc_kind=DocKind.PUBLICATION).exclude(description="").exists()


def test_documents_have_folders_versions_readers_and_questions_that_wait() -> None:
    families = Room.objects.get(slug="families")
    tree = tree_of(families)
    assert max(len(tree.path(folder)) for folder in tree.in_order()) == 2
    script = Document.objects.get(title="Script for the first call")
    assert [(one.number, bool(one.note)) for one in script.versions.all()] == [(3, True), (2, True), (1, False)]
    assert script.worker == person("katrin.hofstetter")
    reading = ReadRequest.objects.get(document__title="Guide for home visits, version 3")
    assert reading.is_open
    assert reading.confirmations.count() == 3
    assert [one.document.author for one in Binned.objects.all()] == [person("malmo")]
    waiting = {(one.kind, one.item.author.email, one.user.email) for one in ItemRequest.objects.open()}
    assert waiting == {
        ("wider", "liege@demo.example", "expert@demo.example"),
        ("release", "malmo@demo.example", "malmo@demo.example"),
    }
    in_families = set(Document.objects.filter(room=families).values_list("tlp", flat=True))
    assert in_families == set(Label.values)
    assert Document.objects.filter(newest__name__endswith=".pdf", tlp=Label.AMBER).exists()


# --- who may what ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "levels"),
    [
        ("commons", ["manage", "contribute", "contribute", None]),
        ("families", ["manage", "contribute", "contribute", None]),
        ("schools", ["manage", "contribute", None, "contribute"]),
    ],
)
def test_the_four_accounts_have_the_levels_of_the_contract(slug: str, levels: list[str | None]) -> None:
    room = Room.objects.get(slug=slug)
    found = [level_in(User.objects.get(email=email), room) for email in FOUR]
    assert [level.name.lower() if level else None for level in found] == levels


@pytest.mark.parametrize("email", FOUR)
def test_each_account_signs_in_through_the_page_and_finds_something_new(email: str, client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    home = client.get("/")
    assert home.status_code == 200
    assert "row" in home.content.decode()
    notices = client.get("/notifications/")
    assert notices.status_code == 200


def test_the_coordinator_hosts_the_demo_network_and_nobody_else(client: Client) -> None:
    answers = []
    for email in FOUR:
        client.force_login(User.objects.get(email=email))
        answers.append(client.get("/host/work/").status_code)
    assert answers == [200, 403, 403, 403]


def test_malmo_sees_nothing_of_schools(client: Client) -> None:
    anna, schools = person("malmo"), Room.objects.get(slug="schools")
    assert not Room.objects.visible_to(anna).filter(pk=schools.pk).exists()
    inside = Item.objects.filter(room=schools)
    assert inside.count() >= 6
    seen = Item.objects.visible_to(anna).filter(room=schools)
    assert not seen.exclude(release__isnull=False).exists()
    assert not Post.objects.visible_to(anna).filter(thread__room=schools).exists()
    assert not ChatMessage.objects.visible_to(anna).filter(room=schools).exists()
    assert search.find(person("liege"), "neutralité").exists()
    assert not search.find(anna, "neutralité").exists()
    client.force_login(anna)
    for below in ("documents", "discussions", "workshops", "practices", "chat", "members"):
        assert client.get(f"/rooms/schools/{below}/").status_code == 404


def test_the_expert_is_in_schools_alone(client: Client) -> None:
    expert = person("expert")
    assert [room.slug for room in Room.objects.visible_to(expert)] == ["schools"]
    places = Item.objects.visible_to(expert).exclude(release__isnull=False).values_list("room__slug", flat=True)
    assert set(places) == {"schools"}
    client.force_login(expert)
    assert client.get("/rooms/schools/").status_code == 200
    for other in ("commons", "families", "evaluation"):
        assert client.get(f"/rooms/{other}/").status_code == 404


# --- what is left of the telling ------------------------------------------------------------------


def test_no_letter_of_history_is_sent_and_old_notices_are_read() -> None:
    assert not Mail.objects.exists()
    assert not Notification.objects.filter(read_at=None, at__lt=clock.now() - NEW_FOR - timedelta(minutes=5)).exists()


@pytest.mark.parametrize("email", FOUR)
def test_each_account_has_a_few_new_notices(email: str) -> None:
    unread = visible_notices(User.objects.get(email=email)).filter(read_at=None).count()
    assert 1 <= unread <= 12


def test_a_second_time_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def sizes() -> list[int]:
        return [model._default_manager.count() for model in (Item, Post, ChatMessage, User, AuditEntry, Notification)]

    before = sizes()
    call_command("demo")
    assert "loaded already" in capsys.readouterr().out
    assert sizes() == before


def test_production_refuses_even_where_it_is_loaded(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("demo")


def test_everybody_of_the_demo_has_come_lately_so_that_nobody_is_asked_whether_they_still_do() -> None:
    ask_the_absent()
    assert not present_people().filter(asked_at__isnull=False).exists()
