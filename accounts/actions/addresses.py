"""Somebody's e-mail address is another one now."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from network import mail
from network.audit import record
from network.effects import after_commit, send_mail_soon
from network.models.people import User


@transaction.atomic
def note_new_address(*, by: User, before: str) -> None:
    """The trail says so, and a letter goes to the address of before, in case it was not they who changed it."""
    entry = record("accounts.address_changed", by=by, target=by, before=before, after=by.email)
    mail.enqueue("address_changed", entry.pk)
    after_commit(send_mail_soon)


def follow_allauth(sender: Any, user: User, from_email_address: Any, **_: Any) -> None:
    """allauth has confirmed the new address and given it to the person."""
    if from_email_address is not None:
        note_new_address(by=user, before=from_email_address.email)
