"""The words of two versions of a document beside each other."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.models import Blob, PageText
from network import comparing


def compare(old: Blob, new: Blob) -> comparing.Comparison:
    """Two queries."""
    return comparing.compare(_pages(old), _pages(new))


def _pages(blob: Blob) -> Iterator[str]:
    return PageText.objects.filter(blob=blob).order_by("number").values_list("text", flat=True).iterator()
