"""Shutting an account: what closing, merging and long absence have in common."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db import transaction

from network.effects import after_commit, sessions_ended
from network.models.people import User


@transaction.atomic
def shut(person: User) -> None:
    """The person may not sign in any more: sessions end, open pages are hung up, links to get in open nothing.

    For actions that have asked whether it may be done, in their transaction; the caller records it. Whatever link was
    mailed to sign in or to choose a new password is refused, as it is for anybody who may not sign in. Nothing of what
    they know or wrote changes, so that it can be taken back by `is_active` alone.
    """
    person.is_active = False
    person.save(update_fields=["is_active"])
    for session in UserSession.objects.filter(user=person):
        session.end()
    after_commit(sessions_ended)
