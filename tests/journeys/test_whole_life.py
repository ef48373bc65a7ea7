"""From an empty database: founded, invited, joined, in a room, moved to another partner, gone; in the browser alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core import mail as outbox
from django.core.management import call_command

from network import mail
from network.models import Partner, Room, User
from network.permissions import Level, allowed, partners_of
from tests.journeys.test_ways_in import PASSWORD, with_device

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

SAID = {
    "Name of the network": "Prevention North",
    "Lead partner, full name": "Forum of Northern Cities",
    "Lead partner, short name": "FNC",
    "What it is": "",
    "Its country": "SE",
    "Its city": "",
    "First coordinator, name": "Karin Ek",
    "First coordinator, e-mail": "karin@fnc.example",
    "First coordinator, language": "",
    "First coordinator, time zone": "",
    "Does this person": "n",
    "Begin with": "y",
}


def found(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the one command, answered at the terminal."""
    answers = dict(SAID)
    monkeypatch.setattr(
        "builtins.input", lambda prompt: answers[next(one for one in answers if prompt.startswith(one))]
    )
    monkeypatch.setattr("config.management.commands.found_network.getpass", lambda _prompt: PASSWORD)
    call_command("found_network", stdout=sys.stderr)


def sign_in(page: Page, email: str) -> None:
    """With address and password."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name=re.compile("^Good ")).wait_for()


def add_partner(page: Page, name: str, short_name: str, country: str) -> None:
    """The coordinator brings a city in."""
    page.goto("/partners/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Short name").fill(short_name)
    page.get_by_label("Country").select_option(country)
    page.get_by_role("button", name="Add the partner").click()
    page.wait_for_url(re.compile(r"/partners/(?!new/)"))


def invite(page: Page, partner: str, email: str, role: str) -> str:
    """From the people of the partner; the link of the letter that came."""
    page.goto(f"/partners/{partner}/people/")
    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label(re.compile(f"^{role}")).check()
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_text("The invitation is on its way").first.wait_for()
    mail.send_due()
    letter = next(one for one in reversed(outbox.outbox) if one.to == [email])
    return re.search(r"http://[^/]+(/accounts/invitation/\S+)", letter.body)[1]


def accept(page: Page, link: str, name: str) -> None:
    """Whoever was invited chooses a name and a password."""
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Accept and sign in").click()
    page.get_by_role("heading", name=re.compile(name)).wait_for()


def set_up_passkey(page: Page) -> None:
    """On a device that keeps passkeys; asked once more who sits there."""
    with_device(page)
    page.goto("/accounts/2fa/webauthn/add/")
    if page.get_by_role("button", name="Confirm").count():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Set it up on this device").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()


def come_back_with_passkey(page: Page) -> None:
    """Signs out, and in again with nothing else."""
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name=re.compile("^Good ")).wait_for()


def open_room_for(page: Page, name: str, address: str) -> None:
    """The coordinator opens a room and gives one person a place, after reading what that changes."""
    page.goto("/rooms/new/")
    page.get_by_role("link", name="Working group").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Open the room").click()
    page.get_by_text("The room is open").wait_for()
    page.get_by_label("or one person, by e-mail address").fill(address)
    page.locator("section[aria-labelledby=give]").get_by_role("button", name="See what that changes").click()
    page.get_by_text("gains 1 person of 1 partner").first.wait_for()
    page.get_by_role("button", name="Give the place").click()
    page.get_by_text("has a place in the room now").first.wait_for()


def move(page: Page, person: User, partner: str) -> None:
    """The coordinator moves somebody, from today on."""
    page.goto(f"/people/{person.uid}/move/")
    page.get_by_label("To", exact=True).select_option(partner)
    page.get_by_label("First day there").fill(date.today().isoformat())  # noqa: DTZ011 - as the browser's calendar has it
    page.get_by_role("button", name="See what changes").click()
    page.get_by_role("button", name=f"Move {person.name}").click()
    page.get_by_role("heading", name=person.name).wait_for()


def close_account(page: Page) -> None:
    """Leaves for good; asked once more who sits there."""
    page.goto("/accounts/close/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Yes, close my account for good").check()
    page.get_by_role("button", name="Close my account").click()
    page.get_by_text("Your account is closed").first.wait_for()


def test_a_network_begins_and_a_person_comes_works_moves_and_goes(
    visitor: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch)
    karin, luc, nora = visitor(), visitor(), visitor()
    sign_in(karin, "karin@fnc.example")
    add_partner(karin, "City of Liège", "Liège", "BE")
    accept(luc, invite(karin, "liege", "luc@liege.example", "Representative"), "Luc Delvaux")
    assert Partner.objects.get(slug="liege").status == Partner.Status.ACTIVE

    accept(nora, invite(luc, "liege", "nora@liege.example", "Member"), "Nora Petit")
    person = User.objects.get(email="nora@liege.example")
    set_up_passkey(nora)
    come_back_with_passkey(nora)

    open_room_for(karin, "Families", person.email)
    nora.goto("/rooms/families/")
    nora.get_by_role("heading", name="Families").wait_for()

    add_partner(karin, "City of Malmö", "Malmö", "SE")
    anna = visitor()
    accept(anna, invite(karin, "malmo", "anna@malmo.example", "Representative"), "Anna Lindqvist")
    move(karin, person, "malmo")
    assert list(partners_of(person)) == [Partner.objects.get(slug="malmo")]
    nora.goto("/")
    nora.get_by_text("Malmö").first.wait_for()

    close_account(nora)
    person.refresh_from_db()
    assert not person.is_active
    assert "Nora" not in person.name
    assert not allowed(person, Level.VIEW, Room.objects.get(slug="families"))
    karin.goto("/people/")
    assert karin.get_by_text("Nora Petit").count() == 0
