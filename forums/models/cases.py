"""What is reported, the case that comes of it, and what moderators decide with their reasons."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forums.querysets import AppealQuerySet, CaseQuerySet, DecisionQuerySet
from network import clock
from network.models.items import Item
from network.models.people import Partner, User
from network.models.rooms import Room
from network.models.sanctions import Sanction

# Without the signs that are taken for one another when a number is read out.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_number() -> str:
    """A case number that says neither how many cases there are nor which came first."""
    first, second = ("".join(secrets.choice(SIGNS) for _sign in range(4)) for _half in range(2))
    return f"{first}-{second}"


class Ground(models.TextChoices):
    """What something breaches: why it is reported, and why it is decided so. The gravest first."""

    THREAT = "threat", _("a threat to somebody’s life or safety")
    PERSONAL = "personal", _("personal data of a third person")
    ILLEGAL = "illegal", _("against the law")
    LABEL = "label", _("a label that is too wide")
    COPYRIGHT = "copyright", _("somebody else’s rights, such as copyright")
    CHARTER = "charter", _("against the charter")
    OFF_TOPIC = "off_topic", _("not what this room is for")


GRAVITY: dict[str, int] = {
    Ground.THREAT: 0,
    Ground.PERSONAL: 1,
    Ground.ILLEGAL: 1,
    Ground.LABEL: 2,
    Ground.COPYRIGHT: 3,
    Ground.CHARTER: 3,
    Ground.OFF_TOPIC: 4,
}
# What waits only because its room has it checked comes after all that somebody complains of.
UNREPORTED = 9


class Action(models.TextChoices):
    """What a decision does."""

    STANDS = "stands", _("left standing")
    HELD = "held", _("taken out of sight until it is decided")
    REMOVED = "removed", _("taken away, with a trace in its place")
    REDACTED = "redacted", _("its words erased for good, with a trace in its place")
    TIGHTENED = "tightened", _("given a tighter label")
    LOCKED = "locked", _("its discussion locked")
    MOVED = "moved", _("moved to another room")
    WARNED = "warned", _("its author warned")
    MUTED = "muted", _("its author may read but not write here")
    SUSPENDED = "suspended", _("its author suspended from the room")
    LIFTED = "lifted", _("its author let back before the time")
    UNDONE = "undone", _("an earlier decision undone")


# The two that keep somebody from something until a date, and what they are to the gate.
SANCTIONS: dict[str, str] = {Action.MUTED: Sanction.Kind.MUTE, Action.SUSPENDED: Sanction.Kind.SUSPENSION}
# What is decided in the author's favour: there is nothing to appeal against.
RELIEF = (Action.LIFTED, Action.UNDONE)


class Case(models.Model):
    """What is to be decided about one thing: an item, a part of one, a chat message or a person's profile.

    It carries one of `item`, `room` (of a message) and `person`. Open, there is one for each thing.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=9, default=new_number, unique=True, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="cases")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, related_name="cases")
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    part_kind = models.CharField(max_length=20, blank=True)
    part_id = models.BigIntegerField(default=0)
    # Whose it is. Under the Chatham House Rule never shown; the partner is then not kept at all.
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.SET_NULL, null=True, related_name="+")
    # Where no moderator of the room may decide: of direct rooms and profiles, and where its author moderates alone.
    for_coordinators = models.BooleanField(default=False)
    gravity = models.PositiveSmallIntegerField(default=UNREPORTED)
    opened_at = models.DateTimeField(default=clock.now)
    # Who has taken it on, and so reads the one part that was reported, whatever its label.
    handler = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["gravity", "opened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, room__isnull=True, person__isnull=True)
                | Q(item__isnull=True, room__isnull=False, person__isnull=True)
                | Q(item__isnull=True, room__isnull=True, person__isnull=False),
                name="case_is_about_one_thing",
            ),
            models.UniqueConstraint(
                fields=["item", "part_kind", "part_id"], condition=Q(closed_at=None), name="one_open_case_per_item_part"
            ),
            models.UniqueConstraint(
                fields=["room", "part_kind", "part_id"], condition=Q(closed_at=None), name="one_open_case_per_room_part"
            ),
            models.UniqueConstraint(
                fields=["person", "part_id"], condition=Q(closed_at=None), name="one_open_case_per_profile"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("forums:case", args=[self.uid])

    @property
    def place(self) -> Room | None:
        """The room whose moderators decide; None for a profile."""
        return self.item.room if self.item is not None else self.room

    @property
    def is_under_rule(self) -> bool:
        """Whether the Chatham House Rule keeps everybody's name off it."""
        return self.item is not None and self.item.chatham


class Report(models.Model):
    """What somebody says is wrong with a thing. Who said it is shown to nobody else."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    ground = models.CharField(_("what is wrong"), max_length=12, choices=Ground)
    note = models.CharField(_("in your words"), max_length=1000, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "by"], name="one_report_per_person_and_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.ground}"

    def get_absolute_url(self) -> str:
        """Where who reported it reads what became of it."""
        return f"{reverse('forums:reports')}#report-{self.uid}"


class Decision(models.Model):
    """One decision about a case, with its statement of reasons. Never changed; a later one stands beside it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    action = models.CharField(max_length=10, choices=Action)
    # The rule that is breached; none where nothing is, or where the author asked for it.
    ground = models.CharField(_("rule breached"), max_length=12, choices=Ground, blank=True)
    facts = models.TextField(_("facts"), max_length=2000, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # Who confirmed what takes two (`forums.models.Proposal`).
    second = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # What it keeps somebody from, and until when.
    sanction = models.OneToOneField(Sanction, on_delete=models.SET_NULL, null=True, related_name="decision")
    # The decision that this one takes back.
    undoes = models.OneToOneField("self", on_delete=models.SET_NULL, null=True, related_name="undone_by")
    # Whether a report led to it, or moderators looked by themselves.
    from_report = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.action}"

    def get_absolute_url(self) -> str:
        return reverse("forums:decision", args=[self.uid])

    @property
    def until(self) -> datetime | None:
        """Until when it holds by what was decided, where it was decided for a time. Reads the sanction."""
        return self.sanction.until if self.sanction is not None else None


class Appeal(models.Model):
    """The author of something asks that somebody else looks at a decision again. One for each decision."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="appeal")
    text = models.TextField(_("why it should be decided otherwise"), max_length=2000)
    at = models.DateTimeField(default=clock.now)
    # Where no other moderator of the room is there to look at it.
    for_coordinators = models.BooleanField(default=False)
    handler = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    upheld = models.BooleanField(null=True)
    answer = models.TextField(_("reasons"), max_length=2000, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return str(self.decision_id)

    def get_absolute_url(self) -> str:
        return reverse("forums:appeal", args=[self.uid])
