"""Making decisions ready, so that the same case is told in the same words."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums.actions.records import clean_facts
from forums.models.cases import Action, Ground
from forums.models.saved import SavedDecision
from forums.permissions.rules import check_sets_up
from network.audit import record
from network.models.people import User
from network.models.rooms import Room
from network.refusals import Forbidden, Invalid

MOST_SAVED = 100
LONGEST_TITLE = 100


@transaction.atomic
def save_decision(
    *,
    by: User,
    room: Room | None,
    title: str,
    action: str,
    facts: str,
    ground: str = "",
    saved: SavedDecision | None = None,
) -> SavedDecision:
    """Makes a decision ready for a room or, without one, for all; or changes one that is (`saved`, of that room).

    Raises Unseen, Forbidden, Invalid (title, action, ground, facts).
    """
    check_sets_up(by, room)
    given = {
        "title": _title(title),
        "action": action,
        "ground": "" if action == Action.STANDS else ground,
        "facts": clean_facts(facts),
    }
    if action not in Action.values or action == Action.HELD:
        raise Invalid("action", _("Choose what is to be done."))
    if action != Action.STANDS and ground not in Ground.values:
        raise Invalid("ground", _("Say which rule it breaches."))
    if saved is not None:
        row = SavedDecision.objects.select_for_update(of=("self",)).get(pk=saved.pk, room=room)
        for field, value in given.items():
            setattr(row, field, value)
        row.save(update_fields=[*given])
    else:
        if again := SavedDecision.objects.filter(room=room, **given).first():
            return again
        if SavedDecision.objects.filter(room=room).count() >= MOST_SAVED:
            raise Forbidden(_("There are 100 saved decisions already. Remove some first."))
        row = SavedDecision.objects.create(room=room, by=by, **given)
    record("forums.decision_saved", by=by, target=row, room=room)
    return row


@transaction.atomic
def forget_decision(*, by: User, saved: SavedDecision) -> None:
    """It is offered no more; decisions that began with it stay as they are. Twice is once."""
    check_sets_up(by, saved.room)
    gone, _rows = SavedDecision.objects.filter(pk=saved.pk).delete()
    if gone:
        record("forums.decision_forgotten", by=by, target=saved, room=saved.room)


def _title(title: str) -> str:
    words = " ".join(title.split())
    if not words:
        raise Invalid("title", _("Give it a title by which you find it again."))
    if "\0" in words or len(words) > LONGEST_TITLE:
        raise Invalid("title", _("The title may have 100 characters at most, without signs that cannot be stored."))
    return words
