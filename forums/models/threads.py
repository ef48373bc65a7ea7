"""Discussions and the posts in them. A comment on an item is a post of the thread about it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forums.querysets import PostQuerySet, ThreadQuerySet
from network import clock
from network.models.items import Item, State
from network.models.people import Partner, User
from network.models.rooms import Room


class Thread(Item):
    """A discussion. With a parent it is the talk about that item, begun in the thread's home room.

    Written only under this row's lock (`forums.actions`), so that the numbers below stay true.
    """

    KIND = "thread"

    # Said by a moderator to everybody who reads the room; stands on its first page for a while.
    announcement = models.BooleanField(_("announcement"), default=False)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    lock_reason = models.CharField(max_length=500, blank=True)
    # How many replies everybody reads; and how many posts have a place on everybody's page, traces
    # of removed ones and the opening post included.
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    placed_count = models.PositiveIntegerField(default=0, editable=False)
    # How many wait for a moderator.
    held_count = models.PositiveIntegerField(default=0, editable=False)
    # How many posts were ever placed at the top of the tree: the next one's number there.
    tops = models.PositiveIntegerField(default=0, editable=False)

    # Set on the row that `forums.reading` reads for one person; not stored.
    contributes: bool
    moderates: bool
    at_home: bool
    held_all: int
    held_own: int
    # Set for a list: what the item is that a thread is about.
    about_kind: str | Promise

    objects = ThreadQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None and self.locked_at <= clock.now()


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
    # Made by the form, so that a request that is sent twice makes one post.
    once = models.UUIDField(default=uuid.uuid4)
    # Since when it waits for a moderator; None where it does not.
    held_since = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["thread", "path"]
        # Not an index of the held ones alone: SQLite plans every query about states anew where there is one.
        indexes = [models.Index(fields=["held_since"])]
        constraints = [
            models.UniqueConstraint(fields=["thread", "path"], name="one_post_per_place"),
            models.UniqueConstraint(fields=["author", "once"], name="one_post_per_sending"),
            models.CheckConstraint(
                condition=Q(state="held", held_since__isnull=False) | (~Q(state="held") & Q(held_since__isnull=True)),
                name="post_knows_since_when_it_waits",
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
