"""Keeping and telling of mentions: called by the actions that write, in their transaction, under the thread's lock."""

from __future__ import annotations

from forums.following import choices_for
from forums.mentioning import SIGNS, mentioned, mentioned_under_rule, reach_of
from forums.models.revisions import Mention
from forums.models.threads import Post, Thread
from network import clock
from network.models.following import Follow
from network.models.records import Notification
from network.notifications import notify


def keep(post: Post, thread: Thread) -> None:
    """Writes down whom the words of a post mention now. Who was told before stays known, so that it happens once.

    No query for a new post where nobody is mentioned. Under the Chatham House Rule numbers become people here, unseen.
    """
    people: set[int] = set()
    if any(sign in post.html for sign in SIGNS):
        if thread.chatham:
            people = mentioned_under_rule(post.html, thread, post.author)
        else:
            reach = reach_of(post.author, thread)
            people = mentioned(post.author, post.html, reach, thread=thread, chatham=False).people
    if post.version > 1:
        Mention.objects.filter(post=post, told_at=None).exclude(user__in=people).delete()
    if people:
        rows = [Mention(post=post, user_id=person) for person in sorted(people)]
        Mention.objects.bulk_create(rows, ignore_conflicts=True)


def tell(post: Post, thread: Thread) -> None:
    """Tells those who are mentioned in what can be read now, each once, and not beside another notice of the post."""
    if not any(sign in post.html for sign in SIGNS):
        return
    waiting = list(Mention.objects.filter(post=post, told_at=None).select_related("user"))
    people = [one.user for one in waiting if one.user_id != post.author_id]
    if not people:
        return
    rows = Notification.objects.filter(item=thread, part_kind="post", part_id=post.pk, user__in=people)
    done = set(rows.values_list("user", flat=True))
    chosen = choices_for(thread, *people).items()
    done |= {person for person, one in chosen if one.choice == Follow.Choice.MUTE}
    part = ("post", post.pk)
    untold = [one for one in people if one.pk not in done]
    done |= {row.user_id for row in notify(untold, kind="mentioned", item=thread, part=part, by=post.author)}
    Mention.objects.filter(post=post, user__in=done, told_at=None).update(told_at=clock.now())
