"""What can be done with whatever is shared: begin it, relabel, pass on, release, hold, remove."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any, TypeVar, cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import clock, search
from network.audit import record
from network.chatham import subject
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
    **own: Any,
) -> AnyItem:
    """Creates an item of `model` with its `own` fields, after asking everything that is common.

    `uid` makes a retry find what the first try made: the same author and words get the same item again.
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
    if item.state == State.HELD:
        notify(who_may(Level.MODERATE, room), kind="item_held", item=item, by=by)
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
    is_source = check_relabel(by, item, tlp)
    if is_source:
        check_label(item.room, tlp, item.partner)
        check_names(item.room, tlp, named_partners, named_people)
        check_nobody_gains(item, tlp, named_partners, named_people)
    before = item.label
    Item.objects.filter(pk=item.pk).update(tlp=tlp)
    item.named_partners.set(named_partners if is_source and tlp == Label.AMBER_STRICT else ())
    item.named_people.set(named_people if is_source and tlp == Label.RED else ())
    if tlp > Label.GREEN:
        item.placements.all().delete()
    if tlp != Label.CLEAR and _unrelease(item):
        _index(item)
    verb = "network.people_named" if tlp == before else "network.relabelled"
    record(
        verb,
        by=subject(item, by),
        target=item,
        room=item.room,
        before=before.word,
        after=tlp.word,
    )


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
    return placement


@transaction.atomic
def take_back(*, by: User, placement: Placement) -> None:
    """Who passed it on, or a moderator of that room, takes it out of the room again."""
    check_seen(by, placement.item, inside=True)
    if placement.by_id != by.pk:
        require(by, Level.MODERATE, placement.room)
    record("network.taken_back", by=subject(placement.item, by), target=placement.item, room=placement.room)
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
        record("network.unreleased", by=subject(item, by), target=item, room=item.room)


@transaction.atomic
def hold(*, by: User, item: Item, reason: str = "") -> None:
    """A moderator takes it out of sight until it is decided; author and moderators see it."""
    _settle(by, item, State.HELD, "network.held", reason)


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
    Item.objects.filter(pk=item.pk).update(state=State.PUBLISHED, active_at=clock.now())
    _index(item)
    record("network.approved", by=subject(item, by), target=item, room=item.room)
    item.state = State.PUBLISHED
    withdraw("item_held", item=item)
    notify([item.author], kind="item_approved", item=item, by=by)
    _tell_after_commit()


@transaction.atomic
def remove(*, by: User, item: Item, reason: str) -> None:
    """A moderator, with a reason, or the author takes it away; a trace stays for moderators.

    What holds the words of others is not the author's to take away.
    """
    _settle(by, item, State.REMOVED, "network.removed", reason)


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
    record("network.archived", by=subject(item, by), target=item, room=item.room)


def locked(item: Item) -> Item:
    """The item as it is now; whoever else would change it waits until this transaction ends."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("room", "author", "partner", "parent")
    return rows.get(pk=item.pk)


def _settle(by: User, item: Item, state: str, verb: str, reason: str) -> None:
    item = locked(item)
    check_seen(by, item, inside=True)
    own = state == State.REMOVED and is_own(by, item)
    if not own:
        require(by, Level.MODERATE, item.room)
        if not reason.strip():
            raise Invalid("reason", _("Say why, so that the author can understand it."))
    if item.state == state:
        return
    if item.state == State.REMOVED:
        raise Forbidden(_("It is removed already."))
    Item.objects.filter(pk=item.pk).update(state=state)
    search.forget(item=item)
    _unrelease(item)
    record(verb, by=subject(item, by), target=item, room=item.room, reason=reason)
    if state == State.REMOVED:
        withdraw("item_held", item=item)
    if not own and state == State.REMOVED:
        item.state = state
        notify([item.author], kind="item_removed", item=item, by=by)
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
