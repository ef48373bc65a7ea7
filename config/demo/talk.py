"""Discussions, comments and chat: what people say, what is held, approved, removed and locked."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from config.demo.content import Row, known_as
from config.demo.items import settle, what_all_share
from config.demo.story import Story
from forums.actions.chat import approve_message, say
from forums.actions.moderation import approve_post, lock_thread, remove_post
from forums.actions.threads import comment_on, reply, start_thread
from forums.models.chat import ChatMessage
from forums.models.threads import Post, Thread
from network.models.items import State

MODERATED_AFTER = timedelta(minutes=20)


class Discussion:
    """One discussion, or the comments on one item, as they come about."""

    def __init__(self, story: Story, row: Row) -> None:
        self.story = story
        self.row = row
        self.thread: Thread | None = None
        self.posts: list[Post] = []

    def tell(self) -> None:
        """Everything that is said in it, and what moderators do about it."""
        moments = [self.story.moments.ago(hours=post["hours_ago"]) for post in self.row["posts"]]
        for number, post in enumerate(self.row["posts"]):
            later = min([moments[number] + 2 * MODERATED_AFTER, self.story.moments.now, *moments[number + 1 :]])
            settled = moments[number] + (later - moments[number]) / 2
            self.story.timeline.add(moments[number], partial(self._say, number, post, settled))
            if post.get("state") == State.REMOVED:
                self._tell_removal(number, post)
        if locked := self.row["locked"]:
            self.story.timeline.add(
                self.story.moments.ago(hours=locked["hours_ago"]),
                lambda: lock_thread(by=self.story.people[locked["by"]], thread=self._begun(), reason=locked["reason"]),
            )

    def _begun(self) -> Thread:
        if self.thread is None:
            raise ValueError(f"{self.row['key']} has not begun")
        return self.thread

    def _say(self, number: int, post: Row, settled: datetime) -> None:
        if self.row["about"] is None and number == 0:
            self._start(post, settled)
        else:
            self._answer(number, post, settled)

    def _start(self, post: Row, settled: datetime) -> None:
        shared = what_all_share(self.story, self.row)
        self.thread = start_thread(
            **shared,
            body=post["text"],
            once=known_as("discussion", self.row["key"]),
            announcement=self.row.get("announcement", False),
        )
        self.posts.append(Post.objects.get(thread=self.thread))
        settle(self.story, self.thread, self.row, settled)

    def _answer(self, number: int, post: Row, settled: datetime) -> None:
        by, once = self.story.people[post["author"]], known_as("post", self.row["key"], number)
        parent = None if post["parent"] is None else self.posts[post["parent"]]
        language: str = post.get("language") or self.row["language"]
        if self.row["about"]:
            item = self.story.items[self.row["about"]]
            said = comment_on(
                by=by, item=item, room=item.room, body=post["text"], parent=parent, language=language, once=once
            )
            self.thread = said.thread
        else:
            said = reply(by=by, thread=self._begun(), body=post["text"], parent=parent, language=language, once=once)
        self.posts.append(said)
        self._settle(said, post, settled)

    def _settle(self, said: Post, post: Row, settled: datetime) -> None:
        waits = post.get("state") == State.HELD
        if waits and said.state != State.HELD:
            raise ValueError(f"A post of {self.row['key']} is to be held, and the room did not hold it")
        if said.state == State.HELD and not waits:
            moderator = self.story.moderator(self.row["room"], post["author"])
            self.story.timeline.add(settled, lambda: approve_post(by=moderator, post=said))

    def _tell_removal(self, number: int, post: Row) -> None:
        self.story.timeline.add(
            self.story.moments.ago(hours=post["removed_hours_ago"]),
            lambda: remove_post(
                by=self.story.people[post["removed_by"]], post=self.posts[number], reason=post["removed_reason"]
            ),
        )


def tell_discussions(story: Story) -> None:
    """Every discussion, and the comments on items."""
    for row in story.content.discussions:
        Discussion(story, row).tell()


def tell_chat(story: Story) -> None:
    """Everything that is said in the chat of rooms."""
    for row in story.content.chat:
        said: list[ChatMessage] = []
        for number, message in enumerate(row["messages"]):
            story.timeline.add(
                story.moments.ago(minutes=message["minutes_ago"]), partial(_say, story, row, number, message, said)
            )


def _say(story: Story, row: Row, number: int, message: Row, said: list[ChatMessage]) -> None:
    answered = message["reply_to"]
    spoken = say(
        by=story.people[message["author"]],
        room=story.rooms[row["room"]],
        body=message["text"],
        client_id=known_as("message", row["room"], number),
        reply_to=None if answered is None else said[answered].seq,
    )
    said.append(spoken)
    if spoken.state == State.HELD:
        approve_message(by=story.moderator(row["room"], message["author"]), message=spoken)
