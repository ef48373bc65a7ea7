"""How a view reaches a discussion: through the gate, with what its reader may do there, in one query."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from forums.models.threads import Post, Thread
from network import headcount
from network.labels import Label
from network.models.items import Item
from network.models.people import Partner
from network.models.rooms import Room
from network.permissions import Level, Reach, audience_of, partners_to_act_for
from network.permissions.places import rooms_where
from network.querysets import is_assured
from network.refusals import NeedsSecondFactor, Unseen

POSTS_A_PAGE = 50


def fetch(user: Any, **which: Any) -> Thread:
    """The thread with `contributes`, `moderates`, `at_home` and `held`, what it holds for this person.

    Raises Unseen where they may not see it, NeedsSecondFactor where only that lacks.
    """
    thread = with_rights(Thread.objects.seen_inside_by(user).filter(**which), user).first()
    if thread is not None:
        return thread
    waits = settings.LIAISE_REQUIRE_MFA and not is_assured(user)
    if waits and Thread.objects.seen_inside_by(user, assured=True).filter(**which).exists():
        raise NeedsSecondFactor
    raise Unseen


def with_rights(threads: QuerySet[Thread], user: Any) -> QuerySet[Thread]:
    """Adds to each thread what this person may do in its home room, and how much it holds for them."""
    moderates = _holds(user, Level.MODERATE)
    held = Post.objects.filter(thread=OuterRef("pk"), state="held").order_by()
    count = held.values("thread").annotate(n=Count("pk")).values("n")
    own = held.filter(author_id=user.pk).values("thread").annotate(n=Count("pk")).values("n")
    return threads.select_related("room", "author", "partner").annotate(  # type: ignore[no-redef]
        contributes=_holds(user, Level.CONTRIBUTE),
        moderates=moderates,
        at_home=_holds(user, Level.VIEW),
        held_all=Coalesce(Subquery(count), Value(0)),
        held_own=Coalesce(Subquery(own), Value(0)),
    )


def _holds(user: Any, level: Level) -> ExpressionWrapper:
    return ExpressionWrapper(Q(room__in=rooms_where(user, level)), output_field=BooleanField())


def placed(thread: Thread) -> int:
    """How many posts have a place on the pages of a thread that `fetch` brought, for its reader."""
    return thread.placed_count + (thread.held_all if thread.moderates else thread.held_own)  # type: ignore[attr-defined]


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
    placed_in = list(Room.objects.filter(placements__item=thread)) if thread.tlp <= Label.GREEN else ()
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
    return headcount.of(audience_of(reach))


def home_of(thread: Thread, user: Any) -> Room | None:
    """The room that the page stands in: the home, else where it was passed on to and they may read it."""
    if thread.at_home:  # type: ignore[attr-defined]
        return thread.room
    return Room.objects.visible_to(user).filter(placements__item=thread).first()


def speakers(user: Any, room: Room) -> list[Partner]:
    """The partners this person may speak for there, by name."""
    return list(partners_to_act_for(user, room).order_by("name"))
