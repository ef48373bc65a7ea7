"""How people come: by a link that somebody sent them, and in no other way."""

import re
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core import signing
from django.test import Client

from accounts.actions import invitations as actions
from accounts.models import Invitation
from network import clock, mail
from network.models import Membership, Partner, User
from network.permissions import Level, by_hat, level_in, partners_of
from network.refusals import Forbidden, Refusal, Unseen
from tests.cast import Cast

PASSWORD = "a long walk by the river"


def link_of(invitation: Invitation) -> str:
    """The address that the letter carries."""
    mail.send_due()
    [letter] = [one for one in outbox.outbox if one.to == [invitation.email]][-1:]
    return re.search(r"http://\S+(/accounts/invitation/\S+)", letter.body)[1]


def accept(client: Client, link: str, **changes: str) -> object:
    given = {"name": "Nora Petit", "password": PASSWORD, "time_zone": "Europe/Paris", **changes}
    return client.post(link, given)


def test_a_representative_invites_a_colleague_who_chooses_name_and_password(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    client.post("/partners/liege/invite/", {"email": "nora@liege.example", "role": "member", "language": "fr"})
    link = link_of(Invitation.objects.get())
    client.logout()
    assert "nora@liege.example" in client.get(link).content.decode()
    assert accept(client, link).url == "/"
    nora = User.objects.get(email="nora@liege.example")
    membership = Membership.objects.get(user=nora)
    assert (membership.partner, membership.role, membership.approved_by) == (cast.liege, "member", cast.luc)
    assert level_in(nora, cast.families) == Level.CONTRIBUTE
    assert nora.time_zone == "Europe/Paris"
    client.logout()
    client.post("/accounts/login/", {"login": "Nora@Liege.example", "password": PASSWORD})
    assert client.get("/rooms/families/").status_code == 200


def test_a_link_works_once(client: Client, cast: Cast) -> None:
    link = link_of(actions.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege))
    accept(client, link)
    client.logout()
    assert client.get(link).status_code == 404
    assert accept(client, link, name="Somebody Else").status_code == 404
    assert User.objects.filter(email="nora@liege.example").count() == 1


def test_a_link_runs_out_after_two_weeks(client: Client, cast: Cast) -> None:
    link = link_of(actions.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege))
    with clock.at(clock.now() + timedelta(days=14)):
        assert client.get(link).status_code == 404
    with clock.at(clock.now() + timedelta(days=13, hours=23)):
        assert client.get(link).status_code == 200


def test_sent_again_only_the_new_link_opens(client: Client, cast: Cast) -> None:
    invitation = actions.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege)
    old = link_of(invitation)
    new = link_of(actions.send_again(by=cast.luc, invitation=invitation))
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_an_invitation_that_was_accepted_since_the_page_was_opened_is_not_sent_again(cast: Cast) -> None:
    invitation = actions.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege)
    seen = Invitation.objects.get(pk=invitation.pk)
    actions.accept(invitation=invitation, name="Nora Petit", password="a long walk by the river")
    with pytest.raises(Forbidden):
        actions.send_again(by=cast.luc, invitation=seen)
    now = Invitation.objects.get(pk=invitation.pk)
    assert (now.nonce, now.expires_at) == (invitation.nonce, invitation.expires_at)


def test_a_withdrawn_invitation_opens_nothing_and_is_not_sent_any_more(client: Client, cast: Cast) -> None:
    invitation = actions.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege)
    client.force_login(cast.luc)
    client.post(f"/accounts/invitations/{invitation.uid}/", {"withdraw": "1"})
    assert mail.send_due() == 0
    assert client.get(f"/accounts/invitation/{actions.token_of(invitation)}/").status_code == 404


@pytest.mark.parametrize("token", ["x", "a:b:c", "☃"])
def test_a_made_up_link_opens_nothing(client: Client, cast: Cast, token: str) -> None:
    assert client.get(f"/accounts/invitation/{token}/").status_code == 404


def test_only_representatives_of_that_partner_and_coordinators_invite(cast: Cast) -> None:
    for who in (cast.anna, cast.maud, cast.eva, cast.olga):
        with pytest.raises(Refusal):
            actions.invite(by=who, email="nora@liege.example", partner=cast.liege)
    with pytest.raises(Forbidden):
        actions.invite(by=cast.luc, email="nora@malmo.example", partner=cast.malmo)
    actions.invite(by=cast.clara, email="nora@malmo.example", partner=cast.malmo)


def test_nobody_is_invited_for_a_partner_that_does_not_take_part(cast: Cast) -> None:
    with pytest.raises(Refusal):
        actions.invite(by=cast.clara, email="nora@vallombre.example", partner=cast.vallombre)


def test_an_invitation_ends_with_the_right_of_who_gave_it(client: Client, cast: Cast) -> None:
    link = link_of(actions.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege))
    cast.luc.memberships.update(until=clock.now())
    answer = accept(client, link)
    assert answer.status_code == 200
    assert not User.objects.filter(email="nora@liege.example").exists()


def test_inviting_does_not_tell_whether_an_address_is_known(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    told = []
    for email in ("nobody@liege.example", cast.olga.email):
        answer = client.post(
            "/partners/liege/invite/", {"email": email, "role": "member", "language": "fr"}, follow=True
        )
        told.append(answer.content.decode().replace(email, "X").count("The invitation is on its way"))
    assert told == [1, 1]


def test_who_has_an_account_signs_in_and_accepts(client: Client, cast: Cast) -> None:
    invitation = actions.invite(by=cast.luc, email=cast.olga.email, partner=cast.liege)
    link = link_of(invitation)
    assert "has an account already" in client.get(link).content.decode()
    client.force_login(cast.anna)
    assert client.post(link).status_code == 403
    client.force_login(cast.olga)
    client.post(link)
    assert level_in(cast.olga, cast.families) == Level.CONTRIBUTE
    assert User.objects.get(pk=cast.olga.pk).password == cast.olga.password


def test_an_expert_comes_as_a_guest_of_one_room_until_a_day(client: Client, cast: Cast) -> None:
    client.force_login(cast.clara)
    until = (clock.now() + timedelta(days=20)).date()
    given = {"email": "expert@university.example", "level": "2", "until": until.isoformat(), "language": "en"}
    assert client.post("/rooms/schools/members/invite/", given).status_code == 302
    link = link_of(Invitation.objects.get())
    client.logout()
    assert accept(client, link, name="Ines Roth").url == "/rooms/schools/"
    ines = User.objects.get(email="expert@university.example")
    assert level_in(ines, cast.schools) == Level.CONTRIBUTE
    assert level_in(ines, cast.commons) is None
    with clock.at(clock.now() + timedelta(days=22)):
        assert level_in(ines, cast.schools) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"name": "a\x00b"}, "Null characters"),
        ({"password": "short"}, "too short"),
        ({"password": "password123"}, "too common"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_nothing_typed_is_lost(
    client: Client, cast: Cast, changes: dict[str, str], words: str
) -> None:
    link = link_of(actions.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege))
    page = accept(client, link, **changes).content.decode()
    assert words in page
    if "name" not in changes:
        assert 'value="Nora Petit"' in page
    assert PASSWORD not in page
    assert not User.objects.filter(email="nora@liege.example").exists()


@pytest.mark.parametrize("address", ["/accounts/signup/", "/accounts/3rdparty/signup/"])
def test_there_is_no_other_way_in(client: Client, cast: Cast, address: str) -> None:
    before = User.objects.count()
    client.post(address, {"email": "x@y.example", "password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.count() == before


def test_an_open_link_needs_an_open_invitation(cast: Cast) -> None:
    invitation = actions.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege)
    actions.accept(invitation=invitation, name="Nora", password=PASSWORD)
    with pytest.raises(Unseen):
        actions.accept(invitation=invitation, name="Nora", password=PASSWORD)
    assert Partner.objects.standing().count() == 4


def test_a_member_who_is_invited_to_represent_represents(client: Client, cast: Cast) -> None:
    link = link_of(actions.invite(by=cast.luc, email=cast.maud.email, partner=cast.liege, role="representative"))
    client.force_login(cast.maud)
    client.post(link)
    assert cast.maud.memberships.get().role == "representative"
    link = link_of(actions.invite(by=cast.luc, email=cast.maud.email, partner=cast.liege, role="member"))
    client.post(link)
    assert cast.maud.memberships.get().role == "representative"


def test_an_address_invited_by_two_partners_takes_part_for_both(client: Client, cast: Cast) -> None:
    first = link_of(actions.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege))
    second = link_of(actions.invite(by=cast.clara, email="Nora@liege.example", partner=cast.malmo))
    accept(client, first)
    assert client.get(second).status_code == 200
    client.post(second)
    nora = User.objects.get(email="nora@liege.example")
    assert {one.partner for one in nora.memberships.all()} == {cast.liege, cast.malmo}


def test_a_link_that_somebody_changed_or_signed_themselves_opens_nothing(client: Client, cast: Cast) -> None:
    mine = actions.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege)
    other = actions.invite(by=cast.luc, email="other@liege.example", partner=cast.liege)
    token = actions.token_of(mine)
    body, _colon, signature = token.partition(":")
    grafted = f"{body}:{actions.token_of(other).partition(':')[2]}"
    mixed = signing.dumps([mine.uid.hex, other.nonce.hex], salt=actions.SALT)
    foreign = signing.dumps([mine.uid.hex, mine.nonce.hex], salt="another use")
    for tampered in (f"{body[:-1]}x:{signature}", grafted, mixed, foreign, token[:-1], token + "x"):
        assert client.get(f"/accounts/invitation/{tampered}/").status_code == 404
    assert client.get(f"/accounts/invitation/{token}/").status_code == 200


def test_who_comes_to_a_second_partner_goes_on_speaking_for_the_first(cast: Cast) -> None:
    invitation = actions.invite(by=cast.luc, email=cast.anna.email, partner=cast.liege)
    actions.accept(invitation=invitation, by=cast.anna)
    cast.anna.refresh_from_db()
    # By name Liège would come first.
    assert partners_of(cast.anna).order_by(*by_hat(cast.anna)).first() == cast.malmo
