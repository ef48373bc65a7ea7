"""What readers answer to a post with one press: thanks, agreement, "we do this too"."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from forums.models.threads import Post
from network import clock
from network.models.people import Partner, User


class Reaction(models.Model):
    """One person's answer of one kind. The post keeps how many there are of each (`COUNTED`)."""

    class Kind(models.IntegerChoices):
        """Bits, so that one number says which of them are somebody's own."""

        THANK = 1, _("Thank")
        AGREE = 2, _("Agree")
        TOO = 4, _("We do this too")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # None for a guest, and under the Chatham House Rule.
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.PositiveSmallIntegerField(choices=Kind)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [
            models.UniqueConstraint(fields=["post", "user", "kind"], name="one_reaction_of_a_kind"),
            models.CheckConstraint(condition=models.Q(kind__in=(1, 2, 4)), name="reaction_of_a_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"


# Where a post keeps how many there are.
COUNTED = {Reaction.Kind.THANK: "thanks", Reaction.Kind.AGREE: "agreed", Reaction.Kind.TOO: "does_too"}
