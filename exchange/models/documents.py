"""Documents and their versions."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.files import Blob
from exchange.models.folders import Folder
from network import clock
from network.models.items import Item
from network.models.people import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from exchange.models.captions import Caption


class DocKind(models.TextChoices):
    """What a document is for, in the words of such networks."""

    AGENDA = "agenda", _("agenda")
    MINUTES = "minutes", _("minutes")
    REPORT = "report", _("report")
    THEMATIC_REPORT = "thematic_report", _("thematic report")
    GUIDE = "guide", _("guide")
    LEAFLET = "leaflet", _("leaflet")
    PUBLICATION = "publication", _("publication")
    VIDEO = "video", _("video")
    PRESENTATION = "presentation", _("presentation")
    FORM = "form", _("form or template")
    OTHER = "other", _("other")


LIBRARY_KINDS = (
    DocKind.PUBLICATION,
    DocKind.GUIDE,
    DocKind.THEMATIC_REPORT,
    DocKind.LEAFLET,
    DocKind.VIDEO,
)


class Document(Item):
    """A file that partners share, with its versions."""

    KIND = "document"

    doc_kind = models.CharField(_("kind"), max_length=16, choices=DocKind, default=DocKind.OTHER)
    description = models.TextField(_("a word about it"), blank=True)
    # Whether others who contribute to the room may add versions, as to a draft that is written together.
    open_to_versions = models.BooleanField(_("others may add versions"), default=False)
    # While it is RED: whether those whom it names may download it, or read it in the browser alone.
    downloads_allowed = models.BooleanField(_("its readers may download it"), default=False)
    # Where it is filed in its home room; None at the top. It decides nothing, and its address does not know of it.
    folder = models.ForeignKey(Folder, on_delete=models.SET_NULL, null=True, blank=True, related_name="documents")
    # Who is working on it, and until when: a word to the others, which ends by itself and forbids nothing.
    worked_on_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    worked_on_until = models.DateTimeField(null=True, blank=True)
    # The newest published version; lists join it.
    newest = models.OneToOneField("Version", on_delete=models.PROTECT, null=True, related_name="+")

    if TYPE_CHECKING:
        versions: RelatedManager[Version]

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [models.Index(fields=["doc_kind"])]

    @property
    def worker(self) -> User | None:
        """Who is working on it now."""
        if self.worked_on_until is None or self.worked_on_until <= clock.now():
            return None
        return self.worked_on_by


class Version(models.Model):
    """One file of a document: numbered, and never changed. Its bytes are read through the gate."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="versions")
    name = models.CharField(max_length=150)
    # As the blob has them; here, so that lists need not join it.
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    # The version whose bytes these are again, where an older one was taken up once more.
    restored_from = models.PositiveIntegerField(null=True, blank=True)

    if TYPE_CHECKING:
        captions: RelatedManager[Caption]

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="one_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def extension(self) -> str:
        """What the file is, as people say it: "PDF"."""
        return self.name.rpartition(".")[2].upper()

    @property
    def query(self) -> str:
        """What an address of its document ends with, so that it speaks of this version and no newer one."""
        return f"?version={self.number}"
