"""Workshops and who takes part in them."""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from network import clock, rendering
from network.languages import language_words
from network.models import Item, Partner, User
from workshops.querysets import WorkshopQuerySet

MOST_SEATS = 10_000


class Workshop(Item):
    """A meeting to which partners invite each other. Its instants are UTC, its `time_zone` is the host's."""

    KIND = "workshop"

    class Kind(models.TextChoices):
        KICK_OFF = "kick_off", _("Kick-off")
        COORDINATION_MEETING = "coordination_meeting", _("Coordination meeting")
        STEERING_COMMITTEE = "steering_committee", _("Steering committee")
        SEMINAR = "seminar", _("Seminar")
        CONFERENCE = "conference", _("Conference")
        TRAINING = "training", _("Training")
        WORKSHOP = "workshop", _("Workshop")
        WEBINAR = "webinar", _("Web conference")
        STUDY_VISIT = "study_visit", _("Study visit")
        FIELD_VISIT = "field_visit", _("Field visit")
        EXCHANGE = "exchange", _("Exchange")
        PEER_REVIEW = "peer_review", _("Peer review")

    workshop_kind = models.CharField(_("kind"), max_length=24, choices=Kind, default=Kind.WORKSHOP)
    # As it was written (Markdown or HTML), and the safe HTML that this renderer made of it.
    description = models.TextField(_("description"), blank=True)
    description_html = models.TextField(blank=True, editable=False)
    renderer = models.PositiveSmallIntegerField(default=rendering.VERSION, editable=False)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Brussels")
    place = models.CharField(_("place"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    # Shown to registered people alone.
    link = models.URLField(_("link"), max_length=500, blank=True)
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    # Of the calendar file (RFC 5545, 3.8.7.4): one more with each change that calendars show.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    # Set on rows by `with_seats`; not stored.
    taken: int
    queue: int
    my_state: str

    objects = WorkshopQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        indexes = [models.Index(fields=["starts_at"]), models.Index(fields=["ends_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="workshop_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=1, capacity__lte=MOST_SEATS),
                name="workshop_has_a_seat",
            ),
        ]

    @property
    def body(self) -> SafeString:
        """The description as safe HTML, by the renderer of today."""
        if self.renderer != rendering.VERSION:
            return rendering.to_html(self.description, top=2)
        return mark_safe(self.description_html)  # noqa: S308 - stored by network.rendering

    @property
    def language_name(self) -> str:
        """The language it is held in, in the reader's words."""
        return language_words(self.language)

    @property
    def zone(self) -> ZoneInfo:
        """The host's zone; the network's where theirs is unknown to this machine."""
        try:
            return ZoneInfo(self.time_zone)
        except (KeyError, ValueError):
            return ZoneInfo(settings.LIAISE_TIME_ZONE)

    @property
    def closes_at(self) -> datetime:
        """Until when one may register: as the host said, else until it begins."""
        return self.registration_closes_at or self.starts_at

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= clock.now()

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def is_closed(self) -> bool:
        return min(self.closes_at, self.ends_at) <= clock.now()

    def describe(self, source: str) -> None:
        """Sets the description and its HTML; the caller saves."""
        self.description = source
        self.description_html = rendering.to_html(source, top=2)
        self.renderer = rendering.VERSION


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Registrations by their state, in the order of the queue."""

    def active(self) -> RegistrationQuerySet:
        """A seat, or a place in the queue."""
        return self.exclude(state=Registration.State.WITHDRAWN)

    def registered(self) -> RegistrationQuerySet:
        """Those with a seat."""
        return self.filter(state=Registration.State.REGISTERED)

    def waiting(self) -> RegistrationQuerySet:
        """Those without one, the next first."""
        return self.filter(state=Registration.State.WAITING).order_by("position")


class Registration(models.Model):
    """A person takes part in a workshop for a partner, or waits for a seat.

    Who withdraws and comes back gets a new row, and so a new place at the end of the queue.
    """

    class State(models.TextChoices):
        REGISTERED = "registered", _("registered")
        WAITING = "waiting", _("on the waiting list")
        WITHDRAWN = "withdrawn", _("withdrawn")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="registrations")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="registrations")
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of")
    )
    state = models.CharField(max_length=12, choices=State)
    at = models.DateTimeField(default=clock.now)
    # Counts up in each workshop, under its lock: the order of the queue.
    position = models.PositiveIntegerField()

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["workshop", "position"]
        indexes = [models.Index(fields=["workshop", "state"]), models.Index(fields=["user", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "user"],
                condition=~Q(state="withdrawn"),
                name="one_active_registration_per_person",
            ),
            models.UniqueConstraint(fields=["workshop", "position"], name="one_registration_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.workshop}"


class NeedsQuerySet(models.QuerySet["Needs"]):
    """What people need, as far as somebody may read it."""

    def of_host(self, workshop: Workshop) -> NeedsQuerySet:
        """Of those who have a seat in this workshop or wait for one; for its hosts alone (demand_host)."""
        active = Registration.objects.active().filter(workshop=workshop)
        return self.filter(registration__in=active).select_related("registration__user", "registration__partner")


class Needs(models.Model):
    """What somebody needs at a meeting to eat or to take part: about health or belief, so apart, and soon erased."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="needs")
    text = models.CharField(_("diet or access needs"), max_length=300)

    objects = NeedsQuerySet.as_manager()

    class Meta:
        verbose_name = _("needs")
        verbose_name_plural = _("needs")

    def __str__(self) -> str:
        return str(self.registration)


def new_key() -> str:
    """A key that nobody guesses: 256 bits, in letters that an address takes."""
    return secrets.token_urlsafe(32)


class CalendarLink(models.Model):
    """The address at which a person's calendar program reads their meetings, without signing in.

    Kept as it is, since its page shows it again: whoever reads this table reads more beside it than the link gives.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_link")
    key = models.CharField(max_length=64, unique=True, default=new_key, editable=False)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def url(self) -> str:
        """The whole address."""
        return settings.LIAISE_URL + reverse("workshops:calendar-feed", args=[self.key])

    @property
    def webcal_url(self) -> str:
        """The same for the calendar program of this device, which opens it by itself."""
        return f"webcal{self.url[self.url.index(':') :]}"
