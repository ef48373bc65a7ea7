"""What the trail says of somebody in words can be erased, and the trail stands as before."""

from __future__ import annotations

from accounts.actions import invitations as accounts
from forums.actions.moderation import hold_post, remove_post
from forums.actions.threads import reply, start_thread
from network import audit
from network.audit import forget_person
from network.models import AuditDetail, AuditEntry, User
from network.sealing import seal_trail, verify
from tests.cast import Cast


def details_of(entry: AuditEntry) -> AuditDetail | None:
    return AuditDetail.objects.filter(entry=entry.pk).first()


def forgotten(person: User, *entries: AuditEntry) -> list[bool]:
    """Which of the entries have lost their detail, after the trail was sealed and the person forgotten."""
    seal_trail()
    erased = forget_person(person)
    assert verify().broken is None
    lost = [details_of(entry) is None for entry in entries]
    assert erased == sum(lost)
    return lost


def test_what_they_did_and_what_was_done_to_them(cast: Cast) -> None:
    asked = audit.record("network.join_asked", by=cast.olga, target=cast.families, room=cast.families, note="Please.")
    about_her = audit.record("network.held", by=cast.mona, target=cast.olga, room=cast.families, reason="She shouts.")
    anothers = audit.record("network.join_asked", by=cast.eva, target=cast.families, room=cast.families, note="Me too.")
    assert forgotten(cast.olga, asked, about_her, anothers) == [True, True, False]


def test_a_detail_without_personal_words_stays(cast: Cast) -> None:
    granted = audit.record("network.granted", by=cast.clara, target=cast.olga, room=cast.families, level="view")
    without_reason = audit.record("network.removed", by=cast.olga, target=cast.families, reason="", count=3)
    assert forgotten(cast.olga, granted, without_reason) == [False, False]


def test_words_about_what_they_wrote_go_too(cast: Cast) -> None:
    thread = start_thread(by=cast.luc, room=cast.families, title="Parents", body="How?")
    hers = reply(by=cast.anna, thread=thread, body="At the school of …")
    hold_post(by=cast.mona, post=hers, reason="It names a school.")
    carlos = reply(by=cast.carlo, thread=thread, body="Nonsense.")
    remove_post(by=cast.mona, post=carlos, reason="It is rude.")
    held, removed = (AuditEntry.objects.get(verb=f"forums.post_{did}") for did in ("held", "removed"))
    assert forgotten(cast.anna, held, removed) == [True, False]


def test_what_they_did_under_a_number_goes_too(cast: Cast) -> None:
    thread = start_thread(by=cast.luc, room=cast.families, title="Openly", body="Well?", chatham=True)
    answer = reply(by=cast.anna, thread=thread, body="So.")
    remove_post(by=cast.mona, post=answer, reason="It is not so.")
    removed = AuditEntry.objects.get(verb="forums.post_removed")
    assert removed.actor != cast.mona.uid
    assert forgotten(cast.mona, removed) == [True]


def test_a_personal_detail_that_names_them_goes_and_one_that_names_another_stays(cast: Cast) -> None:
    hers = audit.record("workshops.promoted", by=None, target=cast.families, person=str(cast.olga.uid))
    evas = audit.record("workshops.promoted", by=None, target=cast.families, person=str(cast.eva.uid))
    # The number is somewhere in it, but in no personal word.
    aside = audit.record("workshops.promoted", by=None, target=cast.families, number=str(cast.olga.uid))
    assert forgotten(cast.olga, hers, evas, aside) == [True, False, False]


def test_words_about_an_invitation_to_them_go_too(cast: Cast) -> None:
    invitation = accounts.invite(by=cast.luc, email=cast.olga.email.upper(), partner=cast.liege)
    audit.declare("tests.invited_with_words", "invited", personal=("words",))  # type: ignore[arg-type]
    with_words = audit.record("tests.invited_with_words", by=cast.luc, target=invitation, words="An old friend.")
    del audit.VERBS["tests.invited_with_words"]
    assert forgotten(cast.olga, with_words) == [True]
