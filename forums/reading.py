"""How a view reaches a discussion: through the gate, with what its reader may do there."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from forums import stretches
from forums.models.polls import Poll
from forums.models.threads import Post, Thread
from forums.permissions.threads import muted_here
from forums.querysets import ThreadQuerySet
from network import headcount
from network.labels import Label
from network.models.items import Item, Placement, State
from network.models.people import Partner, User
from network.models.rooms import Room
from network.permissions import Level, Reach, Standing, standing_about
from network.permissions.places import held_in, level_of
from network.permissions.sight import would_see
from network.permissions.speaking import speakers_in
from network.permissions.whole import whole
from network.querysets import is_assured
from network.refusals import NeedsSecondFactor, Unseen

POSTS_A_PAGE = 50
STEPS = 20  # of one discussion that was joined to another, which was joined to a third


def fetch(user: Any, uid: uuid.UUID) -> Thread:
    """The thread with `contributes`, `moderates` and `at_home`: what this person may do in its home room; and with
    what they have read of it, for `forums.unread.reckon`.

    Two queries for who sees it in its home room, at most five for others. Raises Unseen where they may not see it,
    NeedsSecondFactor where only that lacks.
    """
    here = standing_about(user, uid)
    mfa, sure = settings.LIAISE_REQUIRE_MFA, is_assured(user)
    found = []
    if here.level is not None:
        keys = user.pk, uid, here.room.pk, here.opened_by
        found = _at_home(*keys, moderates=here.moderates, assured=sure, mfa=mfa)
    # By a rule that is short once it is known what they are there; elsewhere by that for all rooms at once.
    thread = found[0] if found else _shown(Thread.objects.one_seen_by(user, uid, inside=True), user).first()
    if thread is not None and thread.merged_into_id is None:
        # It may have been moved since.
        stays = thread.room_id == here.room.pk
        return with_rights(thread, user, here.held if stays else held_in(user, thread.room))
    if mfa and not sure and Thread.objects.one_seen_by(user, uid, inside=True, assured=True).exists():
        raise NeedsSecondFactor
    raise Unseen


@whole
def _at_home(
    user_id: int, uid: uuid.UUID, room: int, opened_by: tuple[int, ...], *, moderates: bool, assured: bool, mfa: bool
) -> ThreadQuerySet:
    user = User(pk=user_id)
    user.assured = assured  # type: ignore[attr-defined]
    level = Level.MODERATE if moderates else Level.VIEW
    return _shown(Thread.objects.filter(uid=uid).at_home(Standing(user, Room(pk=room), level, opened_by)), user)


def _shown(threads: ThreadQuerySet, user: Any) -> ThreadQuerySet:
    """With all that a discussion's page says of it."""
    begun = Item.objects.filter(made_from=OuterRef("pk"))
    polls = Poll.objects.filter(post__thread=OuterRef("pk"), post__parent=None)
    rows = with_origin(threads).select_related("summary__author", "summary__partner")
    return rows.annotate(begins=Exists(begun), polled=Exists(polls)).with_reading(user).with_own_marks(user)


def forwarded(user: Any, uid: uuid.UUID) -> Thread | None:
    """Where a discussion goes on that was joined to another, for who sees that one. None for any other."""
    row = Thread.objects.select_related("merged_into").filter(uid=uid, merged_into__isnull=False).first()
    for _step in range(STEPS):
        if row is None or row.merged_into is None:
            break
        row = row.merged_into
    try:
        return fetch(user, row.uid) if row else None
    except Unseen:
        return None


def removed(user: Any, uid: uuid.UUID) -> Thread | None:
    """A discussion that moderators removed, for who would read it at home: that it stood in that room, and no more."""
    thread = Thread.objects.select_related("room", "parent").filter(uid=uid, state=State.REMOVED).first()
    if thread is None or user.pk is None or not would_see(user.pk, thread):
        return None
    # Whoever read it in another room does not learn which its home was.
    return thread if Room.objects.visible_to(user).filter(pk=thread.room_id).exists() else None


def with_origin(threads: ThreadQuerySet) -> ThreadQuerySet:
    """With room, author and partner, and `passed_on`: whether it stands in other rooms too."""
    elsewhere = Placement.objects.filter(item=OuterRef("pk"))
    return threads.select_related("room", "author", "partner").annotate(passed_on=Exists(elsewhere))


def with_rights(thread: Any, user: Any, held: Iterable[tuple[str, int]]) -> Any:
    """Adds what this person, who holds that in the home room of a thread that they see, may do there.

    One query for who reads it but does not write, and under the Chatham House Rule.
    """
    level = level_of(held, thread.room)
    thread.at_home = level is not None
    thread.contributes = level is not None and level >= Level.CONTRIBUTE and not thread.room.is_archived
    thread.moderates = level is not None and level >= Level.MODERATE
    thread.muted = muted_here(user, thread, contributes=thread.contributes) if thread.at_home else None
    # Under the Chatham House Rule whoever is kept from this discussion contributes to its room all the same.
    thread.contributes = thread.contributes and not thread.muted
    return thread


def page_of(post: Post, *, in_time: bool = False) -> int:
    """On which page of its thread a post stands, from 1: the same for all readers. One query, none `in_time`.

    What is held stands on the page of what is before it. The thread came from the database with the post or later.
    """
    thread = post.thread
    if in_time:
        # What has no number yet stands at the end, for those who see it.
        return max((post.number or thread.last_number) - 1, 0) // POSTS_A_PAGE + 1
    first, count = stretches.before(stretches.parsed(thread.stretches, thread.placed_count), post.path)
    placed = Post.objects.filter(thread=thread, path__gte=first, path__lt=post.path).exclude(state=State.HELD)
    count += placed.count()
    return max(count - (post.state == State.HELD), 0) // POSTS_A_PAGE + 1


def place_of(post: Post, user: Any) -> str:
    """The address of a post: the page on which this reader has it, in the order they chose, with the post in sight."""
    page = page_of(post, in_time=user.reads_in_time)
    return f"{post.thread.get_absolute_url()}{f'?page={page}' if page > 1 else ''}#post-{post.uid}"


def held_because(thread: Any) -> str:
    """Why a discussion that `fetch` brought waits: for its moderators alone. One query where it does, else none."""
    if thread.state != State.HELD or not thread.moderates:
        return ""
    return Post.objects.filter(thread=thread, parent=None).values_list("reason", flat=True).first() or ""


def readers(thread: Thread) -> headcount.Numbers:
    """How many read what is written here, in one query, one more for guests, and what its label asks for."""
    if thread.parent is not None and thread.tlp <= Label.AMBER:
        return comment_readers(thread.parent, thread.room)
    elsewhere = thread.tlp <= Label.GREEN and thread.passed_on  # type: ignore[attr-defined]
    placed_in = list(Room.objects.filter(placements__item=thread)) if elsewhere else ()
    return _count(thread, home=thread.room, placed_in=placed_in, parent=thread.parent)


def comment_readers(item: Item, room: Room) -> headcount.Numbers:
    """How many read what is said about an item in one of its rooms: who views that room and sees the item."""
    return _count(item, home=room)


def _count(item: Item, **where: Any) -> headcount.Numbers:
    reach = Reach(
        label=item.label,
        author=item.author,
        partner=item.partner,
        named_partners=list(item.named_partners.all()) if item.tlp == Label.AMBER_STRICT else (),
        named_people=list(item.named_people.all()) if item.tlp == Label.RED else (),
        **where,
    )
    found = headcount.of_reach(reach)
    # Under the Chatham House Rule nothing is counted by partner, and nobody is named.
    return headcount.Numbers(found.people) if item.chatham else found


def home_of(thread: Thread, user: Any) -> Room | None:
    """The room that the page stands in: the home, else where it was passed on to and they may read it."""
    if thread.at_home:  # type: ignore[attr-defined]
        return thread.room
    return Room.objects.visible_to(user).filter(placements__item=thread).first()


def made_of(thread: Any, user: Any) -> list[Item]:
    """What was made of a thread that `fetch` brought, as far as this person sees it. One query where there is any."""
    if not thread.begins:
        return []
    return list(Item.objects.seen_inside_by(user).filter(made_from=thread.pk).exclude(state="removed").order_by("pk"))


def speakers(user: Any, room: Room, *, chatham: bool = False) -> list[Partner]:
    """The partners this person may speak for there, by hat; under the Chatham House Rule for none."""
    return [] if chatham else speakers_in(user, room)
