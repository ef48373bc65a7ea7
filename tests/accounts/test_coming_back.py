"""Who comes back into the network has what they are given now, not what was left over from before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.actions.invitations import accept, invite, invite_guest, token_of
from accounts.actions.memberships import set_end
from network import clock
from network.actions import rooms
from network.models import AuditEntry, PersonGrant
from network.permissions import Level, level_in
from network.refusals import Forbidden
from tests.cast import Cast
from tests.factories import grant


def left_over(cast: Cast) -> datetime:
    """Olga moderates Families without an end when her membership ends by itself; the day after."""
    ends = clock.now() + timedelta(days=5)
    set_end(by=cast.clara, person=cast.olga, partner=cast.augsburg, until=ends)
    rooms.grant(by=cast.maud, room=cast.families, holder=cast.olga, level=Level.MODERATE)
    return ends + timedelta(days=1)


def test_who_comes_back_as_a_guest_comes_without_the_places_of_before(cast: Cast) -> None:
    until = clock.now() + timedelta(days=40)
    about = {"by": cast.clara, "room": cast.schools, "level": Level.VIEW, "until": until}
    with clock.at(left_over(cast)):
        assert level_in(cast.olga, cast.families) is None
        accept(invitation=invite_guest(email=cast.olga.email, **about), by=cast.olga)
        assert level_in(cast.olga, cast.schools) == Level.VIEW
        assert level_in(cast.olga, cast.families) is None
    entry = AuditEntry.objects.get(verb="network.grant_withdrawn", target=cast.olga.uid)
    assert (entry.actor, entry.room) == (None, cast.families.uid)


def test_who_comes_back_for_another_partner_has_its_places_alone(cast: Cast) -> None:
    with clock.at(left_over(cast)):
        accept(invitation=invite(by=cast.clara, email=cast.olga.email, partner=cast.malmo), by=cast.olga)
        assert level_in(cast.olga, cast.families) == Level.CONTRIBUTE


def test_who_takes_part_for_a_suspended_partner_loses_nothing_by_a_place_elsewhere(cast: Cast) -> None:
    grant(cast.sven, Level.VIEW, cast.steering)
    accept(invitation=invite(by=cast.clara, email=cast.sven.email, partner=cast.malmo), by=cast.sven)
    assert level_in(cast.sven, cast.steering) == Level.VIEW


def test_a_room_keeps_no_guest_in_the_network_for_longer_than_they_were_let_in(cast: Cast) -> None:
    eva = PersonGrant.objects.get(user=cast.eva)
    about = {"room": cast.families, "holder": cast.eva, "level": Level.VIEW}
    with pytest.raises(Forbidden):
        rooms.grant(by=cast.maud, until=eva.until + timedelta(days=1), **about)
    rooms.grant(by=cast.maud, until=eva.until, **about)
    rooms.grant(by=cast.clara, until=eva.until + timedelta(days=1), **about)
    # Now they were: another level until that day, or an earlier one, is the room's to say.
    rooms.grant(by=cast.maud, until=eva.until + timedelta(days=1), **{**about, "level": Level.CONTRIBUTE})


def test_a_link_that_was_passed_on_names_neither_room_nor_address_to_who_is_signed_in(
    client: Client, cast: Cast
) -> None:
    until = clock.now() + timedelta(days=5)
    about = {"by": cast.clara, "room": cast.steering, "level": Level.VIEW, "until": until}
    link = f"/accounts/invitation/{token_of(invite_guest(email=cast.anna.email, **about))}/"
    client.force_login(cast.luc)
    answer = client.get(link)
    assert answer.status_code == 403
    assert "Steering" not in answer.content.decode()
    assert cast.anna.email not in answer.content.decode()
    client.force_login(cast.anna)
    assert "Steering" in client.get(link).content.decode()
