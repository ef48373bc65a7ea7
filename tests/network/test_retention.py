"""Each kind of data is kept for so long as coordinators say, and no longer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions import invitations as accounts
from accounts.models import AccessRequest, Export, Import, Invitation
from forums.actions.threads import start_thread
from forums.models import Change
from network import clock, retention, tasks
from network.actions.retention import keep_for
from network.labels import Label
from network.models import (
    AuditDetail,
    AuditEntry,
    Draft,
    ItemRequest,
    JoinRequest,
    Mail,
    Mandate,
    Notification,
    Opening,
    RedactionRequest,
    Retention,
    RetentionReport,
    Sanction,
    User,
)
from network.refusals import Forbidden, Invalid
from network.retention import KINDS, days, keep, register_retention
from tests.cast import Cast
from tests.factories import ItemFactory


def test_each_kind_names_its_owners_days_until_somebody_says_otherwise(cast: Cast) -> None:
    assert days("exports") == 2
    assert days("inactive") == 365
    assert keep_for(by=cast.clara, kept={"exports": 5, "inactive": 365}) == ["exports"]
    assert days("exports") == 5
    entry = AuditEntry.objects.get(verb="network.retention_changed")
    assert AuditDetail.objects.get(entry=entry.pk).data == {"days": {"exports": "2 → 5"}}


def test_saying_the_same_again_changes_and_records_nothing(cast: Cast) -> None:
    for _again in range(2):
        keep_for(by=cast.clara, kept={"mail": 60})
    assert AuditEntry.objects.filter(verb="network.retention_changed").count() == 1


def test_only_coordinators_and_hosts_say_so_and_not_below_the_least(cast: Cast) -> None:
    for person in (cast.luc, cast.maud, cast.eva):
        with pytest.raises(Forbidden):
            keep_for(by=person, kept={"mail": 60})
    Mandate.objects.create(user=cast.olga, kind=Mandate.Kind.OPERATE, since=clock.now())
    keep_for(by=cast.olga, kept={"mail": 60})
    for wrong in (KINDS["audit"].least - 1, retention.MOST_DAYS + 1):
        with pytest.raises(Invalid) as refused:
            keep_for(by=cast.clara, kept={"mail": 61, "audit": wrong})
        assert refused.value.field == "audit"
    assert days("mail") == 60


def test_the_page_says_what_is_wrong_at_the_field_and_keeps_what_was_typed(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.clara)
    address = reverse("network:retention")
    given = retention.all_days()
    said = client.post(address, given | {"audit": 3, "mail": 77}).content.decode()
    assert "At least 90 days." in said
    assert 'value="77"' in said
    assert not Retention.objects.exists()
    assert client.post(address, given | {"mail": 77}).status_code == 302
    assert days("mail") == 77
    RetentionReport.objects.create(kind="mail", removed=12)
    said = client.get(address).content.decode()
    assert "12 removed, " in said


def long_since() -> datetime:
    return clock.now() - timedelta(days=4000)


def make_sessions(cast: Cast) -> tuple[object, object]:
    rows = []
    for person, seen in ((cast.luc, long_since()), (cast.anna, clock.now())):
        client = Client()
        client.force_login(person)
        session = UserSession.objects.create(
            user=person, session_key=client.session.session_key, ip="127.0.0.1", user_agent="", last_seen_at=seen
        )
        UserSession.objects.filter(pk=session.pk).update(last_seen_at=seen)
        rows.append(session)
    return rows[0], rows[1]


def make_exports(cast: Cast) -> tuple[object, object]:
    old = Export.objects.create(user=cast.luc, asked_at=long_since())
    Export.objects.filter(pk=old.pk).update(file=default_storage.save("exports/old", ContentFile(b"words")))
    return old, Export.objects.create(user=cast.luc)


def make_invitations(cast: Cast) -> tuple[object, object]:
    old = accounts.invite(by=cast.luc, email="new@liege.example", partner=cast.liege)
    Invitation.objects.filter(pk=old.pk).update(accepted_at=long_since())
    return old, accounts.invite(by=cast.luc, email="newer@liege.example", partner=cast.liege)


def make_access_requests(cast: Cast) -> tuple[object, object]:
    old = AccessRequest.objects.create(email="a@b.example", name="A", settled_at=long_since())
    return old, AccessRequest.objects.create(email="c@d.example", name="C")


def make_imports(cast: Cast) -> tuple[object, object]:
    old = Import.objects.create(kind="people", by=cast.clara, at=long_since(), rows=[{"name": "A"}])
    return old, Import.objects.create(kind="people", by=cast.clara)


def make_join_requests(cast: Cast) -> tuple[object, object]:
    old = JoinRequest.objects.create(room=cast.families, user=cast.olga, settled_at=long_since())
    return old, JoinRequest.objects.create(room=cast.families, user=cast.olga)


def make_redactions(cast: Cast) -> tuple[object, object]:
    old = RedactionRequest.objects.create(room=cast.families, user=cast.ivan, asked_at=long_since())
    return old, RedactionRequest.objects.create(room=cast.families, user=cast.gus)


def make_notifications(cast: Cast) -> tuple[object, object]:
    old = Notification.objects.create(user=cast.luc, kind="granted", room=cast.families, read_at=long_since())
    unread = Notification.objects.create(user=cast.luc, kind="granted", room=cast.families, at=long_since())
    return old, unread


def make_item_requests(cast: Cast) -> tuple[object, object]:
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege)
    about = {"kind": "wider", "item": item, "asked_at": long_since()}
    old = ItemRequest.objects.create(user=cast.anna, settled_at=long_since(), **about)
    return old, ItemRequest.objects.create(user=cast.vera, **about)


def make_drafts(cast: Cast) -> tuple[object, object]:
    given = {"user": cast.luc, "page": "/", "fields": {"body": "We"}}
    old = Draft.objects.create(key="/a/", at=long_since(), **given)
    return old, Draft.objects.create(key="/b/", **given)


def make_openings(cast: Cast) -> tuple[object, object]:
    item = ItemFactory(room=cast.families, author=cast.luc, partner=cast.liege, tlp=Label.RED)
    old = Opening.objects.create(item=item, user=cast.anna, how="page", at=long_since())
    return old, Opening.objects.create(item=item, user=cast.anna, how="page")


def make_mail(cast: Cast) -> tuple[object, object]:
    old = Mail.objects.create(kind="notification", key=1, sent_at=long_since())
    return old, Mail.objects.create(kind="notification", key=2, created_at=long_since())


def make_sanctions(cast: Cast) -> tuple[object, object]:
    about = {"user": cast.anna, "room": cast.families, "kind": "mute", "since": long_since()}
    old = Sanction.objects.create(until=long_since() + timedelta(days=1), **about)
    return old, Sanction.objects.create(until=clock.now(), **about)


def make_changes(cast: Cast) -> tuple[object, object]:
    thread = start_thread(by=cast.luc, room=cast.families, title="A", body="A.")
    about = {"thread": thread, "room": cast.families, "by": cast.mona}
    Change.objects.create(kind="merged", at=long_since(), **about)
    old = Change.objects.create(kind="pinned", at=long_since(), **about)
    return old, Change.objects.create(kind="pinned", **about)


MAKERS = {name.removeprefix("make_"): maker for name, maker in list(globals().items()) if name.startswith("make_")}


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_what_is_due_goes_and_the_rest_stays(cast: Cast, kind: str) -> None:
    old, new = MAKERS[kind](cast)
    removed = keep(KINDS[kind])
    rows = type(old)._default_manager  # type: ignore[attr-defined]
    assert not rows.filter(pk=old.pk).exists()  # type: ignore[attr-defined]
    assert rows.filter(pk=new.pk).exists()  # type: ignore[attr-defined]
    assert RetentionReport.objects.get(kind=kind).removed == removed == 1
    if kind == "exports":
        assert not default_storage.exists("exports/old")
    if kind == "sessions":
        assert Session.objects.count() == 1
    assert keep(KINDS[kind]) == 0


def test_every_kind_that_removes_is_tried_here() -> None:
    # test_sealing, test_needs, test_bin, test_uploads, test_unpacking_apart, test_figures
    elsewhere = {"cases", "audit", "needs", "bin", "uploads", "unpackings"}
    assert {key for key, kind in KINDS.items() if kind.purge} == set(MAKERS) | elsewhere


def test_the_night_goes_through_all_kinds_in_batches_and_a_failure_stops_no_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "A_BATCH", 2)
    Mail.objects.bulk_create(Mail(kind="notification", key=key, sent_at=long_since()) for key in range(5))

    def fails(_before: datetime) -> int:
        raise ValueError("No.")

    monkeypatch.setattr(retention, "KINDS", {})
    register_retention("a_wrong_one", _("wrong"), hint=_("never"), default_days=1, purge=fails)
    retention.KINDS["mail"] = KINDS["mail"]
    with pytest.raises(ValueError, match="No"):
        tasks.keep_retention()
    assert Mail.objects.count() == 0
    assert {row.kind: row.removed for row in RetentionReport.objects.all()} == {"a_wrong_one": 0, "mail": 5}


def test_the_night_shortens_the_trail(cast: Cast) -> None:
    with clock.at(long_since()):
        AuditEntry.objects.create(verb="network.held", target_kind="user", target=cast.luc.uid)
    tasks.keep_retention()
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["network.trail_shortened"]


def test_nobody_loses_their_account_by_it(cast: Cast) -> None:
    people = User.objects.count()
    tasks.keep_retention()
    assert User.objects.count() == people
    assert not RetentionReport.objects.filter(kind="inactive").exists()
