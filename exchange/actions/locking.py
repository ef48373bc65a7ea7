"""Taking a document for oneself while it is changed."""

from __future__ import annotations

from exchange.models import Document


def locked_document(document: Document) -> Document:
    """The document as it is now; whoever else would change it waits until this transaction ends.

    Locked first and read afterwards: a statement that waited for a lock is given the locked row as it is by then, but
    whatever is joined to it as it was before, and so the newest version but one.
    """
    Document.objects.select_for_update(of=("self",)).only("pk").get(pk=document.pk)
    rows = Document.objects.select_related("newest", "room", "author", "partner", "worked_on_by")
    return rows.get(pk=document.pk)
