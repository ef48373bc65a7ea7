"""What stays of a discussion that moderators removed: that it stood there, for those who could read it, and no more."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forums.models import Thread
from network.actions import items
from network.labels import Label
from network.models import Placement, Room
from tests.cast import Cast
from tests.forums.test_discussing import start
from tests.forums.test_moderating import signed_in
from tests.forums.test_properties import READERS, SETTINGS, undone

pytestmark = pytest.mark.django_db
TRACE = "A discussion stood here"


def test_whoever_could_read_it_learns_that_it_stood_there(cast: Cast) -> None:
    thread = start(cast, title="Telephones frighten nobody")
    items.remove(by=cast.mona, item=thread, reason="Names a child.")
    answer = signed_in(cast.anna).get(thread.get_absolute_url())
    page = answer.content.decode()
    assert answer.status_code == 404
    assert TRACE in page
    assert "/rooms/families/decisions/" in page
    for word in ("Telephones", "Names a child", cast.luc.name, cast.mona.name):
        assert word not in page.partition("<main")[2]


@SETTINGS
@given(reader=st.sampled_from(READERS), label=st.sampled_from(Label), chatham=st.booleans())
def test_nobody_else_does(cast: Cast, reader: str, label: Label, chatham: bool) -> None:
    assume(not (chatham and label == Label.AMBER_STRICT))
    with undone():
        thread = start(cast, by=cast.luc, tlp=label, chatham=chatham)
        if label == Label.RED:
            thread.named_people.set([cast.anna, cast.carlo])
        if label == Label.AMBER_STRICT:
            thread.named_partners.set([cast.malmo])
        person = getattr(cast, reader)
        person.assured = True
        read = Thread.objects.seen_inside_by(person, assured=True).filter(pk=thread.pk).exists()
        Thread.objects.filter(pk=thread.pk).update(state="removed")
        reads = Thread.objects.seen_inside_by(person, assured=True).filter(pk=thread.pk).exists()
        answer = signed_in(person).get(thread.get_absolute_url())
        assert (TRACE in answer.content.decode()) is (read and not reads)
        assert reads or answer.status_code in (404, 302)


def test_whoever_read_it_in_another_room_does_not_learn_where_it_was_at_home(cast: Cast) -> None:
    thread = start(cast, tlp=Label.GREEN)
    Placement.objects.create(item=thread, room=cast.commons, by=cast.luc)
    viewing = set(Room.objects.visible_to(cast.olga)) & {cast.families, cast.commons}
    assert viewing == {cast.commons}
    client = signed_in(cast.olga)
    assert client.get(thread.get_absolute_url()).status_code == 200
    items.remove(by=cast.mona, item=thread, reason="Names a child.")
    answer = client.get(thread.get_absolute_url())
    assert answer.status_code == 404
    assert TRACE not in answer.content.decode()
    assert TRACE in signed_in(cast.anna).get(thread.get_absolute_url()).content.decode()
