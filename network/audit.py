"""The trail: what was done, by whom, to what, when. Written in the transaction of the change.

Entries hold opaque ids and a digest; names and texts go to a detail that can be erased without
breaking the trail. Each verb is declared with its sentence and with which of its details are
personal, so that nobody can add one without saying how a person is forgotten.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise

from network.models.items import Item, Participant, UnnamedModerator
from network.models.people import Partner, User
from network.models.records import AuditDetail, AuditEntry
from network.models.rooms import Room
from network.permissions.trail import OWN_BUSINESS

# What stands for the network as a whole where an entry is about nothing smaller.
NETWORK_KIND, NETWORK_UID = "network", uuid.UUID(int=0)


@dataclass(frozen=True)
class Verb:
    """One thing that can be done, in words, and the keys of its detail that are personal.

    `sentence` goes on from "Clara Moreau …" and names nothing; `telling` is the same with {target} and,
    where it wishes, {room}, for readers who may know of them.
    """

    key: str
    sentence: Promise
    personal: frozenset[str]
    telling: Promise | None = None


VERBS: dict[str, Verb] = {}
# The beginning of a verb's key → what its verbs are about.
GROUPS: dict[str, Promise] = {}
# How the trail finds what is somebody's own, so that the words about it can be erased: user → uids.
OWNERS: list[Callable[[User], Iterable[uuid.UUID]]] = []


def declare(
    key: str,
    sentence: Promise,
    *,
    personal: tuple[str, ...] = (),
    telling: Promise | None = None,
    own_business: bool = False,
) -> None:
    """Once per verb, from the `verbs` module of the app that says it, imported by its AppConfig.

    `own_business`: what somebody does about themselves, which who represents their partner does not learn.
    """
    VERBS[key] = Verb(key, sentence, frozenset(personal), telling)
    if own_business:
        OWN_BUSINESS.add(key)


def declare_group(prefix: str, name: Promise) -> None:
    """What the verbs that begin with `prefix` are about, for the filter of the trail."""
    GROUPS[prefix] = name


def register_owner(uids: Callable[[User], Iterable[uuid.UUID]]) -> None:
    """From an AppConfig: `uids(user)` are the targets that are that person's own: posts, an invitation to them."""
    OWNERS.append(uids)


def record(
    verb: str,
    *,
    by: User | Participant | UnnamedModerator | None,
    target: Any,
    room: Room | None = None,
    partner: Partner | None = None,
    **detail: Any,
) -> AuditEntry:
    """Appends one entry; `target` is anything with a `uid`, None the network itself, as is `by`.

    Under the Chatham House Rule `by` is the Participant or the UnnamedModerator (`network.chatham`), so that the trail
    knows no person; then no partner is written down either, since it would say whose Participant 3 is.
    Raises KeyError for a verb that nobody declared, RuntimeError outside a transaction.
    """
    VERBS[verb]
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An entry is written in the transaction of the change it records.")
    # As the database will give it back, so that the digest is of what is read again.
    detail = json.loads(json.dumps(detail))
    salt = secrets.token_hex(16) if detail else ""
    entry = AuditEntry.objects.create(
        verb=verb,
        actor=by.uid if by else None,
        target_kind=target._meta.model_name if target else NETWORK_KIND,
        target=target.uid if target else NETWORK_UID,
        room=room.uid if room else None,
        partner=partner.uid if partner and not isinstance(by, Participant | UnnamedModerator) else None,
        digest=digest(salt, detail) if detail else "",
    )
    if detail:
        AuditDetail.objects.create(entry=entry.pk, salt=salt, data=detail)
    return entry


def digest(salt: str, detail: dict[str, Any]) -> str:
    """SHA-256 (hexadecimal) over the salt and the detail as canonical JSON."""
    text = json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


# --- forgetting -----------------------------------------------------------------------------------


@transaction.atomic
def forget_person(person: User) -> int:
    """Erases the details that hold personal words about this person; how many. The entries, and their chain, stay.

    A detail goes where a personal key of it is filled, and the entry concerns the person: they did it
    (without a name too), it was done to them or to something of theirs, or a personal key names their
    identifier or their e-mail address. A detail is erased as a whole, since its digest covers the whole.
    To be called before name and address are taken off the person.
    """
    names = {str(person.uid), person.email.lower()}
    subjects = {person.uid}
    for kind in (Participant, UnnamedModerator):
        subjects.update(kind._default_manager.filter(user=person).values_list("uid", flat=True))
    targets = {person.uid, *Item.objects.filter(author=person).values_list("uid", flat=True)}
    for uids in OWNERS:
        targets.update(uids(person))
    of_theirs = AuditEntry.objects.exclude(digest="").filter(Q(actor__in=subjects) | Q(target__in=targets))
    verbs = dict(of_theirs.order_by().values_list("pk", "verb"))
    naming = Q()
    for name in names | {json.dumps(name)[1:-1] for name in names}:
        naming |= Q(text__icontains=name)
    texts = AuditDetail.objects.annotate(text=Cast("data", TextField()))
    theirs = [row.pk for row in AuditDetail.objects.filter(entry__in=verbs) if personal_words(verbs[row.entry], row)]
    named = texts.filter(naming).exclude(entry__in=verbs)
    others = dict(AuditEntry.objects.filter(pk__in=named.values("entry")).values_list("pk", "verb"))
    theirs += [row.pk for row in named if names & _flat(personal_words(others.get(row.entry, ""), row))]
    erased, _kinds = AuditDetail.objects.filter(pk__in=theirs).delete()
    return erased


@transaction.atomic
def forget_words(target: Any) -> int:
    """Erases the details that hold personal words in entries about one thing; how many. The entries stay."""
    verbs = dict(AuditEntry.objects.filter(target=target.uid).exclude(digest="").order_by().values_list("pk", "verb"))
    rows = AuditDetail.objects.filter(entry__in=verbs)
    erased, _kinds = AuditDetail.objects.filter(
        pk__in=[row.pk for row in rows if personal_words(verbs[row.entry], row)]
    ).delete()
    return erased


def personal_words(verb: str, detail: AuditDetail) -> dict[str, Any]:
    """What is personal in a detail and filled; all of it where nobody declares the verb any more."""
    known = VERBS.get(verb)
    return {key: value for key, value in detail.data.items() if value and (known is None or key in known.personal)}


def _flat(value: Any) -> set[str]:
    """Every text in a piece of JSON, in small letters."""
    if isinstance(value, dict):
        return set().union(*(_flat(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(_flat(one) for one in value))
    return {str(value).lower()}
