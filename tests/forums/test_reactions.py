"""Answering a post with one press: thanks, agreement, "we do this too"."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from forums.actions import closing, moderation, reactions, threads
from forums.models import Post, Reaction, Thread
from network import clock
from network.actions.following import follow_item
from network.actions.items import archive
from network.labels import Label
from network.models import AuditEntry, Follow, Mail, Notification, Participant
from network.permissions import Level, level_in
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.forums.test_discussing import sentences, start
from tests.forums.test_discussion_pages import queries
from tests.forums.test_properties import READERS, SETTINGS, WRITERS, undone

pytestmark = pytest.mark.django_db
THANK, AGREE, TOO = Reaction.Kind


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def answered(cast: Cast, **other: Any) -> tuple[Thread, Post]:
    thread = start(cast, **other)
    return thread, threads.reply(by=cast.anna, thread=thread, body="A family worker does.")


def numbers(post: Post) -> tuple[int, int, int]:
    post.refresh_from_db()
    return post.thanks, post.agreed, post.does_too


def test_thanks_are_counted_once_and_can_be_taken_back(cast: Cast) -> None:
    _thread, post = answered(cast)
    for _ in range(2):
        reactions.react(by=cast.luc, post=post, kind=THANK)
    reactions.react(by=cast.carlo, post=post, kind=THANK)
    reactions.react(by=cast.carlo, post=post, kind=AGREE)
    assert numbers(post) == (2, 1, 0)
    assert Reaction.objects.get(user=cast.luc).partner == cast.liege
    for _ in range(2):
        reactions.take_back(by=cast.luc, post=post, kind=THANK)
    assert numbers(post) == (1, 1, 0)
    verbs = AuditEntry.objects.filter(target=post.uid).order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[1:] == ["forums.thanked", "forums.thanked", "forums.agreed", "forums.reaction_taken_back"]


def test_nobody_thanks_themselves_and_nobody_thanks_for_what_is_held_or_gone(cast: Cast) -> None:
    thread, post = answered(cast)
    with pytest.raises(Forbidden, match="You wrote this yourself"):
        reactions.react(by=cast.anna, post=post, kind=THANK)
    moderation.hold_post(by=cast.mona, post=post)
    with pytest.raises(Unseen):
        reactions.react(by=cast.luc, post=post, kind=THANK)
    moderation.remove_post(by=cast.mona, post=post, reason="Why.")
    with pytest.raises(Forbidden, match="cannot be read by all"):
        reactions.react(by=cast.mona, post=post, kind=THANK)
    with pytest.raises(Invalid):
        reactions.react(by=cast.mona, post=thread.posts.get(parent=None), kind=3)


def test_a_locked_discussion_is_still_thanked_for_an_archived_one_is_not(cast: Cast) -> None:
    thread, post = answered(cast)
    closing.lock_thread(by=cast.mona, thread=thread)
    reactions.react(by=cast.luc, post=post, kind=THANK)
    archive(by=cast.luc, item=thread)
    with pytest.raises(Forbidden, match="nothing is added"):
        reactions.react(by=cast.carlo, post=post, kind=THANK)
    reactions.take_back(by=cast.luc, post=post, kind=THANK)
    assert numbers(post) == (0, 0, 0)


def test_who_only_views_thanks_but_does_not_speak_for_a_partner(cast: Cast) -> None:
    _thread, post = answered(cast)
    reactions.react(by=cast.vera, post=post, kind=THANK)
    with pytest.raises(Forbidden, match="not contribute"):
        reactions.react(by=cast.vera, post=post, kind=TOO)
    assert numbers(post) == (1, 0, 0)


@SETTINGS
@given(
    who=st.lists(
        st.tuples(st.sampled_from(READERS), st.sampled_from([THANK, AGREE, TOO]), st.booleans()), min_size=1, max_size=8
    ),
    author=st.sampled_from(WRITERS),
    label=st.sampled_from([Label.CLEAR, Label.GREEN, Label.AMBER]),
    chatham=st.booleans(),
)
def test_whoever_reads_a_post_may_answer_to_it_and_the_numbers_stay_true(
    cast: Cast, who: list[tuple[str, Any, bool]], author: str, label: Label, chatham: bool
) -> None:
    with undone():
        thread = start(cast, tlp=label, chatham=chatham)
        post = threads.reply(by=getattr(cast, author), thread=thread, body="A word.")
        for name, kind, given_ in who:
            person = getattr(cast, name)
            sees = Post.objects.visible_to(person).filter(pk=post.pk).exists()
            level = level_in(person, cast.families)
            may = sees and (not given_ or name != author)
            if given_ and kind == TOO:
                may = may and level is not None and level >= Level.CONTRIBUTE
            act = reactions.react if given_ else reactions.take_back
            if may:
                act(by=person, post=post, kind=kind)
            else:
                with pytest.raises(Forbidden if sees else Unseen):
                    act(by=person, post=post, kind=kind)
        rows = Reaction.objects.filter(post=post)
        assert numbers(post) == tuple(rows.filter(kind=kind).count() for kind in (THANK, AGREE, TOO))
        assert not rows.filter(user=post.author).exists()
        assert not chatham or not rows.exclude(partner=None).exists()


def test_the_author_is_told_once_with_numbers_and_without_a_letter(cast: Cast) -> None:
    _thread, post = answered(cast)
    Mail.objects.all().delete()
    for person in (cast.luc, cast.carlo, cast.mona):
        reactions.react(by=person, post=post, kind=THANK)
    reactions.react(by=cast.mona, post=post, kind=AGREE)
    assert sentences(cast.anna) == ["Readers answered to what you wrote in “Who rings the bell?”"]
    page = signed_in(cast.anna).get("/notifications/").content.decode()
    assert "3 thank you · 1 agrees" in page
    assert not Mail.objects.exists()
    Notification.objects.update(read_at=clock.now())
    reactions.react(by=cast.clara, post=post, kind=THANK)
    assert Notification.objects.filter(kind="reacted", read_at=None).count() == 0
    Notification.objects.update(at=clock.now() - timedelta(days=2))
    reactions.react(by=cast.maud, post=post, kind=THANK)
    assert Notification.objects.filter(kind="reacted").count() == 1
    assert Notification.objects.filter(kind="reacted", read_at=None).count() == 1


def test_when_all_is_taken_back_nothing_is_told(cast: Cast) -> None:
    _thread, post = answered(cast)
    reactions.react(by=cast.luc, post=post, kind=THANK)
    reactions.take_back(by=cast.luc, post=post, kind=THANK)
    assert sentences(cast.anna) == []


def test_whoever_mutes_a_discussion_is_told_of_no_thanks(cast: Cast) -> None:
    thread, post = answered(cast)
    follow_item(by=cast.anna, item=thread, choice=Follow.Choice.MUTE)
    reactions.react(by=cast.luc, post=post, kind=THANK)
    assert sentences(cast.anna) == []


def test_a_button_thanks_and_the_page_shows_it_pressed(cast: Cast) -> None:
    thread, post = answered(cast)
    luc, place = signed_in(cast.luc), f"/discussions/{thread.uid}/posts/{post.uid}/"
    response = luc.post(f"{place}react/", {"kind": "thank"})
    assert (response.status_code, response.url) == (302, f"/discussions/{thread.uid}/#post-{post.uid}")
    page = luc.get(f"/discussions/{thread.uid}/").content.decode()
    assert 'value="not-thank" aria-pressed="true">Thank <span class="count">1</span>' in page
    fragment = luc.post(f"{place}react/", {"kind": "not-thank"}, headers={"X-Requested-With": "fetch"})
    assert 'value="thank" aria-pressed="false">Thank</button>' in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert luc.post(f"{place}react/", {"kind": "love"}).status_code == 422
    assert signed_in(cast.anna).post(f"{place}react/", {"kind": "thank"}).status_code == 403
    assert signed_in(cast.olga).post(f"{place}react/", {"kind": "thank"}).status_code == 404
    own = signed_in(cast.anna).get(f"/discussions/{thread.uid}/").content.decode()
    assert f"{place}react/" not in own


def test_we_do_this_too_offers_a_sheet_and_names_the_partner_beside(cast: Cast) -> None:
    thread, post = answered(cast)
    luc, place = signed_in(cast.luc), f"/discussions/{thread.uid}/posts/{post.uid}/"
    luc.post(f"{place}react/", {"kind": "too"})
    page = luc.get(f"/discussions/{thread.uid}/").content.decode()
    assert f'href="/rooms/families/practices/new/?from={thread.uid}"' in page
    others = signed_in(cast.vera).get(f"/discussions/{thread.uid}/").content.decode()
    assert f'<a href="#post-{post.uid}">Liège</a>' in others
    assert "practices/new/?from" not in others


def test_who_answered_is_listed_with_partners(cast: Cast) -> None:
    thread, post = answered(cast)
    reactions.react(by=cast.luc, post=post, kind=THANK)
    reactions.react(by=cast.carlo, post=post, kind=TOO)
    place = f"/discussions/{thread.uid}/posts/{post.uid}/reactions/"
    page = signed_in(cast.vera).get(place).content.decode()
    main = page[page.index("<main") :]
    for words in ("Luc Delvaux", "Liège", "Carlo", "Augsburg", "Thank", "We do this too"):
        assert words in main
    assert signed_in(cast.olga).get(place).status_code == 404
    moderation.hold_post(by=cast.mona, post=post)
    assert signed_in(cast.luc).get(place).status_code == 404


def test_under_the_rule_answers_are_counted_and_nobody_is_named_anywhere(cast: Cast) -> None:
    thread, post = answered(cast, chatham=True)
    for kind in (THANK, TOO):
        reactions.react(by=cast.luc, post=post, kind=kind)
        reactions.react(by=cast.carlo, post=post, kind=kind)
    place = f"/discussions/{thread.uid}/posts/{post.uid}/reactions/"
    for reader in (cast.mona, cast.luc, cast.clara):
        client = signed_in(reader)
        for address in (place, f"/discussions/{thread.uid}/"):
            page = client.get(address).content.decode()
            main = page[page.index('<div class="pagehead-title"') : page.index("</main>")]
            for words in ("Delvaux", "Carlo", "Augsburg", "Who does this too"):
                assert words not in main, (reader, address, words)
    assert "for nobody who it was" in signed_in(cast.mona).get(place).content.decode()
    assert "Thank: 2 (you too)" in " ".join(signed_in(cast.luc).get(place).content.decode().split())
    actors = AuditEntry.objects.filter(verb="forums.thanked").values_list("actor", flat=True)
    assert set(actors) <= set(Participant.objects.filter(item=thread).values_list("uid", flat=True))
    assert not AuditEntry.objects.filter(verb="forums.does_too").exclude(partner=None).exists()


def test_a_page_with_answers_costs_as_much_as_one_without(cast: Cast) -> None:
    thread, post = answered(cast)
    client = signed_in(cast.luc)
    client.get(f"/discussions/{thread.uid}/")
    assert queries(client, f"/discussions/{thread.uid}/") == 11
    for person in (cast.luc, cast.carlo, cast.mona):
        for kind in (THANK, AGREE, TOO):
            reactions.react(by=person, post=post, kind=kind)
    assert queries(client, f"/discussions/{thread.uid}/") == 11
    place = f"/discussions/{thread.uid}/posts/{post.uid}/reactions/"
    cost = queries(client, place)
    reactions.react(by=cast.clara, post=post, kind=THANK)
    assert queries(client, place) == cost
