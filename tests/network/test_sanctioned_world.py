"""One world made by hand in which every rule about sanctions makes a difference (see `breakages.md`)."""

from __future__ import annotations

import pytest

from tests.network.reference import Grant, Item, Membership, Partner, Person, Room, Sanction, World
from tests.network.test_gate_worlds import compare


def sanctioned_world() -> World:
    """A lead, two cities and a guest; rooms with managers, and with none but whom a sanction keeps out."""
    lead = Partner("lead", "active", -2, None, lead=True)
    liege, malmo = Partner("liege", "active", -2, None), Partner("malmo", "active", -2, None)
    clara, anna, mona, luc = (Person(name) for name in ("clara", "anna", "mona", "luc"))
    maud, eva, gus = (Person(name) for name in ("maud", "eva", "gus"))
    members = [(clara, lead, True), (anna, malmo, False), (mona, malmo, True), (luc, liege, True), (maud, liege, False)]
    open_, commons = Room("open", "restricted"), Room("commons", "network")
    own, market = Room("own", "hidden"), Room("market", "network")
    emptied, kept = Room("emptied", "hidden"), Room("kept", "hidden")
    grants = [
        (lead, "manage", open_),
        (malmo, "contribute", open_),
        (liege, "moderate", open_),
        (eva, "contribute", open_),
        (gus, "contribute", open_),
        (anna, "manage", own),
        (mona, "moderate", commons),
        (malmo, "manage", emptied),
        (liege, "manage", kept),
    ]
    item = Item("placed", open_, luc, liege, "GREEN", "published", placed_in=[commons, market])
    held = Item("held", open_, anna, malmo, "AMBER", "held")
    strict = Item("strict", commons, luc, liege, "AMBER+STRICT", "published", named_partners=[malmo])
    muted_thread = Item("thread", open_, luc, liege, "AMBER", "published")
    sanctions = [
        Sanction(mona, "mute", open_, -1, 2),
        Sanction(eva, "mute", open_, -1, 1),
        Sanction(maud, "suspension", open_, -1, 2),
        Sanction(gus, "suspension", open_, -1, 2),
        Sanction(luc, "suspension", commons, -1, 2),
        Sanction(anna, "suspension", own, -1, 2),
        Sanction(mona, "mute", commons, -2, 1),
        Sanction(anna, "suspension", emptied, -2, 1),
        Sanction(mona, "suspension", emptied, -2, 2),
        Sanction(maud, "suspension", kept, -2, 2),
        # What takes nothing: lifted, over, not yet, or of a thread alone.
        Sanction(anna, "suspension", open_, -2, 2, lifted=True),
        Sanction(anna, "mute", open_, -2, 0),
        Sanction(anna, "suspension", open_, 1, 2),
        Sanction(anna, "mute", open_, -2, 2, item=muted_thread),
    ]
    return World(
        [lead, liege, malmo],
        [clara, anna, mona, luc, maud, eva, gus],
        [Membership(person, partner, represents, -2, None) for person, partner, represents in members],
        [open_, commons, own, market, emptied, kept],
        [Grant(holder, level, room, -2, 2 if holder in (eva, gus) else None) for holder, level, room in grants],
        [item, held, strict, muted_thread],
        sanctions,
    )


@pytest.mark.django_db(transaction=True)
def test_the_gate_knows_what_a_sanction_takes() -> None:
    """At noon and an hour later, when some of them are over and others begin."""
    compare(sanctioned_world())
