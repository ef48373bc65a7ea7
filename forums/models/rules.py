"""What in a text makes it wait for a moderator."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.people import User
from network.models.rooms import Room


class Rule(models.Model):
    """A rule of one room, or, without a room, of all rooms but direct ones. It holds a text; it never drops one."""

    class Kind(models.TextChoices):
        WORDS = "words", _("any of these words or phrases, whatever their capitals and accents")
        HOSTS = "hosts", _("links to other sites than these")
        LINKS = "links", _("more links than this")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, related_name="rules")
    kind = models.CharField(_("what is held"), max_length=8, choices=Kind)
    # Words or phrases with commas between, the sites with spaces between, or a number.
    text = models.CharField(max_length=500)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["kind", "text", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["room", "kind", "text"], name="one_rule_of_a_kind_and_text"),
            models.UniqueConstraint(
                fields=["kind", "text"], condition=Q(room=None), name="one_rule_of_a_kind_and_text_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"

    @property
    def sentence(self) -> str:
        """What it holds, in words."""
        if self.kind == self.Kind.WORDS:
            words = [gettext("“%(words)s”") % {"words": one.strip()} for one in self.text.split(",")]
            return gettext("The words %(words)s") % {"words": gettext(" or ").join(words)}
        if self.kind == self.Kind.HOSTS:
            return gettext("Links to other sites than %(sites)s") % {"sites": ", ".join(self.text.split())}
        return gettext("More than %(number)s links") % {"number": self.text}
