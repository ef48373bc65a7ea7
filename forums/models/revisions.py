"""What a post said before, and whom it mentions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from forums.models.threads import Post
from forums.querysets import RevisionQuerySet
from network.models.people import User


class Revision(models.Model):
    """The words that a post had until its author changed them. What it says now stands in the post itself."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    # The first words of a post are its version 1.
    number = models.PositiveIntegerField()
    # Of an opening post: how its discussion was called.
    title = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8)
    body = models.TextField()
    html = models.TextField()
    renderer = models.PositiveSmallIntegerField()
    # Since when it said this.
    at = models.DateTimeField()
    # Whether everybody could read it when it was changed. What never passed a moderator passes none by being changed.
    shown = models.BooleanField()

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("earlier version")
        verbose_name_plural = _("earlier versions")
        ordering = ["post", "-number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="one_revision_per_version")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.number}"


class Mention(models.Model):
    """Somebody is mentioned in a post that reaches them; under the Chatham House Rule whoever is behind a number.

    `told_at`: since when they know, by this or by another notice of the same post; nobody is told twice.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="one_mention_per_person_and_post")]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.user}"
