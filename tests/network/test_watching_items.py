"""Who watches a document, a sheet, a workshop or its room hears of what is new in it, once and through the gate."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.actions.documents import share_document
from exchange.actions.practices import SheetText, revise_sheet
from exchange.actions.versions import add_version
from exchange.models import Document
from forums.actions import threads
from network import clock
from network.actions import items
from network.actions.following import follow_item, follow_room
from network.actions.watching import tell_watchers
from network.labels import Label
from network.models import Follow, Item, Notification, Room, State, User
from tests.cast import Cast
from tests.drawing import examples
from tests.factories import ItemFactory, long_ago
from tests.forums.test_discussing import sentences, start
from tests.forums.test_properties import undone
from tests.stage import set_stage
from tests.working import work_off
from workshops.actions.meetings import announce, cancel, change, register

pytestmark = pytest.mark.django_db
NEW = ("watched_item", "watched_change")


def told(person: User) -> list[str]:
    rows = Notification.objects.filter(user=person, kind__in=NEW).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def share(by: User, room: Room, title: str = "Guide", **words: Any) -> Document:
    return share_document(by=by, room=room, title=title, file=SimpleUploadedFile("a.txt", title.encode()), **words)


def add(document: Document, by: User, words: bytes) -> None:
    add_version(by=by, document=document, file=SimpleUploadedFile("b.txt", words))


def test_who_watches_a_room_hears_of_what_is_shared_in_it(cast: Cast) -> None:
    follow_room(by=cast.anna, room=cast.families, choice="watch")
    share(cast.luc, cast.families)
    assert told(cast.anna) == []
    work_off()
    work_off()
    assert told(cast.anna) == ["watched_item"]
    assert sentences(cast.anna) == ["Luc Delvaux shared “Guide”"]
    assert (told(cast.luc), told(cast.carlo)) == ([], [])


def test_many_files_of_one_person_are_one_piece_of_news(cast: Cast) -> None:
    follow_room(by=cast.anna, room=cast.families, choice="watch")
    for n in range(4):
        share(cast.luc, cast.families, f"Paper {n}")
    share(cast.carlo, cast.families, "Another")
    work_off()
    assert told(cast.anna) == ["watched_item", "watched_item"]
    assert len(sentences(cast.anna)) == 2


def test_who_watches_a_document_hears_of_versions_and_comments(cast: Cast) -> None:
    document = share(cast.luc, cast.families)
    for person in (cast.carlo, cast.luc):
        follow_item(by=person, item=document, choice="watch")
    add(document, cast.luc, b"Two")
    threads.comment_on(by=cast.anna, item=document, room=cast.families, body="Thank you.")
    work_off()
    assert told(cast.carlo) == ["watched_change"]
    assert "Anna Lindqvist wrote in “Guide”" in sentences(cast.carlo)
    # What one did oneself is no news.
    assert told(cast.luc) == []


def test_who_is_told_as_author_is_not_told_twice_and_who_muted_it_not_at_all(cast: Cast) -> None:
    document = share(cast.luc, cast.families, open_to_versions=True)
    follow_item(by=cast.luc, item=document, choice="watch")
    add(document, cast.anna, b"Two")
    work_off()
    assert Notification.objects.filter(user=cast.luc).count() == 1
    follow_item(by=cast.luc, item=document, choice="mute")
    add(document, cast.anna, b"Three")
    work_off()
    assert Notification.objects.filter(user=cast.luc).count() == 1


def test_a_sheet_that_is_revised_is_told_to_who_watches_it(cast: Cast) -> None:
    stage = set_stage(cast)
    follow_item(by=cast.anna, item=stage.practice, choice="watch")
    sheet = stage.practice
    text = SheetText(**{name: getattr(sheet, name) for name in SheetText.__dataclass_fields__})
    given = {"prevention_levels": ["primary"], "target_groups": ["parents"], "themes": list(sheet.themes.all())}
    revise_sheet(by=cast.luc, sheet=sheet, title="Seven evenings", text=text, language="en", **given)
    work_off()
    assert told(cast.anna) == ["watched_change"]


def test_another_time_of_a_workshop_is_told_to_who_watches_it_and_once_to_who_has_a_seat(cast: Cast) -> None:
    begins = clock.now() + timedelta(days=9)
    words: dict[str, Any] = {"title": "Evening", "starts_at": begins, "ends_at": begins + timedelta(hours=2)}
    workshop = announce(by=cast.luc, room=cast.families, time_zone="Europe/Brussels", **words)
    register(by=cast.anna, workshop=workshop)
    for person in (cast.anna, cast.carlo):
        follow_item(by=person, item=workshop, choice="watch")
    follow_item(by=cast.mona, item=workshop, choice="mute")
    change(by=cast.luc, workshop=workshop, description="What to bring.")
    work_off()
    assert told(cast.carlo) == []
    change(by=cast.luc, workshop=workshop, ends_at=begins + timedelta(hours=3))
    work_off()
    assert (told(cast.carlo), told(cast.anna), told(cast.mona)) == (["watched_change"], [], [])
    cancel(by=cast.luc, workshop=workshop)
    work_off()
    assert told(cast.carlo) == ["watched_change"] * 2
    kinds = Notification.objects.filter(user=cast.anna, item=workshop).values_list("kind", flat=True)
    assert sorted(kinds) == ["workshop_cancelled", "workshop_changed"]


def test_what_is_held_is_told_when_it_can_be_read(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    follow_room(by=cast.anna, room=cast.families, choice="watch")
    document = share(cast.carlo, Room.objects.get(pk=cast.families.pk))
    work_off()
    assert told(cast.anna) == []
    items.approve(by=cast.mona, item=document)
    work_off()
    assert told(cast.anna) == ["watched_item"]


def test_a_discussion_tells_by_its_posts_and_a_file_by_the_post_that_it_came_with(cast: Cast) -> None:
    follow_room(by=cast.anna, room=cast.families, choice="watch")
    start(cast, files=[SimpleUploadedFile("plan.txt", b"Plan")])
    work_off()
    assert list(Notification.objects.filter(user=cast.anna).values_list("kind", flat=True)) == ["watched"]


def test_one_chooses_on_the_page_of_each(cast: Cast) -> None:
    stage = set_stage(cast)
    client = Client()
    client.force_login(cast.carlo)
    for thing in (stage.document, stage.practice, stage.workshop):
        page = client.get(thing.get_absolute_url()).content.decode()
        assert 'value="normal" checked' in page
        answer = client.post(f"/items/{thing.uid}/following/", {"choice": "watch"})
        assert answer["Location"] == thing.get_absolute_url()
        assert 'value="watch" checked' in client.get(thing.get_absolute_url()).content.decode()


PEOPLE = ("anna", "carlo", "mona", "vera", "olga", "eva")
CHOICES = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(Follow.Choice.values))


@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    label=st.sampled_from(Label),
    state=st.sampled_from(State),
    named=st.sets(st.sampled_from(PEOPLE)),
    room=CHOICES,
    own=CHOICES,
    kind=st.sampled_from(NEW),
)
def test_told_is_who_watches_by_the_nearer_choice_and_may_see_it_and_who_muted_hears_nothing(
    cast: Cast, label: Label, state: str, named: set[str], room: dict[str, str], own: dict[str, str], kind: str
) -> None:
    with undone():
        item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
        Item.objects.filter(pk=item.pk).update(tlp=label, state=state)
        item.named_people.set([getattr(cast, name) for name in named])
        item.named_partners.set([cast.malmo])
        rows = [
            Follow(user=getattr(cast, name), room=cast.families, choice=one, at=long_ago())
            for name, one in room.items()
        ]
        rows += [Follow(user=getattr(cast, name), item=item, choice=one, at=long_ago()) for name, one in own.items()]
        Follow.objects.bulk_create(rows)
        for _ in range(2):
            tell_watchers(item.pk, cast.luc.pk, kind, item.active_at)
        for name in PEOPLE:
            person = getattr(cast, name)
            wants = own.get(name, room.get(name)) == "watch"
            sees = Item.objects.visible_to(person, assured=True).filter(pk=item.pk).exists()
            assert told(person) == ([kind] if wants and sees and state == State.PUBLISHED else []), name
