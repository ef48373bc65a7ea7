"""What is attached to posts: a link to an item, which decides by itself who sees it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from forums.models.threads import Post
from network.models.items import Item


class Attachment(models.Model):
    """One item below one post, as far as its reader sees the item. Without one, nothing shows that it is there."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="attachments")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="attached_to")
    position = models.PositiveSmallIntegerField()
    # Whether its file came with the post, rather than having been shared before.
    made = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["post", "position"]
        constraints = [
            models.UniqueConstraint(fields=["post", "item"], name="attached_once_per_post"),
            models.UniqueConstraint(fields=["post", "position"], name="one_attachment_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.post}: {self.item}"
