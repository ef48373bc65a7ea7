"""Keeping what somebody writes until it is sent. As read marks, one's own business: not audited, told to nobody."""

from __future__ import annotations

import json
import uuid
from urllib.parse import urlsplit

from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from network import clock
from network.models.drafts import Draft
from network.models.people import User
from network.refusals import Invalid

LARGEST = 200_000  # bytes of all fields of a form together
MOST_FIELDS = 40
MOST_CHOOSERS = 60
MOST_DRAFTS = 200  # of one person
LONGEST_ADDRESS = 300
LONGEST_NAME = 100


@transaction.atomic
def keep(*, by: User, key: str, page: str, fields: object, choices: object = None) -> Draft | None:
    """Keeps the words of one form, in the place of what was kept of it before; without any, nothing is kept.

    `choices` is what was chosen beside them, values by name of the field: words without their label would go astray.
    Raises Invalid: no form of this house, more than may be kept, or no words.
    """
    _check_address(key)
    _check_address(page)
    kept, chosen = _clean(fields), _clean_choices(choices or {})
    mine = Draft.objects.filter(user=by)
    if not kept:
        mine.filter(key=key).delete()
        return None
    if not mine.filter(key=key).exists() and mine.count() >= MOST_DRAFTS:
        raise Invalid("", _("You have 200 drafts. Discard some of them first."))
    row = Draft(user=by, key=key, page=page, fields=kept, choices=chosen, at=clock.now())
    # Two tabs may send at the same moment: the later one stands.
    Draft.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["user", "key"], update_fields=["page", "fields", "choices", "at"]
    )
    return mine.get(key=key)


def discard(*, by: User, uid: uuid.UUID) -> None:
    """Somebody throws a draft of their own away. Twice is once; another's is left alone."""
    Draft.objects.filter(user=by, uid=uid).delete()


def sent(*, by: User, key: str) -> None:
    """The form was taken: what was kept of it has arrived."""
    Draft.objects.filter(user=by, key=key).delete()


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        resolve(parts.path)
    except (ValueError, Resolver404):
        raise Invalid("key", _("There is no such form.")) from None
    if parts.scheme or parts.netloc or len(address) > LONGEST_ADDRESS or not address.isprintable():
        raise Invalid("key", _("There is no such form."))


def _clean(fields: object) -> dict[str, str]:
    """Fields that hold words, by name. Raises Invalid."""
    if not isinstance(fields, dict) or len(fields) > MOST_FIELDS:
        raise Invalid("fields", _("These words cannot be kept."))
    for name, text in fields.items():
        if not isinstance(text, str) or len(name) > LONGEST_NAME or "\0" in name + text:
            raise Invalid("fields", _("These words cannot be kept."))
    kept = {name: text for name, text in fields.items() if text.strip()}
    try:
        size = len(json.dumps(kept, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        raise Invalid("fields", _("These words cannot be kept.")) from None
    if size > LARGEST:
        raise Invalid("fields", _("Longer than can be kept as a draft. Send it, or share it as a document."))
    return kept


def _clean_choices(choices: object) -> dict[str, list[str]]:
    """Values by the name of their field. Raises Invalid."""
    if not isinstance(choices, dict) or len(choices) > MOST_CHOOSERS:
        raise Invalid("choices", _("These choices cannot be kept."))
    for name, values in choices.items():
        sound = isinstance(values, list) and all(isinstance(one, str) and "\0" not in one for one in values)
        if not sound or len(name) > LONGEST_NAME or "\0" in name:
            raise Invalid("choices", _("These choices cannot be kept."))
    try:
        size = len(json.dumps(choices, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        raise Invalid("choices", _("These choices cannot be kept.")) from None
    if size > LARGEST:
        raise Invalid("choices", _("These choices cannot be kept."))
    return choices
