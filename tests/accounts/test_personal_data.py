"""The host finds, has exported and erases the data of a person; one registry knows of everything that there is."""

from __future__ import annotations

import json
import stat
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.actions.invitations import invite
from accounts.actions.leaving import erase_person
from accounts.actions.personal_data import find_data
from accounts.models import Export, Invitation
from forums.actions import threads
from network.models import AuditEntry, Mandate, User
from network.personal import EXEMPT, PERSONAL, counts, records
from network.refusals import Forbidden
from tests.cast import Cast
from tests.factories import member_of
from tests.stage import set_stage
from tests.test_costs import asked


def keys_to_people() -> set[str]:
    """Every foreign key to a person, "app.Model.field"; what a subclass inherits is its parent's."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and not field.many_to_many
        and field.related_model is User
        and field.model is model
    }


@pytest.mark.once
def test_every_key_to_a_person_is_covered_by_a_kind_or_says_why_not() -> None:
    covered = set().union(*(kind.covers for kind in PERSONAL.values()))
    found = keys_to_people()
    assert "forums.Post.author" in found
    assert found - covered - set(EXEMPT) == set(), "Tell network.personal what these say of a person."
    assert (covered | set(EXEMPT)) - found == set(), "These are no keys to people any more."
    assert covered & set(EXEMPT) == set()
    assert all(len(reason) > 20 for reason in EXEMPT.values())


def host(cast: Cast) -> Client:
    """Clara keeps the machine, too."""
    Mandate.objects.get_or_create(user=cast.clara, kind=Mandate.Kind.OPERATE)
    client = Client()
    client.force_login(cast.clara)
    return client


def test_the_host_finds_somebody_and_what_there_is_of_them(cast: Cast) -> None:
    set_stage(cast)
    client = host(cast)
    for words in ("lindq", "ANNA@malmo"):
        assert f"/host/people/{cast.anna.uid}/" in client.get("/host/people/", {"q": words}).content.decode()
    assert cast.anna.name not in client.get("/host/people/").content.decode()
    page = " ".join(client.get(f"/host/people/{cast.anna.uid}/").content.decode().split())
    assert '<th scope="row">Posts and comments</th><td class="num">3</td>' in page
    # What she wrote is not shown: how much there is, is enough to know where to look.
    assert "We say so first." not in page
    entry = AuditEntry.objects.get(verb="accounts.data_found")
    assert (entry.actor, entry.target, entry.digest) == (cast.clara.uid, cast.anna.uid, "")


def test_what_somebody_said_under_the_chatham_house_rule_is_counted_for_nobody_else(cast: Cast) -> None:
    def found() -> dict[str, int]:
        kinds = {kind.key: count for kind, count in find_data(by=None, person=cast.anna)}
        # That one looks is an entry about her itself.
        kinds["trail"] -= AuditEntry.objects.filter(verb="accounts.data_found", target=cast.anna.uid).count()
        return kinds

    before = found()
    thread = threads.start_thread(
        by=cast.anna, room=cast.families, title="What did not work", body="We began too late.", chatham=True
    )
    first = threads.reply(by=cast.anna, thread=thread, body="And too small.")
    threads.reply(by=cast.luc, thread=thread, body="So did we.", parent=first)
    assert cast.anna.notifications.filter(item=thread).exists()
    assert found() == before
    assert "chatham-house" not in before
    own = {kind.key: count for kind, count in counts(cast.anna)}
    assert (own["posts"], own["chatham-house"], own["discussions"]) == (2, 1, 1)


def test_an_export_by_the_host_is_for_the_person_alone(cast: Cast) -> None:
    client = host(cast)
    client.post(f"/host/people/{cast.anna.uid}/export/")
    export = Export.objects.get(user=cast.anna)
    assert AuditEntry.objects.get(verb="accounts.export_made").actor == cast.clara.uid
    Export.objects.filter(pk=export.pk).update(file="exports/x.zip", expires_at="2100-01-01T00:00Z")
    assert client.get(f"/accounts/export/{export.uid}/").status_code == 404


def test_the_host_erases_after_typing_the_address(cast: Cast) -> None:
    client = host(cast)
    address = f"/host/people/{cast.anna.uid}/erase/"
    assert client.post(address, {"address": "mona@malmo.example"}).status_code == 422
    assert User.objects.get(pk=cast.anna.pk).is_active
    assert client.post(address, {"address": " Anna@malmo.example"}).url == "/host/people/"
    gone = User.objects.get(pk=cast.anna.pk)
    assert (gone.name, gone.is_active) == ("Former member", False)
    entry = AuditEntry.objects.get(verb="accounts.erased")
    assert (entry.actor, entry.target, entry.digest) == (cast.clara.uid, cast.anna.uid, "")
    assert client.get(address).status_code == 404
    assert "Lindqvist" not in client.get(f"/host/people/{cast.anna.uid}/").content.decode()


def test_nobody_but_the_host_does_any_of_it_and_the_last_coordinator_stays(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.clara)
    assert client.get("/host/people/").status_code == 403
    with pytest.raises(Forbidden):
        erase_person(by=cast.clara, person=cast.anna)
    client = host(cast)
    page = client.get(f"/host/people/{cast.clara.uid}/erase/").content.decode()
    assert "no coordinator" in page
    assert 'name="address"' not in page


@pytest.mark.parametrize("many", [0, 6])
def test_the_pages_of_the_host_ask_the_same_however_many_there_are(cast: Cast, many: int) -> None:
    for number in range(many):
        member_of(cast.malmo, name=f"Anna {number}")
    client = host(cast)
    addresses = ["/host/people/?q=anna", f"/host/people/{cast.anna.uid}/"]
    for address in addresses:
        client.get(address)
    found, person = (asked(client, address) for address in addresses)
    assert found == 8
    assert person == len(PERSONAL) + 10  # one a kind, but for numbers and drafts


# --- at the machine -------------------------------------------------------------------------------


def said(*arguments: Any) -> str:
    out = StringIO()
    call_command("personal_data", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_finds_exports_and_erases_and_each_is_in_the_trail(cast: Cast, tmp_path: Path) -> None:
    set_stage(cast)
    found = said("find", "ANNA@malmo.example")
    assert "3  posts" in found
    to = tmp_path / "anna.zip"
    said("export", str(cast.anna.uid), "--to", to)
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    posts = json.loads(zipfile.ZipFile(to).read("posts.json"))
    assert len(posts) == 3
    with pytest.raises(CommandError, match="there already"):
        said("export", cast.anna.email, "--to", to)
    assert "erased" in said("erase", cast.anna.email, "--yes")
    assert "Erased before" in said("erase", str(cast.anna.uid), "--yes")
    verbs = AuditEntry.objects.filter(target=cast.anna.uid, actor=None).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["accounts.data_found", "accounts.export_made", "accounts.erased"]


def test_the_command_asks_before_it_erases_and_refuses_whom_nobody_replaces(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _prompt: "anna")
    with pytest.raises(CommandError, match="Nothing was erased"):
        said("erase", cast.anna.email)
    with pytest.raises(CommandError, match="no coordinator"):
        said("erase", cast.clara.email, "--yes")
    with pytest.raises(CommandError, match="Nobody here"):
        said("find", "nobody@nowhere.example")
    assert User.objects.get(pk=cast.anna.pk).is_active


def test_what_a_list_called_somebody_is_in_their_export_and_in_nobody_elses(cast: Cast) -> None:
    invitation = invite(by=cast.clara, email=cast.anna.email, partner=cast.liege, name="Anna of Malmö")
    for person, key, named in [(cast.anna, "invitations-received", True), (cast.clara, "invitations-given", False)]:
        rows = [row for row, _file in records(PERSONAL[key], person)]
        assert [row["partner"] for row in rows] == [cast.liege.name]
        assert ("Anna of Malmö" in str(rows)) is named
    host(cast)
    erase_person(by=cast.clara, person=cast.anna)
    assert not Invitation.objects.filter(pk=invitation.pk).exists()
