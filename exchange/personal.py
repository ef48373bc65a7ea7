"""What of a person is among documents and practice sheets: what they shared, with its files."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exchange import storage
from exchange.actions.unpacking import forget_unpacking
from exchange.actions.uploads import forget
from exchange.filetypes import clean_name
from exchange.models import (
    Caption,
    Confirmation,
    Document,
    FirstOpening,
    Folder,
    PracticeSheet,
    ReadRequest,
    Unpacking,
    Upload,
    Version,
)
from exchange.permissions import parts_of_others
from network.labels import Label
from network.models.people import User
from network.personal import OwnFile, Row, exempt, register_personal, with_theirs

TEXTS = ("title", "summary", "objectives", "methodology", "activities", "country", "city", "started_year")


def register_all() -> None:
    """Called once, from the AppConfig."""
    _register_shared()
    _register_files()
    _register_arriving()
    _register_reading()
    exempt("That somebody works on a document ends by itself within a day.", "exchange.Document.worked_on_by")


def _register_shared() -> None:
    register_personal(
        "documents",
        _("documents"),
        rows=_documents,
        show=_document,
        covers=["network.Item.author"],
        restricted=lambda person: _restricted(Document, person) or _restricted_files(person),
        alone=lambda person: Document.objects.filter(author=person).exclude(
            pk__in=parts_of_others(person).values("document")
        ),
    )
    register_personal(
        "practice-sheets",
        _("practice sheets"),
        rows=_sheets,
        show=_sheet,
        covers=["network.Item.author"],
        restricted=lambda person: _restricted(PracticeSheet, person),
        alone=lambda person: PracticeSheet.objects.filter(author=person),
    )


def _register_files() -> None:
    register_personal(
        "files",
        _("files, version by version"),
        rows=lambda person: Version.objects.filter(by=person).select_related("document", "blob").order_by("pk"),
        show=_version,
        file=_file,
        covers=["exchange.Version.by"],
    )
    register_personal(
        "captions",
        _("captions of films and recordings"),
        rows=lambda person: Caption.objects.filter(by=person).select_related("version__document").order_by("pk"),
        show=_caption,
        covers=["exchange.Caption.by"],
        restricted=lambda person: Caption.objects.filter(
            by=person, version__document__tlp__gte=Label.AMBER_STRICT
        ).exists(),
    )
    register_personal(
        "folders",
        _("folders"),
        rows=lambda person: Folder.objects.filter(by=person).order_by("pk"),
        show=lambda row: {"name": row.name, "made_at": row.at},
        covers=["exchange.Folder.by"],
    )


def _register_arriving() -> None:
    register_personal(
        "files-on-their-way",
        _("files on their way"),
        rows=lambda person: Upload.objects.filter(by=person),
        show=lambda row: {"name": row.name, "size": row.size, "received": row.received, "at": row.at},
        erase=_forget_uploads,
        covers=["exchange.Upload.by"],
    )
    register_personal(
        "archives",
        _("archives that were unpacked"),
        rows=lambda person: Unpacking.objects.filter(by=person).prefetch_related("files").order_by("pk"),
        show=lambda row: {"at": row.at, "files": [[one.shown, one.outcome] for one in row.files.all()]},
        erase=_forget_unpackings,
        restricted=lambda person: Unpacking.objects.filter(by=person, tlp__gte=Label.AMBER_STRICT).exists(),
        covers=["exchange.Unpacking.by"],
    )


def _register_reading() -> None:
    register_personal(
        "reading-asked-for",
        _("documents that others were asked to read"),
        rows=lambda person: ReadRequest.objects.filter(by=person).select_related("document"),
        show=lambda row: {**_about(row.document), "at": row.at, "due": row.due, "note": row.note},
        covers=["exchange.ReadRequest.by"],
    )
    register_personal(
        "reading-confirmed",
        _("documents that were read when asked"),
        rows=lambda person: Confirmation.objects.filter(user=person).select_related("request__document"),
        show=lambda row: {**_about(row.request.document), "version": row.version, "at": row.at},
        covers=["exchange.Confirmation.user"],
    )
    register_personal(
        "reading-begun",
        _("documents that were opened when one was asked to read them"),
        rows=lambda person: FirstOpening.objects.filter(user=person).select_related("request__document"),
        show=lambda row: {**_about(row.request.document), "at": row.at, "file_at": row.file_at},
        covers=["exchange.FirstOpening.user"],
    )


def _about(document: Document) -> Row:
    return {"document": document.get_absolute_url()}


def _forget_uploads(person: User) -> None:
    for upload in Upload.objects.filter(by=person):
        forget(upload)


def _forget_unpackings(person: User) -> None:
    for row in Unpacking.objects.filter(by=person):
        forget_unpacking(row)


def _restricted(model: Any, person: User) -> bool:
    return model.objects.filter(author=person, tlp__gte=Label.AMBER_STRICT).exists()


def _restricted_files(person: User) -> bool:
    return Version.objects.filter(by=person, document__tlp__gte=Label.AMBER_STRICT).exists()


def _documents(person: User) -> QuerySet[Document]:
    return with_theirs(Document.objects.filter(author=person), person, "exchange.document_described")


def _sheets(person: User) -> QuerySet[PracticeSheet]:
    rows = with_theirs(PracticeSheet.objects.filter(author=person), person, "exchange.sheet_revised")
    return rows.prefetch_related("picked")


def _head(row: Any) -> Row:
    return {
        "address": row.get_absolute_url(),
        "partner": row.partner.name if row.partner else None,
        "label": row.label.word,
        "state": row.state,
        "language": row.language,
        "created_at": row.created_at,
    }


def _document(row: Any) -> Row:
    words = {"title": row.title, "description": row.description} if row.theirs else {}
    return {**_head(row), "kind": row.doc_kind, **words}


def _version(row: Version) -> Row:
    shown = {
        "document": row.document.get_absolute_url(),
        "version": row.number,
        "at": row.at,
        "note": row.note,
        "restored_from": row.restored_from,
    }
    if not _brought(row):
        return shown
    file = {"name": row.name, "size": row.size, "sha256": row.sha256}
    return {**shown, **file, "file": _path(row) if row.blob.is_served else None}


def _file(row: Version) -> OwnFile | None:
    """What is handed out to nobody is not handed out to who shared it either."""
    if not row.blob.is_served or not _brought(row):
        return None
    return OwnFile(_path(row), lambda: storage.read(row.blob.path))


def _brought(row: Version) -> bool:
    """Whether the file came from whoever shared this version; what was only taken up again may be another's."""
    first: Version | None = row
    while first is not None and first.restored_from is not None:
        first = Version.objects.filter(document=row.document_id, number=first.restored_from).first()
    return first is not None and first.by_id == row.by_id


def _path(row: Version) -> str:
    # Cleaned once more: what lies in the rows may be older than the rule.
    return f"files/{row.uid}/{clean_name(row.name)}"


def _caption(row: Caption) -> Row:
    about = {**_about(row.version.document), "version": row.version.number}
    return {**about, "language": row.language, "at": row.at, "text": row.text}


def _sheet(row: Any) -> Row:
    if not row.theirs:
        return _head(row)
    return {
        **_head(row),
        **{name: getattr(row, name) for name in TEXTS},
        "scope": row.geographical_scope,
        "status": row.practice_status,
        "evaluation": row.evaluation_status,
        "prevention_levels": row.prevention_levels,
        "target_groups": row.target_groups,
    }
