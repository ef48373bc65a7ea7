"""Discussions and the posts in them. A comment on an item is a post of the thread about it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forums.numbers import Runs
from forums.querysets import PostQuerySet, ThreadQuerySet
from network import clock
from network.models.items import Item, State
from network.models.people import Partner, User
from network.models.rooms import Room


class Purpose(models.TextChoices):
    """What a discussion is begun for."""

    DISCUSSION = "discussion", _("discussion")
    QUESTION = "question", _("question")
    # Said by a moderator to everybody who reads the room; stands on its first page for a while.
    ANNOUNCEMENT = "announcement", _("announcement")


class Cause(models.TextChoices):
    """Why a discussion is read, but no longer answered."""

    ANSWERED = "answered", _("answered")
    SETTLED = "settled", _("settled")
    ELSEWHERE = "elsewhere", _("continued elsewhere")
    LOCKED = "locked", _("locked")


class Thread(Item):
    """A discussion. With a parent it is the talk about that item, begun in the thread's home room.

    Written only under this row's lock (`forums.actions`), so that the numbers below stay true.
    """

    KIND = "thread"

    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.DISCUSSION)
    # Of an announcement: whether it is answered at all.
    replies_welcome = models.BooleanField(default=True)
    # The reply that answers the question, and whether everybody can read it now (`forums.actions.posts`).
    answer = models.ForeignKey("Post", on_delete=models.SET_NULL, null=True, related_name="+")
    answered = models.BooleanField(default=False, editable=False)
    # Stands on top of its home room's list.
    pinned_at = models.DateTimeField(null=True, blank=True)
    # Closed: read, but no longer answered. By its starter or, for good, by a moderator; since when, why, and where
    # it goes on.
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    lock_cause = models.CharField(max_length=12, choices=Cause, blank=True)
    lock_reason = models.CharField(max_length=500, blank=True)
    lock_link = models.CharField(max_length=500, blank=True)
    # When it was last pinned, closed, moved, split or joined: only then its page looks for what was done.
    changed_at = models.DateTimeField(null=True, editable=False)
    # Where its posts are now that it was joined to another; it is removed then, and its address leads there.
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    # It came into its room, or took in what others had read elsewhere, at this moment: marks on the room from before do
    # not speak for it, and what they said is written down for each person (`forums.actions.reading.settle_marks`).
    marked_from = models.DateTimeField(null=True, editable=False)
    # How many replies everybody reads; and how many posts have a place on everybody's page, traces
    # of removed ones and the opening post included.
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    placed_count = models.PositiveIntegerField(default=0, editable=False)
    # Where its pages begin, of a long one (forums.stretches); kept with `placed_count`.
    stretches = models.TextField(blank=True, editable=False)
    # How many wait for a moderator.
    held_count = models.PositiveIntegerField(default=0, editable=False)
    # How many posts were ever placed at the top of the tree: the next one's number there.
    tops = models.PositiveIntegerField(default=0, editable=False)
    # The number of the post that came last to be read by all; and those numbers of which nothing stands any more
    # (forums.numbers). What is new for somebody is told from the two and from what they have read, without counting.
    last_number = models.PositiveIntegerField(default=0, editable=False)
    gone = models.TextField(blank=True, editable=False)

    # Set on the row that `forums.reading` reads for one person; not stored.
    contributes: bool
    moderates: bool
    at_home: bool
    # Why they do not write for a while, where somebody is muted.
    muted: str | Promise | None
    held_all: int
    held_own: int
    # Set by `ThreadQuerySet.with_reading` and by `forums.unread`, for one person.
    read_numbers: str | None
    read: Runs
    unread: int
    # Set for a list: what the item is that a thread is about.
    about_kind: str | Promise

    objects = ThreadQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")
        indexes = [models.Index(fields=["purpose", "answered"]), models.Index(fields=["pinned_at"])]

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None and self.locked_at <= clock.now()

    @property
    def is_closed_by_starter(self) -> bool:
        """Whether whoever began it closed it, and so may open it again."""
        as_starter = self.locked_by_id == self.author_id and self.lock_cause != Cause.LOCKED
        return self.is_locked and self.parent_id is None and as_starter

    @property
    def is_question(self) -> bool:
        return self.purpose == Purpose.QUESTION

    @property
    def is_announcement(self) -> bool:
        return self.purpose == Purpose.ANNOUNCEMENT


class Seen(models.Model):
    """Somebody has opened an announcement: it does not stand in their way any more."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="seen_by")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("announcement seen")
        verbose_name_plural = _("announcements seen")
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="seen_once_per_person")]

    def __str__(self) -> str:
        return f"{self.user}: {self.thread}"


class Post(models.Model):
    """One contribution to a thread. Its words are kept as written and as they are shown.

    A thread about nothing but itself begins with an opening post, the one post without an answer
    to: its state is always published, since the thread's own state speaks for it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="answers")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=8, default="en")
    body = models.TextField()
    # What is shown, made of `body` when it was written, and by which renderer (network.rendering).
    html = models.TextField()
    renderer = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.PUBLISHED)
    # Where it stands in the tree (forums.trees): in the order of paths the tree is read.
    path = models.CharField(max_length=240)
    depth = models.PositiveSmallIntegerField(default=0)
    # How many posts were ever placed directly below: the next one's number there.
    below = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)
    # The how-manieth of its thread that all could read, None until then and never changed; and since when they can.
    number = models.PositiveIntegerField(null=True, editable=False)
    shown_at = models.DateTimeField(null=True, editable=False)
    # How much is attached to it (forums.models.attachments), so that a page asks for none where there is none.
    attached = models.PositiveSmallIntegerField(default=0, editable=False)
    # Made by the form, so that a request that is sent twice makes one post.
    once = models.UUIDField(default=uuid.uuid4)
    # Since when it waits for a moderator; None where it does not.
    held_since = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    # How many readers answered with one press (forums.models.reactions).
    thanks = models.PositiveIntegerField(default=0, editable=False)
    agreed = models.PositiveIntegerField(default=0, editable=False)
    does_too = models.PositiveIntegerField(default=0, editable=False)
    # How often its words were changed, and when last (forums.models.revisions has what it said before).
    version = models.PositiveIntegerField(default=1, editable=False)
    edited_at = models.DateTimeField(null=True, editable=False)
    # Its author took it back: it is removed (of an opening post: its discussion is), but nobody decided that.
    # Put back, it stands again, or waits for a moderator again.
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_held = models.BooleanField(default=False, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["thread", "path"]
        # Not an index of the held ones alone: SQLite plans every query about states anew where there is one.
        indexes = [models.Index(fields=["held_since"]), models.Index(fields=["thread", "shown_at"])]
        constraints = [
            models.UniqueConstraint(fields=["thread", "path"], name="one_post_per_place"),
            models.UniqueConstraint(fields=["thread", "number"], name="one_post_per_number"),
            models.UniqueConstraint(fields=["author", "once"], name="one_post_per_sending"),
            models.CheckConstraint(
                condition=Q(state="held", held_since__isnull=False) | (~Q(state="held") & Q(held_since__isnull=True)),
                name="post_knows_since_when_it_waits",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(state="removed") | Q(parent__isnull=True),
                name="what_is_withdrawn_is_removed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.path}"

    def get_absolute_url(self) -> str:
        """Where it can be read, whatever page of its thread that is."""
        return reverse("forums:post", args=[self.thread.uid, self.uid])

    @property
    def room(self) -> Room:
        """Where it was written; its moderators decide about it."""
        return self.thread.room

    @property
    def is_opening(self) -> bool:
        return self.parent_id is None and self.thread.parent_id is None
