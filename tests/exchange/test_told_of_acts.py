"""What people are told of acts on a thing of theirs, and of one that names them; and what its page says of it."""

from __future__ import annotations

import pytest

from network.actions import items as actions
from network.labels import Label
from network.letters import compose
from network.models import Mail, Notification, User
from network.notifications import in_words
from network.permissions import Level
from tests.cast import Cast
from tests.exchange.making import share
from tests.exchange.sending import signed_in
from tests.factories import ItemFactory, grant

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[User]:
    return {row.user for row in Notification.objects.filter(kind=kind).select_related("user")}


def test_whom_a_red_document_names_is_told_by_a_letter_without_its_title(cast: Cast) -> None:
    document = share(cast, tlp=Label.RED, named_people=[cast.anna, cast.luc])
    [row] = Notification.objects.filter(kind="named")
    assert row.user == cast.anna
    assert in_words(cast.anna, [row])[0].sentence == f"{cast.luc.name} names you in “{document.title}”"
    letter = compose(row.pk)
    assert letter is not None
    assert document.title not in letter.subject + letter.text
    assert document.get_absolute_url() in letter.text


def test_of_whom_another_label_names_only_the_new_are_told(cast: Cast) -> None:
    document = share(cast, tlp=Label.RED, named_people=[cast.anna])
    for _time in range(2):
        actions.relabel(by=cast.luc, item=document, tlp=Label.RED, named_people=[cast.anna, cast.vera])
    rows = Notification.objects.filter(kind="named")
    assert sorted(row.user.name for row in rows) == [cast.anna.name, cast.vera.name]
    actions.relabel(by=cast.luc, item=document, tlp=Label.AMBER_STRICT, named_partners=[cast.malmo])
    share(cast, tlp=Label.AMBER_STRICT, named_partners=[cast.malmo])
    assert rows.count() == 2


def test_the_source_is_told_when_others_pass_its_document_on(cast: Cast) -> None:
    document = share(cast, by=cast.anna, tlp=Label.GREEN)
    for _time in range(2):
        actions.pass_on(by=cast.luc, item=document, room=cast.schools)
    [row] = Notification.objects.filter(kind="passed_on")
    assert row.user == cast.anna
    assert Mail.objects.filter(kind="notification", key=row.pk).exists()
    [notice] = in_words(cast.anna, [row])
    assert notice.sentence == f"{cast.luc.name} passed “{document.title}” on to another room"
    assert notice.url == document.get_absolute_url()


def test_the_source_is_not_told_of_what_it_does_itself(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    actions.pass_on(by=cast.luc, item=document, room=cast.schools)
    actions.relabel(by=cast.luc, item=document, tlp=Label.AMBER)
    assert not told("passed_on") | told("label_tightened")


@pytest.mark.parametrize(("label", "told_too"), [(Label.AMBER, True), (Label.RED, False)])
def test_author_and_source_are_told_when_a_moderator_tightens_as_far_as_they_see_it(
    cast: Cast, label: Label, told_too: bool
) -> None:
    document = share(cast, by=cast.maud, tlp=Label.GREEN)
    actions.relabel(by=cast.mona, item=document, tlp=label)
    assert told("label_tightened") == {cast.maud} | ({cast.luc} if told_too else set())


def test_under_the_chatham_house_rule_the_notice_names_nobody(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.maud, partner=cast.liege, tlp=Label.GREEN, chatham=True)
    grant(cast.anna, Level.CONTRIBUTE, cast.schools)
    actions.pass_on(by=cast.anna, item=item, room=cast.schools)
    [row] = Notification.objects.filter(kind="passed_on")
    # Its representative would learn by it for whom it was begun.
    assert row.user == cast.maud
    assert row.by is None
    assert cast.anna.name not in in_words(cast.maud, [row])[0].sentence


def test_only_the_source_reads_that_it_is_in_a_room_it_does_not_see(cast: Cast) -> None:
    document = share(cast, by=cast.anna, tlp=Label.GREEN)
    actions.pass_on(by=cast.luc, item=document, room=cast.schools)
    words = "and in a room that you do not see"
    shown = signed_in(cast.anna).get(document.get_absolute_url()).content.decode()
    assert words in shown
    assert cast.schools.name not in shown
    assert words not in signed_in(cast.carlo).get(document.get_absolute_url()).content.decode()
    assert words not in signed_in(cast.luc).get(document.get_absolute_url()).content.decode()
