"""What partners exchange, as rows."""

from exchange.models.bin import Binned
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
from exchange.models.reading import Confirmation, ReadRequest
from exchange.models.uploads import Upload

__all__ = [
    "LIBRARY_KINDS",
    "Binned",
    "Blob",
    "Confirmation",
    "DocKind",
    "Document",
    "Evaluation",
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
    "Upload",
    "Version",
]
