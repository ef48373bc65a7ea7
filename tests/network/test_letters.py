"""Every letter, whoever wrote it, ends in the same way."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core import mail as django_mail
from django.test import Client

from accounts.actions.invitations import invite
from forums.actions import threads
from network import mail
from network.models import Programme
from tests.cast import Cast


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
