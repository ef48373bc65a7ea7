"""Reporting, taking a case on, deciding it with a statement of reasons."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from forums import precedents, targets
from forums.actions import cases, chat, moderation, proposals, threads
from forums.models import Case, ChatMessage, Decision, Post, Proposal, Report, Thread
from network import search
from network.actions import items
from network.actions.rooms import open_direct_room
from network.labels import Label
from network.models import AuditDetail, AuditEntry, Item, Notification, Room, State
from network.permissions import Level
from network.refusals import Forbidden, Invalid, NeedsSecondFactor, Unseen
from tests.cast import Cast
from tests.factories import ItemFactory, grant
from tests.forums.test_discussing import sentences, start

pytestmark = pytest.mark.django_db
WRONG = {"action": "removed", "ground": "personal", "facts": "It names a school and a child."}


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def thread(cast: Cast) -> Thread:
    return start(cast)


@pytest.fixture
def post(cast: Cast, thread: Thread) -> Post:
    return threads.reply(by=cast.anna, thread=thread, body="Telephones frighten nobody.")


def report(by: Any, thing: Any, ground: str = "personal", kind: str = "post", note: str = "") -> Case:
    return cases.report(by=by, target=targets.seen_by(by, kind, thing.uid), ground=ground, note=note).case


def decide(by: Any, case: Case, **given: Any) -> Decision:
    return cases.decide_case(by=by, case=Case.objects.get(pk=case.pk), **(WRONG | given))


def erase(cast: Cast, case: Case) -> None:
    """Erasing takes two."""
    decide(cast.maud, case, action="redacted")
    proposals.confirm(by=cast.clara, proposal=Proposal.objects.get(case=case, settled_at=None))


# --- reporting ------------------------------------------------------------------------------------


def test_what_is_reported_is_acknowledged_with_a_number_and_waits_for_the_moderators(cast: Cast, post: Post) -> None:
    answer = signed_in(cast.luc).post(
        f"/report/post/{post.uid}/", {"ground": "personal", "note": "A school."}, follow=True
    )
    case = Case.objects.get()
    assert case.number in answer.content.decode()
    assert (case.author, case.partner, case.part_kind, case.part_id) == (cast.anna, cast.malmo, "post", post.pk)
    for person in (cast.mona, cast.maud, cast.clara):
        assert sentences(person) == [f"Something in the room {cast.families.name} was reported"]
    assert not sentences(cast.anna)
    assert case.number in signed_in(cast.maud).get("/moderation/").content.decode()


def test_reported_twice_is_reported_once_and_by_two_is_one_case(cast: Cast, post: Post) -> None:
    first = report(cast.luc, post, "off_topic")
    assert report(cast.luc, post, "off_topic") == first
    assert report(cast.carlo, post, "threat") == first
    first.refresh_from_db()
    assert (first.gravity, Report.objects.count()) == (0, 2)


def test_what_somebody_adds_to_their_report_is_never_lost(cast: Cast, post: Post) -> None:
    luc = signed_in(cast.luc)
    luc.post(f"/report/post/{post.uid}/", {"ground": "off_topic", "note": "About another town."})
    case = Case.objects.get()
    sent = {"ground": "threat", "note": "Now he says when."}
    assert luc.post(f"/report/post/{post.uid}/", sent).url == "/threat-to-life/"
    assert luc.post(f"/report/post/{post.uid}/", sent).url == "/threat-to-life/"
    said = Report.objects.get()
    assert (said.ground, said.note) == ("threat", "About another town.\n\nNow he says when.")
    case.refresh_from_db()
    assert case.gravity == 0
    # Milder words take nothing back.
    report(cast.luc, post, "off_topic")
    assert Report.objects.get().ground == "threat"
    long = luc.post(f"/report/post/{post.uid}/", {"ground": "threat", "note": "x" * 990})
    assert (long.status_code, "x" * 990 in long.content.decode()) == (422, True)


def test_the_queue_says_the_gravest_reason_of_each_case(cast: Cast, post: Post) -> None:
    report(cast.luc, post, "off_topic")
    report(cast.carlo, post, "personal")
    page = signed_in(cast.maud).get("/moderation/").content.decode()
    assert "personal data of a third person" in page
    assert "not what this room is for" not in page


def test_whoever_reported_several_things_tells_them_apart(cast: Cast, post: Post) -> None:
    report(cast.luc, post)
    report(cast.luc, ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo), kind="item")
    report(cast.luc, cast.anna, kind="person")
    page = signed_in(cast.luc).get("/reports/").content.decode()
    for words in ("Post · personal data", "Document · personal data", "Profile · personal data"):
        assert words in page


@pytest.mark.parametrize(
    ("given", "words"), [({"action": "stands", "ground": ""}, "found nothing wrong"), ({}, "did something about it")]
)
def test_whoever_reported_reads_whether_anything_came_of_it(
    cast: Cast, post: Post, given: dict[str, str], words: str
) -> None:
    case = report(cast.luc, post)
    assert words not in signed_in(cast.luc).get("/reports/").content.decode()
    decide(cast.maud, case, **given)
    assert words in signed_in(cast.luc).get("/reports/").content.decode()


def test_moderators_are_not_offered_to_decide_about_what_they_wrote(cast: Cast, thread: Thread) -> None:
    own = threads.reply(by=cast.maud, thread=thread, body="My own.")
    page = f"{own.get_absolute_url()}moderate/"
    moderation.hold_post(by=cast.maud, post=own)
    assert "Let it stand" not in signed_in(cast.maud).get(page).content.decode()
    assert "Another moderator decides about what you wrote yourself." in signed_in(cast.maud).get(page).content.decode()
    assert "Let it stand" in signed_in(cast.clara).get(page).content.decode()
    assert "Let it stand" not in signed_in(cast.maud).get("/moderation/").content.decode()
    assert "Let it stand" in signed_in(cast.clara).get("/moderation/").content.decode()


def test_a_notice_says_what_was_decided_and_not_about_what(cast: Cast, post: Post) -> None:
    case = report(cast.luc, post)
    decide(cast.maud, case, action="warned")
    page = signed_in(cast.anna).get("/notifications/").content.decode()
    assert f"Case {case.number}: its author warned" in page
    assert "Telephones frighten nobody" not in page
    assert f"Case {case.number}" in signed_in(cast.luc).get("/notifications/").content.decode()


def test_a_report_says_what_is_wrong_or_nothing_is_lost(cast: Cast, post: Post) -> None:
    luc = signed_in(cast.luc)
    for sent in ({"note": "Typed at length"}, {"ground": "nonsense", "note": "Typed at length"}):
        answer = luc.post(f"/report/post/{post.uid}/", sent)
        assert answer.status_code == 422
        assert "Typed at length" in answer.content.decode()
    long = luc.post(f"/report/post/{post.uid}/", {"ground": "charter", "note": "x" * 1001})
    assert (long.status_code, Case.objects.exists()) == (422, False)
    with pytest.raises(Invalid):
        report(cast.luc, post, note="a\0b")


def test_nobody_reports_their_own_nor_what_they_do_not_see(cast: Cast, post: Post) -> None:
    assert signed_in(cast.anna).get(f"/report/post/{post.uid}/").status_code == 403
    assert signed_in(cast.olga).get(f"/report/post/{post.uid}/").status_code == 404
    assert signed_in(cast.luc).get(f"/report/post/{uuid.uuid4()}/").status_code == 404
    assert signed_in(cast.luc).get(f"/report/room/{cast.families.uid}/").status_code == 404


@pytest.mark.parametrize("kind", ["post", "message", "item", "person"])
def test_everything_can_be_reported_from_where_it_is_shown(cast: Cast, post: Post, kind: str) -> None:
    luc = signed_in(cast.luc)
    message = chat.say(by=cast.anna, room=cast.families, body="Hello.", client_id=uuid.uuid4())
    item = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo)
    thing = {"post": post, "message": message, "item": item, "person": cast.anna}[kind]
    if kind in ("post", "person"):
        where = post.thread.get_absolute_url() if kind == "post" else thing.get_absolute_url()
        assert f'href="/report/{kind}/{thing.uid}/"' in luc.get(where).content.decode()
    if kind == "message":
        page = luc.get("/rooms/families/chat/").content.decode()
        assert f'href="?report={message.seq}"' in page
        assert luc.get(f"/rooms/families/chat/?report={message.seq}").url == f"/report/message/{message.uid}/"
        assert luc.get("/rooms/families/chat/?report=999").status_code == 404
    luc.post(f"/report/{kind}/{thing.uid}/", {"ground": "charter"})
    assert Case.objects.get().author == cast.anna


def test_who_reported_is_shown_to_nobody_else(cast: Cast, post: Post) -> None:
    case = report(cast.carlo, post, note="Look at the school.")
    maud, anna = signed_in(cast.maud), signed_in(cast.anna)
    pages = [maud.get("/moderation/"), maud.get(case.get_absolute_url())]
    decide(cast.maud, case)
    pages += [maud.get(case.get_absolute_url()), anna.get(Decision.objects.get().get_absolute_url())]
    pages += [signed_in(cast.clara).get("/audit/"), anna.get("/notifications/"), anna.get("/reports/")]
    for page in pages:
        assert page.status_code == 200
        text = page.content.decode()
        # The trail has a filter by people; what it tells stands in its rows.
        assert "Carlo" not in text[text.index("<main") : text.index("</main>")]
    assert AuditEntry.objects.get(verb="forums.reported").actor is None
    assert not Notification.objects.filter(by=cast.carlo).exists()


def test_a_threat_to_life_leads_to_what_to_do_and_to_nobody_by_itself(cast: Cast, post: Post) -> None:
    answer = signed_in(cast.luc).post(f"/report/post/{post.uid}/", {"ground": "threat"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/threat-to-life/"
    page = answer.content.decode()
    assert "Call" in page
    assert "112" in page
    assert Case.objects.get().number in page
    assert "/threat-to-life/" in signed_in(cast.maud).get(Case.objects.get().get_absolute_url()).content.decode()


def test_a_profile_is_for_the_coordinators(cast: Cast) -> None:
    case = report(cast.luc, cast.anna, kind="person")
    assert [case in Case.objects.visible_to(one) for one in (cast.clara, cast.maud, cast.mona)] == [True, False, False]
    assert sentences(cast.clara) == ["Something was reported that coordinators decide"]
    assert decide(cast.clara, case, action="warned").action == "warned"
    assert sentences(cast.anna) == ["It was decided about something that you wrote or shared"]


def test_from_a_direct_room_one_message_is_disclosed_to_the_coordinator_who_takes_it_on(cast: Cast) -> None:
    room = open_direct_room(by=cast.luc, people=[cast.anna])
    said = chat.say(by=cast.anna, room=room, body="I will find you.", client_id=uuid.uuid4())
    chat.say(by=cast.anna, room=room, body="Nobody else reads this.", client_id=uuid.uuid4())
    case = report(cast.luc, said, "threat", kind="message")
    clara = signed_in(cast.clara)
    assert (
        "find you"
        not in clara.get("/moderation/").content.decode() + clara.get(case.get_absolute_url()).content.decode()
    )
    clara.post(f"{case.get_absolute_url()}take/")
    page = clara.get(case.get_absolute_url()).content.decode()
    assert "I will find you." in page
    assert "Nobody else reads this." not in page
    assert AuditEntry.objects.filter(verb="forums.case_taken", target=case.uid, actor=cast.clara.uid).count() == 1
    assert signed_in(cast.mona).get(case.get_absolute_url()).status_code == 404
    decide(cast.clara, case)
    assert ChatMessage.objects.get(pk=said.pk).state == State.REMOVED
    assert "find you" not in clara.get(case.get_absolute_url()).content.decode()


# --- what a label keeps from a moderator ----------------------------------------------------------


def test_a_report_discloses_the_one_part_to_who_takes_it_on_and_to_nobody_else(cast: Cast) -> None:
    red = start(cast, tlp=Label.RED, title="A secret title", named_people=[cast.anna, cast.carlo])
    post = threads.reply(by=cast.anna, thread=red, body="Between us alone.")
    threads.reply(by=cast.carlo, thread=red, body="Another word.")
    case = report(cast.luc, post, note="Anna says so in A secret title.")
    maud = signed_in(cast.maud)
    for page in (maud.get("/moderation/"), maud.get(case.get_absolute_url())):
        text = page.content.decode()
        for words in ("A secret title", "Between us", "Anna"):
            assert words not in text
        assert case.number in text
    with pytest.raises(Forbidden, match="Take the case on"):
        decide(cast.maud, case)
    maud.post(f"{case.get_absolute_url()}take/")
    text = maud.get(case.get_absolute_url()).content.decode()
    assert "Between us alone." in text
    assert "Another word." not in text
    assert "Between us" not in signed_in(cast.mona).get(case.get_absolute_url()).content.decode()
    assert maud.get(red.get_absolute_url()).status_code == 404
    decide(cast.maud, case)
    assert Post.objects.get(pk=post.pk).state == State.REMOVED
    assert "Between us" not in maud.get(case.get_absolute_url()).content.decode()


def test_what_is_restricted_is_disclosed_with_a_second_factor_alone(cast: Cast, settings: Any) -> None:
    red = start(cast, tlp=Label.RED, named_people=[cast.anna])
    case = report(cast.luc, threads.reply(by=cast.anna, thread=red, body="Between us."))
    cases.take_case(by=cast.maud, case=case)
    settings.LIAISE_REQUIRE_MFA = True
    with pytest.raises(NeedsSecondFactor):
        decide(cast.maud, case)
    cast.maud.assured = True
    decide(cast.maud, case)


# --- deciding -------------------------------------------------------------------------------------


def test_a_decision_is_carried_out_at_once_and_told_with_its_reasons(cast: Cast, thread: Thread, post: Post) -> None:
    case = report(cast.luc, post)
    maud = signed_in(cast.maud)
    assert maud.post(case.get_absolute_url(), WRONG).url == "/moderation/"
    decision = Decision.objects.get()
    assert (decision.by, decision.ground, decision.from_report) == (cast.maud, "personal", True)
    assert Post.objects.get(pk=post.pk).state == State.REMOVED
    assert not search.find(cast.luc, "telephone")
    assert sentences(cast.anna) == ["Your post in “Who rings the bell?” was removed by a moderator"]
    assert "What you reported has been decided" in sentences(cast.luc)
    assert not Notification.objects.filter(kind="reported").exists()
    statement = signed_in(cast.anna).get(decision.get_absolute_url()).content.decode()
    for words in ("personal data of a third person", "It names a school and a child.", "Telephones frighten nobody."):
        assert words.lower() in statement.lower()
    assert signed_in(cast.luc).get(decision.get_absolute_url()).status_code == 404
    entry = AuditEntry.objects.get(verb="forums.case_decided")
    assert AuditDetail.objects.get(entry=entry.pk).data["facts"] == "It names a school and a child."


@pytest.mark.parametrize(
    ("left_out", "field"), [({"ground": ""}, "ground"), ({"facts": " "}, "facts"), ({"action": "burn"}, "action")]
)
def test_nothing_is_decided_without_rule_and_facts(
    cast: Cast, post: Post, left_out: dict[str, str], field: str
) -> None:
    case = report(cast.luc, post)
    with pytest.raises(Invalid) as refusal:
        decide(cast.maud, case, **left_out)
    assert refusal.value.field == field
    page = signed_in(cast.maud).post(case.get_absolute_url(), WRONG | {"facts": "Kept."} | left_out)
    assert page.status_code == 422
    case.refresh_from_db()
    assert case.closed_at is None


def test_what_stands_needs_no_rule_and_its_author_hears_nothing(cast: Cast, post: Post) -> None:
    case = report(cast.luc, post)
    decide(cast.maud, case, action="stands", ground="", facts="It names nobody.")
    assert Post.objects.get(pk=post.pk).state == State.PUBLISHED
    assert not sentences(cast.anna)
    assert "What you reported has been decided" in sentences(cast.luc)


def test_erased_words_are_gone_everywhere_and_never_come_back(cast: Cast, thread: Thread, post: Post) -> None:
    case = report(cast.luc, post)
    erase(cast, case)
    post.refresh_from_db()
    assert (post.body, post.html, post.state) == ("", "", State.REMOVED)
    assert "Telephones" not in signed_in(cast.maud).get(thread.get_absolute_url()).content.decode()
    assert not search.find(cast.maud, "telephone")
    with pytest.raises(Forbidden, match="erased"):
        moderation.approve_post(by=cast.maud, post=post)


def test_a_whole_discussion_is_erased_tightened_or_locked(cast: Cast) -> None:
    by_anna = [start(cast, by=cast.anna, title=f"Title {n}") for n in range(3)]
    made = [report(cast.luc, thread, kind="item") for thread in by_anna]
    erase(cast, made[0])
    decide(cast.maud, made[1], action="tightened", ground="label", tlp=Label.RED)
    decide(cast.maud, made[2], action="locked")
    rows = [Thread.objects.get(pk=thread.pk) for thread in by_anna]
    assert (rows[0].title, rows[0].state, rows[0].posts.get().body) == ("Erased", State.REMOVED, "")
    assert "A moderator erased its words." in signed_in(cast.anna).get(rows[0].get_absolute_url()).content.decode()
    assert (rows[1].tlp, rows[2].is_locked) == (Label.RED, True)
    with pytest.raises(Invalid):
        decide(cast.maud, report(cast.luc, by_anna[2], kind="item"), action="tightened", tlp=Label.CLEAR)


def test_of_two_who_decide_at_once_one_decides_and_the_other_is_told(cast: Cast, post: Post) -> None:
    case = report(cast.luc, post)
    clara = signed_in(cast.clara)
    signed_in(cast.maud).post(case.get_absolute_url(), WRONG)
    answer = clara.post(case.get_absolute_url(), WRONG | {"action": "stands"}, follow=True)
    assert "Somebody else has decided this in the meantime." in answer.content.decode()
    assert Decision.objects.count() == 1
    with pytest.raises((cases.AlreadyDecided, Invalid)):
        cases.decide_case(by=cast.clara, case=case, **WRONG)


def test_nobody_decides_about_their_own(cast: Cast, thread: Thread) -> None:
    own = threads.reply(by=cast.mona, thread=thread, body="By the moderator.")
    case = report(cast.luc, own)
    mona = signed_in(cast.mona)
    assert mona.get(case.get_absolute_url()).status_code == 404
    assert case.number not in mona.get("/moderation/").content.decode()
    assert not [one for one in sentences(cast.mona) if "reported" in one]
    with pytest.raises(Unseen):
        decide(cast.mona, case)


def test_who_moderates_alone_has_the_coordinators_decide_about_what_is_theirs(cast: Cast) -> None:
    room = Room.objects.create(slug="alone", name="Alone")
    grant(cast.luc, Level.MANAGE, room)
    grant(cast.malmo, Level.CONTRIBUTE, room)
    thread = start(cast, room=room, by=cast.luc)
    case = report(cast.anna, thread, kind="item")
    assert case.for_coordinators
    assert case in Case.objects.visible_to(cast.clara)


def test_about_ones_own_partner_somebody_else_decides_where_there_is_somebody(cast: Cast, post: Post) -> None:
    case = report(cast.luc, post)
    page = signed_in(cast.mona).get(case.get_absolute_url()).content.decode()
    assert "It is about your own partner." in page
    with pytest.raises(Forbidden, match="own partner"):
        decide(cast.mona, case)
    with pytest.raises(Forbidden, match="own partner"):
        moderation.remove_post(by=cast.mona, post=post, reason="It names a school.")
    room = Room.objects.create(slug="of-malmo", name="Of Malmö")
    grant(cast.mona, Level.MANAGE, room)
    grant(cast.malmo, Level.CONTRIBUTE, room)
    grant(cast.luc, Level.CONTRIBUTE, room)
    decide(cast.mona, report(cast.luc, start(cast, room=room, by=cast.anna), kind="item"))


def test_what_is_removed_beside_the_queue_stands_in_the_same_record(cast: Cast, thread: Thread, post: Post) -> None:
    case = report(cast.luc, post)
    moderation.remove_post(by=cast.maud, post=post, reason="It names a school.", ground="personal")
    case.refresh_from_db()
    assert case.closed_at is not None
    item = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo)
    items.remove(by=cast.mona, item=item, reason="Wrong room.")
    said = [(one.case.item_id, one.action, one.facts, one.from_report) for one in Decision.objects.order_by("pk")]
    assert said == [
        (thread.pk, "removed", "It names a school.", True),
        (item.pk, "removed", "Wrong room.", False),
    ]
    assert signed_in(cast.anna).get(Decision.objects.latest("pk").get_absolute_url()).status_code == 200


def test_what_one_takes_away_of_ones_own_is_no_decision(cast: Cast) -> None:
    items.remove(by=cast.luc, item=start(cast), reason="")
    assert not Decision.objects.exists()


def test_what_was_decided_before_about_the_same_person_stands_beside_a_case(cast: Cast, thread: Thread) -> None:
    first = threads.reply(by=cast.anna, thread=thread, body="The first.")
    moderation.remove_post(by=cast.maud, post=first, reason="It names a school.", ground="personal")
    elsewhere = ItemFactory(room=cast.commons, author=cast.anna, partner=cast.malmo)
    items.remove(by=cast.clara, item=elsewhere, reason="Elsewhere.")
    case = report(cast.luc, threads.reply(by=cast.anna, thread=thread, body="The second."))
    page = signed_in(cast.maud).get(case.get_absolute_url()).content.decode()
    assert "It names a school." in page
    assert "Elsewhere." not in page


# --- under the Chatham House Rule -----------------------------------------------------------------


def test_under_the_rule_a_case_knows_a_number_and_looks_at_this_discussion_alone(cast: Cast, thread: Thread) -> None:
    named = threads.reply(by=cast.anna, thread=thread, body="Under my name.")
    moderation.remove_post(by=cast.maud, post=named, reason="Named before.", ground="charter")
    hidden = start(cast, by=cast.luc, chatham=True, title="Between us")
    post = threads.reply(by=cast.anna, thread=hidden, body="We stopped.")
    case = report(cast.carlo, post)
    assert case.partner is None
    mona = signed_in(cast.mona)
    mona.post(f"{case.get_absolute_url()}take/")
    for page in (mona.get("/moderation/"), mona.get(case.get_absolute_url())):
        text = page.content.decode()
        assert "Participant 2" in text
        for words in ("Anna", "Named before.", "Carlo"):
            assert words not in text
    decide(cast.mona, case, action="warned")
    assert sentences(cast.anna)[0] == "It was decided about something that you wrote or shared"
    later = report(cast.carlo, threads.reply(by=cast.anna, thread=thread, body="Later."))
    assert not [one for one in precedents.about_same_person(cast.maud, later) if one.case_id == case.pk]


@pytest.mark.parametrize("author", ["maud", "anna"])
def test_under_the_rule_it_never_depends_on_whose_it_is_who_decides(cast: Cast, author: str) -> None:
    room = Room.objects.create(slug="alone", name="Alone")
    grant(cast.maud, Level.MANAGE, room)
    for person in (cast.anna, cast.luc):
        grant(person, Level.CONTRIBUTE, room)
    thread = start(cast, room=room, by=cast.luc, chatham=True)
    post = threads.reply(by=getattr(cast, author), thread=thread, body="We stopped.")
    assert report(cast.luc, post).for_coordinators


def test_a_held_post_that_is_reported_waits_once(cast: Cast, post: Post) -> None:
    case = report(cast.luc, post)
    moderation.hold_post(by=cast.mona, post=post, reason="To be checked.")
    page = signed_in(cast.maud).get("/moderation/").content.decode()
    assert page.count("Telephones frighten nobody.") == 1
    decide(cast.maud, case, action="stands", ground="", facts="It names nobody.")
    assert Post.objects.get(pk=post.pk).state == State.PUBLISHED


def test_the_gravest_comes_first_then_the_oldest(cast: Cast, thread: Thread, post: Post) -> None:
    other = threads.reply(by=cast.anna, thread=thread, body="Less grave.")
    third = threads.reply(by=cast.anna, thread=thread, body="Held alone.")
    moderation.hold_post(by=cast.mona, post=third)
    report(cast.luc, other, "off_topic")
    report(cast.luc, post, "threat")
    page = signed_in(cast.maud).get("/moderation/").content.decode()
    places = [page.index(words) for words in ("Telephones frighten", "Less grave.", "Held alone.")]
    assert places == sorted(places)


def test_what_is_not_there_any_more_has_no_page(cast: Cast) -> None:
    item = ItemFactory(room=cast.families, author=cast.anna, partner=cast.malmo)
    case = report(cast.luc, item, kind="item")
    Item.objects.filter(pk=item.pk).delete()
    assert signed_in(cast.maud).get(case.get_absolute_url()).status_code == 404
