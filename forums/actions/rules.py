"""Setting up what holds a text for a moderator, and taking it away again."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forums.folding import folded
from forums.models.rules import Rule
from forums.permissions.rules import check_sets_up
from forums.rules import host_of
from network.audit import record
from network.models.people import User
from network.models.rooms import Room
from network.refusals import Forbidden, Invalid

MOST_RULES = 200
LONGEST_TEXT = 500
MOST_LINKS = 50


@transaction.atomic
def add_rule(*, by: User, room: Room | None, kind: str, text: str) -> Rule:
    """A rule of this room, or of all rooms; it holds what is written from now on. Twice is once.

    Raises Unseen, Forbidden, Invalid (kind, text).
    """
    check_sets_up(by, room)
    if kind not in Rule.Kind.values:
        raise Invalid("kind", _("Choose what is held."))
    words = _clean(kind, text)
    known = Rule.objects.filter(room=room, kind=kind, text=words).first()
    if known is not None:
        return known
    if Rule.objects.filter(room=room).count() >= MOST_RULES:
        raise Forbidden(_("There are 200 rules already. Remove some first."))
    rule = Rule.objects.create(room=room, kind=kind, text=words, by=by)
    # Its words stay out of the trail: more people read that than may know them.
    record("forums.rule_added", by=by, target=rule, room=room)
    return rule


@transaction.atomic
def remove_rule(*, by: User, rule: Rule) -> None:
    """It holds nothing more; what it holds already waits for a moderator as before. Twice is once."""
    check_sets_up(by, rule.room)
    gone, _rows = Rule.objects.filter(pk=rule.pk).delete()
    if gone:
        record("forums.rule_removed", by=by, target=rule, room=rule.room)


def _clean(kind: str, text: str) -> str:
    words = " ".join(text.split())
    if "\0" in words:
        raise Invalid("text", _("The text holds a character that cannot be stored."))
    if len(words) > LONGEST_TEXT:
        raise Invalid("text", _("This may have 500 characters at most."))
    if kind == Rule.Kind.WORDS:
        # A comma parts what each holds by itself, as people write lists.
        phrases = dict.fromkeys(one.strip() for one in words.split(",") if folded(one))
        if not phrases:
            raise Invalid("text", _("Write the word or words that are held."))
        return ", ".join(phrases)
    if kind == Rule.Kind.HOSTS:
        return _sites(words)
    if not (words.isascii() and words.isdecimal() and int(words) <= MOST_LINKS):
        raise Invalid("text", _("Write how many links may stand in a text: a number from 0 to 50."))
    return str(int(words))


def _sites(words: str) -> str:
    sites = [host_of(one) for one in words.replace(",", " ").split()]
    if not sites or not all(sites) or not all("." in one for one in sites):
        raise Invalid("text", _("Write the sites that links may lead to, such as “example.org”, with spaces between."))
    found = " ".join(sorted(set(sites)))
    if len(found) > LONGEST_TEXT:
        raise Invalid("text", _("This may have 500 characters at most."))
    return found
