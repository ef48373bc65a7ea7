"""Discussions, comments and chat: what people say, what is held, approved, removed and locked."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial

from django.urls import reverse

from config.demo.content import Row, known_as
from config.demo.items import settle, what_all_share
from config.demo.story import Story
from forums import targets
from forums.actions.answers import mark_answer
from forums.actions.cases import report
from forums.actions.chat import approve_message, say
from forums.actions.chat_editing import edit_message, retract_message
from forums.actions.chat_pinning import pin_message
from forums.actions.chat_reactions import react_to_message
from forums.actions.closing import lock_thread
from forums.actions.editing import edit_post
from forums.actions.moderation import approve_post, remove_post
from forums.actions.pinning import pin_thread
from forums.actions.sanctions import sanction
from forums.actions.splitting import split_thread
from forums.actions.threads import comment_on, reply, start_thread
from forums.actions.withdrawing import withdraw_post
from forums.models.cases import Action
from forums.models.chat import ChatMessage
from forums.models.threads import Post, Purpose, Thread
from forums.reactions import KINDS
from network import clock
from network.actions.drafts import keep
from network.models.items import State
from network.models.people import User

MENTION = re.compile(r"\{person:([^}]+)\}")
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
            if muted := post.get("muted"):
                self._tell_mute(number, muted)
            self._tell_second_thoughts(number, post)
            for said in post.get("reported", ()):
                self._tell_report(number, said)
        for draft in self.row.get("drafts", ()):
            self.story.timeline.add(self.story.moments.ago(hours=draft["hours_ago"]), partial(self._write, draft))
        if locked := self.row["locked"]:
            self.story.timeline.add(
                self.story.moments.ago(hours=locked["hours_ago"]),
                lambda: lock_thread(by=self.story.people[locked["by"]], thread=self._begun(), reason=locked["reason"]),
            )
        self._tell_changes()

    def _tell_changes(self) -> None:
        """The reply that answers it, that it is pinned, and what became a discussion of its own."""
        if answered := self.row.get("answered"):
            self.story.timeline.add(
                self.story.moments.ago(hours=answered["hours_ago"]),
                lambda: mark_answer(by=self.story.people[answered["by"]], post=self.posts[answered["post"]]),
            )
        if pinned := self.row.get("pinned"):
            self.story.timeline.add(
                self.story.moments.ago(hours=pinned["hours_ago"]),
                lambda: pin_thread(by=self.story.people[pinned["by"]], thread=self._begun()),
            )
        if split := self.row.get("split"):
            self.story.timeline.add(self.story.moments.ago(hours=split["hours_ago"]), partial(self._split, split))

    def _split(self, split: Row) -> None:
        post = self.posts[split["post"]]
        split_thread(
            by=self.story.moderator(self.row["room"], self.row["posts"][split["post"]]["author"]),
            thread=self._begun(),
            posts=[post.uid],
            title=split["title"],
            reason=split["reason"],
            once=known_as("discussion", self.row["key"], split["post"]),
        )

    def _tell_second_thoughts(self, number: int, post: Row) -> None:
        """What its author changed later, or took back."""

        def change() -> None:
            said, by = self.posts[number], self.story.people[post["author"]]
            edit_post(by=by, post=said, body=self._words(post["text"]), version=1)

        def take_back() -> None:
            withdraw_post(by=self.story.people[post["author"]], post=self.posts[number])

        if changed := post.get("changed"):
            self.story.timeline.add(self.story.moments.ago(hours=changed["hours_ago"]), change)
        if withdrawn := post.get("withdrawn_hours_ago"):
            self.story.timeline.add(self.story.moments.ago(hours=withdrawn), take_back)

    def _words(self, text: str) -> str:
        """The text with each {person:ADDRESS} as the text area writes a mention down."""

        def mention(found: re.Match[str]) -> str:
            person = self.story.people[found[1]]
            return f"[@{person.name}]({person.get_absolute_url()})"

        return MENTION.sub(mention, text)

    def _first_words(self, post: Row) -> str:
        return self._words(post["changed"]["text_before"] if "changed" in post else post["text"])

    def _begun(self) -> Thread:
        if self.thread is None:
            raise ValueError(f"{self.row['key']} has not begun")
        return self.thread

    def _say(self, number: int, post: Row, settled: datetime) -> None:
        if self.row["about"] is None and number == 0:
            self._start(post, settled)
        else:
            self._answer(number, post, settled)

    def _write(self, draft: Row) -> None:
        """A reply that somebody has begun to write and not sent."""
        page = self._begun().get_absolute_url()
        key = reverse("forums:reply", args=[self._begun().uid])
        keep(by=self.story.people[draft["by"]], key=key, page=page, fields={"body": draft["text"]})

    def _start(self, post: Row, settled: datetime) -> None:
        shared = what_all_share(self.story, self.row)
        self.thread = start_thread(
            **shared,
            body=self._first_words(post),
            once=known_as("discussion", self.row["key"]),
            purpose=self.row.get("purpose", Purpose.DISCUSSION),
            chatham=self.row.get("chatham", False),
        )
        self.posts.append(Post.objects.get(thread=self.thread))
        settle(self.story, self.thread, self.row, settled)

    def _answer(self, number: int, post: Row, settled: datetime) -> None:
        by, once = self.story.people[post["author"]], known_as("post", self.row["key"], number)
        parent = None if post["parent"] is None else self.posts[post["parent"]]
        language: str = post.get("language") or self.row["language"]
        attach = [self.story.items[f"document:{key}"].uid for key in post.get("attach", ())]
        told: Row = {"by": by, "body": self._first_words(post), "parent": parent, "language": language}
        words = {**told, "once": once, "attach": attach}
        if self.row["about"]:
            item = self.story.items[self.row["about"]]
            said = comment_on(item=item, room=item.room, **words)
            self.thread = said.thread
        else:
            said = reply(thread=self._begun(), **words)
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
                by=self.story.people[post["removed_by"]],
                post=self.posts[number],
                reason=post["removed_reason"],
                ground=post["removed_ground"],
            ),
        )

    def _tell_mute(self, number: int, muted: Row) -> None:
        def act() -> None:
            sanction(
                by=self.story.people[muted["by"]],
                target=targets.of_post(self.posts[number]),
                action=Action.MUTED,
                until=clock.now() + timedelta(days=muted["days"]),
                ground=muted["ground"],
                facts=muted["facts"],
            )

        self.story.timeline.add(self.story.moments.ago(hours=muted["hours_ago"]), act)

    def _tell_report(self, number: int, said: Row) -> None:
        def act() -> None:
            by = self.story.people[said["by"]]
            target = targets.seen_by(by, "post", self.posts[number].uid)
            report(by=by, target=target, ground=said["ground"], note=said["note"])

        self.story.timeline.add(self.story.moments.ago(hours=said["hours_ago"]), act)


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
            _think_again(story, number, message, said)


def _think_again(story: Story, number: int, message: Row, said: list[ChatMessage]) -> None:
    """What its author changed soon after or took back, and what others made of it."""
    by = story.people[message["author"]]
    if changed := message.get("changed"):
        story.timeline.add(
            story.moments.ago(minutes=changed["minutes_ago"]),
            lambda: edit_message(by=by, message=said[number], body=message["text"]),
        )
    if pinned := message.get("pinned"):
        story.timeline.add(
            story.moments.ago(minutes=pinned["minutes_ago"]),
            lambda: pin_message(by=story.people[pinned["by"]], message=said[number]),
        )
    for kind, names in message.get("answered_with", {}).items():
        for name in names:
            story.timeline.add(
                story.moments.ago(minutes=message["minutes_ago"] - 1),
                partial(_press, by=story.people[name], said=said, number=number, kind=KINDS[kind]),
            )
    if taken_back := message.get("taken_back_minutes_ago"):
        story.timeline.add(story.moments.ago(minutes=taken_back), lambda: retract_message(by=by, message=said[number]))


def _press(*, by: User, said: list[ChatMessage], number: int, kind: int) -> None:
    react_to_message(by=by, message=said[number], kind=kind)


def _say(story: Story, row: Row, number: int, message: Row, said: list[ChatMessage]) -> None:
    answered = message["reply_to"]
    spoken = say(
        by=story.people[message["author"]],
        room=story.rooms[row["room"]],
        body=message["changed"]["text_before"] if "changed" in message else message["text"],
        client_id=known_as("message", row["room"], number),
        reply_to=None if answered is None else said[answered].seq,
    )
    said.append(spoken)
    if spoken.state == State.HELD:
        approve_message(by=story.moderator(row["room"], message["author"]), message=spoken)
