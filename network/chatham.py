"""The Chatham House Rule: inside a flagged item everyone but oneself is a number, for everyone.

The person behind a number is known to the database and to actions, never to a reader, a
moderator, a notice, the trail or an export.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from network.models.items import Item, Participant, UnnamedModerator
from network.models.people import Partner, User
from network.templatetags.look import monogram

# Whom an entry of the trail names as the one who did it.
Subject: TypeAlias = User | Participant | UnnamedModerator


@dataclass(frozen=True)
class Byline:
    """Who stands beside a text, for one reader. `url` is empty where there is nobody to open."""

    name: str
    partner: str
    url: str
    monogram: str
    own: bool


def participant(item: Item, user: User) -> Participant:
    """This person's number in the item, given at their first act. Call it in a transaction.

    Numbers are given in the order of first acts, which everybody sees anyway.
    """
    known = Participant.objects.filter(item=item, user=user).first()
    if known is not None:
        return known
    with transaction.atomic():
        Item.objects.select_for_update().get(pk=item.pk)
        last = Participant.objects.filter(item=item).aggregate(top=Max("number"))["top"] or 0
        made, _new = Participant.objects.get_or_create(item=item, user=user, defaults={"number": last + 1})
    return made


def numbers(item: Item) -> dict[int, int]:
    """User key → number, for one item. One query; nothing of it may reach a reader but numbers."""
    return dict(Participant.objects.filter(item=item).values_list("user", "number"))


def own_number(item: Item, user: User) -> int | None:
    """Under which number this person takes part; None before their first act, and outside the rule, without asking."""
    if not item.chatham:
        return None
    return Participant.objects.filter(item=item, user=user).values_list("number", flat=True).first()


def subject(item: Item, user: User) -> Subject:
    """Whom the trail names where somebody takes part in this item."""
    return participant(item, user) if item.chatham else user


def moderator(item: Item, user: User) -> Subject:
    """Whom the trail names where somebody does what moderators alone do: nobody under the rule, not even a number.

    Few moderate a room, and everybody knows who: what they decide would tell whose number it is. Call it in a
    transaction.
    """
    if not item.chatham:
        return user
    return UnnamedModerator.objects.get_or_create(item=item, user=user)[0]


def starter_or_moderator(item: Item, user: User) -> Subject:
    """Whom it names where the author of the item may do it as well as its moderators; authors do it as such."""
    return subject(item, user) if item.author_id == user.pk else moderator(item, user)


def byline(author: User, partner: Partner | None, *, reader: object, number: int | None = None) -> Byline:
    """The words beside a text. With a `number` the rule applies and only one's own are marked."""
    own = getattr(reader, "pk", None) == author.pk
    if number is not None:
        name = _("Participant %(number)d") % {"number": number}
        return Byline(_("You") if own else name, "", "", f"P{number}", own)
    return Byline(
        author.name,
        partner.short_name if partner else _("guest"),
        author.get_absolute_url(),
        monogram(author.name),
        own,
    )


def moderator_byline(author: User, *, reader: object) -> Byline:
    """The words beside what somebody wrote as a moderator under the rule, where they have no number."""
    own = getattr(reader, "pk", None) == author.pk
    return Byline(_("You") if own else _("A moderator"), "", "", "M", own)


def named(items: Iterable[Item], reader: object) -> None:
    """Takes author and partner off items under the rule before they reach a list or a page.

    Sets `item.byline`, which lists and pages show; constant queries where `author` and `partner`
    were selected.
    """
    for item in items:
        if item.chatham:
            item.byline = None
        else:
            item.byline = byline(item.author, item.partner, reader=reader)
