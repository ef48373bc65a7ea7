"""Two people chat; one loses the line, writes on, and catches up. The bell rings meanwhile."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Page, expect

from accounts.actions.closing import shut
from accounts.actions.standing import suspend
from forums.actions import chat
from forums.actions.chat_editing import edit_message, retract_message
from forums.models import ChatMessage
from network.actions import rooms
from network.models import PersonGrant, Room, User
from tests.browsing import barriers
from tests.cast import Cast
from tests.talking import cookie_of

pytestmark = pytest.mark.django_db(transaction=True)
Visitor = Callable[..., Page]


def enter(page: Page, person: User, url: str = "/rooms/families/chat/") -> Page:
    """Opens the address as this person, who is signed in already."""
    value = cookie_of(person).partition("=")[2]
    base = page.context._impl_obj._options["baseURL"]
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": base}])
    page.goto(url)
    return page


def say(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send").click()


def messages(page: Page) -> Any:
    return page.locator("[data-log] .message-words")


def test_two_chat_and_one_goes_offline_and_catches_up(cast: Cast, visitor: Visitor) -> None:
    anna, mona = enter(visitor(), cast.anna), enter(visitor(width=390), cast.mona)
    expect(anna.locator("[data-present] li")).to_have_count(1)
    say(anna, "Is *Wednesday* still fine?")
    expect(messages(mona)).to_have_text(["Is Wednesday still fine?"])
    expect(mona.locator(".message .person")).to_have_text("Anna Lindqvist, Malmö")
    expect(mona.locator(".chat-day")).to_have_text("Today")

    anna.context.set_offline(True)
    expect(anna.locator(".chat-room [data-offline]")).to_be_visible()
    say(anna, "Written in a tunnel")
    expect(anna.locator(".message-waiting .message-foot")).to_contain_text("Waiting to be sent")
    say(mona, "Yes, 15:00 here")
    mona.get_by_role("link", name=re.compile("Reply")).first.click()
    say(mona, "And bring the forms")
    expect(messages(mona)).to_have_count(3)
    expect(messages(anna)).to_have_count(2)

    anna.context.set_offline(False)
    expect(messages(anna)).to_have_count(4, timeout=15_000)
    expect(anna.locator(".message-waiting")).to_have_count(0)
    expect(anna.locator(".chat-room [data-offline]")).to_be_hidden()
    expect(messages(mona)).to_have_text(
        ["Is Wednesday still fine?", "Yes, 15:00 here", "And bring the forms", "Written in a tunnel"]
    )
    assert ChatMessage.objects.count() == 4
    assert ChatMessage.objects.get(body="And bring the forms").reply_to.seq == 1
    anna.reload()
    expect(messages(anna)).to_have_text(messages(mona).all_text_contents())
    assert not barriers(anna)
    assert not barriers(mona)


def test_what_waits_outlives_the_page_and_goes_once(cast: Cast, visitor: Visitor) -> None:
    anna = enter(visitor(), cast.anna)
    expect(anna.locator("[data-present] li")).to_have_count(1)
    anna.evaluate("document.dispatchEvent(new CustomEvent('live:closed', { detail: {} }))")
    say(anna, "Kept")
    expect(anna.locator(".message-waiting")).to_have_count(1)
    anna.reload()
    expect(anna.locator("[data-log] .message[data-seq] .message-words")).to_have_text(["Kept"])
    anna.reload()
    expect(messages(anna)).to_have_text(["Kept"])
    assert ChatMessage.objects.count() == 1


def test_who_reads_further_up_is_not_moved(cast: Cast, visitor: Visitor) -> None:
    for number in range(45):
        chat.say(by=cast.luc, room=cast.families, body=f"Message {number}", client_id=uuid.uuid4())
    anna = enter(visitor(reduced_motion="reduce"), cast.anna)  # where nothing glides, the page is where it is
    expect(anna.locator("[data-present] li")).to_have_count(1)
    anna.wait_for_function("scrollY > 500")
    anna.evaluate("scrollTo(0, 0)")
    chat.say(by=cast.luc, room=cast.families, body="Below", client_id=uuid.uuid4())
    button = anna.get_by_role("button", name="New messages below")
    expect(button).to_be_visible()
    assert anna.evaluate("scrollY") == 0
    button.click()
    expect(messages(anna).last).to_be_in_viewport()


def test_a_held_message_says_so_and_a_refused_one_can_be_taken_back(cast: Cast, visitor: Visitor) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    anna = enter(visitor(), cast.anna)
    expect(anna.locator("[data-present] li")).to_have_count(1)
    say(anna, "First")
    expect(anna.get_by_text("Waits for a moderator.")).to_be_visible()
    chat.approve_message(by=cast.mona, message=ChatMessage.objects.get())
    expect(anna.get_by_text("Waits for a moderator.")).to_have_count(0)
    expect(messages(anna)).to_have_text(["First"])
    expect(anna.locator("[data-bell-count] [data-number]").first).to_have_text("1")
    say(anna, "x" * 4001)
    expect(anna.locator(".message-failed .message-foot")).to_contain_text("4,000 characters at most")
    anna.get_by_role("button", name="Take it back").click()
    expect(anna.locator(".message-failed")).to_have_count(0)
    expect(anna.get_by_label("Your message")).to_have_value("x" * 4001)


def test_it_works_without_script(cast: Cast, visitor: Visitor) -> None:
    anna = enter(visitor(java_script_enabled=False), cast.anna)
    say(anna, "By the form alone")
    expect(messages(anna)).to_have_text(["By the form alone"])
    anna.get_by_role("link", name="Reply to Anna Lindqvist").click()
    say(anna, "And an answer")
    expect(anna.locator(".message-quote").first).to_contain_text("Anna Lindqvist: By the form alone")


def test_signing_out_elsewhere_is_said_and_what_is_written_waits(cast: Cast, visitor: Visitor) -> None:
    anna = enter(visitor(), cast.anna)
    expect(anna.locator("[data-present] li")).to_have_count(1)
    chat.say(by=cast.luc, room=cast.families, body="Of others", client_id=uuid.uuid4())
    expect(messages(anna)).to_have_text(["Of others"])
    anna.context.clear_cookies()
    cast.anna.set_unusable_password()
    cast.anna.save()
    expect(anna.get_by_text("You are not signed in any more")).to_be_visible(timeout=15_000)
    say(anna, "Still typed")
    expect(anna.locator(".message-waiting")).to_have_count(1)
    expect(messages(anna)).to_have_text(["Still typed"])
    assert "Of others" not in anna.content()
    enter(anna, cast.anna)
    expect(anna.locator("[data-log] .message[data-seq] .message-words")).to_have_text(["Of others", "Still typed"])


def test_who_loses_the_room_while_away_is_told(cast: Cast, visitor: Visitor) -> None:
    carlo = enter(visitor(), cast.carlo)
    expect(carlo.locator("[data-present] li")).to_have_count(1)
    carlo.context.set_offline(True)
    PersonGrant.objects.filter(user=cast.carlo).delete()
    carlo.context.set_offline(False)
    expect(carlo.get_by_text("You can no longer read this chat.")).to_be_visible(timeout=15_000)
    expect(carlo.get_by_label("Your message")).to_be_hidden()


@pytest.mark.parametrize("how", ["its place is taken", "its partner is suspended", "its account is shut"])
def test_a_page_that_is_open_keeps_nothing_of_what_its_reader_may_no_longer_read(
    cast: Cast, visitor: Visitor, how: str
) -> None:
    for number in range(60):
        chat.say(by=cast.luc, room=cast.families, body=f"Delicate {number}", client_id=uuid.uuid4())
    anna = enter(visitor(width=390), cast.anna)
    earlier = anna.context.new_page()
    earlier.goto("/rooms/families/chat/?before=40")
    for page in (anna, earlier):
        expect(page.get_by_text("Delicate 30", exact=True)).to_have_count(1)
        page.wait_for_function("document.querySelector('[data-bell]') !== null")
    expect(anna.locator("[data-present] li")).to_have_count(1)
    anna.get_by_role("link", name=re.compile("Reply")).last.click()
    if how == "its place is taken":
        rooms.withdraw_grant(by=cast.clara, room=cast.families, holder=cast.malmo)
    elif how == "its partner is suspended":
        suspend(by=cast.clara, partner=cast.malmo, reason="A question of money")
    else:
        with transaction.atomic():
            shut(cast.anna)
    for page in (anna, earlier):
        told = "You are not signed in any more" if "shut" in how else "You can no longer read this chat."
        expect(page.get_by_text(told)).to_be_visible(timeout=15_000)
        expect(page.get_by_text("no longer shown here").filter(visible=True)).to_have_count(1)
        expect(messages(page)).to_have_count(0)
        assert "Delicate" not in page.locator("body").inner_html()
        assert not barriers(page)


def test_what_is_quoted_changed_and_taken_back_is_so_on_every_open_page(cast: Cast, visitor: Visitor) -> None:
    for number in range(60):
        chat.say(by=cast.luc, room=cast.families, body=f"Message {number}", client_id=uuid.uuid4())
    anna, mona = enter(visitor(), cast.anna), enter(visitor(width=390), cast.mona)
    earlier = anna.context.new_page()
    earlier.goto("/rooms/families/chat/?message=5#message-5")
    expect(earlier.locator(".message-linked .message-words")).to_have_text("Message 4")
    expect(earlier.locator(".message-linked")).to_be_in_viewport()
    mona.goto("/rooms/families/chat/?reply_to=5#say")
    say(mona, "To the fifth")
    quote = anna.locator(".message-quote[data-quote='5']")
    expect(quote).to_have_text("Luc Delvaux: Message 4")

    fifth = ChatMessage.objects.get(seq=5)
    edit_message(by=cast.luc, message=fifth, body="Message *four*")
    expect(quote).to_have_text("Luc Delvaux: Message four")
    expect(earlier.locator("#message-5 .message-words")).to_have_text("Message four")
    expect(earlier.locator("#message-5 [data-edited]")).to_be_visible()
    quote.click()
    expect(anna.locator("#message-5")).to_be_in_viewport()
    anna.go_back()

    retract_message(by=cast.luc, message=fifth)
    for page in (anna, mona):
        expect(page.locator(".message-quote[data-quote='5']")).to_have_text("A message that is not there any more")
    expect(earlier.locator("#message-5 .message-body")).to_have_text("This message was taken back by its author.")
    assert not [page for page in (anna, mona, earlier) if "Message four" in page.content()]

    mona.get_by_role("link", name=re.compile("^Change what you said")).last.click()
    mona.get_by_label("Your message").fill("To whom it was")
    mona.get_by_role("button", name="Save the change").click()
    expect(anna.locator(".message").last).to_contain_text("To whom it was")
    expect(anna.locator(".message").last).to_contain_text("changed")
    for page in (anna, mona, earlier):
        assert not barriers(page)


def test_one_press_below_a_message_is_counted_on_every_open_page(cast: Cast, visitor: Visitor) -> None:
    chat.say(by=cast.luc, room=cast.families, body="Friday it is", client_id=uuid.uuid4())
    luc, anna = enter(visitor(), cast.luc), enter(visitor(width=390), cast.anna)
    expect(anna.locator("[data-present] li")).to_have_count(2)
    anna.get_by_role("button", name="Thank").click()
    expect(anna.get_by_role("button", name="Thank 1")).to_have_attribute("aria-pressed", "true")
    expect(luc.locator("#message-1 [data-reactions]")).to_have_text(re.compile("Thank 1"))
    chat.say(by=cast.luc, room=cast.families, body="And the week after", client_id=uuid.uuid4())
    anna.locator("#message-3").get_by_role("button", name="Agree").click()
    expect(luc.locator("#message-3 [data-reactions]")).to_have_text(re.compile("Agree 1"))
    anna.get_by_role("button", name="Thank 1").click()
    expect(luc.locator("#message-1 [data-reactions] .reaction").first).to_be_hidden()
    for page in (luc, anna):
        assert not barriers(page)


def test_one_presses_without_a_script(cast: Cast, visitor: Visitor) -> None:
    chat.say(by=cast.luc, room=cast.families, body="Friday it is", client_id=uuid.uuid4())
    anna = enter(visitor(java_script_enabled=False), cast.anna)
    anna.get_by_role("button", name="Agree").click()
    anna.get_by_role("button", name="Agree 1").click()
    expect(anna.get_by_role("button", name="Agree", exact=True)).to_have_attribute("aria-pressed", "false")


def test_what_is_pinned_stands_beside_the_chat_of_everybody(cast: Cast, visitor: Visitor) -> None:
    chat.say(by=cast.luc, room=cast.families, body="The link is one", client_id=uuid.uuid4())
    mona, anna = enter(visitor(), cast.mona), enter(visitor(width=390), cast.anna)
    expect(anna.locator("[data-present] li")).to_have_count(2)
    mona.get_by_role("button", name="Pin", exact=True).click()
    pins = anna.locator("[data-pins] li")
    expect(pins).to_have_text(["Luc Delvaux: The link is one"])
    edit_message(by=cast.luc, message=ChatMessage.objects.get(), body="The link is two")
    expect(pins).to_have_text(["Luc Delvaux: The link is two"])
    expect(mona.locator("[data-pins] li")).to_have_text(["Luc Delvaux: The link is two"])
    for page in (mona, anna):
        assert not barriers(page)
    retract_message(by=cast.luc, message=ChatMessage.objects.get())
    expect(anna.locator("[data-pins]")).to_be_hidden()
    assert "The link" not in anna.content()
