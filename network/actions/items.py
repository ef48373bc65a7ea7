"""What can be done with whatever is shared: begin it, relabel, pass on, release, hold, remove."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import clock, search
from network.actions.sendings import clean_title, free_key, sent_before
from network.actions.telling import tell_named, tell_source
from network.actions.watching import tell_soon
from network.audit import record
from network.chatham import moderator, starter_or_moderator, subject
from network.decisions import Waits, decided
from network.effects import after_commit, ring_bells, send_mail_soon
from network.kinds import KINDS
from network.labels import Label
from network.models.items import Item, Placement, Release, State, Theme
from network.models.people import Partner, User
from network.models.rooms import Room
from network.notifications import notify, withdraw
from network.permissions import NETWORK, Level, allowed, require, who_may
from network.permissions.items import (
    check_label,
    check_names,
    check_nobody_gains,
    check_relabel,
    check_rule_and_label,
    check_seen,
    first_state,
    holds_words_of_others,
    is_own,
    is_source,
    speaker_for,
)
from network.refusals import Forbidden, Invalid

AnyItem = TypeVar("AnyItem", bound=Item)


@transaction.atomic
def begin(
    model: type[AnyItem],
    *,
    by: User,
    room: Room,
    title: str,
    tlp: Label = Label.AMBER,
    partner: Partner | None = None,
    language: str = "en",
    themes: Collection[Theme] = (),
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
    parent: Item | None = None,
    uid: uuid.UUID | None = None,
    state: str | None = None,
    quietly: bool = False,
    **own: Any,
) -> AnyItem:
    """Creates an item of `model` with its `own` fields, after asking everything that is common.

    `uid` makes a retry find what the first try made: the same author and words get the same item again.
    `quietly` leaves it to the caller to tell who watches the room.
    The caller records its own verb, indexes its words and tells people, in the same transaction.
    Raises Unseen, Forbidden, Invalid (fields: title, tlp, partner, named_partners, named_people).
    """
    if uid is not None:
        rest = {"partner": partner, "language": language, **own}
        names: dict[str, Any] = {"named_partners": named_partners, "named_people": named_people}
        key = free_key(uid)
        again = sent_before(model, uid, by=by, room=room, title=title, tlp=tlp, themes=themes, **names, **rest)
        if again is not None:
            return again
        uid = key
    require(by, Level.CONTRIBUTE, room)
    if parent is not None:
        check_seen(by, parent)
    speaker = speaker_for(by, room, partner)
    check_label(room, tlp, speaker)
    if own.get("chatham"):
        check_rule_and_label(tlp)
    check_names(room, tlp, named_partners, named_people)
    item = model(
        uid=uid or uuid.uuid4(),
        kind=getattr(model, "KIND"),  # noqa: B009 - each subclass has one
        room=room,
        author=by,
        partner=speaker,
        title=clean_title(title),
        language=language,
        tlp=tlp,
        state=state or first_state(by, room, tlp),
        parent=parent,
        **own,
    )
    item.save(force_insert=True)
    item.themes.set(themes)
    if tlp == Label.AMBER_STRICT:
        item.named_partners.set(named_partners)
    if tlp == Label.RED:
        item.named_people.set(named_people)
        tell_named(by=by, item=item, people=named_people)
    if item.state == State.HELD:
        notify(who_may(Level.MODERATE, room), kind="item_held", item=item, by=by)
    if not quietly and not KINDS[item.kind].tells_itself:
        tell_soon(item, by=by, kind="watched_item")
    _tell_after_commit()
    return item


def check_again(*, by: User, item: Item) -> None:
    """Whoever changes what a checked room has read lets it wait for a moderator again; in the caller's transaction."""
    checked = item.room.moderation == Room.Moderation.EVERY and item.label <= Label.AMBER
    if checked and item.state == State.PUBLISHED and not allowed(by, Level.MODERATE, item.room):
        item.state = State.HELD
        item.save(update_fields=["state"])
        notify(who_may(Level.MODERATE, item.room), kind="item_held", item=item, by=by)
        _tell_after_commit()


@transaction.atomic
def relabel(
    *,
    by: User,
    item: Item,
    tlp: Label,
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
) -> None:
    """Tightens (source, moderators) or relaxes (the source alone) the label, and who is named.

    A moderator's tightening to AMBER+STRICT or RED names the source alone until it names more.
    Placements and the release end with the label that allowed them. What holds others' words never
    reaches anybody new by it.
    """
    item = locked(item)
    by_source = check_relabel(by, item, tlp)
    if item.chatham:
        check_rule_and_label(tlp)
    if by_source:
        check_label(item.room, tlp, item.partner)
        check_names(item.room, tlp, named_partners, named_people)
        check_nobody_gains(item, tlp, named_partners, named_people)
    before, named_before = item.label, set(item.named_people.values_list("pk", flat=True))
    Item.objects.filter(pk=item.pk).update(tlp=tlp)
    item.named_partners.set(named_partners if by_source and tlp == Label.AMBER_STRICT else ())
    item.named_people.set(named_people if by_source and tlp == Label.RED else ())
    if tlp > Label.GREEN:
        item.placements.all().delete()
    if tlp != Label.CLEAR and _unrelease(item):
        _index(item)
    verb = "network.people_named" if tlp == before else "network.relabelled"
    record(
        verb,
        by=subject(item, by) if by_source else moderator(item, by),
        target=item,
        room=item.room,
        before=before.word,
        after=tlp.word,
    )
    item.tlp = tlp
    if not by_source:
        tell_source(by=by, item=item, kind="label_tightened")
    if by_source and tlp == Label.RED:
        tell_named(by=by, item=item, people=[one for one in named_people if one.pk not in named_before])


@transaction.atomic
def pass_on(*, by: User, item: Item, room: Room) -> Placement:
    """Places a GREEN or CLEAR item in another room where one may contribute. Twice is once."""
    item = locked(item)
    check_seen(by, item, inside=True)
    require(by, Level.CONTRIBUTE, room)
    if item.effective_label > Label.GREEN:
        raise Forbidden(_("Only GREEN and CLEAR may be passed on. Ask the source."))
    if item.state != State.PUBLISHED:
        raise Forbidden(_("Only what is published may be passed on."))
    if room.pk == item.room_id:
        raise Invalid("room", _("It is in this room already."))
    placement, new = Placement.objects.get_or_create(item=item, room=room, defaults={"by": by})
    if new:
        record("network.passed_on", by=subject(item, by), target=item, room=room)
        if not is_source(by, item):
            tell_source(by=by, item=item, kind="passed_on")
    return placement


@transaction.atomic
def take_back(*, by: User, placement: Placement) -> None:
    """Who passed it on, or a moderator of that room, takes it out of the room again."""
    check_seen(by, placement.item, inside=True)
    if placement.by_id != by.pk:
        require(by, Level.MODERATE, placement.room)
    who = subject if placement.by_id == by.pk else moderator
    record("network.taken_back", by=who(placement.item, by), target=placement.item, room=placement.room)
    placement.delete()


@transaction.atomic
def release(*, by: User, item: Item, version: int = 1) -> None:
    """A coordinator who speaks for its source puts one version of a CLEAR, published item on the public site.

    What others shared its source proposes first (`network.actions.item_requests`). Never what holds others' words.
    """
    item = locked(item)
    check_seen(by, item, inside=True)
    require(by, Level.COORDINATE, NETWORK)
    if not is_source(by, item):
        raise Forbidden(_("Its source proposes it for the public site first."))
    put_on_public_site(by=by, item=item, version=version)


def put_on_public_site(*, by: User, item: Item, version: int) -> None:
    """In the caller's transaction, which has asked who does it and has locked the item."""
    if item.effective_label != Label.CLEAR or item.state != State.PUBLISHED:
        raise Forbidden(_("Only what is CLEAR and published may stand on the public site."))
    if holds_words_of_others(item):
        raise Forbidden(_("It holds what others wrote here and stays inside."))
    Release.objects.update_or_create(item=item, defaults={"version": version, "by": by, "at": clock.now()})
    _index(item)
    record("network.released", by=subject(item, by), target=item, room=item.room, version=version)


@transaction.atomic
def unrelease(*, by: User, item: Item) -> None:
    """A coordinator or the source takes it off the public site, at once."""
    check_seen(by, item, inside=True)
    if item.author_id != by.pk:
        require(by, Level.COORDINATE, NETWORK)
    if _unrelease(item):
        _index(item)
        record("network.unreleased", by=starter_or_moderator(item, by), target=item, room=item.room)


@transaction.atomic
def hold(*, by: User, item: Item, reason: str = "") -> None:
    """A moderator takes it out of sight until it is decided; author and moderators see it."""
    _settle(by, item, State.HELD, reason)


@transaction.atomic
def approve(*, by: User, item: Item) -> None:
    """A moderator lets what was held stand; never their own. Twice is once."""
    item = locked(item)
    check_seen(by, item, inside=True)
    require(by, Level.MODERATE, item.room)
    if item.state != State.HELD:
        return
    if item.author_id == by.pk:
        raise Forbidden(_("Another moderator decides about what you shared yourself."))
    decided(by=by, item=item, state=State.PUBLISHED)
    put_back(by=by, item=item)
    notify([item.author], kind="item_approved", item=item, by=by)
    _tell_after_commit()


def put_back(*, by: User, item: Item) -> None:
    """Lets a locked item be read again, for a caller who has asked who may, and tells its author."""
    Item.objects.filter(pk=item.pk).update(state=State.PUBLISHED, active_at=clock.now())
    item.state = State.PUBLISHED
    _index(item)
    record("network.approved", by=moderator(item, by), target=item, room=item.room)
    kind = KINDS[item.kind]
    if follows := kind.approved:
        follows(by, item)
    if not kind.tells_itself:
        tell_soon(item, by=item.author, kind="watched_item", at=clock.now())
    withdraw("item_held", item=item)


@transaction.atomic
def remove(*, by: User, item: Item, reason: str, ground: str = "") -> bool:
    """A moderator, with a reason, or the author takes it away; a trace stays for moderators.

    False where it stays until a second moderator confirms it.

    What holds the words of others is not the author's to take away, nor what goes into a bin of its kind.
    """
    try:
        _settle(by, item, State.REMOVED, reason, ground)
    except Waits:
        _tell_after_commit()
        return False
    return True


def take_away(*, by: User, item: Item, state: str, reason: str) -> None:
    """Holds or removes a locked item, for a caller who has asked who may, and tells its author."""
    Item.objects.filter(pk=item.pk).update(state=state)
    item.state = state
    search.forget(item=item)
    _unrelease(item)
    verb = "network.held" if state == State.HELD else "network.removed"
    record(verb, by=starter_or_moderator(item, by), target=item, room=item.room, reason=reason)
    if state == State.REMOVED:
        withdraw("item_held", item=item)


@transaction.atomic
def archive(*, by: User, item: Item) -> None:
    """The author or a moderator files it away: readable, no longer on the public site."""
    item = locked(item)
    check_seen(by, item, inside=True)
    if item.author_id != by.pk or item.parent_id is not None:
        require(by, Level.MODERATE, item.room)
    if item.state != State.PUBLISHED:
        raise Forbidden(_("Only what is published can be archived."))
    archive_unchecked(by=by, item=item)


@transaction.atomic
def archive_unchecked(*, by: User, item: Item) -> None:
    """Files away what the caller has found published, for somebody who may."""
    Item.objects.filter(pk=item.pk).update(state=State.ARCHIVED)
    if _unrelease(item):
        _index(item)
    record("network.archived", by=starter_or_moderator(item, by), target=item, room=item.room)


def locked(item: Item) -> Item:
    """The item as it is now; whoever else would change it waits until this transaction ends."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("room", "author", "partner", "parent")
    return rows.get(pk=item.pk)


def _settle(by: User, item: Item, state: str, reason: str, ground: str = "") -> None:
    item = locked(item)
    check_seen(by, item, inside=True)
    own = state == State.REMOVED and is_own(by, item)
    if not own:
        require(by, Level.MODERATE, item.room)
        if item.chatham and item.author_id == by.pk:
            # It would be no decision: where the record has none, a moderator began it.
            raise Forbidden(_("Another moderator decides about what you shared yourself."))
        if not reason.strip():
            raise Invalid("reason", _("Say why, so that the author can understand it."))
    if item.state == state:
        return
    if item.state == State.REMOVED:
        raise Forbidden(_("It is removed already."))
    part = None if own else decided(by=by, item=item, state=state, reason=reason, ground=ground)
    take_away(by=by, item=item, state=state, reason=reason)
    if not own and state == State.REMOVED:
        notify([item.author], kind="item_removed", item=item, part=part, by=by)
        _tell_after_commit()


def _index(item: Item) -> None:
    """What can be found of it may depend on which version was released."""
    if kind_index := KINDS[item.kind].index:
        kind_index(item)


def _unrelease(item: Item) -> int:
    return Release.objects.filter(item=item).delete()[0]


def _tell_after_commit() -> None:
    after_commit(ring_bells)
    after_commit(send_mail_soon)
