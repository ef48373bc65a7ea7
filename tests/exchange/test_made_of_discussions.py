"""A practice sheet that is made of a discussion: what its form begins with, and who learns where it came from."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from exchange.models import PracticeSheet
from forums.actions.summaries import summarise
from forums.actions.threads import reply
from forums.models import Thread
from network.labels import Label
from network.models import Item
from tests.cast import Cast
from tests.exchange.making import publish
from tests.factories import ThemeFactory
from tests.forums.test_discussing import start
from tests.forums.test_discussion_pages import queries
from tests.forums.test_properties import READERS, SETTINGS, undone

pytestmark = pytest.mark.django_db

NEW = "/rooms/families/practices/new/"


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def form_of(person: Any, thread: Thread, more: str = "") -> Any:
    response = signed_in(person).get(f"{NEW}?from={thread.uid}{more}")
    assert response.status_code == 200
    return response


def test_the_form_begins_with_what_was_said_and_no_further_than_it_goes(cast: Cast) -> None:
    theme = ThemeFactory(slug="support-to-families", name="Support to families")
    thread = start(cast, language="fr", themes=[theme], tlp=Label.AMBER)
    reply(by=cast.anna, thread=thread, body="A family worker does.")
    summarise(by=cast.luc, thread=thread, body="A **family worker** goes.")
    form = form_of(cast.carlo, thread).context["form"]
    values = {name: form[name].value() for name in ("title", "summary", "objectives", "methodology", "language", "tlp")}
    assert values == {
        "title": "Who rings the bell?",
        "summary": "A family worker goes.",
        "objectives": "Who goes to the families?",
        "methodology": "A family worker goes.",
        "language": "fr",
        "tlp": "AMBER",
    }
    assert form["themes"].value() == [theme.slug]
    too = form_of(cast.carlo, thread, "&too=1").context["form"]
    assert not too["title"].value()
    assert too["themes"].value() == [theme.slug]


def test_long_words_are_cut_to_what_the_fields_take(cast: Cast) -> None:
    thread = start(cast, title="x" * 200, body="word " * 400)
    form = form_of(cast.luc, thread).context["form"]
    assert len(form["title"].value()) == 100
    assert len(form["summary"].value()) <= 300


def test_under_the_rule_the_form_holds_the_summary_and_nobody(cast: Cast) -> None:
    thread = start(cast, chatham=True, body="We in Liège stopped.")
    reply(by=cast.anna, thread=thread, body="So did Malmö.")
    summarise(by=cast.luc, thread=thread, body="Two cities stopped.")
    response = form_of(cast.carlo, thread)
    form = response.context["form"]
    assert (form["summary"].value(), form["objectives"].value()) == ("Two cities stopped.", "")
    page = response.content.decode()
    begun = page[page.index("<main") : page.index('name="tlp"')]
    for words in ("Luc", "Delvaux", "Anna", "We in Liège", "So did"):
        assert words not in begun
    assert "who said it may not be told" in begun


def sent(thread: Thread, client: Client) -> dict[str, Any]:
    page = client.get(f"{NEW}?from={thread.uid}").context["form"]
    return {
        "made_from": page["made_from"].value(),
        "once": str(page["once"].value()),
        "title": "Ringing the bell",
        "summary": "Who goes, and how.",
        "objectives": "Calm.",
        "methodology": "A family worker.",
        "activities": "Eleven visits.",
        "geographical_scope": "city",
        "practice_status": "running",
        "evaluation_status": "none",
        "prevention_levels": ["primary"],
        "target_groups": ["parents"],
        "themes": [ThemeFactory().slug],
        "tlp": "AMBER",
    }


def test_the_sheet_and_the_discussion_lead_to_each_other(cast: Cast) -> None:
    thread = start(cast)
    carlo = signed_in(cast.carlo)
    fields = sent(thread, carlo)
    first, again = (carlo.post(NEW, fields) for _ in range(2))
    sheet = PracticeSheet.objects.get()
    assert first.url == again.url == sheet.get_absolute_url()
    assert sheet.made_from == Item.objects.get(pk=thread.pk)
    vera = signed_in(cast.vera)
    assert f'href="/discussions/{thread.uid}/"' in vera.get(first.url).content.decode()
    assert f'href="{sheet.get_absolute_url()}"' in vera.get(f"/discussions/{thread.uid}/").content.decode()


def test_of_what_one_does_not_see_nothing_is_made(cast: Cast) -> None:
    thread = start(cast, room=cast.schools)
    carlo = signed_in(cast.carlo)
    for origin in (thread.uid, "17", publish(cast).uid):
        assert carlo.get(f"{NEW}?from={origin}").status_code == 404
    fields = sent(start(cast), carlo) | {"made_from": str(thread.uid)}
    assert carlo.post(NEW, fields).status_code == 404
    assert not PracticeSheet.objects.filter(title="Ringing the bell").exists()


@SETTINGS
@given(one=st.sampled_from(Label), other=st.sampled_from(Label), readers=st.sets(st.sampled_from(READERS), max_size=5))
def test_only_who_sees_both_learns_that_one_was_made_of_the_other(
    cast: Cast, one: Label, other: Label, readers: set[str]
) -> None:
    with undone():
        thread, sheet = start(cast), publish(cast, by=cast.clara, room=cast.commons)
        Item.objects.filter(pk=sheet.pk).update(made_from=thread, tlp=one)
        Item.objects.filter(pk=thread.pk).update(tlp=other)
        for name in readers:
            person = getattr(cast, name)
            both = Item.objects.seen_inside_by(person).filter(pk__in=(thread.pk, sheet.pk)).count() == 2
            for here, there in ((thread, sheet), (sheet, thread)):
                page = signed_in(person).get(here.get_absolute_url()).content.decode()
                assert (there.get_absolute_url() in page) is both, (name, here)


def test_a_page_costs_as_much_for_three_sheets_as_for_one(cast: Cast) -> None:
    thread, sheet = start(cast), publish(cast)
    Item.objects.filter(pk=sheet.pk).update(made_from=thread)
    client = signed_in(cast.luc)
    assert queries(client, thread.get_absolute_url()) == 12
    for title in ("Two", "Three"):
        Item.objects.filter(pk=publish(cast, title=title).pk).update(made_from=thread)
    assert queries(client, thread.get_absolute_url()) == 12
