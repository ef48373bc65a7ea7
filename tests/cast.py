"""The cast: the same people in the same rooms, in every test that asks for `cast`. Known by name, so that tests read.

Four rooms: `commons` (network), `families` (restricted: Liège and Malmö contribute), `schools` (restricted: Liège
contributes, Malmö has nothing, Eva is its guest), `steering` (hidden: nobody but the lead).

- Clara coordinates: she represents the lead, Efus, which manages all four rooms.
- Luc represents Liège; Anna is a member of Malmö. Both contribute to Families.
- Eva is a guest: an invited expert, in Schools for thirty days more.
- Olga is a member of Augsburg, which has nothing in any room.
- Ivan was a member of Malmö until a month ago.
- Gus was a guest of Families until a month ago.
- Sven is a member of Vallombre, a suspended partner with a grant in Families.
- Maud manages, Mona moderates, Carlo contributes and Vera views Families, each by an own grant: Maud of Liège, Mona of
  Malmö, Carlo and Vera of Augsburg.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from network import clock
from network.models import Membership, Partner, Room, User
from network.permissions import Level
from tests.factories import MembershipFactory, PartnerFactory, RoomFactory, UserFactory, grant_all


@dataclass(frozen=True)
class Cast:
    """Who is who, and where."""

    efus: Partner
    liege: Partner
    malmo: Partner
    augsburg: Partner
    vallombre: Partner
    commons: Room
    families: Room
    schools: Room
    steering: Room
    clara: User
    luc: User
    anna: User
    eva: User
    olga: User
    ivan: User
    gus: User
    sven: User
    maud: User
    mona: User
    carlo: User
    vera: User

    @property
    def coordinator(self) -> User:
        return self.clara

    @property
    def guest(self) -> User:
        return self.eva

    @property
    def outsider(self) -> User:
        return self.olga

    @property
    def ended_member(self) -> User:
        return self.ivan

    @property
    def expired_guest(self) -> User:
        return self.gus

    @property
    def suspended(self) -> User:
        return self.sven

    @property
    def manager(self) -> User:
        return self.maud

    @property
    def moderator(self) -> User:
        return self.mona

    @property
    def contributor(self) -> User:
        return self.carlo

    @property
    def viewer(self) -> User:
        return self.vera


def gather() -> Cast:
    """Writes the cast into the database; once per test, as e-mail addresses and slugs are taken then."""
    a_month_ago = clock.now() - timedelta(days=30)
    in_a_month = clock.now() + timedelta(days=30)
    partners = {
        "efus": PartnerFactory(
            slug="efus", name="European Forum for Urban Security", role=Partner.Role.LEAD, country="FR"
        ),
        "liege": PartnerFactory(slug="liege", short_name="Liège"),
        "malmo": PartnerFactory(slug="malmo", short_name="Malmö", country="SE"),
        "augsburg": PartnerFactory(slug="augsburg", country="DE"),
        "vallombre": PartnerFactory(slug="vallombre", country="FR", status=Partner.Status.SUSPENDED),
    }
    rooms = {
        "commons": RoomFactory(slug="commons", kind=Room.Kind.NETWORK),
        "families": RoomFactory(slug="families"),
        "schools": RoomFactory(slug="schools"),
        "steering": RoomFactory(slug="steering-4f9c1d", name="Steering", kind=Room.Kind.HIDDEN),
    }
    efus, liege, malmo, augsburg, vallombre = partners.values()
    memberships: list[Membership] = []

    def joined(partner: Partner, *, represents: bool = False, until: datetime | None = None, **person: Any) -> User:
        role = Membership.Role.REPRESENTATIVE if represents else Membership.Role.MEMBER
        user = UserFactory.build(**person)
        memberships.append(MembershipFactory.build(user=user, partner=partner, role=role, until=until))
        return user

    people = {
        "clara": joined(efus, represents=True, name="Clara Dupont", email="clara@efus.example"),
        "luc": joined(liege, represents=True, name="Luc Delvaux", email="luc@liege.example", language="fr"),
        "anna": joined(malmo, name="Anna Lindqvist", email="anna@malmo.example"),
        "eva": UserFactory.build(name="Eva Vogel", email="eva@university.example"),
        "olga": joined(augsburg, name="Olga Hofstetter", email="olga@augsburg.example"),
        "ivan": joined(malmo, name="Ivan Berg", email="ivan@malmo.example", until=a_month_ago),
        "gus": UserFactory.build(name="Gus Peeters", email="gus@university.example"),
        "sven": joined(vallombre, represents=True, name="Sven Martin", email="sven@vallombre.example"),
        "maud": joined(liege, name="Maud Lambert", email="maud@liege.example"),
        "mona": joined(malmo, name="Mona Ek", email="mona@malmo.example"),
        "carlo": joined(augsburg, name="Carlo Brandl", email="carlo@augsburg.example"),
        "vera": joined(augsburg, name="Vera Huber", email="vera@augsburg.example"),
    }
    # At once, as nearly every test begins with it.
    User.objects.bulk_create(people.values())
    Membership.objects.bulk_create(memberships)
    families, schools = rooms["families"], rooms["schools"]
    grant_all(
        *((efus, Level.MANAGE, room) for room in rooms.values()),
        *((partner, Level.CONTRIBUTE, families) for partner in (liege, malmo, vallombre)),
        (liege, Level.CONTRIBUTE, schools),
        (people["eva"], Level.CONTRIBUTE, schools, in_a_month),
        (people["gus"], Level.CONTRIBUTE, families, a_month_ago),
        (people["maud"], Level.MANAGE, families),
        (people["mona"], Level.MODERATE, families),
        (people["carlo"], Level.CONTRIBUTE, families),
        (people["vera"], Level.VIEW, families),
    )
    return Cast(**partners, **rooms, **people)


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody in the module's first lines, at their places."""
    return gather()
