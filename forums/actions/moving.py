"""A discussion goes to another room: what was said stays said, and those who can still read it are told once."""

from __future__ import annotations

from django.db import transaction

from forums.actions.changes import note_change
from forums.actions.moderation import clean_reason
from forums.actions.posts import lock, tell_after_commit
from forums.actions.reading import settle_marks
from forums.following import choices_for
from forums.models.cases import Appeal, Case, Decision
from forums.models.changes import Change
from forums.models.threads import Post, Thread
from forums.permissions.cases import appeal_deciders, deciders
from forums.permissions.moving import check_move
from network import chatham
from network.audit import record
from network.models.following import Follow
from network.models.items import Item
from network.models.people import User
from network.models.records import Notification
from network.models.rooms import Room
from network.models.sanctions import Sanction
from network.notifications import notify


@transaction.atomic
def move_thread(*, by: User, thread: Thread, room: Room, reason: str = "", decision: Decision | None = None) -> Change:
    """A moderator of its room moves it to another where they contribute; its label and whom it names stay.

    What is AMBER or stricter only where nobody gains. `decision` where it is what moderators decided.
    Raises Unseen, Forbidden, Invalid (room, reason).
    """
    thread = lock(thread)
    check_move(by, thread, room)
    words = clean_reason(reason, demanded=False)
    placement = thread.placements.filter(room=room).first()
    before = {
        "tlp": thread.tlp,
        "pinned_at": thread.pinned_at.isoformat() if thread.pinned_at else None,
        "passed_on": placement is not None,
        "passed_on_by": placement.by_id if placement else None,
    }
    change = note_change(
        by=by, thread=thread, kind=Change.Kind.MOVED, to_room=room, reason=words, before=before, decision=decision
    )
    carry_over(by=by, thread=thread, room=room, reason=words)
    return change


def carry_over(*, by: User, thread: Thread, room: Room, reason: str) -> None:
    """The same of a locked row, for a caller who has asked who may and keeps how it was."""
    old, told = thread.room, _taking_part(thread)
    settle_marks(thread)
    thread.placements.filter(room=room).delete()
    Item.objects.filter(pk=thread.pk).update(room=room)
    Thread.objects.filter(pk=thread.pk).update(pinned_at=None)
    # Whoever is kept from writing in it, under the Chatham House Rule, is so wherever it stands.
    Sanction.objects.filter(item=thread).update(room=room)
    thread.room, thread.pinned_at = room, None
    actor = chatham.moderator(thread, by)
    record("forums.moved", by=actor, target=thread, room=old, reason=reason)
    record("forums.came", by=actor, target=thread, room=room, reason=reason)
    _ask_again(thread, old)
    notify(told, kind="thread_moved", item=thread, by=by)
    tell_after_commit()


def _taking_part(thread: Thread) -> list[User]:
    """Who wrote in it or watches it, and did not choose to be told nothing."""
    chosen = {person: row.choice for person, row in choices_for(thread).items()}
    wrote = set(Post.objects.filter(thread=thread).order_by().values_list("author", flat=True))
    watching = {person for person, choice in chosen.items() if choice == Follow.Choice.WATCH}
    mute = {person for person, choice in chosen.items() if choice == Follow.Choice.MUTE}
    return list(User.objects.filter(pk__in=(wrote | watching) - mute))


def _ask_again(thread: Thread, old: Room) -> None:
    """What waits to be decided about it goes with it: the moderators of its new room are asked."""
    cases = Case.objects.filter(item=thread, closed_at=None, for_coordinators=False, reports__isnull=False)
    for case in cases.distinct():
        Notification.objects.filter(kind="reported", room=old, part_kind="case", part_id=case.pk).delete()
        notify(deciders(case), kind="reported", room=thread.room, part=("case", case.pk))
    for appeal in Appeal.objects.filter(decision__case__item=thread, decided_at=None, for_coordinators=False):
        Notification.objects.filter(kind="appealed", room=old, part_kind="appeal", part_id=appeal.pk).delete()
        notify(appeal_deciders(appeal), kind="appealed", room=thread.room, part=("appeal", appeal.pk))
