"""Who may ask why somebody sees something, and of which rooms the answer may speak.

A coordinator asks about everybody, a representative about the people of their partner, a moderator about anybody, but
only with regard to the rooms that they moderate. An answer never speaks of a room that the asker does not view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from network.labels import Label
from network.models.people import Membership, User
from network.permissions.levels import Level
from network.permissions.places import coordinating, memberships_now, representing, rooms_where
from network.permissions.prepared import Subquery
from network.permissions.sight import SETTLED
from network.refusals import Forbidden

if TYPE_CHECKING:
    from network.models.items import Item


def people_to_ask_about(by: User) -> QuerySet[User]:
    """The people about whom this person may ask, each with `asked_wholly`: not only in rooms that they moderate.

    Guests ask nobody: of the network they know only the people of their rooms.
    """
    theirs = Membership.objects.current().filter(
        user=OuterRef("pk"), partner__in=representing(by.pk).order_by().values("partner")
    )
    wholly = Q(Exists(theirs)) | Q(Exists(coordinating(by.pk)))
    moderates = Q(Exists(_moderated(by))) & Q(Exists(memberships_now(by.pk)))
    whole = Case(When(wholly, then=Value(True)), default=Value(False), output_field=BooleanField())
    return User.objects.filter(wholly | moderates).annotate(asked_wholly=whole)


def check_asks(by: User) -> None:
    """Raises Forbidden for whoever may ask about nobody."""
    if not people_to_ask_about(by).exists():
        raise Forbidden(
            _("Representatives ask this about their own people, moderators in their room, coordinators about all.")
        )


def rooms_to_speak_of(by: User, person: User) -> Subquery:
    """The keys of the rooms of which an answer about this person, of `people_to_ask_about`, may speak."""
    wholly: bool = person.asked_wholly  # type: ignore[attr-defined]
    return rooms_where(by, Level.VIEW if wholly else Level.MODERATE)


def tells_apart(item: Item) -> bool:
    """Whether who sees it would tell who somebody is under the Chatham House Rule.

    Everyone of the room reads what is settled and not too tight, and that tells nothing; else it would give away who
    began it.
    """
    row: Item | None = item
    while row is not None:
        if row.chatham and not (row.tlp <= Label.AMBER and row.state in SETTLED):
            return True
        row = row.parent
    return False


def check_explain(item: Item) -> None:
    """Raises Forbidden where the answer would link a person to a participant."""
    if tells_apart(item):
        raise Forbidden(_("Under the Chatham House Rule nobody is told who reads this."))


def _moderated(by: User) -> QuerySet:
    return apps.get_model("network", "Room")._default_manager.filter(pk__in=rooms_where(by, Level.MODERATE))
