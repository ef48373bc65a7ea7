"""What partners exchange, as rows."""

from exchange.models.documents import DocKind, Document, Version
from exchange.models.practices import PracticeSheet, SheetChoice

__all__ = ["DocKind", "Document", "PracticeSheet", "SheetChoice", "Version"]
