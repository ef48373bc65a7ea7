"""Whatever is shared: one table for all kinds, so that there is one gate, one search, one queue."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from network import clock, kinds
from network.addresses import way_to
from network.labels import Label
from network.models.people import Partner, User
from network.models.rooms import Room
from network.querysets import ItemQuerySet

if TYPE_CHECKING:
    from network.chatham import Byline


class Theme(models.Model):
    """A subject that items are filed under; a reference table that the coordinator edits."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    """Where a thing stands between being written and being gone. Parts use all but archived."""

    DRAFT = "draft", _("draft")
    HELD = "held", _("held for a moderator")
    PUBLISHED = "published", _("published")
    ARCHIVED = "archived", _("archived")
    REMOVED = "removed", _("removed")


class Item(models.Model):
    """One thing that partners share. Documents, sheets, threads and workshops are Items."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=16, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="items")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="items")
    partner = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name=_("on behalf of"),
    )
    # Who looks after it now that `partner` has left; it stays under the name of `partner`.
    keeper = models.ForeignKey(
        Partner,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="kept",
        verbose_name=_("looked after by"),
    )
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=8, default="en")
    tlp = models.PositiveSmallIntegerField(_("label"), choices=Label, default=Label.AMBER)
    state = models.CharField(max_length=12, choices=State, default=State.PUBLISHED)
    chatham = models.BooleanField(_("under the Chatham House Rule"), default=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    # What its author began from, as a practice sheet from a discussion; it says nothing about who reads either.
    made_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="made_into", editable=False
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="items", verbose_name=_("themes"))
    named_partners = models.ManyToManyField(Partner, blank=True, related_name="named_in")
    named_people = models.ManyToManyField(User, blank=True, related_name="named_in")
    co_authors = models.ManyToManyField(User, blank=True, related_name="co_authored")
    reviewers = models.ManyToManyField(User, blank=True, related_name="to_review")
    created_at = models.DateTimeField(default=clock.now)
    # When something last happened to it that its readers would call new.
    active_at = models.DateTimeField(default=clock.now)

    # Set on rows that were read by `with_places` and `network.chatham.named`; not stored.
    home: Room | None
    about: Item | None
    byline: Byline | None

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["-active_at", "-pk"]
        indexes = [
            models.Index(fields=["room", "kind", "-active_at"]),
            models.Index(fields=["kind", "-active_at"]),
            models.Index(fields=["-active_at"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(tlp__in=Label.values), name="item_label_known"),
            # A thread about an item: one per item and room. No partial index, for the reason that Partner gives.
            models.UniqueConstraint(
                Case(When(kind="thread", then="parent")), "room", name="one_thread_per_item_and_room"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return way_to(kinds.KINDS[self.kind].url_name, self.uid)

    @property
    def label(self) -> Label:
        return Label(self.tlp)

    @property
    def effective_label(self) -> Label:
        """The tighter of its own and its parent's: what mail, feeds and passing on go by."""
        return Label(max(self.tlp, self.parent.tlp)) if self.parent else self.label


class Placement(models.Model):
    """An item passed on to a room other than its home. Counts only while GREEN or CLEAR."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="placements")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="placements")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.UniqueConstraint(fields=["item", "room"], name="placed_once_per_room"),
        ]

    def __str__(self) -> str:
        return f"{self.item} → {self.room}"


class Release(models.Model):
    """One version of a CLEAR item stands on the public site."""

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="release")
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")

    def __str__(self) -> str:
        return f"{self.item}, {self.version}"


class Participant(models.Model):
    """A person's number inside one item under the Chatham House Rule."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(fields=["item", "user"], name="one_number_per_person"),
            models.UniqueConstraint(fields=["item", "number"], name="one_person_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.number}"


class UnnamedModerator(models.Model):
    """Whom the trail names where somebody moderates an item under the Chatham House Rule: no number goes with it.

    Who may moderate is known to many. Under the number with which they take part, what they decide would tell who they
    are among few.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name = _("moderator under the Chatham House Rule")
        verbose_name_plural = _("moderators under the Chatham House Rule")
        constraints = [
            models.UniqueConstraint(fields=["item", "user"], name="unnamed_moderator_once_per_item"),
        ]

    def __str__(self) -> str:
        return str(self.item)
