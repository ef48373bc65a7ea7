"""Fills a database with discussions to measure: rooms with few and many, threads short and long, and their followers.

`python -m benchmarks.talked fill` prints the addresses as JSON; `… queries ADDRESS …` how many each page asks.
LIAISE_BENCH_PART=10 fills the large ones to a tenth, for trying something out; the growth is then that of ten times.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

EMAIL = "reader@bench.example"
PART = int(os.environ.get("LIAISE_BENCH_PART", "1"))
FEW, MANY, MARKED = 1_000, 100_000 // PART, 10_000 // PART
SHORT, LONG = 1_000, 100_000 // PART
FOLLOWERS = 1_000
# About 80 words, as town halls write.
WORDS = (
    "We began with the schools that asked us, two of them, and with what their teachers had already seen. The first "
    "meeting was in the library; the police came without uniform and stayed until the end. What helped most was that "
    "one person had time for each call, and that parents could ring without saying who they were. After half a year we "
    "asked all of them what they would do again. The paper is in the documents, in Swedish, with a summary in English."
)


def fill() -> dict[str, str]:
    """All of it; the addresses by name."""
    from django.contrib.auth.hashers import make_password

    from benchmarks.house import PASSWORD
    from forums.models.threads import Thread
    from network.models.following import Follow
    from network.permissions import Level
    from tests.factories import PartnerFactory, RoomFactory, UserFactory, grant, member_of

    partners = [PartnerFactory() for _ in range(20)]
    people = [member_of(partner) for partner in partners for _ in range(3)]
    reader = member_of(partners[0], name="Rita Reader", email=EMAIL)
    reader.password = make_password(PASSWORD)
    reader.save(update_fields=["password"])
    voices = [(person, partners[n // 3]) for n, person in enumerate(people)]
    rooms = {}
    for name in ("few", "many", "marked", "followed"):
        rooms[name] = RoomFactory(slug=f"bench-{name}")
        for partner in partners:
            grant(partner, Level.CONTRIBUTE, rooms[name])
    for name, count in (("few", FEW), ("many", MANY), ("marked", MARKED)):
        for start in range(0, count, 10_000):
            talks(rooms[name], min(10_000, count - start), 1, voices, title="What worked")
    found = {name: f"/rooms/{room.slug}/discussions/" for name, room in rooms.items()}
    for name in ("few", "many"):
        found |= {f"{name}, page 40": deep(rooms[name], 39), f"{name}, last page": deep(rooms[name], None)}
    for name, room, size in (
        ("hot in few", "few", 50),
        ("hot in many", "many", 50),
        ("short", "few", SHORT),
        ("long", "few", LONG),
        ("unfollowed", "few", 50),
        ("followed by many", "followed", 50),
    ):
        thread = talks(rooms[room], 1, size, voices, title=f"Hot {size}")[0]
        found[name] = f"/discussions/{thread.uid}/"
    thread = Thread.objects.get(room=rooms["followed"])
    crowd = [UserFactory.build(email=f"follower-{n}@bench.example") for n in range(FOLLOWERS)]
    crowd = type(reader).objects.bulk_create(crowd)
    membership: Any = people[0].memberships.model
    since = people[0].memberships.get().since
    membership.objects.bulk_create(membership(user=one, partner=partners[1], since=since) for one in crowd)
    Follow.objects.bulk_create(Follow(user=one, item=thread, choice=Follow.Choice.WATCH) for one in crowd)
    return found


def deep(room: Any, legs: int | None) -> str:
    """The list of a room after so many legs, or its last one, as following "older" leads there."""
    from forums.models.threads import Thread
    from forums.views.lists import THREADS_A_PAGE
    from network.keyset import written

    threads = Thread.objects.filter(room=room)
    before = (threads.count() // THREADS_A_PAGE - 1 if legs is None else legs) * THREADS_A_PAGE
    last = threads.order_by("-active_at", "-uid")[before - 1]
    return f"/rooms/{room.slug}/discussions/?{urlencode({'before': written(last)})}"


def talks(room: Any, count: int, size: int, voices: list[Any], *, title: str) -> list[Any]:
    """So many discussions of so many posts, as the actions would have left them."""
    from forums import trees
    from forums.actions.posts import cut
    from forums.models.threads import Post, Thread
    from forums.stretches import text
    from network import clock, rendering
    from network.bulk import bulk_create_items
    from network.labels import Label

    html = rendering.to_html(WORDS)
    begun = clock.now() - timedelta(days=300)
    step = timedelta(days=290) / (count * size)
    threads = []
    for n in range(count):
        person, partner = voices[n % len(voices)]
        last = begun + step * (n + 1) * size
        thread = Thread(
            kind="thread", room=room, author=person, partner=partner, title=f"{title} {n}" if count > 1 else title,
            tlp=Label.AMBER, state="published", created_at=last - step, active_at=last, reply_count=size - 1,
            placed_count=size, tops=1, last_number=size,
        )  # fmt: skip
        threads.append(thread)
    bulk_create_items(threads)
    posts: list[Any] = []

    def post(thread: Any, n: int, parent: Any) -> Any:
        person, partner = voices[n % len(voices)]
        at = thread.active_at - step * (size - n)
        stem, place = (parent.path, parent.below) if parent else ("", 0)
        return Post(
            thread=thread, parent=parent, author=person, partner=partner, body=WORDS, html=html, at=at, number=n + 1,
            renderer=rendering.VERSION, path=stem + trees.segment(place), depth=parent.depth + 1 if parent else 0,
            shown_at=at,
        )  # fmt: skip

    openings = Post.objects.bulk_create([post(thread, 0, None) for thread in threads], batch_size=5_000)
    for opening in openings:
        first: list[Any] = []
        below: list[Any] = []
        for n in range(1, size):
            # Two of three answer the opening post, the third what came last below it.
            parent = opening if n % 3 or not first else first[-1]
            posts = below if parent is not opening else first
            posts.append(post(opening.thread, n, parent))
            parent.below += 1
        for level in (first, below):
            Post.objects.bulk_create(level, batch_size=5_000)
        if size > 1:
            Post.objects.bulk_update([opening, *(one for one in first if one.below)], ["below"], batch_size=1_000)
            Thread.objects.filter(pk=opening.thread_id).update(stretches=text(cut(opening.thread)))
    return threads


def queries(addresses: list[str]) -> dict[str, int]:
    """How many questions the page at each address asks of the database, for somebody who is signed in."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(get_user_model()._default_manager.get(email=EMAIL))
    counts = {}
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts[address] = len(asked)
    return counts


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(fill() if sys.argv[1] == "fill" else queries(sys.argv[2:])))
