"""Checks about what is shared: raise with a reason, or answer what the action needs to know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from network.kinds import KINDS
from network.labels import Label
from network.models.people import Membership, Partner, User
from network.permissions.levels import Level
from network.permissions.places import (
    allowed,
    is_guest,
    partners_of,
    viewers_rule,
)
from network.permissions.sight import Reach, audience_of, sees_now
from network.permissions.speaking import speakers_in
from network.permissions.standing import sees_at_home
from network.refusals import Forbidden, Invalid, NeedsSecondFactor, Unseen

if TYPE_CHECKING:
    from network.models.items import Item
    from network.models.rooms import Room


def check_seen(user: User, item: Item, *, inside: bool = False) -> None:
    """Raises Unseen unless the person sees the item now, NeedsSecondFactor where only that lacks."""
    assured = bool(getattr(user, "assured", False))
    if sees_at_home(user, item, assured=assured):
        return
    if sees_now(user, item.pk, assured=assured, through_release=not inside):
        return
    if not assured and sees_now(user, item.pk, assured=True, through_release=not inside):
        raise NeedsSecondFactor
    raise Unseen


def speaker_for(user: User, room: Room, partner: Partner | None) -> Partner | None:
    """The partner this person speaks for here: the one asked for, else the first that may be.

    None for a guest. Raises Invalid for a partner that they may not act for in this room.
    """
    own = speakers_in(user, room)
    if partner is not None:
        if partner in own:
            return partner
        raise Invalid("partner", _("You may not speak for this partner in this room."))
    if not own and partners_of(user).exists():
        raise Forbidden(_("None of your partners may contribute to this room."))
    return own[0] if own else None


def check_label(room: Room, tlp: Label, partner: Partner | None) -> None:
    """Raises Invalid where the label is not offered: AMBER+STRICT for guests and in direct rooms."""
    if tlp == Label.AMBER_STRICT and (room.is_direct or partner is None):
        raise Invalid("tlp", _("AMBER+STRICT needs a partner, and a room that partners share."))


def check_rule_and_label(tlp: Label) -> None:
    """Raises Invalid where the Chatham House Rule would be of no use: AMBER+STRICT always names one's own partner."""
    if tlp == Label.AMBER_STRICT:
        raise Invalid(
            "tlp",
            _("Under the Chatham House Rule AMBER+STRICT would tell which partner began it. Choose another label."),
        )


def check_names(room: Room, tlp: Label, partners: Collection[Partner], people: Collection[User]) -> None:
    """Raises Invalid where somebody is named who does not view the room: it would promise in vain."""
    if tlp == Label.RED and people:
        named = {person.pk for person in people}
        there = User.objects.filter(viewers_rule([room]), pk__in=named).count()
        if there != len(named):
            raise Invalid("named_people", _("Name only people who have a place in this room."))
    if tlp == Label.AMBER_STRICT and partners:
        named = {partner.pk for partner in partners}
        members = Membership.objects.effective().filter(
            partner__in=named, user__in=User.objects.filter(viewers_rule([room]))
        )
        if set(members.values_list("partner", flat=True)) != named:
            raise Invalid("named_partners", _("Name only partners that have a place in this room."))


def is_source(user: User, item: Item) -> bool:
    """The item's author, still of its partner (a guest: still one), or its representative.

    Where the partner has left, a representative of the partner that looks after it now.

    Talk about an item has none: whoever spoke first began it for all who speak there.
    """
    if item.parent_id is not None:
        return False
    # Under the Chatham House Rule a representative would give away for whom it was begun.
    if item.chatham and item.author_id != user.pk:
        return False
    if item.author_id == user.pk:
        if item.partner_id is None:
            return is_guest(user) or partners_of(user).exists()
        return partners_of(user).filter(pk=item.partner_id).exists()
    if item.partner is not None and allowed(user, Level.REPRESENT, item.partner):
        return True
    # While the partner is there, it speaks for what it shared: also where its leaving was called off.
    gone = item.partner is None or item.partner.status == Partner.Status.LEFT
    return gone and item.keeper is not None and allowed(user, Level.REPRESENT, item.keeper)


def is_own(user: User, item: Item) -> bool:
    """May this person take it away by themselves? The author, of what holds nobody else's words.

    Never of a kind that has a way of its own for its authors, which asks what can be asked of that kind alone.
    """
    if (kind := KINDS.get(item.kind)) is not None and kind.put_away:
        return False
    return item.author_id == user.pk and item.parent_id is None and not holds_words_of_others(item)


def check_relabel(user: User, item: Item, tlp: Label) -> bool:
    """May this person give the item that label now? True where they are its source.

    Only the source relaxes, and never what holds others' words; moderators may tighten at once.
    """
    check_seen(user, item, inside=True)
    source = is_source(user, item)
    if tlp > item.tlp and (source or allowed(user, Level.MODERATE, item.room)):
        return source
    if not source:
        raise Forbidden(_("Only the source may make a label wider or name others."))
    if tlp < item.tlp and holds_words_of_others(item):
        raise Forbidden(_("Others have written here under this label, so it can no longer be made wider."))
    # Talk about an item is never tighter than AMBER by itself: its tighter readers are those of the item.
    if tlp < item.tlp and item.tlp > Label.AMBER and is_talked_about_by_others(item):
        raise Forbidden(_("Others have commented here under this label, so it can no longer be made wider."))
    return True


def is_talked_about_by_others(item: Item) -> bool:
    """Whether somebody but its author has spoken in the talk about it."""
    talks = item.children.all()
    return any(talk.author_id != item.author_id or holds_words_of_others(talk) for talk in talks)


def check_nobody_gains(
    item: Item, tlp: Label, named_partners: Collection[Partner], named_people: Collection[User]
) -> None:
    """Raises Forbidden where an item that holds others' words would reach somebody whom it did not reach before.

    They wrote for those who could read it then; naming more would hand on their words without asking them.
    """
    if not holds_words_of_others(item):
        return
    before = Reach.of(item)
    after = replace(before, label=tlp, named_partners=named_partners, named_people=named_people)
    if audience_of(after).exclude(pk__in=audience_of(before).values("pk")).exists():
        raise Forbidden(_("Others have written here for those who read it now, so it cannot reach more people."))


def holds_words_of_others(item: Item) -> bool:
    """Whether the item contains parts that are not its author's: a thread with replies."""
    kind = KINDS.get(item.kind)
    if kind is None or kind.holds_words_of_others is None:
        return False
    return kind.holds_words_of_others(item)


def first_state(user: User, room: Room, tlp: Label) -> str:
    """Held or published, by the room's moderation. RED and AMBER+STRICT are never held first.

    A thread about an item is begun by its first comment, which is what is checked.
    """
    if room.moderation == "free" or tlp > Label.AMBER or allowed(user, Level.MODERATE, room):
        return "published"
    if room.moderation == "every":
        return "held"
    spoken = apps.get_model("network", "Item")._default_manager.filter(
        room=room, author=user, parent__isnull=True, chatham=False, state__in=("published", "archived")
    )
    # Nothing under the Chatham House Rule: that they are checked no more would tell what they began.
    return "published" if spoken.exists() else "held"
