"""The first whole walk: invited, signed in, sharing, answered, moderated, registered, talking, offline and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail as outbox

from accounts.actions import invitations as accounts
from forums.models import ChatMessage, Post
from network import clock, mail
from network.models import Room, State, User
from tests.cast import gather
from workshops.actions.meetings import announce
from workshops.models import Registration

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "a long walk by the river"

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page: Page, person: User) -> None:
    """By the form, as anybody would."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name=re.compile("^Good ")).wait_for()


def give_passwords(*people: User) -> None:
    for person in people:
        person.set_password(PASSWORD)
        person.save()


def come_in(page: Page, link: str) -> None:
    """Nora opens the link of her letter and chooses a name and a password."""
    page.goto(link)
    page.get_by_label("Your name").fill("Nora Petit")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Accept and sign in").click()
    page.get_by_role("heading", name=re.compile("Nora Petit")).wait_for()


def share(page: Page) -> None:
    """Nora shares a document in Families, and reads beforehand who will see it."""
    page.goto("/rooms/families/documents/")
    page.get_by_role("link", name="Share a document").first.click()
    page.get_by_label("Title").fill("Six evenings for parents")
    page.locator("input[type=file]").set_input_files(
        {
            "name": "evenings.txt",
            "mimeType": "text/plain",
            "buffer": b"Two hosts, the same room, and food on the table.",
        }
    )
    assert "partners" in page.locator("main").inner_text()
    page.get_by_role("button", name="Share the document").click()
    page.get_by_role("heading", name="Six evenings for parents").wait_for()


def send(page: Page, text: str) -> None:
    """Says something in the chat that is open."""
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send").click()


def test_from_an_invitation_to_a_talk_that_survives_a_lost_line(visitor: Callable[..., Page]) -> None:
    cast = gather()
    give_passwords(cast.anna, cast.mona)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.FIRST)
    start = clock.now() + timedelta(days=10)
    workshop = announce(
        by=cast.maud,
        room=Room.objects.get(slug="families"),
        title="When a son comes back",
        starts_at=start,
        ends_at=start + timedelta(hours=3),
        time_zone="Europe/Brussels",
        capacity=5,
    )
    accounts.invite(by=cast.luc, email="nora@liege.example", partner=cast.liege)
    mail.send_due()
    letter = next(one for one in outbox.outbox if one.to == ["nora@liege.example"])
    link = re.search(r"http://[^/]+(/accounts/invitation/\S+)", letter.body)[1]

    nora, anna, mona = visitor(), visitor(width=390), visitor()

    # Invited, signs in, shares; a first contribution is checked here, so a moderator lets it stand.
    come_in(nora, link)
    share(nora)
    address = nora.url
    sign_in(mona, cast.mona)
    mona.goto("/moderation/")
    mona.get_by_role("button", name="Let it stand").first.click()

    # Another city reads and answers; its first reply is held, and a moderator approves it.
    sign_in(anna, cast.anna)
    anna.goto(address)
    anna.get_by_role("heading", name="Six evenings for parents").wait_for()
    anna.locator("textarea[name=body]").fill("We began with school holidays.")
    anna.get_by_role("button", name="Comment").click()
    anna.get_by_text("We began with school holidays.").first.wait_for()
    assert Post.objects.get().state == State.HELD
    nora.goto(address)
    assert "school holidays" not in nora.locator("main").inner_text()
    mona.goto("/moderation/")
    mona.get_by_role("button", name="Let it stand").first.click()
    nora.goto(address)
    nora.get_by_text("We began with school holidays.").first.wait_for()

    # Registers for a workshop.
    anna.goto(f"/workshops/{workshop.uid}/")
    anna.get_by_role("button", name=re.compile("^Register")).click()
    anna.get_by_text(re.compile("You are registered|You have a seat")).first.wait_for()
    assert Registration.objects.get().user == cast.anna

    # Both talk; one goes offline, misses nothing and loses nothing.
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.FREE)
    for page in (nora, anna):
        page.goto("/rooms/families/chat/")
    log = "[role=log]"
    send(nora, "Is everyone free on Wednesday?")
    anna.locator(log).get_by_text("Is everyone free on Wednesday?").wait_for()
    anna.context.set_offline(True)
    send(anna, "Yes, at two.")
    send(nora, "Wonderful.")
    nora.locator(log).get_by_text("Wonderful.").wait_for()
    assert not ChatMessage.objects.filter(body="Yes, at two.").exists()
    anna.locator(log).get_by_text("Yes, at two.").wait_for()
    assert anna.locator(log).get_by_text("Wonderful.").count() == 0
    anna.context.set_offline(False)
    anna.locator(log).get_by_text("Wonderful.").wait_for(timeout=30_000)
    nora.locator(log).get_by_text("Yes, at two.").wait_for(timeout=30_000)
    said = list(ChatMessage.objects.order_by("seq").values_list("seq", "body"))
    assert said == [(1, "Is everyone free on Wednesday?"), (2, "Wonderful."), (3, "Yes, at two.")]
