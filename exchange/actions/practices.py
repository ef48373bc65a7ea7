"""Publishing a practice sheet, and revising it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from exchange.models import (
    Evaluation,
    PracticeSheet,
    PracticeStatus,
    PreventionLevel,
    Scope,
    TargetGroup,
)
from exchange.models.practices import MOST_GROUPS, MOST_THEMES
from exchange.permissions import check_made_from, check_revise
from exchange.words import index_sheet
from network import clock, search
from network.actions.items import begin, check_again
from network.actions.sendings import clean_title, free_key, sent_before
from network.actions.watching import tell_soon
from network.audit import forget_words, record
from network.labels import Label
from network.models.items import Item, Release, Theme
from network.models.people import Partner, User
from network.models.rooms import Room
from network.refusals import Invalid

LONGEST_TITLE, LONGEST_SUMMARY = 100, 300


@dataclass(frozen=True, kw_only=True)
class SheetText:
    """What a sheet says besides its title: four texts, its choices and its place."""

    summary: str
    objectives: str
    methodology: str
    activities: str
    geographical_scope: str
    practice_status: str
    evaluation_status: str
    country: str = ""
    city: str = ""
    started_year: int | None = None


@transaction.atomic
def publish_sheet(
    *,
    by: User,
    room: Room,
    title: str,
    text: SheetText,
    prevention_levels: Collection[str],
    target_groups: Collection[str],
    themes: Collection[Theme],
    tlp: Label = Label.GREEN,
    language: str = "en",
    partner: Partner | None = None,
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
    once: uuid.UUID | None = None,
    made_from: Item | None = None,
) -> PracticeSheet:
    """Publishes a practice sheet in a room. The country is the partner's where none is given.

    `made_from` is a discussion that its author reads and began from: each leads to the other, for who sees both.

    `once` makes a retry harmless: the same person, UUID and words get the same sheet again.
    Raises Unseen, Forbidden, Invalid (fields as the parameters, and those of SheetText).
    """
    words: dict[str, Any] = {
        "by": by,
        "room": room,
        "title": title,
        "tlp": tlp,
        "partner": partner,
        "language": language,
        "themes": themes,
        "named_partners": named_partners,
        "named_people": named_people,
        **asdict(text),
    }
    if made_from is not None:
        check_made_from(by, made_from)
        words["made_from"] = made_from
    key = free_key(once)
    if before := _published_before(once, prevention_levels, target_groups, **words):
        return before
    _check(title, text, prevention_levels, target_groups, themes)
    try:
        with transaction.atomic():
            sheet = begin(PracticeSheet, uid=key, **words)
    except IntegrityError:
        if once is None:
            raise
        # The same form twice at the same moment: the other one was first, here and below.
        return PracticeSheet.objects.get(uid=once, author=by)
    if sheet.picked.exists():
        return sheet  # begun by the first try, which is complete
    if not sheet.country and sheet.partner is not None:
        sheet.country = sheet.partner.country
        sheet.save(update_fields=["country"])
    sheet.pick(prevention_levels=prevention_levels, target_groups=target_groups)
    record("exchange.sheet_published", by=by, target=sheet, room=room, partner=sheet.partner)
    index_sheet(sheet)
    return sheet


def _published_before(
    once: uuid.UUID | None, levels: Collection[str], groups: Collection[str], **words: Any
) -> PracticeSheet | None:
    sheet = sent_before(PracticeSheet, once, **words)
    if sheet is None or (set(sheet.prevention_levels), set(sheet.target_groups)) != (set(levels), set(groups)):
        return None
    return sheet


@transaction.atomic
def revise_sheet(
    *,
    by: User,
    sheet: PracticeSheet,
    title: str,
    text: SheetText,
    prevention_levels: Collection[str],
    target_groups: Collection[str],
    themes: Collection[Theme],
    language: str,
) -> None:
    """Replaces what a sheet says; label and place stay.

    Where every item of the room is checked, the new text waits for a moderator. What stood on the
    public site is taken off until a coordinator releases the new text.
    Raises Unseen, Forbidden, Invalid (fields as the parameters, and those of SheetText).
    """
    sheet = PracticeSheet.objects.select_for_update().get(pk=sheet.pk)
    check_revise(by, sheet)
    _check(title, text, prevention_levels, target_groups, themes)
    sheet.title, sheet.language, sheet.active_at = clean_title(title), language, clock.now()
    for name, value in asdict(text).items():
        setattr(sheet, name, value)
    check_again(by=by, item=sheet)
    sheet.save()
    sheet.themes.set(themes)
    sheet.pick(prevention_levels=prevention_levels, target_groups=target_groups)
    if Release.objects.filter(item=sheet).delete()[0]:
        record("network.unreleased", by=by, target=sheet, room=sheet.room)
    tell_soon(sheet, by=by, kind="watched_change")
    record("exchange.sheet_revised", by=by, target=sheet, room=sheet.room, partner=sheet.partner)
    index_sheet(sheet)


def erase(item: Item) -> None:
    """Leaves no word of a sheet that moderators took away for good; its row stays, removed.

    In the transaction of a caller who has asked who may.
    """
    sheet = PracticeSheet.objects.select_for_update(of=("self",)).get(pk=item.pk)
    gone = dict.fromkeys(("summary", "objectives", "methodology", "activities", "country", "city"), "")
    PracticeSheet.objects.filter(pk=sheet.pk).update(title=_("Erased"), started_year=None, **gone)
    search.forget(item=sheet)
    sheet.placements.all().delete()
    forget_words(sheet)


def _check(
    title: str,
    text: SheetText,
    prevention_levels: Collection[str],
    target_groups: Collection[str],
    themes: Collection[Theme],
) -> None:
    if len(" ".join(title.split())) > LONGEST_TITLE:
        raise Invalid("title", _("The title of a practice sheet may have 100 characters at most."))
    if len(text.summary) > LONGEST_SUMMARY:
        raise Invalid("summary", _("The summary may have 300 characters at most."))
    for field in ("summary", "objectives", "methodology", "activities"):
        if not getattr(text, field).strip():
            raise Invalid(field, _("Write a sentence or two here."))
    lists = {
        "geographical_scope": (Scope, [text.geographical_scope]),
        "practice_status": (PracticeStatus, [text.practice_status]),
        "evaluation_status": (Evaluation, [text.evaluation_status]),
        "prevention_levels": (PreventionLevel, prevention_levels),
        "target_groups": (TargetGroup, target_groups),
    }
    for field, (known, chosen) in lists.items():
        if not chosen or set(chosen) - set(known.values):
            raise Invalid(field, _("Choose from the list."))
    if not themes or len(themes) > MOST_THEMES:
        raise Invalid("themes", _("Choose one to three themes."))
    if len(target_groups) > MOST_GROUPS:
        raise Invalid("target_groups", _("Choose one to three groups."))
