"""Who is there before anybody acts: partners and people with their memberships, phases and themes.

Partners and people were there before anybody could act, so these rows are written as they are. How a partner leaves
is an action like any other.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.actions import hand_over
from config.demo.content import Content, Row, known_as
from config.demo.moments import Moments
from network.models.items import Theme
from network.models.people import Membership, Partner, User
from network.models.rooms import Phase
from network.models.standing import StatusChange

PASSWORD = "liaise-demo"  # noqa: S105 - everybody knows it


def found_phases(content: Content) -> dict[str, Phase]:
    """The phases of the programme, by slug."""
    return {row["slug"]: Phase.objects.create(**row) for row in content.phases}


def found_themes(content: Content) -> dict[str, Theme]:
    """The themes that items are filed under, by slug."""
    return {row["slug"]: Theme.objects.create(**row) for row in content.themes}


def found_partners(content: Content, moments: Moments) -> dict[str, Partner]:
    """The partners, by slug. Who has left by now still takes part in what comes first."""
    return {row["slug"]: _partner(row, moments) for row in content.partners}


def _partner(row: Row, moments: Moments) -> Partner:
    left = row["status"] == Partner.Status.LEFT
    partner = Partner.objects.create(
        uid=known_as("partner", row["slug"]),
        slug=row["slug"],
        name=row["name"],
        short_name=row["short_name"],
        kind=row["kind"],
        role=Partner.Role.LEAD if row["lead"] else Partner.Role.PARTNER,
        country=row["country"],
        city=row["city"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        languages=row["languages"],
        status=Partner.Status.ACTIVE if left else row["status"],
        status_since=moments.day(row["since"], 0),
    )
    StatusChange.objects.create(partner=partner, status=partner.status, since=partner.status_since)
    return partner


def leave(by: User, partner: Partner) -> None:
    """The partner takes part no more; it had nothing left in its hands."""
    hand_over.begin_hand_over(by=by, partner=partner)
    hand_over.leave(by=by, partner=partner, reason="The first phase has ended.")


def found_people(content: Content, partners: dict[str, Partner], moments: Moments) -> dict[str, User]:
    """The people, by e-mail address, each with the membership and the address that they sign in with."""
    password = make_password(PASSWORD)
    people = {
        person.email: person
        for person in User.objects.bulk_create(_person(row, password, moments) for row in content.people)
    }
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people.values()
    )
    representatives = {
        row["partner"]: people[row["email"]]
        for row in reversed(content.people)
        if row["role"] == Membership.Role.REPRESENTATIVE
    }
    Membership.objects.bulk_create(
        Membership(
            user=people[row["email"]],
            partner=partners[row["partner"]],
            role=row["role"],
            since=moments.day(row["since"], 0),
            until=moments.day(row["until"]) if row["until"] else None,
            approved_by=_approver(row, people[content.coordinator], representatives),
        )
        for row in content.people
        if row["partner"]
    )
    return people


def _person(row: Row, password: str, moments: Moments) -> User:
    return User(
        uid=known_as("person", row["email"]),
        email=row["email"],
        name=row["name"],
        function=row["function"],
        phone=row.get("phone", ""),
        language=row["language"],
        time_zone=row["time_zone"],
        password=password,
        date_joined=moments.day(row["since"], 0) if row["since"] else moments.now,
        last_login=_last_came(row, moments),
    )


def _last_came(row: Row, moments: Moments) -> datetime:
    """Within the last month, each on a day of their own; whoever has left, while they still took part."""
    end = moments.day(row["until"]) if row["until"] else moments.now
    return min(end, moments.now) - timedelta(hours=1 + known_as("came", row["email"]).int % (28 * 24))


def _approver(row: Row, coordinator: User, representatives: dict[str, User]) -> User | None:
    """A representative of the partner approves its members, a coordinator its representatives."""
    if row["role"] == Membership.Role.MEMBER:
        return representatives[row["partner"]]
    return None if row["email"] == coordinator.email else coordinator
