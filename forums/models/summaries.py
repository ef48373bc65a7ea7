"""What a discussion came to, in the words of somebody who read all of it."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forums.models.threads import Thread
from network import clock
from network.models.people import Partner, User


class Summary(models.Model):
    """Stands on top of its discussion. Whoever wrote it last stands beside it; there is no history of it."""

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="summary")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # None for a guest, and under the Chatham House Rule.
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    body = models.TextField()
    # What is shown, made of `body`, and by which renderer (network.rendering).
    html = models.TextField()
    renderer = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=8, default="en")
    # How often it was written: whoever writes says which one they had before them.
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("summary")
        verbose_name_plural = _("summaries")

    def __str__(self) -> str:
        return f"{self.thread}"

    def get_absolute_url(self) -> str:
        return f"{reverse('forums:discussion', args=[self.thread.uid])}#summary"
