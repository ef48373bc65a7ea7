"""`manage.py found_network`, asked at a terminal."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from network.models import AuditEntry, Partner, Theme, User
from network.permissions import NETWORK, Level, allowed
from tests.cast import Cast
from tests.factories import UserFactory

SAID = {
    "Name of the network": ["Prevention North"],
    "Lead partner, full name": ["Forum of Northern Cities"],
    "Lead partner, short name": ["FNC"],
    "What it is": ["nothing", "network_body"],
    "Its country": ["Sweden", "se"],
    "Its city": [""],
    "First coordinator, name": ["Karin Ek"],
    "First coordinator, e-mail": ["karin", "karin@fnc.example"],
    "First coordinator, language": [""],
    "First coordinator, time zone": ["Europe/Stockholm"],
    "Does this person": ["y"],
    "Begin with": [""],
}
PASSWORDS = ["short", "a long walk to the harbour", "a long walk to the barber"] + ["a long walk to the harbour"] * 2


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Somebody who answers by the question, and types a password wrongly at first."""
    answers = {question: list(said) for question, said in SAID.items()}
    typed: Iterator[str] = iter(PASSWORDS)

    def answer(prompt: str) -> str:
        question = next(known for known in answers if prompt.startswith(known))
        if not answers[question]:
            raise EOFError
        return answers[question].pop(0)

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr("config.management.commands.found_network.getpass", lambda _prompt: next(typed))
    return answers


@pytest.mark.django_db
def test_from_nothing_to_a_coordinator_who_signs_in(terminal: Any, client: Client) -> None:
    call_command("found_network", stdout=sys.stderr)
    person = User.objects.get()
    assert allowed(person, Level.COORDINATE, NETWORK)
    assert allowed(person, Level.OPERATE, NETWORK)
    assert (Partner.objects.get().slug, Partner.objects.get().country) == ("fnc", "SE")
    assert Theme.objects.count() == 19
    assert AuditEntry.objects.filter(verb="accounts.founded", actor=None, target=person.uid).exists()
    answer = client.post("/accounts/login/", {"login": "karin@fnc.example", "password": "a long walk to the harbour"})
    assert answer.status_code == 302
    assert client.get("/rooms/new/").status_code == 200


@pytest.mark.django_db
def test_interrupted_while_asking_it_has_founded_nothing(terminal: dict[str, list[str]]) -> None:
    terminal["Begin with"].clear()
    with pytest.raises(CommandError, match="Nothing was founded"):
        call_command("found_network")
    assert not User.objects.exists()
    assert not Partner.objects.exists()


def test_where_a_network_stands_none_is_founded(cast: Cast) -> None:
    with pytest.raises(CommandError, match="already"):
        call_command("found_network")


@pytest.mark.django_db
def test_a_single_person_without_partners_is_a_network_too(terminal: Any) -> None:
    UserFactory()
    with pytest.raises(CommandError, match="already"):
        call_command("found_network")
