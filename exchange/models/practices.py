"""Practice sheets: how a partner does something, in a form that others can compare and try."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from network import countries
from network.models.items import Item

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Scope(models.TextChoices):
    """How far a practice reaches."""

    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood")
    CITY = "city", _("city")
    METROPOLITAN = "metropolitan", _("metropolitan area")
    REGIONAL = "regional", _("region")
    NATIONAL = "national", _("country")
    CROSS_BORDER = "cross_border", _("across a border")
    EUROPEAN = "european", _("Europe")
    ONLINE = "online", _("online")


class PracticeStatus(models.TextChoices):
    """Where a practice stands in its life."""

    PLANNED = "planned", _("planned")
    PILOT = "pilot", _("pilot")
    RUNNING = "running", _("running")
    COMPLETED = "completed", _("completed")
    SUSPENDED = "suspended", _("suspended")
    DISCONTINUED = "discontinued", _("discontinued")


class PreventionLevel(models.TextChoices):
    """Whom prevention addresses: everyone, those at risk, those involved."""

    PRIMARY = "primary", _("primary: everyone")
    SECONDARY = "secondary", _("secondary: people at risk")
    TERTIARY = "tertiary", _("tertiary: people involved")


class TargetGroup(models.TextChoices):
    """With whom a practice works."""

    GENERAL_PUBLIC = "general_public", _("general public")
    CHILDREN = "children", _("children")
    YOUNG_PEOPLE = "young_people", _("young people")
    PARENTS = "parents", _("parents and families")
    SCHOOL_STAFF = "school_staff", _("schools’ staff")
    YOUTH_WORKERS = "youth_workers", _("youth workers")
    SOCIAL_WORKERS = "social_workers", _("social workers")
    HEALTH_STAFF = "health_staff", _("health staff")
    POLICE = "police", _("police")
    PRISON_PROBATION_STAFF = "prison_probation_staff", _("prison and probation staff")
    ELECTED_OFFICIALS = "elected_officials", _("elected officials")
    MUNICIPAL_STAFF = "municipal_staff", _("municipal staff")
    FAITH_COMMUNITIES = "faith_communities", _("faith communities")
    NEWCOMERS = "newcomers", _("migrants and newcomers")
    PEOPLE_AT_RISK = "people_at_risk", _("people at risk")
    PEOPLE_IN_DISENGAGEMENT = "people_in_disengagement", _("people in disengagement")
    RETURNEES = "returnees", _("returnees")
    VICTIMS = "victims", _("victims")
    ONLINE_USERS = "online_users", _("online users")
    MEDIA = "media", _("media")


class Evaluation(models.TextChoices):
    """How well it is known what a practice does; each says more than the one before."""

    NONE = "none", _("none yet")
    PLANNED = "planned", _("planned")
    MONITORING = "monitoring", _("monitoring data only")
    INTERNAL_PROCESS = "internal_process", _("internal process evaluation")
    INTERNAL_OUTCOME = "internal_outcome", _("internal outcome evaluation")
    EXTERNAL_PROCESS = "external_process", _("external process evaluation")
    EXTERNAL_OUTCOME = "external_outcome", _("external outcome evaluation")
    CONTROLLED = "controlled", _("controlled study")


MOST_THEMES = 3
MOST_GROUPS = 3


class PracticeSheet(Item):
    """One practice of one partner: five texts and six choices (title, label and themes are Item's)."""

    KIND = "practice"

    summary = models.CharField(_("summary"), max_length=300)
    objectives = models.TextField(_("objectives"))
    methodology = models.TextField(_("methodology"))
    activities = models.TextField(_("activities"))
    geographical_scope = models.CharField(_("how far it reaches"), max_length=16, choices=Scope)
    practice_status = models.CharField(_("status"), max_length=16, choices=PracticeStatus)
    evaluation_status = models.CharField(_("evaluation"), max_length=20, choices=Evaluation)
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    started_year = models.PositiveSmallIntegerField(_("since the year"), null=True, blank=True)

    if TYPE_CHECKING:
        picked: RelatedManager[SheetChoice]

    class Meta:
        verbose_name = _("practice sheet")
        verbose_name_plural = _("practice sheets")
        indexes = [models.Index(fields=["country"])]

    @property
    def place(self) -> str:
        """Where it is done: "Liège, Belgium"."""
        country = countries.country_words(self.country) if self.country else ""
        return ", ".join(part for part in (self.city, country) if part)

    @property
    def prevention_levels(self) -> list[str]:
        """The levels of prevention, by their keys, in the order of the list. Prefetch `picked`."""
        return self._picked(SheetChoice.Group.LEVEL, PreventionLevel.values)

    @property
    def target_groups(self) -> list[str]:
        """The groups it works with, by their keys, in the order of the list. Prefetch `picked`."""
        return self._picked(SheetChoice.Group.TARGET, TargetGroup.values)

    @property
    def level_words(self) -> list[str]:
        """The levels of prevention in words."""
        return [str(PreventionLevel(key).label) for key in self.prevention_levels]

    @property
    def target_words(self) -> list[str]:
        """The groups it works with, in words."""
        return [str(TargetGroup(key).label) for key in self.target_groups]

    def pick(self, *, prevention_levels: Iterable[str], target_groups: Iterable[str]) -> None:
        """Replaces the choices of which a sheet has several. Three queries."""
        self.picked.all().delete()
        SheetChoice.objects.bulk_create(
            SheetChoice(sheet=self, group=group, key=key)
            for group, keys in (
                (SheetChoice.Group.LEVEL, prevention_levels),
                (SheetChoice.Group.TARGET, target_groups),
            )
            for key in dict.fromkeys(keys)
        )

    def _picked(self, group: SheetChoice.Group, order: list[str]) -> list[str]:
        keys = {one.key for one in self.picked.all() if one.group == group}
        return [key for key in order if key in keys]


class SheetChoice(models.Model):
    """One of several that a sheet chose from a list. Rows, as lists ask for sheets by them."""

    class Group(models.TextChoices):
        LEVEL = "level", _("level of prevention")
        TARGET = "target", _("target group")

    sheet = models.ForeignKey(PracticeSheet, on_delete=models.CASCADE, related_name="picked")
    group = models.CharField(max_length=8, choices=Group)
    key = models.CharField(max_length=24)

    class Meta:
        verbose_name = _("choice of a sheet")
        verbose_name_plural = _("choices of sheets")
        indexes = [models.Index(fields=["group", "key"])]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "group", "key"], name="sheet_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.key}"
