"""What was sent: a title as it is kept, and whether the same sending came before, so that a retry doubles nothing."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any, TypeVar, cast

from django.utils.translation import gettext_lazy as _

from network.labels import Label
from network.models.items import Item, Theme
from network.models.people import Partner, User
from network.models.rooms import Room
from network.refusals import Invalid

AnyItem = TypeVar("AnyItem", bound=Item)


def sent_before(
    model: type[AnyItem],
    uid: uuid.UUID | None,
    *,
    by: User,
    room: Room,
    title: str,
    tlp: Label,
    themes: Collection[Theme] = (),
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
    **own: Any,
) -> AnyItem | None:
    """What the same sending has made already, so that a retry does not double it. Up to three queries.

    None where the key is new, and where something else was sent with it: a browser's way back brings a form again
    with its key, and what was changed in it must not be lost as if it were a retry.
    """
    again = model._default_manager.filter(uid=uid, author=by, room=room).first() if uid else None
    if again is None or (again.title, again.tlp) != (clean_title(title), tlp):
        return None
    if any(getattr(again, name) != value for name, value in own.items() if value not in ("", None)):
        return None
    sent: dict[str, Collection[Any]] = {"themes": themes}
    if tlp == Label.AMBER_STRICT:
        sent["named_partners"] = named_partners
    if tlp == Label.RED:
        sent["named_people"] = named_people
    for name, rows in sent.items():
        if set(getattr(again, name).values_list("pk", flat=True)) != {row.pk for row in rows}:
            return None
    return cast(AnyItem, again)


def free_key(uid: uuid.UUID | None) -> uuid.UUID | None:
    """The form's key; None where it is taken: then what is sent is a retry (`sent_before`) or something else.

    Ask this first: a key that is taken only afterwards is refused by the database, and then it is a retry.
    """
    return None if uid is None or Item.objects.filter(uid=uid).exists() else uid


def clean_title(title: str) -> str:
    """One line, trimmed. Raises Invalid where it is empty or longer than 200 characters."""
    words = " ".join(title.split())
    if not words:
        raise Invalid("title", _("Give it a title, so that others can find it."))
    if len(words) > 200:
        raise Invalid("title", _("The title may have 200 characters at most."))
    return words
