"""What a room is told of its moderation, and the numbers of the network for its coordinators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forums.actions import appeals, moderation, threads
from forums.models import Appeal, Case, Decision
from network import clock
from network.actions import items
from network.labels import Label
from network.models import Item, Room, State
from network.retention import KINDS, keep
from tests.cast import Cast
from tests.factories import ItemFactory
from tests.forums.test_cases import decide, report, signed_in
from tests.forums.test_discussing import start
from tests.forums.test_properties import READERS, SETTINGS, undone

pytestmark = pytest.mark.django_db
LOG = "/rooms/families/decisions/"


def main(page: Any) -> str:
    text: str = page.content.decode()
    return text[text.index("<main") : text.index("</main>")]


def test_members_read_what_was_decided_by_which_rule_without_words_or_names(cast: Cast) -> None:
    thread = start(cast)
    post = threads.reply(by=cast.anna, thread=thread, body="Telephones frighten nobody.")
    moderation.remove_post(by=cast.maud, post=post, reason="It names a school.", ground="personal")
    appeals.appeal(by=cast.anna, decision=Decision.objects.get(), text="It names none.")
    vera = signed_in(cast.vera)
    text = main(vera.get(LOG))
    for words in ("taken away", "Personal data of a third person", "a moderator", "An appeal against it waits."):
        assert words in text
    for words in ("Telephones", "It names", "Anna", "Maud", "Who rings", str(post.uid)):
        assert words not in text
    assert LOG in vera.get("/rooms/families/discussions/").content.decode()
    assert signed_in(cast.olga).get(LOG).status_code == 404


def test_what_a_room_has_checked_is_told_only_where_somebody_had_reported_it(cast: Cast) -> None:
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    room = Room.objects.get(pk=cast.families.pk)
    items.approve(by=cast.maud, item=start(cast, room=room, by=cast.carlo))
    assert "Nothing was decided here yet" in main(signed_in(cast.vera).get(LOG))
    post = threads.reply(by=cast.mona, thread=start(cast, room=room, by=cast.clara), body="A word.")
    decide(cast.maud, report(cast.luc, post), action="stands", ground="", facts="It names nobody.")
    assert "left standing" in main(signed_in(cast.vera).get(LOG))


@SETTINGS
@given(label=st.sampled_from(Label), reader=st.sampled_from(READERS))
def test_of_the_strictest_the_log_tells_those_alone_who_see_it(cast: Cast, label: Label, reader: str) -> None:
    with undone():
        item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, tlp=label)
        if label == Label.RED:
            item.named_people.set([cast.maud, cast.anna])
        items.hold(by=cast.maud, item=item, reason="To be checked.")
        person = getattr(cast, reader)
        page = signed_in(person).get(LOG)
        in_the_room = Room.objects.visible_to(person).filter(pk=cast.families.pk).exists()
        assert (page.status_code == 200) is in_the_room
        sees = Item.objects.seen_inside_by(person).filter(pk=item.pk).exists()
        told = in_the_room and (label <= Label.AMBER or sees)
        assert (page.status_code == 200 and "taken out of sight" in main(page)) is told


def test_coordinators_read_the_numbers_of_each_year_and_take_them_away(cast: Cast) -> None:
    clara = signed_in(cast.clara)
    assert "Nothing was reported or decided yet" in main(clara.get("/moderation/figures/"))
    thread = start(cast)
    for ground in ("personal", "personal", "charter"):
        post = threads.reply(by=cast.anna, thread=thread, body="A word.")
        case = report(cast.luc, post, ground)
    decide(cast.maud, case, ground="charter")
    appeals.appeal(by=cast.anna, decision=Decision.objects.get(), text="It does not.")
    file = clara.get("/moderation/figures/?as=csv").content.decode("utf-8-sig").splitlines()
    assert file[0] == f"table,what,{clock.now().year}"
    for line in (
        '"Reports, by what was said to be wrong",personal data of a third person,2',
        '"Reports, by what was said to be wrong",against the charter,1',
        '"Decisions","taken away, with a trace in its place",1',
        "Appeals,not decided yet,1",
    ):
        assert line.replace('"Decisions"', "Decisions") in file
    text = main(clara.get("/moderation/figures/"))
    assert "Anna" not in text
    for person in (cast.maud, cast.luc, cast.eva):
        assert signed_in(person).get("/moderation/figures/").status_code == 403


def test_old_cases_go_with_all_that_was_said_and_the_figures_of_their_year_stay(cast: Cast) -> None:
    clara, later = signed_in(cast.clara), clock.now() + timedelta(days=4 * 365)
    thread = start(cast)
    made = [threads.reply(by=cast.anna, thread=thread, body="A word.") for _n in range(4)]
    reported = [report(cast.luc, post, note="It was Anne.") for post in made]
    with clock.at(clock.now() + timedelta(hours=5)):
        decisions = [decide(cast.maud, case, ground="charter") for case in reported[:3]]
        answered, waits = [
            appeals.appeal(by=cast.anna, decision=decision, text="It does not.") for decision in decisions[1:]
        ]
        appeals.decide_appeal(by=cast.clara, appeal=answered, upheld=True, answer="It does not, indeed.")
    with clock.at(later):
        newer = report(cast.luc, threads.reply(by=cast.anna, thread=thread, body="New."))
        new = decide(cast.maud, newer, ground="charter")
        before = clara.get("/moderation/figures/?as=csv").content
        assert keep(KINDS["cases"]) == 2
        assert keep(KINDS["cases"]) == 0
        assert clara.get("/moderation/figures/?as=csv").content == before
    # What is open, waits for an answer or is not old stays.
    assert set(Case.objects.values_list("pk", flat=True)) == {reported[3].pk, waits.decision.case_id, new.case_id}
    assert not Appeal.objects.filter(pk=answered.pk).exists()
    made[0].refresh_from_db()
    assert made[0].state == State.REMOVED
    assert signed_in(cast.anna).get(decisions[0].get_absolute_url()).status_code == 404
    for page in ("/notifications/", "/reports/", LOG, "/accounts/export/"):
        for person in (cast.anna, cast.luc):
            assert signed_in(person).get(page).status_code == 200
