"""What people need at a meeting: the hosts read it, the person, and nobody else; and not for long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from network import clock
from network.labels import Label
from network.models import AuditDetail, AuditEntry, User
from network.retention import KINDS, keep
from tests.cast import Cast
from tests.workshops.announcing import announced
from workshops.actions.meetings import register, withdraw
from workshops.models import Needs, Workshop

NEEDS = "No pork, and a ramp."


def page(person: User, workshop: Workshop) -> str:
    client = Client()
    client.force_login(person)
    return client.get(workshop.get_absolute_url()).content.decode()


@pytest.fixture
def workshop(cast: Cast) -> Workshop:
    """Luc's, in Families; Anna takes part and has told what she needs."""
    made = announced(cast, tlp=Label.GREEN)
    register(by=cast.anna, workshop=made, needs=NEEDS)
    return made


def test_the_form_keeps_it_apart_from_the_registration(cast: Cast) -> None:
    made = announced(cast)
    client = Client()
    client.force_login(cast.carlo)
    client.post(reverse("workshops:register", args=[made.uid]), {"needs": f"  {NEEDS}\n"})
    client.post(reverse("workshops:register", args=[made.uid]), {"needs": f"{NEEDS}"})
    assert Needs.objects.get().text == NEEDS
    assert "erased 30 days after it" in page(cast.maud, made)


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("luc", True),
        ("mona", True),
        ("maud", True),
        ("clara", True),
        ("anna", True),
        ("carlo", False),
        ("vera", False),
    ],
)
def test_hosts_moderators_and_the_person_read_it_and_nobody_else(
    cast: Cast, workshop: Workshop, who: str, reads: bool
) -> None:
    said = page(getattr(cast, who), workshop)
    assert workshop.title in said
    assert (NEEDS in said) == reads


def test_the_trail_does_not_know_it(cast: Cast, workshop: Workshop) -> None:
    entry = AuditEntry.objects.get(verb="workshops.registered")
    assert not AuditDetail.objects.filter(entry=entry.pk).exists()


def test_who_withdraws_has_it_erased(cast: Cast, workshop: Workshop) -> None:
    register(by=cast.carlo, workshop=workshop, needs="None to speak of.")
    withdraw(by=cast.anna, workshop=workshop)
    assert [one.registration.user for one in Needs.objects.all()] == [cast.carlo]


def test_it_goes_thirty_days_after_the_meeting(cast: Cast, workshop: Workshop) -> None:
    for days, left in ((29, 1), (31, 0)):
        with clock.at(workshop.ends_at + timedelta(days=days)):
            keep(KINDS["needs"])
        assert Needs.objects.count() == left
    assert workshop.registrations.count() == 1
