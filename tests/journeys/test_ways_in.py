"""The ways in, in a real browser: welcomed, led to a passkey, and back with the passkey alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from accounts.models import LegalText
from network.models import User
from tests.browsing import barriers, watch
from tests.cast import gather
from tests.serving import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PASSWORD = "a long walk by the river"


def enter(page: Page, person: User) -> None:
    """By the form, with the password."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def with_device(page: Page) -> None:
    """A device that keeps passkeys, and whose owner is always there."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    line.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_the_first_sign_in_asks_two_things_and_opens(visitor: Callable[..., Page]) -> None:
    cast = gather()
    for kind in LegalText.Kind.values:
        LegalText.objects.create(kind=kind, version=1, body="## Care\n\nWhat is said here stays here.", by=cast.clara)
    cast.anna.set_password(PASSWORD)
    cast.anna.welcomed_at = None
    cast.anna.time_zone = "Europe/Stockholm"
    cast.anna.save()
    page = visitor(width=390)
    enter(page, cast.anna)
    page.get_by_role("heading", name="Welcome, Anna Lindqvist").wait_for()
    # As the device has it.
    assert page.get_by_label("Time zone").input_value() == "Europe/Brussels"
    found = barriers(page)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name="Something needs another look").wait_for()
    found += barriers(page)
    page.get_by_label("I accept the charter").check()
    page.get_by_label("I have read the privacy notice").check()
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("Everything is open to you now").wait_for()
    assert not found, "\n".join(found)
    assert User.objects.get(pk=cast.anna.pk).time_zone == "Europe/Brussels"


def test_a_moderator_sets_up_a_passkey_and_comes_back_with_nothing_else(
    browser: Browser, serve: Callable[..., Server]
) -> None:
    cast = gather()
    cast.mona.set_password(PASSWORD)
    cast.mona.save()
    server = serve(LIAISE_TEST_REQUIRE_MFA="1")
    faults: list[str] = []
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    watch(page, server, faults)
    with_device(page)
    enter(page, cast.mona)
    page.get_by_role("heading", name="One more lock for your account").wait_for()
    faults += barriers(page)
    page.get_by_role("link", name="Set up a passkey").click()
    # Somebody might have found the browser open: it is asked once more who sits there.
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Set it up on this device").wait_for()
    faults += barriers(page)
    page.get_by_role("button", name="Set it up on this device").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    faults += barriers(page)
    page.get_by_role("link", name="Go on to today").click()
    page.get_by_role("link", name="Families").first.wait_for()
    page.goto("/accounts/2fa/webauthn/")
    faults += barriers(page)

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/rooms/families/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Families").wait_for()

    # After the password it is the second factor.
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    enter(page, cast.mona)
    page.get_by_role("button", name="Use the passkey").wait_for()
    faults += barriers(page)
    page.get_by_role("button", name="Use the passkey").click()
    page.get_by_role("link", name="Families").first.wait_for()
    context.close()
    assert not faults, "\n".join(faults)
