"""Who hosts the network, and what the host does about the work in the background."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from network.actions.hosts import appoint_host
from network.background import board
from network.models import AuditEntry
from network.permissions import NETWORK, Level, allowed
from tests.cast import Cast
from tests.working import set_work_going


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_whoever_has_the_shell_appoints_a_host_and_the_trail_says_so(cast: Cast) -> None:
    said = StringIO()
    for _twice in range(2):
        call_command("appoint_host", "Anna@Malmo.example", stdout=said)
    assert "Anna Lindqvist hosts the network" in said.getvalue()
    assert allowed(cast.anna, Level.OPERATE, NETWORK)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.target) == ("network.host_appointed", None, cast.anna.uid)
    for _twice in range(2):
        call_command("appoint_host", "anna@malmo.example", "--no-longer", stdout=said)
    assert not allowed(cast.anna, Level.OPERATE, NETWORK)
    assert verbs() == ["network.host_appointed", "network.host_dismissed"]
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("appoint_host", "nobody@malmo.example")


def test_a_host_without_a_place_in_the_network_sees_what_failed_and_has_it_tried_again(
    client: Client, cast: Cast
) -> None:
    failed = set_work_going()
    appoint_host(person=cast.ivan)
    client.force_login(cast.ivan)
    page = client.get("/host/work/").content.decode()
    assert "ConnectionError: the mail server is away" in page
    assert "Nobody is at work" not in page
    for _twice in range(2):
        assert client.post(f"/host/work/{failed}/again/").url == "/host/work/"
    assert board.failed(50).count == 0
    assert failed in [job.uid for job in board.waiting(50).shown]
    assert verbs() == ["network.host_appointed", "network.work_tried_again"]
    assert client.post("/host/work/00000000-0000-4000-8000-000000000000/again/").status_code == 404


def test_what_runs_or_was_done_is_not_tried_again(client: Client, cast: Cast) -> None:
    set_work_going()
    appoint_host(person=cast.anna)
    client.force_login(cast.anna)
    [running] = board.running(50).shown
    client.post(f"/host/work/{running.uid}/again/")
    assert [job.uid for job in board.running(50).shown] == [running.uid]
    assert "network.work_tried_again" not in verbs()


def test_the_page_says_when_nobody_is_at_work(client: Client, cast: Cast) -> None:
    appoint_host(person=cast.anna)
    client.force_login(cast.anna)
    assert "Nobody is at work" in client.get("/host/work/").content.decode()


def test_the_way_to_the_work_is_shown_to_the_host_alone(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna)
    assert "/steering/" not in client.get("/rooms/").content.decode()
    appoint_host(person=cast.anna)
    assert "/steering/" in client.get("/rooms/").content.decode()
    assert "/host/work/" in client.get("/steering/").content.decode()
