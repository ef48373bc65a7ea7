"""Who takes part: people, the partners they come through, and since when until when."""

from __future__ import annotations

import uuid
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from network import clock
from network.addresses import way_to
from network.models.codes import CodesField


def current(since: str = "since", until: str = "until") -> Q:
    """The half-open rule: from `since` on, and before `until` where there is one."""
    now = clock.now()
    return Q(**{f"{since}__lte": now}) & (Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gt": now}))


def logo_path(holder: Any, filename: str) -> str:
    """Where a partner's or a room's logo lies; a new one each time, so that browsers fetch it anew."""
    return f"logos/{uuid.uuid4().hex}.png"


def validate_time_zone(name: str) -> None:
    """Raises ValidationError unless `name` is an IANA time zone that this machine knows."""
    if name not in available_timezones():
        raise ValidationError(_("Choose a time zone from the list."), code="invalid")


class UserManager(BaseUserManager["User"]):
    """People are known by their e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who may sign in; without a password only by another way in."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What they may see comes from memberships and grants alone, never from a flag here."""

    uid = models.UUIDField(_("identifier"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=120)
    function = models.CharField(_("function"), max_length=160, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Brussels", validators=[validate_time_zone]
    )
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    about = models.TextField(_("about me"), max_length=1000, blank=True)
    languages = CodesField(_("languages I speak"), blank=True)
    # Subjects of notices that this person wants on the page only, not by e-mail too (network.notifications).
    unmailed = models.JSONField(default=list, blank=True)
    # Whether discussions are shown in the order of time, rather than each answer below what it answers.
    reads_in_time = models.BooleanField(default=False)
    # Whom somebody of several partners speaks for where a form has not asked.
    hat = models.ForeignKey(
        "network.Partner",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("speaks for"),
    )
    welcomed_at = models.DateTimeField(_("has been welcomed"), null=True, blank=True)
    # Somebody who has not come for a year is asked whether they still take part.
    asked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("account closed"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may edit reference tables"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=clock.now)

    # Whether the session has a second factor; set by `network.middleware`, not stored.
    assured: bool

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return way_to("accounts:person", self.uid)

    def get_full_name(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The reader's time zone; the network's own where theirs is unknown to this machine."""
        try:
            return ZoneInfo(self.time_zone)
        except (KeyError, ValueError):
            return ZoneInfo(settings.LIAISE_TIME_ZONE)


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Partners by their standing."""

    def standing(self) -> Self:
        """Those that are active or associated now: their people take part."""
        return self.filter(
            current("status_since", "status_until"),
            status__in=[Partner.Status.ACTIVE, Partner.Status.ASSOCIATED],
        )

    def with_standing(self) -> Self:
        """Adds `stands`: whether it is one of those."""
        stands = current("status_since", "status_until") & Q(
            status__in=[Partner.Status.ACTIVE, Partner.Status.ASSOCIATED]
        )
        return self.annotate(stands=Case(When(stands, then=True), default=False, output_field=models.BooleanField()))


class Partner(models.Model):
    """A member organisation. Content survives it; the people's access does not."""

    class Kind(models.TextChoices):
        LOCAL_AUTHORITY = "local_authority", _("local authority")
        REGIONAL_AUTHORITY = "regional_authority", _("regional authority")
        NATIONAL_FORUM = "national_forum", _("national forum")
        NGO = "ngo", _("non-governmental organisation")
        EXPERT_BODY = "expert_body", _("expert body")
        NETWORK_BODY = "network_body", _("network body")

    class Status(models.TextChoices):
        INVITED = "invited", _("invited")
        ACTIVE = "active", _("active")
        ASSOCIATED = "associated", _("associated")
        SUSPENDED = "suspended", _("suspended")
        LEFT = "left", _("left")

    class Role(models.TextChoices):
        PARTNER = "partner", _("partner")
        LEAD = "lead", _("lead partner")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.PARTNER)
    country = models.CharField(_("country"), max_length=2)
    city = models.CharField(_("city"), max_length=120, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ACTIVE)
    status_since = models.DateTimeField(_("since"), default=clock.now)
    status_until = models.DateTimeField(_("until"), null=True, blank=True)
    languages = CodesField(_("languages"), blank=True)
    website = models.URLField(_("website"), max_length=200, blank=True)
    logo = models.FileField(_("logo"), upload_to=logo_path, blank=True)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact's e-mail address"), max_length=254, blank=True)
    profile = models.TextField(_("profile"), max_length=1500, blank=True)
    # Ceilings that the coordinators set: no number, no ceiling.
    most_members = models.PositiveSmallIntegerField(_("most members"), null=True, blank=True)
    may_invite_guests = models.BooleanField(_("its representatives may invite guests"), default=False)
    # Set on rows that were read by `with_standing`; not stored.
    stands: bool
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="partner", editable=False)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]
        constraints = [
            # No partial index: SQLite plans every query about roles anew where there is one.
            models.UniqueConstraint(Case(When(role="lead", then=1)), name="one_lead_partner"),
            models.CheckConstraint(
                condition=Q(status_until__isnull=True) | Q(status_until__gt=F("status_since")),
                name="partner_status_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        # The store of grants speaks of groups; a partner without one could be granted nothing.
        if self.group_id is None:
            self.group = Group.objects.create(name=f"partner {self.slug}")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return way_to("accounts:partner", self.slug)

    @property
    def is_lead(self) -> bool:
        return self.role == self.Role.LEAD


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by time and effect."""

    def current(self) -> Self:
        """Those that run now, whatever the standing of their partner."""
        return self.filter(current())

    def effective(self) -> Self:
        """Those that make a member of the network now: current, active person, standing partner.

        A deputy's only while whom they stand in for may sign in: what somebody does in the place of another rests on
        that other, and who was shut out for absence would else go on through a deputy whom nobody chose to represent
        the partner. That the other still represents it, by role and dates, every action keeps true that changes
        either (`accounts.actions.memberships.end_deputies_of`); to ask for it here is one sub-query more at the bottom
        of every question of the gate, too deep for the parser of SQLite.
        """
        return self.filter(
            current(),
            current("partner__status_since", "partner__status_until"),
            Q(deputy_for=None) | Q(deputy_for__is_active=True),
            user__is_active=True,
            partner__status__in=[Partner.Status.ACTIVE, Partner.Status.ASSOCIATED],
        )

    def carrying_grants(self) -> Self:
        """Effective ones through which the partner's grants reach the person.

        Of the lead, only its representatives (the coordinators).
        """
        return self.effective().filter(~Q(partner__role=Partner.Role.LEAD) | Q(role=Membership.Role.REPRESENTATIVE))


class Membership(models.Model):
    """A person takes part for a partner, from an instant until an instant (half-open)."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        REPRESENTATIVE = "representative", _("representative")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MEMBER)
    since = models.DateTimeField(_("since"), default=clock.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    # A deputy is a representative for a while, in the place of somebody who is away.
    deputy_for = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="deputies", verbose_name=_("deputy for")
    )
    # Once a year a representative says that this person still takes part.
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    # How many days before the end the person was last told of it.
    warned = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["since", "pk"]
        indexes = [models.Index(fields=["user", "partner"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="membership_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.partner}"
