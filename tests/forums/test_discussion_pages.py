"""Pages of discussions, as a browser asks for them."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forums.actions import closing, threads
from forums.models import Post, Thread
from network.labels import Label
from network.models import Release, Room, State
from tests.cast import Cast
from tests.factories import MembershipFactory
from tests.forums.test_discussing import start

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in() -> Callable[[Any], Client]:
    def signed_in(person: Any) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def talk(thread: Thread, authors: list[Any], count: int) -> list[Post]:
    posts: list[Post] = []
    for n in range(count):
        parent = posts[n // 2] if n % 3 else None
        posts.append(threads.reply(by=authors[n % len(authors)], thread=thread, body=f"Word {n}.", parent=parent))
    return posts


def test_somebody_asks_a_question_and_another_city_answers(cast: Cast, signed_in: Any) -> None:
    luc, anna = signed_in(cast.luc), signed_in(cast.anna)
    form = luc.get("/rooms/families/discussions/new/").content.decode()
    assert "will see this" in form
    response = luc.post(
        "/rooms/families/discussions/new/",
        {"title": "Who rings the bell?", "body": "Who *goes* to families?", "tlp": "GREEN"},
    )
    thread = Thread.objects.get()
    assert (response.status_code, response.url) == (302, f"/discussions/{thread.uid}/")
    page = anna.get(response.url).content.decode()
    assert "<h1" in page
    assert "Who <em>goes</em> to families?" in page
    assert "TLP:GREEN" in page
    response = anna.post(f"/discussions/{thread.uid}/reply/", {"body": "A family worker does."})
    post = Post.objects.get(parent__isnull=False)
    assert (response.status_code, response.url) == (302, f"/discussions/{thread.uid}/#post-{post.uid}")
    page = luc.get(f"/discussions/{thread.uid}/").content.decode()
    assert f'id="post-{post.uid}"' in page
    assert "Anna Lindqvist" in page
    assert "Malmö" in page
    assert "Who rings the bell?" in luc.get("/rooms/families/discussions/").content.decode()


def test_fields_left_out_take_their_defaults(cast: Cast, signed_in: Any) -> None:
    signed_in(cast.luc).post("/rooms/families/discussions/new/", {"title": "Short", "body": "Words."})
    thread = Thread.objects.get()
    assert (thread.tlp, thread.language, thread.partner) == (Label.AMBER, "fr", cast.liege)


def test_a_restricted_discussion_names_who_reads_it(cast: Cast, signed_in: Any) -> None:
    signed_in(cast.luc).post(
        "/rooms/families/discussions/new/",
        {"title": "Two cities", "body": "Words.", "tlp": "AMBER+STRICT", "named_partners": ["malmo"]},
    )
    strict = Thread.objects.get()
    assert list(strict.named_partners.all()) == [cast.malmo]
    assert signed_in(cast.anna).get(strict.get_absolute_url()).status_code == 200
    assert signed_in(cast.carlo).get(strict.get_absolute_url()).status_code == 404


def test_the_same_form_sent_twice_makes_one_discussion_and_one_reply(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.luc)
    once = str(uuid.uuid4())
    sent = {"title": "Twice", "body": "Words.", "once": once}
    first = client.post("/rooms/families/discussions/new/", sent)
    again = client.post("/rooms/families/discussions/new/", sent)
    assert first.url == again.url
    sent = {"body": "A reply.", "once": str(uuid.uuid4())}
    assert client.post(f"{first.url}reply/", sent).url == client.post(f"{first.url}reply/", sent).url
    assert Post.objects.count() == 2


def test_what_one_may_not_see_is_not_there(cast: Cast, signed_in: Any) -> None:
    thread = start(cast)
    olga = signed_in(cast.olga)
    for url in ("/rooms/families/discussions/", "/rooms/families/discussions/new/", f"/discussions/{thread.uid}/"):
        assert olga.get(url).status_code == 404
    assert olga.post(f"/discussions/{thread.uid}/reply/", {"body": "Hello"}).status_code == 404
    missing = olga.get(f"/discussions/{uuid.uuid4()}/")
    assert missing.status_code == 404
    for uid in (thread.uid, uuid.uuid4()):
        stranger = Client().get(f"/discussions/{uid}/")
        assert (stranger.status_code, stranger.url) == (302, f"/accounts/login/?next=%2Fdiscussions%2F{uid}%2F")


def test_who_only_views_reads_why_they_cannot_reply(cast: Cast, signed_in: Any) -> None:
    thread = start(cast)
    vera = signed_in(cast.vera)
    page = vera.get(f"/discussions/{thread.uid}/").content.decode()
    assert "You may read here, but not contribute." in page
    assert "<textarea" not in page
    assert vera.get(f"/discussions/{thread.uid}/reply/").status_code == 403
    refused = vera.post(f"/discussions/{thread.uid}/reply/", {"body": "May I?"})
    assert refused.status_code == 403
    assert vera.get("/rooms/families/discussions/new/").status_code == 403


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"body": "  "}, "body", "Write something first."),
        ({"body": "x" * 100_000}, "body", "Longer than 50,000 characters"),
        ({"body": "a\0b"}, "body", "Null characters are not allowed"),
        ({"title": "x" * 10_000}, "title", "it has 10000"),
        ({"title": "a\0b"}, "title", "Null characters are not allowed"),
        ({"title": ""}, "title", "Give it a title"),
        ({"tlp": "PURPLE"}, "tlp", "Choose one of the labels"),
        ({"language": "xx"}, "language", "not one of the available choices"),
        ({"partner": "liege"}, "partner", "not one of the available choices"),
        ({"tlp": "RED", "named_people": ["nobody"]}, "named_people", "not a valid"),
    ],
    ids=[
        "empty body",
        "100 kB",
        "NUL",
        "long title",
        "NUL in title",
        "no title",
        "label",
        "language",
        "partner",
        "names",
    ],
)
def test_bad_input_is_said_at_its_field_and_what_was_typed_stays(
    cast: Cast, signed_in: Any, sent: dict[str, Any], field: str, words: str
) -> None:
    given = {"title": "A title that stays", "body": "Words that stay."} | sent
    response = signed_in(cast.anna).post("/rooms/families/discussions/new/", given)
    assert response.status_code == 422
    assert words in str(response.context["form"].errors[field])
    page = response.content.decode()
    assert words in page.replace("&#x27;", "'")
    if "title" not in sent:
        assert "A title that stays" in page
    if "body" not in sent:
        assert "Words that stay." in page
    if len(sent.get("title", "")) > 200:
        assert "x" * 10_000 in page
    assert not Thread.objects.exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [("", "Write something first."), ("x" * 100_000, "Longer than 50,000"), ("a\0b", "Null characters")],
    ids=["empty", "100 kB", "NUL"],
)
def test_a_bad_reply_is_said_at_its_field(cast: Cast, signed_in: Any, body: str, words: str) -> None:
    thread = start(cast)
    response = signed_in(cast.anna).post(f"/discussions/{thread.uid}/reply/", {"body": body})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert words in str(response.context["form"].errors["body"])


@pytest.mark.parametrize("foreign", ["post of another discussion", "no post at all", "no id at all"])
def test_a_reply_to_a_post_that_is_not_here_keeps_its_words(cast: Cast, signed_in: Any, foreign: str) -> None:
    thread, other = start(cast), start(cast, room=cast.schools, title="Elsewhere")
    parent = {
        "post of another discussion": str(other.posts.get().uid),
        "no post at all": str(uuid.uuid4()),
        "no id at all": "17",
    }[foreign]
    sent = {"body": "Words that stay.", "parent": parent}
    response = signed_in(cast.anna).post(f"/discussions/{thread.uid}/reply/", sent)
    assert response.status_code == 422
    assert "not here any more" in str(response.context["form"].errors["body"])
    assert "Words that stay." in response.content.decode()


def test_a_reply_to_a_locked_discussion_says_so_and_keeps_its_words(cast: Cast, signed_in: Any) -> None:
    thread = start(cast)
    closing.lock_thread(by=cast.mona, thread=thread, reason="Answered in the handbook.")
    anna = signed_in(cast.anna)
    page = anna.get(f"/discussions/{thread.uid}/").content.decode()
    assert "This discussion is locked." in page
    assert "Answered in the handbook." in page
    response = anna.post(f"/discussions/{thread.uid}/reply/", {"body": "Words that stay."})
    assert response.status_code == 403
    assert "This discussion is locked." in response.content.decode()
    assert "Words that stay." in response.content.decode()


def test_somebody_of_two_partners_chooses_for_whom_they_speak(cast: Cast, signed_in: Any) -> None:
    MembershipFactory(user=cast.anna, partner=cast.liege)
    thread = start(cast)
    anna = signed_in(cast.anna)
    assert 'name="partner"' in anna.get(f"/discussions/{thread.uid}/").content.decode()
    anna.post(f"/discussions/{thread.uid}/reply/", {"body": "For Malmö.", "partner": "malmo"})
    assert Post.objects.get(parent__isnull=False).partner == cast.malmo
    refused = anna.post(f"/discussions/{thread.uid}/reply/", {"body": "For Augsburg.", "partner": "augsburg"})
    assert "may not speak for this partner" in str(refused.context["form"].errors["partner"])


def test_a_page_has_fifty_posts_and_a_link_leads_to_the_right_one(cast: Cast, signed_in: Any) -> None:
    thread = start(cast)
    posts = [threads.reply(by=cast.anna, thread=thread, body=f"Word {n}.") for n in range(60)]
    luc = signed_in(cast.luc)
    first, second = (luc.get(f"/discussions/{thread.uid}/?page={n}").content.decode() for n in (1, 2))
    assert (first.count("<article"), second.count("<article")) == (50, 11)
    last = posts[-1]
    moved = luc.get(f"/discussions/{thread.uid}/posts/{last.uid}/")
    assert moved.url == f"/discussions/{thread.uid}/?page=2#post-{last.uid}"
    answer = luc.post(f"/discussions/{thread.uid}/reply/", {"body": "Below.", "parent": str(posts[3].uid)})
    assert f"/discussions/{thread.uid}/#post-" in answer.url
    assert luc.get(f"/discussions/{thread.uid}/?page=99").status_code == 200


def test_an_answer_deep_down_says_whom_it_answers(cast: Cast, signed_in: Any) -> None:
    thread = start(cast)
    post = None
    for author in (cast.anna, cast.carlo, cast.mona, cast.luc, cast.anna, cast.carlo):
        post = threads.reply(by=author, thread=thread, body="And?", parent=post)
    page = signed_in(cast.luc).get(f"/discussions/{thread.uid}/").content.decode()
    assert page.count('<ol class="thread">') == page.count("</ol>") == 4
    assert "in reply to Luc Delvaux" in page
    assert "in reply to Anna Lindqvist" in page
    assert "in reply to Mona Ek" not in page


def test_a_thread_page_asks_as_often_for_fifty_posts_as_for_three(cast: Cast, signed_in: Any) -> None:
    thread = start(cast)
    talk(thread, [cast.anna, cast.carlo], 3)
    client = signed_in(cast.luc)
    assert queries(client, f"/discussions/{thread.uid}/") == 11
    talk(thread, [cast.anna, cast.carlo, cast.mona, cast.luc], 46)
    assert queries(client, f"/discussions/{thread.uid}/") == 11


def test_a_list_asks_as_often_for_three_discussions_as_for_one(cast: Cast, signed_in: Any) -> None:
    start(cast)
    client = signed_in(cast.luc)
    assert queries(client, "/rooms/families/discussions/") == 11
    start(cast, title="Second")
    start(cast, title="Third", by=cast.anna)
    assert queries(client, "/rooms/families/discussions/") == 11


def test_a_list_shows_twenty_a_page_the_newest_activity_first(cast: Cast, signed_in: Any) -> None:
    old = start(cast, title="The oldest")
    for n in range(20):
        start(cast, title=f"Discussion {n}")
    threads.reply(by=cast.anna, thread=old, body="Woken up.")
    page = signed_in(cast.luc).get("/rooms/families/discussions/").content.decode()
    assert page.count('<li class="row">') == 20
    assert page.index("The oldest") < page.index("Discussion 19")
    assert "Discussion 0<" not in page


def test_under_the_chatham_house_rule_a_page_names_nobody(cast: Cast, signed_in: Any) -> None:
    thread = start(cast, chatham=True)
    threads.reply(by=cast.anna, thread=thread, body="We stopped after two months.")
    page = signed_in(cast.mona).get(f"/discussions/{thread.uid}/").content.decode()
    assert "Participant 1" in page
    assert "Participant 2" in page
    content = page[page.index("<h1") : page.index('<form class="composer"')]
    for name in ("Luc", "Delvaux", "Anna", "Lindqvist", "Liège"):
        assert name not in content
    listed = signed_in(cast.mona).get("/rooms/families/discussions/").content.decode()
    assert "Luc Delvaux" not in listed
    assert "You" in signed_in(cast.luc).get(f"/discussions/{thread.uid}/").content.decode()


def test_under_the_rule_nobody_is_counted_by_partner_or_speaks_for_one(cast: Cast, signed_in: Any) -> None:
    MembershipFactory(user=cast.anna, partner=cast.liege)
    thread = start(cast, chatham=True)
    page = signed_in(cast.anna).get(f"/discussions/{thread.uid}/").content.decode()
    composer = page[page.index('<form class="composer"') : page.index("</main>")]
    assert " people" in composer
    for words in ("partners", "You speak for", "Malmö", 'value="malmo"'):
        assert words not in composer


def test_a_released_discussion_shows_its_opening_and_nobody(cast: Cast, signed_in: Any) -> None:
    thread = start(cast, tlp=Label.CLEAR)
    Release.objects.create(item=thread)
    threads.reply(by=cast.anna, thread=thread, body="Said inside.")
    for client in (Client(), signed_in(cast.olga)):
        page = client.get(f"/discussions/{thread.uid}/").content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert "Who goes to the families?" in main
        assert "TLP:CLEAR" in main
        for words in ("Said inside.", "Luc", "Anna", "Families", "Liège", "reply"):
            assert words not in main
    assert "Said inside." in signed_in(cast.carlo).get(f"/discussions/{thread.uid}/").content.decode()
    assert signed_in(cast.olga).post(f"/discussions/{thread.uid}/reply/", {"body": "Hm."}).status_code == 404


def test_what_is_held_first_is_said_to_its_author(cast: Cast, signed_in: Any) -> None:
    thread = start(cast)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    anna = signed_in(cast.anna)
    page = anna.post(f"/discussions/{thread.uid}/reply/", {"body": "Held words."}, follow=True).content.decode()
    assert "A moderator will look at it" in page
    assert "Held words." in page
    assert "Held words." not in signed_in(cast.carlo).get(f"/discussions/{thread.uid}/").content.decode()
    moderators = signed_in(cast.mona).get(f"/discussions/{thread.uid}/").content.decode()
    assert "Held words." in moderators
    assert "Let it stand" in moderators
    started = anna.post("/rooms/families/discussions/new/", {"title": "Held too", "body": "Words."}, follow=True)
    assert "A moderator will look at it" in started.content.decode()
    assert Thread.objects.get(title="Held too").state == State.HELD
