"""What is said about a document: its title and the words, kind and themes by which it is found."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from exchange.actions.locking import locked_document
from exchange.models import DocKind, Document
from exchange.permissions import check_describe
from exchange.words import index_document
from network import clock
from network.actions.items import check_again
from network.actions.sendings import clean_title
from network.audit import record
from network.languages import LANGUAGES
from network.models.items import Release, Theme
from network.models.people import User
from network.refusals import Invalid

MOST_THEMES = 6


@transaction.atomic
def describe_document(
    *,
    by: User,
    document: Document,
    title: str,
    kind: str,
    description: str,
    language: str,
    themes: Collection[Theme],
    open_to_versions: bool,
) -> None:
    """Replaces what is said about a document; its files, its label and its place stay.

    Where every item of the room is checked, the new words wait for a moderator. What stood on the public site is
    taken off until a coordinator releases it again. Where nothing is new, nothing happens.
    Raises Unseen, NeedsSecondFactor, Forbidden, Invalid (fields as the parameters).
    """
    document = locked_document(document)
    check_describe(by, document)
    if kind not in DocKind.values:
        raise Invalid("kind", _("Choose from the list."))
    if language not in LANGUAGES:
        raise Invalid("language", _("Choose from the list."))
    if len(themes) > MOST_THEMES:
        raise Invalid("themes", _("Choose six themes at most."))
    words = {"title": clean_title(title), "doc_kind": kind, "description": description.strip(), "language": language}
    before = set(document.themes.values_list("pk", flat=True))
    says_new = any(getattr(document, name) != value for name, value in words.items())
    says_new = says_new or before != {theme.pk for theme in themes}
    if not says_new and document.open_to_versions == open_to_versions:
        return
    for name, value in words.items():
        setattr(document, name, value)
    document.open_to_versions = open_to_versions
    if says_new:
        document.active_at = clock.now()
        check_again(by=by, item=document)
        if Release.objects.filter(item=document).delete()[0]:
            record("network.unreleased", by=by, target=document, room=document.room)
    document.save()
    document.themes.set(themes)
    record("exchange.document_described", by=by, target=document, room=document.room, partner=document.partner)
    index_document(document)
