"""Every letter, whoever wrote it, ends in the same way."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core import mail as django_mail
from django.test import Client

from accounts.actions.invitations import invite
from forums.actions import threads
from network import letters, mail
from network.labels import Label
from network.models import Programme
from network.notifications import NOTICES, notify
from tests.cast import Cast
from tests.exchange.making import share

# Nothing here differs between the databases.
pytestmark = pytest.mark.once


def test_an_invitation_a_notice_and_a_word_about_a_password_end_alike(client: Client, cast: Cast) -> None:
    Programme.objects.update_or_create(pk=1, defaults={"name": "Cities & co"})
    django_mail.outbox.clear()
    invite(by=cast.luc, partner=cast.liege, email="new@liege.example", role="member", language="en")
    thread = threads.start_thread(by=cast.luc, room=cast.families, title="Who?", body="Who?")
    threads.reply(by=cast.anna, thread=thread, body="We do.")
    mail.send_due()
    client.post("/accounts/password/reset/", {"email": cast.luc.email})
    letters = {letter.to[0]: letter.body for letter in django_mail.outbox}
    assert len(django_mail.outbox) == 3
    for letter in django_mail.outbox:
        _text, _line, foot = letter.body.rpartition("\n\n-- \n")
        assert foot.splitlines()[0] == f"Cities & co, {settings.LIAISE_URL}"
    assert letters["new@liege.example"].endswith(f"-- \nCities & co, {settings.LIAISE_URL}\n")


@pytest.mark.django_db
def test_a_network_without_a_name_is_called_by_the_name_of_the_house() -> None:
    assert mail.closing() == f"-- \nLiaise, {settings.LIAISE_URL}"


@pytest.mark.parametrize("about_it", ["the thing itself", "talk about it"])
@pytest.mark.parametrize("label", Label)
def test_of_amber_and_stricter_a_letter_holds_a_link_and_no_words_and_of_red_no_title(
    cast: Cast, label: Label, about_it: str
) -> None:
    named = {"named_partners": [cast.malmo]} if label == Label.AMBER_STRICT else {}
    named |= {"named_people": [cast.anna]} if label == Label.RED else {}
    if about_it == "the thing itself":
        thread = threads.start_thread(
            by=cast.luc, room=cast.families, title="Three boys", body="Who?", tlp=label, **named
        )
        threads.reply(by=cast.anna, thread=thread, body="At the Rosengård school.")
    else:
        document = share(cast, title="Three boys", tlp=label, **named)
        threads.comment_on(by=cast.anna, item=document, room=cast.families, body="At the Rosengård school.")
    while mail.send_due():
        pass
    # Whom RED names is told of that as well.
    told = [cast.luc.email] if label < Label.RED else [cast.luc.email, cast.anna.email]
    assert sorted(one.to[0] for one in django_mail.outbox) == sorted(told)
    assert all("Three boys" not in f"{one.subject} {one.body}" for one in django_mail.outbox if label == Label.RED)
    (letter,) = [one for one in django_mail.outbox if one.to == [cast.luc.email]]
    assert f"{settings.LIAISE_URL}/" in letter.body
    said = f"{letter.subject} {letter.body}"
    assert ("Rosengård" in said) == (label <= Label.GREEN)
    assert "Who?" not in said
    if label == Label.RED:
        assert "Anna" not in said


@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_no_kind_of_notice_tells_words_of_amber_by_letter(cast: Cast, kind: str) -> None:
    thread = threads.start_thread(by=cast.luc, room=cast.families, title="Three boys", body="Who?")
    post = threads.reply(by=cast.anna, thread=thread, body="At the Rosengård school.")
    (row,) = notify([cast.mona], kind=kind, item=thread, part=("post", post.pk), by=cast.anna)
    letter = letters.compose(row.pk)
    assert letter is not None
    assert "Rosengård" not in letter.subject + letter.text
