"""Asking the source for wider sharing, proposing for the public site; and the answers.

The trail says that something was asked and answered. The words stand in the request alone, which asker and source
read: of an entry the asker's representatives and the coordinators read the detail too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import clock
from network.actions import items
from network.audit import record
from network.effects import after_commit, ring_bells, send_mail_soon
from network.kinds import KINDS
from network.labels import Label
from network.models.item_requests import ItemRequest
from network.models.items import Item
from network.models.people import Partner, User
from network.notifications import notify, withdraw
from network.permissions import NETWORK, Level, audience, require
from network.permissions.items import check_seen, is_source
from network.permissions.sources import check_ask_wider, check_propose, coordinators_seeing, sources
from network.refusals import Forbidden, Invalid, Unseen

LONGEST, LONGEST_WHOM = 500, 200
WIDER, RELEASE = ItemRequest.Kind.WIDER, ItemRequest.Kind.RELEASE
ASKED = {WIDER: "sharing_asked", RELEASE: "release_proposed"}
PART = "item_request"


@transaction.atomic
def ask_wider(*, by: User, item: Item, note: str, for_whom: str) -> ItemRequest:
    """Asks the source of an AMBER or stricter item to share it more widely. Twice, while it waits, is once.

    Raises Unseen, Forbidden (also where nobody of its source is there to answer), Invalid (note, for_whom).
    """
    item = items.locked(item)
    check_ask_wider(by, item)
    note, for_whom = _line(note, "note", LONGEST), _line(for_whom, "for_whom", LONGEST_WHOM)
    if before := ItemRequest.objects.open().filter(kind=WIDER, item=item, user=by).first():
        return before
    if not sources(item).exists():
        raise Forbidden(_("Nobody of its source is in the network now who could answer. Ask the room's moderators."))
    request = ItemRequest.objects.create(kind=WIDER, item=item, user=by, note=note, for_whom=for_whom)
    record("network.sharing_asked", by=by, target=item, room=item.room)
    _tell(sources(item), request, ASKED[WIDER], by)
    return request


@transaction.atomic
def share_wider(
    *,
    by: User,
    request: ItemRequest,
    tlp: Label,
    named_partners: Collection[Partner] = (),
    named_people: Collection[User] = (),
) -> None:
    """The source answers with yes: a wider label, or more who are named.

    Raises Unseen, Forbidden, and Invalid where it reaches nobody new, or was answered already.
    """
    request, item = _answerable(by, request, WIDER)
    if not _is_wider(item, tlp, named_partners, named_people):
        raise Invalid("tlp", _("This would not share it more widely. Choose a wider label, or name more."))
    items.relabel(by=by, item=item, tlp=tlp, named_partners=named_partners, named_people=named_people)
    # As it is now: whoever is told of it is asked for by its new label.
    request.item = items.locked(item)
    _settle(request, by, ItemRequest.Outcome.GRANTED)
    record("network.sharing_widened", by=by, target=item, room=item.room)
    _tell([request.user], request, "sharing_widened", by)


@transaction.atomic
def propose_release(*, by: User, item: Item, version: int, note: str = "") -> ItemRequest:
    """Its source proposes one version of a CLEAR item for the public site. Twice is once; another version replaces it.

    Only coordinators who see the item learn of it: a proposal opens nothing. Raises Unseen, Forbidden, Invalid.
    """
    item = items.locked(item)
    check_propose(by, item)
    note = " ".join(note.split())
    if len(note) > LONGEST:
        raise Invalid("note", _too_long(LONGEST))
    count = KINDS[item.kind].newest_version
    if not 1 <= version <= (count(item) if count else 1):
        raise Unseen
    release = getattr(item, "release", None)
    if release is not None and release.version == version:
        raise Forbidden(_("This version stands on the public site already."))
    before = ItemRequest.objects.open().filter(kind=RELEASE, item=item).first()
    if before is not None and before.version == version and stands(before):
        return before
    if not coordinators_seeing(item).exclude(pk=by.pk).exists():
        raise Forbidden(
            _("No other coordinator reads this room. Pass it on to a room where one does, and propose it again.")
        )
    if before is not None:
        _settle(before, by, ItemRequest.Outcome.WITHDRAWN)
    request = ItemRequest.objects.create(kind=RELEASE, item=item, user=by, note=note, version=version)
    record("network.release_proposed", by=by, target=item, room=item.room, version=version)
    _tell(coordinators_seeing(item), request, ASKED[RELEASE], by)
    return request


@transaction.atomic
def release_proposed(*, by: User, request: ItemRequest) -> None:
    """A coordinator puts the version that was proposed on the public site; never what they proposed themselves.

    Raises Unseen, Forbidden, and Invalid where it was answered already.
    """
    request, item = _answerable(by, request, RELEASE)
    items.put_on_public_site(by=by, item=item, version=request.version or 1)
    _settle(request, by, ItemRequest.Outcome.GRANTED)
    _tell([request.user], request, "release_granted", by)


@transaction.atomic
def decline(*, by: User, request: ItemRequest, reason: str) -> None:
    """The source, or a coordinator, answers with no, and why. Raises Unseen, Forbidden, Invalid (reason)."""
    request, item = _answerable(by, request, request.kind)
    reason = _line(reason, "reason", LONGEST)
    _settle(request, by, ItemRequest.Outcome.DECLINED, reason)
    verb, kind = (
        ("network.release_declined", "release_declined")
        if request.is_proposal
        else ("network.sharing_declined", "sharing_declined")
    )
    record(verb, by=by, target=item, room=item.room)
    _tell([request.user], request, kind, by)


@transaction.atomic
def take_back(*, by: User, request: ItemRequest) -> None:
    """Who asked no longer asks. Raises Unseen; nothing happens where it was answered."""
    request = _locked(request)
    if request.user_id != by.pk:
        raise Unseen
    check_seen(by, request.item, inside=True)
    if request.settled_at is None:
        _end(request, by)


def withdraw_lost() -> int:
    """Ends the open requests whose asker has lost sight of the item, or is not its source any more; how many."""
    lost = 0
    for request in ItemRequest.objects.open().select_related("item__room", "item__parent", "item__partner", "user"):
        if not stands(request):
            with transaction.atomic():
                again = _locked(request)
                if again.settled_at is None and not stands(again):
                    _end(again, None)
                    lost += 1
    return lost


def stands(request: ItemRequest) -> bool:
    """Whether whoever asked still sees the item and, of a proposal, may still propose it."""
    item = request.item
    if not audience(item).filter(pk=request.user_id).exists():
        return False
    if request.is_proposal:
        # What has no versions is proposed as it was then; what is changed waits for a proposal of its own.
        if KINDS[item.kind].newest_version is None and item.active_at > request.asked_at:
            return False
        return item.label == Label.CLEAR and item.state == "published" and is_source(request.user, item)
    return item.label > Label.GREEN and item.state in ("published", "archived")


def _answerable(by: User, request: ItemRequest, kind: str) -> tuple[ItemRequest, Item]:
    """The request and its item as they are now, locked, for somebody who may answer it."""
    if request.kind != kind:
        raise Unseen
    item = items.locked(request.item)
    request = _locked(request)
    check_seen(by, item, inside=True)
    if request.is_proposal:
        require(by, Level.COORDINATE, NETWORK)
    elif not is_source(by, item):
        raise Forbidden(_("Only its source answers this."))
    if request.user_id == by.pk:
        raise Forbidden(_("Somebody else answers what you asked yourself."))
    if request.settled_at is not None:
        raise Invalid("", _("This has been answered already."))
    if not stands(request):
        raise Invalid("", _("Whoever asked this no longer sees it, so nothing is to be answered."))
    return request, item


def _locked(request: ItemRequest) -> ItemRequest:
    rows = ItemRequest.objects.select_for_update(of=("self",))
    return rows.select_related("item__room", "item__parent", "item__partner", "user").get(pk=request.pk)


def _end(request: ItemRequest, by: User | None) -> None:
    _settle(request, by, ItemRequest.Outcome.WITHDRAWN)
    record("network.item_request_withdrawn", by=by, target=request.item, room=request.item.room)


def _settle(request: ItemRequest, by: User | None, outcome: ItemRequest.Outcome, reason: str = "") -> None:
    request.settled_at, request.settled_by = clock.now(), by
    request.outcome, request.reason = outcome, reason
    request.save(update_fields=["settled_at", "settled_by", "outcome", "reason"])
    withdraw(ASKED[ItemRequest.Kind(request.kind)], item=request.item, part=(PART, request.pk))


def _is_wider(item: Item, tlp: Label, partners: Collection[Partner], people: Collection[User]) -> bool:
    if tlp != item.label:
        return tlp < item.label
    now: Any = item.named_partners if tlp == Label.AMBER_STRICT else item.named_people
    named = partners if tlp == Label.AMBER_STRICT else people
    before = set(now.values_list("pk", flat=True))
    return tlp >= Label.AMBER_STRICT and before < {one.pk for one in named}


def _tell(people: Any, request: ItemRequest, kind: str, by: User) -> None:
    notify(people, kind=kind, item=request.item, part=(PART, request.pk), by=by)
    after_commit(ring_bells)
    after_commit(send_mail_soon)


def _line(text: str, field: str, longest: int) -> str:
    words = " ".join(text.split())
    if not words:
        raise Invalid(field, _("Write a word about it, so that the other can decide."))
    if len(words) > longest:
        raise Invalid(field, _too_long(longest))
    return words


def _too_long(longest: int) -> str:
    return _("The text may have %(longest)d characters at most.") % {"longest": longest}
