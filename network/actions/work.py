"""What the host does about background work."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from network.audit import record
from network.background import board
from network.models.people import Partner, User
from network.permissions import NETWORK, Level, require
from network.refusals import Unseen


@transaction.atomic
def try_again(*, by: User, uid: UUID) -> None:
    """The host has a task that was given up tried again; asked twice, it is tried once."""
    require(by, Level.OPERATE, NETWORK)
    job = board.find(uid)
    if job is None:
        raise Unseen
    if board.begin_again(uid):
        lead = Partner.objects.filter(role=Partner.Role.LEAD).first()
        record("network.work_tried_again", by=by, target=lead or by, task=job.task)
