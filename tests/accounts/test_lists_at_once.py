"""Two lists are carried out at the same moment."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import tasks
from accounts.actions import imports
from accounts.forms.imports import ListForm
from accounts.models import Import, Invitation
from network.models import Mail, Partner, User
from tests.accounts.sending_lists import GHENT, HEADER, sure_of
from tests.accounts.test_people_at_once import at_once
from tests.cast import gather

pytestmark = pytest.mark.django_db(transaction=True)


def begun(by: User, kind: str, table: str) -> Import:
    """A list that waits for its turn in the background."""
    form = ListForm({}, {"file": SimpleUploadedFile("list.csv", table.encode())}, kind=kind, by=by)
    assert form.is_valid()
    listing = imports.read_in(by=by, kind=kind, rows=form.rows)
    imports.begin_import(by=by, listing=listing, sure=sure_of(listing))
    return listing


def both(*listings: Import) -> list[dict[str, int]]:
    """What became of each, all at once."""

    def act(key: int) -> Callable[[], Any]:
        return lambda: tasks.carry_out_import(key)

    assert all(at_once(*(act(listing.pk) for listing in listings)))
    for listing in listings:
        listing.refresh_from_db()
        assert listing.applied_at is not None
    return [listing.outcomes for listing in listings]


def test_two_lists_of_the_same_people_invite_each_of_them_once() -> None:
    cast = gather()
    table = "e-mail,partner\n" + "".join(f"p{n}@liege.example,liege\n" for n in range(8))
    first, second = both(begun(cast.clara, "people", table), begun(cast.luc, "people", table))
    assert first.get("invites", 0) + second.get("invites", 0) == 8
    assert Invitation.objects.count() == 8
    assert Mail.objects.filter(kind="invitation").count() == 8


def test_two_lists_together_stay_below_the_ceiling_of_the_partner() -> None:
    cast = gather()
    Partner.objects.filter(pk=cast.liege.pk).update(most_members=6)
    tables = ["e-mail,partner\n" + "".join(f"{who}{n}@liege.example,liege\n" for n in range(4)) for who in "ab"]
    first, second = both(begun(cast.clara, "people", tables[0]), begun(cast.luc, "people", tables[1]))
    assert first.get("invites", 0) + second.get("invites", 0) == 4
    assert first.get("refused", 0) + second.get("refused", 0) == 4
    assert Invitation.objects.count() == 4


def test_two_lists_of_the_same_partners_bring_in_each_of_them_once() -> None:
    cast = gather()
    table = f"{HEADER}\n{GHENT}\n" + "".join(f"City {n},City {n},ngo,Belgium\n" for n in range(6))
    first, second = both(begun(cast.clara, "partners", table), begun(cast.clara, "partners", table))
    assert first.get("new", 0) + second.get("new", 0) == 7
    assert Partner.objects.filter(name__startswith="City ").filter(country="BE").count() >= 7
    assert Partner.objects.filter(name="City of Ghent").count() == 1
    assert [Partner.objects.filter(name=f"City {n}").count() for n in range(6)] == [1] * 6


def test_one_list_in_two_hands_is_carried_out_once() -> None:
    cast = gather()
    table = "e-mail,partner\n" + "".join(f"p{n}@liege.example,liege\n" for n in range(8))
    listing = begun(cast.clara, "people", table)
    assert all(at_once(*[lambda: tasks.carry_out_import(listing.pk)] * 3))
    tasks.carry_out_import(listing.pk)
    listing.refresh_from_db()
    assert (listing.done, listing.outcomes) == (8, {"invites": 8})
    assert Invitation.objects.count() == Mail.objects.filter(kind="invitation").count() == 8
