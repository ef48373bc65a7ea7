"""My account: what one says of oneself, who reads it, and how one is told."""

from __future__ import annotations

import pytest
from django.core import mail as outbox
from django.test import Client

from accounts.actions.profile import change_telling
from accounts.forms.telling import MailedField, mailed_subjects, ticked
from network import mail
from network.models import User
from network.notifications import NOTICES, SUBJECTS, notify, register_notice
from tests.cast import Cast


def test_what_one_says_of_oneself_is_read_in_the_network_and_by_no_stranger(client: Client, cast: Cast) -> None:
    client.force_login(cast.luc)
    said = {
        "name": "Luc Delvaux",
        "function": "Prevention officer",
        "phone": "+32 4 221 80 00",
        "about": "Ask me about parents.",
        "languages": ["fr", "nl"],
        "language": "fr",
        "time_zone": "Europe/Brussels",
    }
    assert client.post("/accounts/profile/", said).status_code == 302
    page = client.get("/accounts/").content.decode()
    assert "Prevention officer" in page
    client.force_login(cast.olga)
    page = client.get(f"/people/{cast.luc.uid}/").content.decode()
    for words in ("Prevention officer", "+32 4 221 80 00", "Ask me about parents.", "French, Dutch"):
        assert words in page
    # A guest reads no way to reach somebody but the room.
    client.force_login(cast.eva)
    page = client.get(f"/people/{cast.luc.uid}/").content.decode()
    assert "Ask me about parents." in page
    assert "+32" not in page
    client.logout()
    assert client.get(f"/people/{cast.luc.uid}/").status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("phone", "call me"), ("languages", ["xx"]), ("time_zone", "Mars/Olympus"), ("about", "x" * 1001)],
)
def test_what_cannot_be_used_is_said_at_its_field_and_the_rest_stays(
    client: Client, cast: Cast, field: str, value: object
) -> None:
    client.force_login(cast.luc)
    said = {"name": "Luc", "function": "Typed just now", "language": "fr", "time_zone": "Europe/Paris", field: value}
    page = client.post("/accounts/profile/", said).content.decode()
    assert f'href="#id_{field}' in page
    assert "Typed just now" in page
    assert User.objects.get(pk=cast.luc.pk).function == ""


def told_by_letter(person: User, cast: Cast) -> bool:
    notify([person], kind="granted", room=cast.families, by=cast.maud)
    outbox.outbox.clear()
    mail.send_due()
    return any(letter.to == [person.email] for letter in outbox.outbox)


def test_who_wants_no_letters_about_a_subject_gets_none_and_reads_it_on_the_page(client: Client, cast: Cast) -> None:
    assert told_by_letter(cast.anna, cast)
    client.force_login(cast.anna)
    keep = [key for key, _words in mailed_subjects() if key != "rooms"]
    assert client.post("/accounts/telling/", {"unmailed": keep}).url == "/accounts/"
    cast.anna.refresh_from_db()
    assert cast.anna.unmailed == ["rooms"]
    assert not told_by_letter(cast.anna, cast)
    assert "gave you a place in the room" in client.get("/notifications/").content.decode()
    page = client.get("/accounts/telling/").content.decode()
    assert page.count("checked") == len(keep)
    # No tick at all is an answer, too.
    client.post("/accounts/telling/", {})
    cast.anna.refresh_from_db()
    assert set(cast.anna.unmailed) == {key for key, _words in mailed_subjects()}
    assert "About nothing." in client.get("/accounts/").content.decode()


@pytest.mark.once
def test_a_new_kind_of_notice_follows_what_was_said_about_its_like() -> None:
    assert {kind.about for kind in NOTICES.values()} <= set(SUBJECTS)
    unmailed = MailedField().clean(["talk"])
    assert "talk" not in unmailed
    assert ticked(unmailed) == ["talk"]
    with pytest.raises(ValueError, match="not a subject"):
        register_notice("x", SUBJECTS["talk"], about="weather")


def test_only_known_subjects_are_kept(cast: Cast) -> None:
    change_telling(by=cast.anna, unmailed=["rooms", "weather"])
    assert cast.anna.unmailed == ["rooms"]
