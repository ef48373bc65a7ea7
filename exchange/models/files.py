"""Bytes as they lie in the store: once, however often and in however many rooms they were shared."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network import clock

HELD_BACK: dict[str, Promise] = {
    "waiting": _("The scanner for viruses has not looked at this file yet. Nobody can open it until it has."),
    "infected": _("The scanner for viruses objects to this file, so it is not handed out."),
}


class Blob(models.Model):
    """The bytes of one or more versions. They never change; their row goes with the last version that has them.

    What is shared again is received and digested again; that it was there before shows only in that it need not be
    looked into again (docs/security.md).
    """

    class Scan(models.TextChoices):
        """What the scanner for viruses says. Only what it passed, or what no scanner is set up for, is handed out."""

        NONE = "none", _("not scanned")
        WAITING = "waiting", _("waits for the scanner")
        CLEAN = "clean", _("nothing found")
        INFECTED = "infected", _("not handed out")

    class Look(models.TextChoices):
        """Whether the worker has looked into it for its text, its pages and their pictures."""

        WAITING = "waiting", _("not looked into yet")
        DONE = "done", _("looked into")
        FAILED = "failed", _("cannot be looked into")

    class NoMark(models.TextChoices):
        """Why no copy of it can carry its reader's name; "" while nothing is known against it."""

        PROTECTED = "protected", _("wants a password")
        BROKEN = "broken", _("cannot be written on")

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    # Where they lie in the store: an opaque name that nothing on the web leads to.
    path = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(default=clock.now)
    scan = models.CharField(max_length=8, choices=Scan, default=Scan.NONE)
    # When the scanner last had it, whatever came of it; and what it found, for those who need to know.
    scanned_at = models.DateTimeField(null=True, blank=True)
    virus = models.CharField(max_length=120, blank=True)
    look = models.CharField(max_length=8, choices=Look, default=Look.WAITING)
    looked_at = models.DateTimeField(null=True, blank=True)
    # How often that ended in an error of ours; not how often the store was away.
    look_tries = models.PositiveSmallIntegerField(default=0)
    # Pages of a PDF, slides of a presentation; None where it has none or nobody has looked yet.
    pages = models.PositiveIntegerField(null=True, blank=True)
    # Known from the look, or from the first copy that failed; where marking learns more, a migration empties it.
    no_mark = models.CharField(max_length=9, choices=NoMark, blank=True)
    # Where it holds more words than were read: the last page of which some were. None where all were.
    read_to = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        indexes = [models.Index(fields=["scan"]), models.Index(fields=["look"])]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def is_served(self) -> bool:
        """Whether it may be handed out at all, to whoever sees its document."""
        return self.scan in (self.Scan.NONE, self.Scan.CLEAN)

    @property
    def held_back(self) -> Promise | str:
        """Why it is not handed out, in a sentence for everybody who sees its document; "" where it is."""
        return HELD_BACK.get(self.scan, "")


class PageText(models.Model):
    """The words of one page, from 1; of a file without pages all of them are on the first."""

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="texts")
    number = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        verbose_name = _("words of a page")
        verbose_name_plural = _("words of pages")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["blob", "number"], name="words_once_per_page")]

    def __str__(self) -> str:
        return f"{self.blob} {self.number}"


class PagePicture(models.Model):
    """The picture of one page, from 1, in one of two widths. Its bytes lie in the store beside the file's."""

    class Width(models.IntegerChoices):
        SMALL = 320
        LARGE = 1200

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="pictures")
    number = models.PositiveIntegerField()
    width = models.PositiveSmallIntegerField(choices=Width)
    height = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=120, unique=True)

    class Meta:
        verbose_name = _("picture of a page")
        verbose_name_plural = _("pictures of pages")
        ordering = ["number", "width"]
        constraints = [models.UniqueConstraint(fields=["blob", "number", "width"], name="one_picture_per_width")]

    def __str__(self) -> str:
        return f"{self.blob} {self.number}"
