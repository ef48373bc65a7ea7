"""What moderators say to everybody who reads a room: who is told, in which words, and for how long it stands there."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.test import Client

from forums.actions.announcements import see
from forums.actions.threads import start_thread
from forums.models import Post, Seen, Thread
from network import clock, mail
from network.actions.rooms import archive_room
from network.labels import Label
from network.models import AuditEntry, User
from network.permissions import audience
from network.refusals import Forbidden
from tests.cast import Cast

WORDS = "It is in Liège, at the library."


def announce(cast: Cast, by: User | None = None, **given: object) -> Thread:
    said = {"title": "The next meeting", "body": WORDS, "tlp": Label.GREEN} | given
    return start_thread(by=by or cast.mona, room=cast.families, purpose="announcement", **said)  # type: ignore[arg-type]


def overview(client: Client, person: User) -> str:
    client.force_login(person)
    page = client.get("/rooms/families/").content.decode()
    return page.split('id="announced"')[1].split("</section>")[0] if 'id="announced"' in page else ""


def test_everybody_who_reads_it_is_told_once_and_its_author_is_not(cast: Cast) -> None:
    once = uuid.uuid4()
    thread = announce(cast, once=once)
    assert announce(cast, once=once) == thread
    told = list(User.objects.filter(notifications__kind="announcement").values_list("name", flat=True).order_by("name"))
    assert told == sorted(person.name for person in audience(thread) if person != cast.mona)
    assert AuditEntry.objects.filter(verb="forums.announced").count() == 1


@pytest.mark.parametrize(
    ("label", "title", "text"), [(Label.GREEN, True, True), (Label.AMBER, True, False), (Label.RED, False, False)]
)
def test_the_letter_says_no_more_than_the_label_lets_it(cast: Cast, label: Label, title: bool, text: bool) -> None:
    announce(cast, tlp=label, named_people=[cast.anna] if label == Label.RED else [])
    mail.send_due()
    letter = next(one for one in django_mail.outbox if one.to == [cast.anna.email])
    said = f"{letter.subject} {letter.body}"
    assert ("The next meeting" in said, WORDS in said) == (title, text)
    assert "/discussions/" in said


def test_it_stands_on_the_rooms_first_page_until_it_was_opened_or_thirty_days(client: Client, cast: Cast) -> None:
    thread = announce(cast)
    assert WORDS in overview(client, cast.anna)
    assert overview(client, cast.mona) == ""
    with clock.at(clock.now() + timedelta(days=30, seconds=1)):
        assert overview(client, cast.anna) == ""
    client.get(thread.get_absolute_url())
    client.get(thread.get_absolute_url())
    assert Seen.objects.filter(user=cast.anna).count() == 1
    assert overview(client, cast.anna) == ""
    assert WORDS in overview(client, cast.vera)


def test_who_may_not_read_it_finds_nothing_of_it_on_the_first_page(client: Client, cast: Cast) -> None:
    announce(cast, tlp=Label.RED, named_people=[cast.anna])
    assert "The next meeting" in overview(client, cast.anna)
    assert overview(client, cast.vera) == ""


@pytest.mark.parametrize("who", ["carlo", "vera"])
def test_only_moderators_announce(client: Client, cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        announce(cast, by=getattr(cast, who))
    client.force_login(getattr(cast, who))
    given = {"title": "Mine", "body": WORDS, "tlp": "AMBER"}
    assert client.post("/rooms/families/announcements/new/", given).status_code == 403
    assert not Thread.objects.exists()


def test_in_an_archived_room_nothing_is_announced(cast: Cast) -> None:
    archive_room(by=cast.maud, room=cast.families)
    cast.families.refresh_from_db()
    with pytest.raises(Forbidden):
        announce(cast)


def test_an_ordinary_discussion_is_announced_to_nobody(client: Client, cast: Cast) -> None:
    client.force_login(cast.mona)
    client.post(
        "/rooms/families/discussions/new/",
        {"title": "How?", "body": WORDS, "announcement": "on"},
    )
    thread = Thread.objects.get()
    assert (thread.purpose, Post.objects.count()) == ("discussion", 1)
    see(by=cast.anna, thread=thread)
    assert not Seen.objects.exists()
    assert overview(client, cast.anna) == ""


def test_a_moderator_announces_by_the_form_and_members_may_answer(client: Client, cast: Cast) -> None:
    client.force_login(cast.mona)
    given = {"title": "The next meeting", "body": WORDS, "tlp": "AMBER", "language": "en", "replies_welcome": "on"}
    thread = Thread.objects.get(uid=client.post("/rooms/families/announcements/new/", given).url.split("/")[2])
    assert thread.is_announcement
    client.force_login(cast.anna)
    client.post(f"/discussions/{thread.uid}/reply/", {"body": "I will be there."})
    assert Thread.objects.get(pk=thread.pk).reply_count == 1


def test_under_the_chatham_house_rule_the_first_page_names_nobody(client: Client, cast: Cast) -> None:
    announce(cast, chatham=True)
    said = overview(client, cast.anna)
    assert WORDS in said
    assert "Mona" not in said
    assert "Malmö" not in said
