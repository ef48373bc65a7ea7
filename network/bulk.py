"""Many rows at once, for what is loaded rather than done: no check, no trail, nobody is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import router, transaction

from network.models.items import Item

AnyItem = TypeVar("AnyItem", bound=Item)
A_BATCH = 2000


def bulk_create_items(rows: Sequence[AnyItem]) -> Sequence[AnyItem]:
    """Writes items of one kind: first what they are as Items, then what is their own; each row knows its key then.

    `bulk_create` refuses models that inherit a table, since it cannot know the keys of the rows below.
    """
    if not rows:
        return rows
    model: Any = type(rows[0])
    shared = [field.attname for field in Item._meta.local_concrete_fields if not field.primary_key]
    with transaction.atomic():
        below = Item._base_manager.bulk_create(
            [Item(**{name: getattr(row, name) for name in shared}) for row in rows], batch_size=A_BATCH
        )
        for row, item in zip(rows, below, strict=True):
            row.pk = item.pk
            row.id = item.pk
        own = model._base_manager.using(router.db_for_write(model))
        own._batched_insert(rows, model._meta.local_concrete_fields, A_BATCH)
    for row in rows:
        row._state.adding = False
        row._state.db = own.db
    return rows
