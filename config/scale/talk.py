"""Discussions of all lengths, also about documents, and what is said in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.scale.items import A_BATCH, places_of, share, surround
from config.scale.numbers import spread
from config.scale.opinions import purpose, react, settle
from config.scale.words import Title
from config.scale.world import Place, World
from forums import stretches, trees
from forums.models.reactions import Reaction
from forums.models.threads import Post, Thread
from network import rendering
from network.bulk import bulk_create_items
from network.labels import Label
from network.models.items import State
from network.models.records import SearchEntry

POSTS_AT_ONCE = 10_000
# The longest of 30,000 discussions has some thousand posts, the shortest one.
UNEVEN = 0.7
DEEPEST = 3


@dataclass
class Talk:
    """A discussion that is not written yet, and how many posts it is to have."""

    place: Place
    thread: Thread
    title: Title
    size: int
    last: datetime


def discuss(world: World, count: int) -> None:
    """So many discussions over all rooms, with the posts that were asked for."""
    sizes = spread(world.numbers.posts, count, least=1, exponent=UNEVEN)
    world.random.shuffle(sizes)
    talks: list[Talk] = []
    waiting = 0
    for place, size in zip(places_of(world, count), sizes, strict=True):
        talks.append(_talk(world, place, size))
        waiting += size
        if waiting >= POSTS_AT_ONCE or len(talks) >= A_BATCH:
            _hold(world, talks)
            talks, waiting = [], 0
    _hold(world, talks)


def hold_hot(world: World, bench: Place) -> None:
    """The two discussions whose length is known, with the newest words of all."""
    talks = []
    for title, size in (("Hot 50", 50), ("Hot 1000", 1000)):
        thread = share(world, bench, Thread, title=title, tlp=Label.AMBER, state=State.PUBLISHED).item
        thread.created_at = world.now - timedelta(days=30)
        talks.append(Talk(bench, thread, Title(title, title.lower()), size, world.now - timedelta(minutes=1)))
    _hold(world, talks, all_readable=True)


def _talk(world: World, place: Place, size: int) -> Talk:
    _place, thread, title = share(world, place, Thread, purpose=purpose(world))
    last = min(thread.created_at + timedelta(hours=3) * size, world.now - timedelta(hours=1))
    return Talk(place, thread, title, size, max(last, thread.created_at))


def _hold(world: World, talks: list[Talk], *, all_readable: bool = False) -> None:
    said = [(talk.place, talk.thread, list(_said(world, talk, all_readable=all_readable))) for talk in talks]
    posts = [post for _place, _thread, own in said for post in own]
    reactions = [one for place, _thread, own in said for post in own for one in react(world, place, post)]
    threads = bulk_create_items([talk.thread for talk in talks])
    world.count([*threads, *threads])
    surround(world, threads)
    by_depth = defaultdict(list)
    for post in posts:
        by_depth[post.depth].append(post)
    for _depth, level in sorted(by_depth.items()):
        world.count(Post.objects.bulk_create(level, batch_size=A_BATCH))
    world.count(SearchEntry.objects.bulk_create(_entries(world, talks, posts), batch_size=A_BATCH))
    world.count(Reaction.objects.bulk_create(reactions, batch_size=A_BATCH))
    # Nobody has reported, asked or voted in the discussions whose length is known.
    if not all_readable:
        settle(world, said)


def _said(world: World, talk: Talk, *, all_readable: bool) -> Iterator[Post]:
    """The posts of a discussion from its opening one on, and its numbers, as the actions keep them."""
    thread = talk.thread
    said: list[Post] = []
    step = (talk.last - thread.created_at) / max(talk.size - 1, 1)
    for number in range(talk.size):
        parent = _answered(world, said)
        voice, words = world.random.choice(talk.place.voices), world.words.paragraph()
        state = State.PUBLISHED if all_readable or not number else _state(world)
        at = thread.created_at + step * number
        post = Post(
            uid=world.uid(),
            thread=thread,
            parent=parent,
            author=voice.person if number else thread.author,
            partner=voice.partner if number else thread.partner,
            language=words.language,
            body=words.body,
            html=words.html,
            renderer=rendering.VERSION,
            state=state,
            held_since=at if state == State.HELD else None,
            path=(parent.path if parent else "") + trees.segment(parent.below if parent else 0),
            depth=parent.depth + 1 if parent else 0,
            at=at,
            once=world.uid(),
        )
        if parent:
            parent.below += 1
        if state == State.PUBLISHED:
            thread.last_number += 1
            post.number, post.shown_at = thread.last_number, at
        said.append(post)
        thread.held_count += state == State.HELD
        thread.placed_count += state != State.HELD
        thread.reply_count += state == State.PUBLISHED and number > 0
        if state == State.PUBLISHED:
            thread.active_at = at
    placed = sorted(post.path for post in said if post.state != State.HELD)
    thread.stretches = stretches.text(stretches.cut(placed)) if len(placed) > stretches.LONGEST else ""
    thread.tops = 1
    yield from said


def _answered(world: World, said: list[Post]) -> Post | None:
    """Most answer the opening post, some one of the last few."""
    if not said:
        return None
    near = world.random.choice(said[-8:])
    return near if near.depth < DEEPEST and world.random.random() < 0.4 else said[0]


def _state(world: World) -> str:
    return world.random.choices((State.PUBLISHED, State.HELD, State.REMOVED), weights=(994, 2, 4))[0]


def _entries(world: World, talks: list[Talk], posts: list[Post]) -> Iterator[SearchEntry]:
    hidden = {talk.thread.pk for talk in talks if talk.thread.state in (State.HELD, State.REMOVED)}
    titles = {talk.thread.pk: talk.title for talk in talks}
    for post in posts:
        if post.state != State.PUBLISHED or post.thread_id in hidden:
            continue
        stems = world.words.stems_of(post.body)
        if post.parent_id is None:
            yield world.entry(post.thread_id, titles[post.thread_id], stems, post.at)
        else:
            yield SearchEntry(item_id=post.thread_id, part_kind="post", part_id=post.pk, words=stems, at=post.at)
