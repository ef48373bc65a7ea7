"""Who is told of a post besides those whom it answers: whoever watches, in the background, through the gate."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from forums.actions.posts import lock_with, tell_after_commit
from forums.following import choices_for
from forums.models.threads import Post
from network.models.following import Follow
from network.models.items import State
from network.models.people import User
from network.models.records import Notification
from network.notifications import notify


@transaction.atomic
def tell_watchers(post: int) -> None:
    """Tells those who watch and may read it, each once, however often it is called; nobody of what was taken away."""
    found = Post.objects.filter(pk=post).first()
    if found is None:
        return
    # Under the thread's lock, so that two workers do not tell twice.
    row, thread = lock_with(found)
    if row.state != State.PUBLISHED or thread.state not in (State.PUBLISHED, State.ARCHIVED):
        return
    # Who began to watch after it could be read has found it there.
    watching = {
        person
        for person, chosen in choices_for(thread).items()
        if chosen.choice == Follow.Choice.WATCH and row.shown_at is not None and chosen.at <= row.shown_at
    }
    told = Notification.objects.filter(Q(item=thread), part_kind="post", part_id=row.pk, user__in=watching)
    people = User.objects.filter(pk__in=watching - set(told.values_list("user", flat=True)))
    if notify(people, kind="watched", item=thread, part=("post", row.pk), by=row.author):
        tell_after_commit()
