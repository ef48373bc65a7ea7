"""Who may do what about the people of a partner."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from network.models.grants import PersonGrant
from network.models.people import Membership, Partner, User
from network.models.rooms import Room
from network.models.standing import HandOver
from network.permissions import NETWORK, Level, allowed, where_allowed
from network.refusals import Forbidden, Invalid, Unseen


def coordinates(user: User) -> bool:
    """Whether this person coordinates the network now."""
    return allowed(user, Level.COORDINATE, NETWORK)


def own_memberships(person: User, partner: Partner) -> QuerySet[Membership]:
    """The person's current memberships of the partner in their own right: not as somebody's deputy.

    Who had two accounts may have two; the one by which they represent the partner comes first.
    """
    mine = Membership.objects.current().filter(user=person, partner=partner, deputy_for=None)
    return mine.order_by("-role", "since", "pk")


def represents_lastingly(user: User, partner: Partner) -> bool:
    """Whether this person represents the partner in their own right now, not as somebody's deputy."""
    own = own_memberships(user, partner).filter(role=Membership.Role.REPRESENTATIVE)
    return allowed(user, Level.REPRESENT, partner) and own.exists()


def check_people(by: User, partner: Partner) -> None:
    """A representative of that very partner, a deputy too, or a coordinator. Raises Forbidden."""
    if not allowed(by, Level.REPRESENT, partner) and not coordinates(by):
        raise Forbidden(_("Only the partner's representatives and the coordinators look after its people."))


def check_representatives(by: User, partner: Partner) -> None:
    """Who says who represents a partner. Not a deputy: they would outlast the absence. Raises Forbidden.

    Nor does who stands in for a coordinator say who coordinates from now on.
    """
    check_people(by, partner)
    if not represents_lastingly(by, partner) and (partner.is_lead or not coordinates(by)):
        raise Forbidden(_("A deputy does not decide who represents the partner."))


def check_person(by: User, person: User, partner: Partner) -> Membership:
    """The membership of somebody whom one looks after. Raises Forbidden, Unseen where they take no part (any more)."""
    check_people(by, partner)
    membership = own_memberships(person, partner).select_related("partner", "user", "approved_by").first()
    if membership is None:
        raise Unseen
    return membership


def check_end(by: User, person: User, partner: Partner, at: datetime) -> Membership:
    """May end the person's membership at that moment. Raises Forbidden, Unseen.

    Who represents a partner is ended by representatives in their own right and by coordinators. The last
    one stays, unless a coordinator ends them because the partner does not take part or is about to leave.
    """
    membership = check_person(by, person, partner)
    if membership.role == Membership.Role.REPRESENTATIVE:
        check_representatives(by, partner)
        if not representatives_at(partner, at).exclude(user=person).exists():
            _check_last(by, partner)
    return membership


def check_lengthen(by: User, person: User, membership: Membership, until: datetime | None) -> None:
    """Who gave somebody a day gave it: nobody but a coordinator takes part for longer by their own word."""
    longer = membership.until is not None and (until is None or until > membership.until)
    if longer and by == person and not coordinates(by):
        raise Forbidden(_("Somebody else lengthens your time: another representative, or a coordinator."))


def check_role(by: User, person: User, partner: Partner, role: str) -> Membership:
    """May make the person a representative of the partner, or a plain member. Raises Forbidden, Unseen, Invalid."""
    membership = check_person(by, person, partner)
    check_representatives(by, partner)
    if role not in Membership.Role.values:
        raise Invalid("role", _("Choose one of the roles."))
    if role != Membership.Role.REPRESENTATIVE and membership.role == Membership.Role.REPRESENTATIVE:
        others = Membership.objects.current().filter(
            partner=partner, role=Membership.Role.REPRESENTATIVE, deputy_for=None, user__is_active=True
        )
        if not others.exclude(user=person).exists():
            _check_last(by, partner)
    return membership


def representatives_at(partner: Partner, at: datetime) -> QuerySet[Membership]:
    """Memberships of those who represent the partner in their own right at that moment."""
    return Membership.objects.filter(
        Q(until=None) | Q(until__gt=at),
        partner=partner,
        role=Membership.Role.REPRESENTATIVE,
        deputy_for=None,
        since__lte=at,
        user__is_active=True,
    )


def is_leaving(partner: Partner) -> bool:
    """Whether the partner does not take part, or its hand-over has begun."""
    standing = Partner.objects.standing().filter(pk=partner.pk).exists()
    return not standing or HandOver.objects.filter(partner=partner).exists()


def _check_last(by: User, partner: Partner) -> None:
    if not (coordinates(by) and is_leaving(partner)):
        raise Forbidden(_("The partner would have no representative then. Let another person represent it first."))


# --- places of their own ---------------------------------------------------------------------------


def stays_member(person: User, partner: Partner, at: datetime) -> bool:
    """Whether the person takes part for another partner at that moment."""
    others = Membership.objects.filter(Q(until=None) | Q(until__gt=at), user=person, since__lte=at)
    return others.exclude(partner=partner).exists()


def places_that_could_stay(by: User, person: User, at: datetime) -> QuerySet[PersonGrant]:
    """The person's own dated places with which they could go on as a guest, were `by` to want it.

    As when a guest is invited: a coordinator says so, in rooms that they manage.
    """
    places = PersonGrant.objects.current().filter(user=person, until__gt=at).exclude(content_object__kind="direct")
    if not coordinates(by):
        return places.none()
    return places.filter(content_object__in=where_allowed(by, Level.MANAGE).values("pk"))


def check_keep(by: User, person: User, at: datetime, keep: Collection[Room]) -> None:
    """Raises Forbidden where the actor may not let the person go on as a guest of each of these rooms."""
    could = set(places_that_could_stay(by, person, at).values_list("content_object", flat=True))
    if not {room.pk for room in keep} <= could:
        raise Forbidden(_("Only coordinators let somebody stay as a guest, in rooms that they manage."))


# --- deputies --------------------------------------------------------------------------------------


def check_name_deputy(by: User, person: User, partner: Partner) -> Membership:
    """The absent representative themself, or a coordinator. Raises Forbidden, Unseen.

    Returns the membership in whose place a deputy stands. A deputy has none of their own, so names nobody.
    """
    membership = check_person(by, person, partner)
    if membership.role != Membership.Role.REPRESENTATIVE:
        raise Forbidden(_("Only who represents the partner has a deputy."))
    if not person.is_active:
        # Their deputy would stand in for nobody (network.models.people).
        raise Forbidden(_("Who can no longer sign in has no deputy. Let another person represent the partner."))
    if by != person:
        if not coordinates(by):
            raise Forbidden(_("Only the representative themself or a coordinator names a deputy."))
        check_representatives(by, partner)
    return membership


def deputies_to_end(by: User, rows: QuerySet[Membership]) -> QuerySet[Membership]:
    """Of these deputies, those whose time this person may end: the absent one, the deputy, or a coordinator."""
    return rows if coordinates(by) else rows.filter(Q(user=by) | Q(deputy_for=by))


def check_end_deputy(by: User, deputy: Membership) -> None:
    """Raises Forbidden where this person may not end the deputy's time."""
    if not deputies_to_end(by, Membership.objects.filter(pk=deputy.pk)).exists():
        raise Forbidden(_("Only the representative, their deputy or a coordinator ends this."))
