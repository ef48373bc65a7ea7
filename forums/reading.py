"""How a view reaches a discussion: through the gate, with what its reader may do there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from forums.models.threads import Post, Thread
from network import headcount
from network.labels import Label
from network.models.items import Item, Placement
from network.models.people import Partner
from network.models.rooms import Room
from network.permissions import Level, Reach, audience_of, by_hat, level_in, partners_to_act_for
from network.querysets import is_assured
from network.refusals import NeedsSecondFactor, Unseen

POSTS_A_PAGE = 50


def fetch(user: Any, **which: Any) -> Thread:
    """The thread with `contributes`, `moderates` and `at_home`: what this person may do in its home room.

    Two queries. Raises Unseen where they may not see it, NeedsSecondFactor where only that lacks.
    """
    thread = with_origin(Thread.objects.seen_inside_by(user).filter(**which)).first()
    if thread is not None:
        return with_rights(thread, user)
    waits = settings.LIAISE_REQUIRE_MFA and not is_assured(user)
    if waits and Thread.objects.seen_inside_by(user, assured=True).filter(**which).exists():
        raise NeedsSecondFactor
    raise Unseen


def with_origin(threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """With room, author and partner, and `passed_on`: whether it stands in other rooms too."""
    elsewhere = Placement.objects.filter(item=OuterRef("pk"))
    return threads.select_related("room", "author", "partner").annotate(passed_on=Exists(elsewhere))


def with_rights(thread: Any, user: Any) -> Any:
    """Adds what this person may do in the home room of a thread that they see. One query."""
    level = level_in(user, thread.room)
    thread.at_home = level is not None
    thread.contributes = level is not None and level >= Level.CONTRIBUTE and not thread.room.is_archived
    thread.moderates = level is not None and level >= Level.MODERATE
    return thread


def placed(thread: Thread, user: Any) -> int:
    """How many posts have a place on the pages of a thread that `fetch` brought, for its reader.

    One query where posts of the thread are held and the reader is no moderator, else none.
    """
    if thread.held_count == 0:
        return thread.placed_count
    if thread.moderates:  # type: ignore[attr-defined]
        return thread.placed_count + thread.held_count
    return thread.placed_count + Post.objects.filter(thread=thread, state="held", author=user).count()


def page_of(post: Post, user: Any, *, moderates: bool) -> int:
    """On which page of its thread a post stands for this reader, from 1. One query."""
    posts = Post.objects.filter(thread=post.thread_id, path__lt=post.path).placed_for(user, moderates=moderates)
    return posts.count() // POSTS_A_PAGE + 1


def place_of(post: Post, user: Any, *, moderates: bool) -> str:
    """The address of a post: its thread's page with the post in sight."""
    page = page_of(post, user, moderates=moderates)
    return f"{post.thread.get_absolute_url()}{f'?page={page}' if page > 1 else ''}#post-{post.uid}"


def readers(thread: Thread) -> headcount.Headcount:
    """Who reads what is written here, in two queries and what its label asks for."""
    if thread.parent is not None and thread.tlp <= Label.AMBER:
        return comment_readers(thread.parent, thread.room)
    elsewhere = thread.tlp <= Label.GREEN and thread.passed_on  # type: ignore[attr-defined]
    placed_in = list(Room.objects.filter(placements__item=thread)) if elsewhere else ()
    return _count(thread, home=thread.room, placed_in=placed_in, parent=thread.parent)


def comment_readers(item: Item, room: Room) -> headcount.Headcount:
    """Who reads what is said about an item in one of its rooms: who views that room and sees the item."""
    return _count(item, home=room)


def _count(item: Item, **where: Any) -> headcount.Headcount:
    reach = Reach(
        label=item.label,
        author=item.author,
        partner=item.partner,
        named_partners=list(item.named_partners.all()) if item.tlp == Label.AMBER_STRICT else (),
        named_people=list(item.named_people.all()) if item.tlp == Label.RED else (),
        **where,
    )
    people = headcount.of(audience_of(reach))
    # Under the Chatham House Rule nothing is counted by partner, and nobody is named.
    return headcount.Headcount(people.people) if item.chatham else people


def home_of(thread: Thread, user: Any) -> Room | None:
    """The room that the page stands in: the home, else where it was passed on to and they may read it."""
    if thread.at_home:  # type: ignore[attr-defined]
        return thread.room
    return Room.objects.visible_to(user).filter(placements__item=thread).first()


def speakers(user: Any, room: Room, *, chatham: bool = False) -> list[Partner]:
    """The partners this person may speak for there, by hat; under the Chatham House Rule for none."""
    if chatham:
        return []
    return list(partners_to_act_for(user, room).order_by(*by_hat(user)))
