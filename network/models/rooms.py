"""Where partners work: rooms, the phases they belong to, and requests to join them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network import clock
from network.addresses import way_to
from network.labels import Label
from network.models.codes import CodesField
from network.models.people import Partner, User, logo_path
from network.querysets import RoomQuerySet


class Programme(models.Model):
    """What the network says of itself to strangers; one row, which the coordinators write."""

    name = models.CharField(_("name"), max_length=60)
    full_name = models.CharField(_("full name"), max_length=160, blank=True)
    tagline = models.CharField(_("in one sentence"), max_length=300, blank=True)
    about = models.TextField(_("what it is"), max_length=5000, blank=True)
    taking_part = models.TextField(_("how one takes part"), max_length=1500, blank=True)
    disclaimer = models.TextField(_("small print"), max_length=1500, blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programme")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_programme")]

    def __str__(self) -> str:
        return self.name


class Phase(models.Model):
    """A phase of the programme, such as LIAISE 1."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    subtitle = models.CharField(_("sub-title"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    funding = models.CharField(_("co-funded by"), max_length=300, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["since"]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A place with an audience: documents, discussions, workshops, practice sheets and chat."""

    class Kind(models.TextChoices):
        NETWORK = "network", _("network room")
        RESTRICTED = "restricted", _("restricted room")
        HIDDEN = "hidden", _("hidden room")
        DIRECT = "direct", _("direct room")

    class Moderation(models.TextChoices):
        FREE = "free", _("posts appear at once")
        FIRST = "first", _("a person's first post is checked")
        EVERY = "every", _("every post is checked")

    class Slow(models.IntegerChoices):
        OFF = 0, _("no pause")
        HALF_A_MINUTE = 30, _("30 seconds")
        ONE_MINUTE = 60, _("1 minute")
        FIVE_MINUTES = 300, _("5 minutes")
        FIFTEEN_MINUTES = 900, _("15 minutes")
        ONE_HOUR = 3600, _("1 hour")

    class Work(models.TextChoices):
        WORKING_GROUP = "working_group", _("working group")
        PILOT_ACTION = "pilot_action", _("pilot action")
        TRAINING = "training", _("training")
        STEERING_COMMITTEE = "steering_committee", _("steering committee")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=500, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.RESTRICTED)
    moderation = models.CharField(_("moderation"), max_length=8, choices=Moderation, default=Moderation.FREE)
    # Slow mode: the pause between two posts of one person, and between two messages.
    slow_seconds = models.PositiveIntegerField(_("slow mode"), choices=Slow, default=Slow.OFF)
    work = models.CharField(_("kind of work"), max_length=20, choices=Work, blank=True)
    # What a form offers first; it changes nothing that is shared already.
    default_tlp = models.PositiveSmallIntegerField(_("usual label"), choices=Label, default=Label.AMBER)
    languages = CodesField(_("languages"), blank=True)
    logo = models.FileField(_("logo"), upload_to=logo_path, blank=True)
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, null=True, blank=True, related_name="rooms")
    opened_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    # Closed: archived, and all places but the managers' have ended.
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    # The newest number of the room's log, allocated under this row's lock (network.actions.rooms).
    last_seq = models.BigIntegerField(default=0, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["name", "pk"]
        # The gate's levels are these four and no others; Django's own would read as a fifth way in.
        default_permissions = ()
        permissions = [
            ("view_room", "May view the room"),
            ("contribute_room", "May contribute to the room"),
            ("moderate_room", "May moderate the room"),
            ("manage_room", "May manage the room"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return way_to("network:room", self.slug)

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None and self.archived_at <= clock.now()

    @property
    def pause(self) -> str:
        """How long one waits between two posts, in words; "" where one does not."""
        return "" if self.is_direct or not self.slow_seconds else self.get_slow_seconds_display()

    @property
    def is_direct(self) -> bool:
        return self.kind == self.Kind.DIRECT


class JoinRequest(models.Model):
    """Somebody who sees a restricted room's name asks its managers for a place in it."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="join_requests")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="join_requests")
    # Set where a representative asks for their whole partner.
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    note = models.CharField(_("a word to the managers"), max_length=500, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # What was answered, while settled: a place, or not, and why not.
    granted = models.BooleanField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "user"],
                condition=Q(settled_at__isnull=True),
                name="one_open_request_per_person_and_room",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.room}"
