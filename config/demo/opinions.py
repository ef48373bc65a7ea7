"""What people say about what was said: thanks, agreement, "we do this too"; summaries, votes, and what they follow."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from config.demo.content import Row, known_as
from config.demo.story import Story
from forums.actions import polls
from forums.actions.reactions import react
from forums.actions.summaries import summarise
from forums.models.polls import Poll
from forums.models.threads import Post
from forums.reactions import KINDS
from network.actions.following import follow_item


def tell_opinions(story: Story) -> None:
    """All of it, each at its moment."""
    for row in story.content.opinions["reactions"]:
        story.timeline.add(story.moments.ago(hours=row["hours_ago"]), partial(_react, story, row))
    for row in story.content.opinions["summaries"]:
        story.timeline.add(story.moments.ago(hours=row["hours_ago"]), partial(_summarise, story, row))
    for row in story.content.opinions["follows"]:
        story.timeline.add(story.moments.ago(hours=row["hours_ago"]), partial(_follow, story, row))
    for row in story.content.opinions["polls"]:
        Voting(story, row).tell()


class Voting:
    """One vote, from the question to its end."""

    def __init__(self, story: Story, row: Row) -> None:
        self.story = story
        self.row = row
        self.poll: Poll | None = None

    def tell(self) -> None:
        """Everything that happens in it."""
        ago, add = self.story.moments.ago, self.story.timeline.add
        add(ago(hours=self.row["hours_ago"]), self._ask)
        for row in self.row["votes"]:
            add(ago(hours=row["hours_ago"]), partial(self._vote, row))
        if self.row["closed_hours_ago"]:
            add(ago(hours=self.row["closed_hours_ago"]), self._close)

    def _ask(self) -> None:
        days = self.row["closes_in_days"]
        self.poll = polls.ask(
            by=self.story.people[self.row["by"]],
            thread=_post(self.row["discussion"], 0).thread,
            question=self.row["question"],
            options=self.row["answers"],
            kind=self.row["kind"],
            secret=self.row["secret"],
            by_partner=self.row["by_partner"],
            closes_at=self.story.moments.now + timedelta(days=days) if days else None,
        )

    def _vote(self, row: Row) -> None:
        polls.vote(by=self.story.people[row["by"]], poll=self._asked(), choices=row["choices"])

    def _close(self) -> None:
        polls.close(by=self.story.people[self.row["by"]], poll=self._asked())

    def _asked(self) -> Poll:
        if self.poll is None:
            raise ValueError(f"Nobody has asked yet: {self.row['question']}")
        return self.poll


def _react(story: Story, row: Row) -> None:
    react(by=story.people[row["by"]], post=_post(row["discussion"], row["post"]), kind=KINDS[row["kind"]])


def _follow(story: Story, row: Row) -> None:
    follow_item(by=story.people[row["by"]], item=_post(row["discussion"], 0).thread, choice=row["choice"])


def _summarise(story: Story, row: Row) -> None:
    summarise(by=story.people[row["by"]], thread=_post(row["discussion"], 0).thread, body=row["text"])


def _post(discussion: str, number: int) -> Post:
    opening = known_as("discussion", discussion) if number == 0 else None
    known = [known for known in (known_as("post", discussion, number), opening) if known]
    return Post.objects.select_related("thread").get(once__in=known)
