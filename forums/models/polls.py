"""Votes on a question: what is asked, who has voted, and what was voted."""

from __future__ import annotations

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forums.models.threads import Post
from network import clock
from network.models.people import Partner, User


class Poll(models.Model):
    """A question below a post, with two to twelve answers to choose from."""

    class Kind(models.TextChoices):
        """How one votes."""

        SINGLE = "single", _("one answer")
        MULTIPLE = "multiple", _("as many answers as one likes")
        RANKED = "ranked", _("answers in the order of preference")

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="poll")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=300)
    # Known by their place in the list, from 0; never changed, since somebody may have voted.
    options = models.JSONField()
    kind = models.CharField(max_length=8, choices=Kind)
    # Nobody learns who voted what, and a vote stands as it was cast.
    secret = models.BooleanField(default=False)
    by_partner = models.BooleanField(default=False)
    # Whether numbers are shown only to who has voted, until it is closed. Of a secret one they are shown once closed.
    numbers_after = models.BooleanField(default=False)
    closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Whether it ended because its discussion was closed: it goes on where that is opened again.
    closed_with_thread = models.BooleanField(default=False, editable=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("forums:post-poll", args=[self.post.thread.uid, self.post.uid])

    @property
    def is_closed(self) -> bool:
        return any(end is not None and end <= clock.now() for end in (self.closed_at, self.closes_at))


class Voted(models.Model):
    """That somebody, or somebody for a partner, has voted. What they voted is on their ballot."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="voted")
    # Whose vote it is: one of the two. Nobody and no partner has two.
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        constraints = [
            models.UniqueConstraint(fields=["poll", "person"], name="one_vote_per_person"),
            models.UniqueConstraint(fields=["poll", "partner"], name="one_vote_per_partner"),
            models.CheckConstraint(
                condition=models.Q(person=None, partner__isnull=False) | models.Q(person__isnull=False, partner=None),
                name="vote_of_a_person_or_a_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.poll}: {self.partner or self.person}"


class Ballot(models.Model):
    """What was voted. One of a secret poll has a random key, no moment and no way to who cast it."""

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    # Numbers of options; of a ranked one in the order of preference.
    choices = models.JSONField()
    # None in a secret poll.
    voted = models.OneToOneField(Voted, on_delete=models.CASCADE, null=True, related_name="ballot")

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")

    def __str__(self) -> str:
        return f"{self.poll}: {self.choices}"
