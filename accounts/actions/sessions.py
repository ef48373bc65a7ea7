"""Ending sessions."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from network.audit import record
from network.effects import after_commit, sessions_ended
from network.models.people import User
from network.refusals import Unseen


@transaction.atomic
def end_session(*, by: User, session: UserSession) -> None:
    """Signs a person out in one browser of theirs; its sockets close at once. Raises Unseen for somebody else's."""
    if session.user_id != by.pk:
        raise Unseen
    Session.objects.filter(pk=session.session_key).delete()
    session.delete()
    record("accounts.session_ended", by=by, target=by)
    after_commit(sessions_ended)


@transaction.atomic
def end_all_sessions(*, by: User) -> None:
    """Signs a person out on every device; their sockets close at once."""
    known = UserSession.objects.filter(user=by)
    Session.objects.filter(pk__in=list(known.values_list("session_key", flat=True))).delete()
    known.delete()
    record("accounts.signed_out_everywhere", by=by, target=by)
    after_commit(sessions_ended)
