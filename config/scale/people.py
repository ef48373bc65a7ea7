"""Partners of all sizes, and the people who take part for them."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import Acceptance, LegalText
from config.demo.founders import PASSWORD
from config.scale.numbers import spread
from config.scale.words import COUNTRIES
from config.scale.world import World
from network.models.people import Membership, Partner, User
from network.models.standing import StatusChange

LATEST_TO_JOIN = timedelta(days=4 * 365)
A_BATCH = 2000


def found_partners(world: World) -> list[Partner]:
    """The partners, the largest first; and all others that take part, after them."""
    seed = world.numbers.seed
    slugs = [f"scale-{seed}-{number}" for number in range(1, world.numbers.partners + 1)]
    groups = Group.objects.bulk_create([Group(name=f"partner {slug}") for slug in slugs])
    kinds = list(Partner.Kind)
    partners = []
    for slug, group in zip(slugs, groups, strict=True):
        town = world.words.town()
        partners.append(
            Partner(
                uid=world.uid(),
                slug=slug,
                name=f"City of {town}",
                short_name=town,
                kind=world.random.choices(kinds, weights=[12] + [1] * (len(kinds) - 1))[0],
                country=world.random.choice(COUNTRIES),
                city=town,
                status_since=world.now - LATEST_TO_JOIN,
                group=group,
            )
        )
    made = Partner.objects.bulk_create(partners)
    changes = [StatusChange(partner=one, status=one.status, since=one.status_since) for one in made]
    world.count([*groups, *made, *StatusChange.objects.bulk_create(changes)])
    there = Partner.objects.standing().exclude(role=Partner.Role.LEAD).exclude(slug__in=slugs)
    return [*made, *there.select_related("group").order_by("pk")]


def found_people(world: World, partners: list[Partner]) -> None:
    """The people, each with a membership and an address that they sign in with; they have accepted both texts."""
    numbers, password = world.numbers, make_password(PASSWORD)
    people = User.objects.bulk_create(
        [_person(world, number, password) for number in range(1, numbers.people + 1)], batch_size=A_BATCH
    )
    addresses = [EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in people]
    memberships = _memberships(world, people, partners)
    texts = list(LegalText.objects.all())
    accepted = [
        Acceptance(user=person, text=text, at=max(person.date_joined, text.at)) for person in people for text in texts
    ]
    world.count(people)
    world.count(EmailAddress.objects.bulk_create(addresses, batch_size=A_BATCH))
    world.count(Membership.objects.bulk_create(memberships, batch_size=A_BATCH))
    world.count(Acceptance.objects.bulk_create(accepted, batch_size=A_BATCH))


def know_members(world: World) -> None:
    """Who takes part for which partner now, also of those who were there before."""
    for one in Membership.objects.carrying_grants().select_related("user").order_by("pk"):
        world.members.setdefault(one.partner_id, []).append(one.user)


def _person(world: World, number: int, password: str) -> User:
    joined = world.now - LATEST_TO_JOIN * world.random.random() - timedelta(days=1)
    return User(
        uid=world.uid(),
        # Of the demo network's domain, so that nobody of these is let into a production.
        email=f"scale-{world.numbers.seed}-{number}@demo.example",
        name=world.words.person(),
        password=password,
        date_joined=joined,
        welcomed_at=joined,
        last_login=world.now - timedelta(days=30) * world.random.random(),
    )


def _memberships(world: World, people: list[User], partners: list[Partner]) -> list[Membership]:
    """The first of each partner represents it."""
    sizes = spread(len(people), len(partners), least=1) if partners else []
    memberships, rest = [], iter(people)
    for partner, size in zip(partners, sizes, strict=True):
        for number, person in zip(range(size), rest, strict=False):
            role = Membership.Role.MEMBER if number else Membership.Role.REPRESENTATIVE
            memberships.append(
                Membership(
                    user=person, partner=partner, role=role, since=person.date_joined, approved_by=world.coordinator
                )
            )
    return memberships
