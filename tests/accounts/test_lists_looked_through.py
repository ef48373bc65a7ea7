"""Lists of partners and people, looked through: what each row would become, for whom."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import invitations
from accounts.actions.partners import change_partner
from network import clock
from network.actions.retention import keep_for
from network.models import Membership, Partner
from tests.accounts.sending_lists import (
    GHENT,
    HEADER,
    carry_out,
    listing_of,
    outcomes,
    send,
    signed_in,
)
from tests.cast import Cast
from tests.factories import PartnerFactory, member_of

pytestmark = pytest.mark.django_db


def test_each_row_of_partners_says_what_would_become_of_it_and_nothing_is_written(cast: Cast) -> None:
    PartnerFactory(name="City of Mons", short_name="Mons", country="BE", city="Mons")
    before = list(Partner.objects.order_by("pk").values())
    table = (
        "City,Country,Kind,Short Name,Name,Budget\n"
        "Ghent,Belgium,local authority,Ghent,City of Ghent,9\n"
        "Bergen,BE,local_authority,Mons,City of Mons,9\n"
        "Mons,BE,local authority,Mons,City of Mons,9\n"
        "Paris,France,village,Paris,City of Paris,9\n"
        ",Atlantis,ngo,,Nobody,9\n"
    )
    response = send(cast.clara, "partners", table)
    assert outcomes(response) == {
        2: "new partner",
        3: "changes: city",
        4: "stands in line 3 already",
        5: "refused: kind: No such kind of partner: village.",
        6: "refused: short name: This field is required. country: No such country: Atlantis.",
    }
    assert "Budget" in response.content.decode()
    assert list(Partner.objects.order_by("pk").values()) == before


def test_each_row_of_people_says_what_would_become_of_it(cast: Cast) -> None:
    invitations.invite(by=cast.clara, email="waits@malmo.example", partner=cast.malmo)
    change_partner(by=cast.clara, partner=cast.augsburg, most_members=4)
    table = (
        "E-mail;Partner;Role;Until\n"
        "ANNA@malmo.example;malmo;;\n"
        "waits@malmo.example;Malmö;;\n"
        "new@malmo.example;Malmö;representative;31.12.2031\n"
        "New@Malmo.example;malmo;;\n"
        "one@augsburg.example;augsburg;;\n"
        "two@augsburg.example;augsburg;;\n"
        "sven@vallombre.example;vallombre;;\n"
        "x;malmo;king;1999-01-01\n"
        "a@b.example;Atlantis;;\n"
        "luc@liege.example;malmo;;\n"
    )
    assert outcomes(send(cast.clara, "people", table)) == {
        2: "is a member already",
        3: "is invited already",
        4: "invites as representative",
        5: "stands in line 4 already",
        6: "invites as member",
        7: "refused: augsburg may have 4 members",
        8: "is a member already",
        9: "refused: e-mail: Enter a valid email address. role: Write member or representative. "
        "until: The last day must lie in the future.",
        10: "refused: partner: No partner whose people you may invite is called so.",
        11: "invites as member",
    } | {7: f"refused: {ceiling_words(cast)}"}


def ceiling_words(cast: Cast) -> str:
    cast.augsburg.refresh_from_db()
    return (
        f"{cast.augsburg.short_name} may have 4 members, invitations that wait included. "
        "A coordinator can raise this number."
    )


def test_only_the_refused_rows_can_be_shown(cast: Cast) -> None:
    response = send(cast.clara, "partners", f"{HEADER}\n{GHENT}\nX,X,ngo,Atlantis\n")
    page = signed_in(cast.clara).get(f"/partners/import/{listing_of(response).uid}/?only=refused")
    assert list(outcomes(page)) == [3]
    assert page.context["doing"] == 1


def test_five_thousand_rows_cost_as_many_questions_as_one_and_little_time(cast: Cast) -> None:
    def looked_at(rows: int) -> tuple[int, float]:
        table = "e-mail,partner\n" + "".join(f"p{n}@malmo.example,malmo\n" for n in range(rows))
        listing = listing_of(send(cast.clara, "people", table))
        client = signed_in(cast.clara)
        client.get(f"/partners/import/{listing.uid}/")
        begin = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/partners/import/{listing.uid}/")
        return len(queries), time.perf_counter() - begin

    few, _ = looked_at(1)
    many, seconds = looked_at(5_000)
    assert many == few == 17
    assert seconds < 3


def test_nobody_else_looks_at_a_list_and_a_representative_invites_for_their_own_partner_alone(cast: Cast) -> None:
    table = "e-mail,partner\nnew@liege.example,\nold@liege.example,liege\nnew@malmo.example,malmo\n"
    response = send(cast.luc, "people", table)
    assert outcomes(response) == {
        2: "invites as member",
        3: "invites as member",
        4: "refused: partner: No partner whose people you may invite is called so.",
    }
    assert signed_in(cast.clara).get(f"/partners/import/{listing_of(response).uid}/").status_code == 404
    assert signed_in(cast.luc).get("/partners/import/").status_code == 403
    assert signed_in(cast.luc).get("/partners/export.csv").status_code == 403
    assert signed_in(cast.anna).get("/people/import/").status_code == 403


def test_a_deputy_invites_from_a_list_but_nobody_to_represent_the_partner(cast: Cast) -> None:
    deputy = member_of(cast.augsburg)
    Membership.objects.create(user=deputy, partner=cast.liege, role=Membership.Role.REPRESENTATIVE, deputy_for=cast.luc)
    response = send(deputy, "people", "e-mail,role\na@liege.example,\nb@liege.example,representative\n")
    assert outcomes(response) == {
        2: "invites as member",
        3: "refused: role: A deputy does not decide who represents the partner.",
    }


def test_whoever_stands_in_for_a_coordinator_is_not_promised_to_say_who_coordinates(cast: Cast) -> None:
    deputy = member_of(cast.augsburg)
    Membership.objects.create(
        user=deputy, partner=cast.efus, role=Membership.Role.REPRESENTATIVE, deputy_for=cast.clara
    )
    table = "e-mail,partner,role\na@efus.example,efus,representative\nb@malmo.example,malmo,representative\n"
    response = send(deputy, "people", table)
    assert outcomes(response) == {
        2: "refused: role: A deputy does not decide who represents the partner.",
        3: "invites as representative",
    }
    assert carry_out(deputy, response).outcomes == {"invites": 1, "refused": 1}


def test_a_last_day_that_is_over_by_now_is_refused_where_the_list_is_looked_at_again(cast: Cast) -> None:
    day = timezone.localdate(clock.now()) + timedelta(days=1)
    response = send(cast.clara, "people", f"e-mail,partner,until\na@malmo.example,malmo,{day.isoformat()}\n")
    assert outcomes(response) == {2: "invites as member"}
    with clock.at(clock.now() + timedelta(days=3)):
        page = signed_in(cast.clara).get(f"/partners/import/{listing_of(response).uid}/")
        assert outcomes(page) == {2: "refused: until: The last day must lie in the future."}
        assert page.context["doing"] == 0


def test_the_page_says_for_how_many_days_the_list_is_kept(cast: Cast) -> None:
    keep_for(by=cast.clara, kept={"imports": 3})
    response = send(cast.clara, "partners", f"{HEADER}\n{GHENT}\n")
    assert "deleted after 3 days" in response.content.decode()
    listing = carry_out(cast.clara, response)
    page = signed_in(cast.clara).get(f"/partners/import/{listing.uid}/").content.decode()
    assert "this page goes 3 days after the list was read" in page
