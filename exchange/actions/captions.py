"""Captions of a film or a recording: added in a language, replaced, taken off. They stay with their version."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from exchange.actions.locking import locked_document
from exchange.captions import LARGEST, Cue, parse, written
from exchange.models import Caption, Document, Version
from exchange.permissions import check_caption
from exchange.words import index_document
from network import clock
from network.actions.items import check_again
from network.audit import record
from network.languages import LANGUAGES
from network.models.items import Release
from network.models.people import User
from network.refusals import Invalid
from network.templatetags.look import filesize

# Letters of the captions of a version in all languages: whoever looks for a phrase has all of them read. Those of a
# film of two hours have some 100,000 in each.
MOST_IN_ALL = 4_000_000


def add_captions(*, by: User, document: Document, number: int, language: str, file: Any) -> Caption:
    """Gives the newest version captions in a language, in place of those that it has in it. The same twice is once.

    `number` is the version that they were made for. Like other new words they wait for a moderator where every item
    of the room is checked, and what stood on the public site with this version is taken off until it is released again.
    Raises Unseen, NeedsSecondFactor, Forbidden, Invalid (fields: version, language, file).
    """
    check_caption(by, document)
    if language not in LANGUAGES:
        raise Invalid("language", _("Choose from the list."))
    # Before the transaction: nobody else waits while a long file is read.
    cues = _cues(file, language)
    text = written(cues)
    with transaction.atomic():
        document = locked_document(document)
        check_caption(by, document)
        version = _newest(document, number)
        before = version.captions.filter(language=language).first()
        if before is not None and before.text == text:
            return before
        _check_length(version, language, text)
        said = {"text": text, "cues": len(cues), "by": by, "at": clock.now()}
        caption, new = Caption.objects.update_or_create(version=version, language=language, defaults=said)
        _look_again(document, by, number)
        _tell_of(document, "exchange.captions_added" if new else "exchange.captions_replaced", by, number, language)
    return caption


@transaction.atomic
def remove_captions(*, by: User, document: Document, number: int, language: str) -> None:
    """Takes the captions in a language off the newest version. Where there are none, nothing happens.

    Strangers and the room read less than somebody has looked at, so it is looked at again as when captions come.
    Raises Unseen, NeedsSecondFactor, Forbidden, Invalid (version).
    """
    document = locked_document(document)
    check_caption(by, document)
    if _newest(document, number).captions.filter(language=language).delete()[0]:
        _look_again(document, by, number)
        _tell_of(document, "exchange.captions_removed", by, number, language)


def carry_captions(old: Version, new: Version) -> None:
    """The captions of a version whose bytes are taken up again: they fit. In the caller's transaction."""
    Caption.objects.bulk_create(
        Caption(version=new, language=one.language, text=one.text, cues=one.cues, by_id=one.by_id, at=one.at)
        for one in old.captions.all()
    )


def _look_again(document: Document, by: User, number: int) -> None:
    """What is read beside a version has changed: it waits in a checked room, and leaves the public site."""
    check_again(by=by, item=document)
    if Release.objects.filter(item=document, version=number).delete()[0]:
        record("network.unreleased", by=by, target=document, room=document.room)


def _cues(file: Any, language: str) -> list[Cue]:
    if file.size > LARGEST:
        raise Invalid("file", _("A file of captions may have up to %(size)s.") % {"size": filesize(LARGEST)})
    file.seek(0)
    return parse(file.read(), language)


def _check_length(version: Version, language: str, text: str) -> None:
    others = version.captions.exclude(language=language).aggregate(letters=Sum(Length("text")))["letters"] or 0
    if others + len(text) > MOST_IN_ALL:
        raise Invalid(
            "file",
            _("The captions of all languages would be too long together. Shorten these, or take off others first."),
        )


def _newest(document: Document, number: int) -> Version:
    newest = document.newest
    if newest is None or newest.number != number:
        raise Invalid("version", _("A newer version was shared meanwhile. Look whether the captions fit it, too."))
    return newest


def _tell_of(document: Document, verb: str, by: User, number: int, language: str) -> None:
    record(
        verb,
        by=by,
        target=document,
        room=document.room,
        partner=document.partner,
        version=number,
        language=language,
    )
    index_document(document)
