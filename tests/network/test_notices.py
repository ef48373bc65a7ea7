"""Telling people: rows of keys, words made for the reader, letters sent once."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.test import override_settings

from network import clock, letters, mail
from network.labels import Label
from network.models import Mail, Notification, PartnerGrant
from network.notifications import in_words, notify, visible_notices
from tests.cast import Cast
from tests.factories import ItemFactory


def selected(user: object) -> list[Notification]:
    return list(visible_notices(user).select_related("item__parent", "room", "person", "by"))


def tell(cast: Cast, **item: object) -> Notification:
    """Anna is told that Luc's item was approved."""
    made = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, title="Six evenings", **item)
    notify([cast.anna], kind="item_approved", item=made, by=cast.luc)
    return Notification.objects.get(user=cast.anna)


def test_only_those_are_told_who_may_see_it_and_never_who_did_it(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.luc)
    notify([cast.anna, cast.olga, cast.gus, cast.luc], kind="item_approved", item=item, by=cast.luc)
    assert [row.user for row in Notification.objects.all()] == [cast.anna]


def test_the_words_are_made_when_they_are_read(cast: Cast) -> None:
    tell(cast)
    [notice] = in_words(cast.anna, selected(cast.anna))
    assert "Six evenings" in notice.sentence


def test_what_one_may_no_longer_see_is_no_longer_told(cast: Cast) -> None:
    row = tell(cast)
    PartnerGrant.objects.filter(group=cast.malmo.group).delete()
    assert selected(cast.anna) == []
    assert letters.compose(row.pk) is None


def test_under_the_chatham_house_rule_nobody_is_named(cast: Cast) -> None:
    row = tell(cast, chatham=True)
    assert row.by is None


@pytest.mark.parametrize(
    ("label", "title", "link"),
    [(Label.GREEN, True, True), (Label.AMBER, True, True), (Label.RED, False, True)],
)
def test_a_letter_says_no_more_than_the_label_lets_it(cast: Cast, label: Label, title: bool, link: bool) -> None:
    row = tell(cast, tlp=label, named_people=[cast.anna])
    letter = letters.compose(row.pk)
    assert letter is not None
    assert ("Six evenings" in letter.subject + letter.text) is title
    assert (str(row.item.uid) in letter.text) is link
    assert letter.to == cast.anna.email


@override_settings(LIAISE_REQUIRE_MFA=True)
def test_a_letter_about_red_is_sent_although_a_letter_has_no_second_factor(cast: Cast) -> None:
    row = tell(cast, tlp=Label.RED, named_people=[cast.anna])
    assert letters.compose(row.pk) is not None
    assert selected(cast.anna) == []


def test_a_letter_goes_out_once(cast: Cast) -> None:
    tell(cast)
    assert mail.send_due() == 1
    assert mail.send_due() == 0
    assert len(outbox.outbox) == 1


def test_a_letter_that_may_not_be_sent_any_more_is_dropped(cast: Cast) -> None:
    tell(cast)
    PartnerGrant.objects.filter(group=cast.malmo.group).delete()
    assert mail.send_due() == 0
    assert Mail.objects.get().dropped_at is not None


def test_a_failed_letter_is_tried_again_later(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(cast)

    def unreachable(key: int) -> None:
        raise ConnectionError

    monkeypatch.setitem(mail.LETTERS, "notification", unreachable)
    assert mail.send_due() == 0
    monkeypatch.undo()
    assert mail.send_due() == 0
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert mail.send_due() == 1


def test_a_letter_whose_sender_died_is_sent_by_the_next(cast: Cast) -> None:
    tell(cast)
    held = Mail.objects.get()
    Mail.objects.filter(pk=held.pk).update(due_at=clock.now() + mail.HELD_FOR, tries=1)
    assert mail.send_due() == 0
    with clock.at(clock.now() + mail.HELD_FOR + timedelta(seconds=1)):
        assert mail.send_due() == 1


def test_a_letter_written_again_while_the_first_is_being_sent_goes_out_too(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = tell(cast)
    compose = mail.LETTERS["notification"]

    def slowly(key: int) -> mail.Letter | None:
        monkeypatch.undo()
        mail.enqueue("notification", row.pk)
        return compose(key)

    monkeypatch.setitem(mail.LETTERS, "notification", slowly)
    assert mail.send_due() == 1
    assert mail.send_due() == 1
    assert mail.send_due() == 0
