"""What partners exchange, as rows."""

from exchange.models.bin import Binned
from exchange.models.captions import Caption
from exchange.models.documents import LIBRARY_KINDS, DocKind, Document, Version
from exchange.models.files import Blob, PagePicture, PageText
from exchange.models.folders import Folder
from exchange.models.practices import (
    Evaluation,
    PracticeSheet,
    PracticeStatus,
    PreventionLevel,
    Scope,
    SheetChoice,
    TargetGroup,
)
from exchange.models.reading import Confirmation, FirstOpening, ReadRequest
from exchange.models.unpackings import UnpackedFile, Unpacking
from exchange.models.uploads import Upload

__all__ = [
    "LIBRARY_KINDS",
    "Binned",
    "Blob",
    "Caption",
    "Confirmation",
    "DocKind",
    "Document",
    "Evaluation",
    "FirstOpening",
    "Folder",
    "PagePicture",
    "PageText",
    "PracticeSheet",
    "PracticeStatus",
    "PreventionLevel",
    "ReadRequest",
    "Scope",
    "SheetChoice",
    "TargetGroup",
    "UnpackedFile",
    "Unpacking",
    "Upload",
    "Version",
]
