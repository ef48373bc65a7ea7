"""Decisions that moderators make ready, and begin others with."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forums.actions import moderation, threads
from forums.actions.saved import forget_decision, save_decision
from forums.models import SavedDecision
from network.models import AuditEntry
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.drawing import examples
from tests.forums.test_cases import report
from tests.forums.test_discussing import start

pytestmark = pytest.mark.django_db

GIVEN = {"title": "Names", "action": "removed", "ground": "personal", "facts": "One can tell who it is."}


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["mona", "maud", "clara", "luc", "anna", "carlo", "vera", "eva", "olga", "ivan", "sven"]))
def test_moderators_save_for_their_rooms_and_coordinators_for_all(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    for room, who in ((cast.families, {"mona", "maud", "clara"}), (None, {"clara"})):
        if name in who:
            saved = save_decision(by=person, room=room, **GIVEN)
            assert save_decision(by=person, room=room, **GIVEN).pk == saved.pk
            forget_decision(by=person, saved=saved)
            continue
        with pytest.raises((Forbidden, Unseen)):
            save_decision(by=person, room=room, **GIVEN)
    assert not SavedDecision.objects.exists()


def test_a_decision_begins_with_a_saved_one_and_is_still_ones_own_to_write(cast: Cast) -> None:
    saved = save_decision(by=cast.mona, room=cast.families, **GIVEN)
    everywhere = save_decision(by=cast.clara, room=None, **{**GIVEN, "title": "Everywhere"})
    elsewhere = save_decision(by=cast.clara, room=cast.schools, **{**GIVEN, "title": "Elsewhere"})
    case = report(cast.luc, threads.reply(by=cast.carlo, thread=start(cast), body="A word."))
    client = signed_in(cast.maud)
    page = client.get(case.get_absolute_url()).content.decode()
    assert [str(one.uid) in page for one in (saved, everywhere, elsewhere)] == [True, True, False]
    assert "One can tell who it is." not in page
    page = client.get(f"{case.get_absolute_url()}?saved={saved.uid}").content.decode()
    assert "One can tell who it is." in page
    assert 'value="personal" selected' in page
    for wrong in (str(elsewhere.uid), "nothing", "%00"):
        assert "One can tell who it is." not in client.get(f"{case.get_absolute_url()}?saved={wrong}").content.decode()


def test_the_pages_make_change_and_take_away(cast: Cast) -> None:
    client = signed_in(cast.mona)
    address = reverse("forums:room-saved", args=["families"])
    refused = client.post(address, {**GIVEN, "ground": ""})
    assert refused.status_code == 422
    assert "One can tell who it is." in refused.content.decode()
    assert client.post(address, GIVEN).status_code == 302
    saved = SavedDecision.objects.get()
    assert client.post(saved.get_absolute_url(), {**GIVEN, "facts": "It names a school."}).status_code == 302
    saved.refresh_from_db()
    assert saved.facts == "It names a school."
    assert not any("names a school" in str(entry.__dict__) for entry in AuditEntry.objects.all())
    assert client.post(reverse("forums:saved-forget", args=[saved.uid])).status_code == 302
    assert not SavedDecision.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"title": "x" * 101}, {"title": "a\0"}, {"action": "held"}, {"ground": "none"}, {"facts": ""}],
)
def test_what_is_incomplete_is_refused_at_its_field(cast: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        save_decision(by=cast.mona, room=cast.families, **{**GIVEN, **wrong})
    assert refusal.value.field in wrong


def test_a_reason_begins_with_a_saved_decision_too(cast: Cast) -> None:
    saved = save_decision(by=cast.mona, room=cast.families, **GIVEN)
    warning = save_decision(by=cast.mona, room=cast.families, **{**GIVEN, "title": "A word", "action": "warned"})
    post = threads.reply(by=cast.carlo, thread=start(cast), body="A word.")
    client = signed_in(cast.maud)
    at = f"/discussions/{post.thread.uid}/posts/{post.uid}/moderate/"
    page = client.get(at).content.decode()
    assert str(saved.uid) in page
    assert str(warning.uid) not in page
    assert "One can tell who it is." not in page
    assert "One can tell who it is." in client.get(f"{at}?saved={saved.uid}").content.decode()
    moderation.hold_post(by=cast.maud, post=post)
    case = f"/moderation/post/{post.uid}/"
    refused = client.post(case, {"decision": "remove", "reason": ""})
    assert refused.status_code == 422
    assert f'value="{saved.uid}"' in refused.content.decode()
    begun = client.post(case, {"saved": str(saved.uid)})
    assert begun.status_code == 200
    assert "One can tell who it is." in begun.content.decode()
    assert client.post(case, {"saved": "nothing"}).status_code == 200
    post.refresh_from_db()
    assert post.state == "held"
