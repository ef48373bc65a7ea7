"""The number at the bell: how many of the notices that one would be shown wait to be read."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from forums.actions.threads import reply, start_thread
from network import clock
from network.labels import Label
from network.models import Notification, User
from network.notifications import unread_count, unread_of, visible_notices, waiting_shapes
from tests.cast import Cast
from tests.factories import ItemFactory

pytestmark = pytest.mark.django_db


def shapes_of(person: User) -> str | None:
    return User.objects.annotate(shapes=waiting_shapes()).get(pk=person.pk).shapes


def about_item(cast: Cast, gone: bool) -> dict[str, Any]:
    named = cast.maud if gone else cast.anna
    return {"item": ItemFactory(room=cast.families, author=cast.luc, tlp=Label.RED, named_people=[named])}


def about_post(cast: Cast, gone: bool) -> dict[str, Any]:
    thread = start_thread(by=cast.luc, room=cast.families, title="T", body="T")
    post = reply(by=cast.luc, thread=thread, body="Words")
    if gone:
        type(post).objects.filter(pk=post.pk).update(state="removed")
    return {"item": thread, "part_kind": "post", "part_id": post.pk}


def about_room(cast: Cast, gone: bool) -> dict[str, Any]:
    return {"room": cast.steering if gone else cast.families}


def about_request(cast: Cast, gone: bool) -> dict[str, Any]:
    """A request to join that is not there for Anna, who manages nothing."""
    return {"room": cast.families, "part_kind": "join_request", "part_id": 1 + gone}


def about_person(cast: Cast, gone: bool) -> dict[str, Any]:
    return {"person": cast.luc}


ABOUT = {one.__name__: one for one in (about_item, about_post, about_room, about_request, about_person)}
NOTICES = st.lists(st.tuples(st.sampled_from(sorted(ABOUT)), st.booleans(), st.booleans()), max_size=6)


def test_the_number_is_that_of_the_page_whatever_one_is_told_of(cast: Cast) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(notices=NOTICES)
    def holds(notices: list[tuple[str, bool, bool]]) -> None:
        with transaction.atomic():
            waiting = 0
            for about, gone, read in notices:
                given = ABOUT[about](cast, gone) | {"read_at": clock.now() if read else None}
                Notification.objects.create(user=cast.anna, kind="reply", **given)
                waiting += not read and (about == "about_person" or not (gone or about == "about_request"))
            assert visible_notices(cast.anna).filter(read_at=None).count() == waiting
            assert unread_count(cast.anna, shapes_of(cast.anna)) == waiting
            assert unread_of(cast.anna.pk) == waiting
            transaction.set_rollback(True)

    holds()


def test_it_costs_two_questions_whatever_waits(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        assert unread_of(cast.anna.pk) == 0
    Notification.objects.create(user=cast.anna, kind="reply", **about_post(cast, gone=False))
    with django_assert_num_queries(2):
        assert unread_of(cast.anna.pk) == 1


def test_the_number_stands_in_the_frame_of_every_page(cast: Cast) -> None:
    Notification.objects.create(user=cast.anna, kind="reply", **about_post(cast, gone=False))
    Notification.objects.create(user=cast.anna, kind="reply", **about_post(cast, gone=True))
    client = Client()
    client.force_login(cast.anna)
    assert "<span data-number>1</span>" in client.get("/rooms/").content.decode()
