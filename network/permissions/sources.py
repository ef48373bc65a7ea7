"""What its source alone decides about a thing: who asks it for more, who proposes, who reads the list of openings.

`is_source` (network.permissions.items) is the rule for one person and one item; here it stands as a condition on rows
and as its inverse. A property-based test proves that the three agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from network.labels import Label
from network.models.people import Membership, Partner, User
from network.permissions.items import check_seen, holds_words_of_others, is_source
from network.permissions.levels import NETWORK, Level
from network.permissions.places import partners_behind, present_condition, present_rule, representing, who_may
from network.permissions.sight import SETTLED, audience
from network.refusals import Forbidden

if TYPE_CHECKING:
    from network.models.items import Item
    from network.permissions.places import Reader


def source_rule(user: Reader, prefix: str = "") -> Q:
    """On Item, or on what points to one through `prefix`: this person is its source, whether they see it or not."""
    p = prefix
    mine, no_partner = Q(**{f"{p}author": user.pk}), Q(**{f"{p}partner__isnull": True})
    represented = representing(user.pk or 0).order_by().values("partner")
    left = no_partner | Q(**{f"{p}partner__status": Partner.Status.LEFT})
    own = mine & (Q(**{f"{p}partner__in": partners_behind(user)}) | (no_partner & present_condition(user.pk or 0)))
    spoken_for = Q(**{f"{p}partner__in": represented}) | (left & Q(**{f"{p}keeper__in": represented}))
    return Q(**{f"{p}parent__isnull": True}) & (own | (~mine & Q(**{f"{p}chatham": False}) & spoken_for))


def sources(item: Item) -> QuerySet[User]:
    """Everybody who is its source and sees it now: whom one may ask. The inverse of `is_source`, less the unseeing."""
    nobody = audience(item).none()
    if item.parent_id is not None:
        return nobody
    author = Q(pk=item.author_id)
    if item.partner is None:
        rule = author & present_rule()
    else:
        of_it = Membership.objects.effective().filter(partner=item.partner)
        rule = author & Q(pk__in=of_it.values("user"))
    if not item.chatham:
        speakers = Q(pk__in=[])
        if item.partner is not None:
            speakers |= Q(pk__in=who_may(Level.REPRESENT, item.partner).values("pk"))
        if item.keeper is not None and (item.partner is None or item.partner.status == Partner.Status.LEFT):
            speakers |= Q(pk__in=who_may(Level.REPRESENT, item.keeper).values("pk"))
        rule |= ~author & speakers
    return audience(item).filter(rule)


# --- openings -------------------------------------------------------------------------------------


def keeps_openings(item: Item) -> bool:
    """Whether it is written down who opens it: AMBER+STRICT and RED. Never under the Chatham House Rule."""
    above = item.parent
    return item.effective_label >= Label.AMBER_STRICT and not (item.chatham or (above is not None and above.chatham))


def check_openings(user: User, item: Item) -> None:
    """Who opened a thing is for its source alone. Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(user, item, inside=True)
    if item.chatham:
        raise Forbidden(_("Under the Chatham House Rule nobody is told who reads this."))
    if not is_source(user, item):
        raise Forbidden(_("Who opened this is told to its source alone."))


# --- asking for more ------------------------------------------------------------------------------


def demand_asked_about(item: Item) -> None:
    """Raises Forbidden where there is nothing to ask of a source."""
    if item.parent_id is not None:
        raise Forbidden(_("Talk about a thing is read by those who read the thing. Ask the source of that."))
    if item.chatham:
        raise Forbidden(_("Under the Chatham House Rule asking would tell who you are."))
    if item.label <= Label.GREEN:
        raise Forbidden(_("This may be passed on as it is: nobody needs to be asked."))
    if item.state not in SETTLED:
        raise Forbidden(_("Only what is published can be shared more widely."))


def demand_ask_wider(user: User, item: Item) -> None:
    """The same, and for its source itself. For an item that this person sees inside."""
    demand_asked_about(item)
    if is_source(user, item):
        raise Forbidden(_("You speak for its source yourself: change the label, or name more."))


def check_ask_wider(user: User, item: Item) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(user, item, inside=True)
    demand_ask_wider(user, item)


def demand_fit_for_all(item: Item) -> None:
    """Raises Forbidden where nobody may put it on the public site."""
    if item.effective_label != Label.CLEAR or item.state != "published":
        raise Forbidden(_("Only what is CLEAR and published may stand on the public site."))
    if holds_words_of_others(item):
        raise Forbidden(_("It holds what others wrote here and stays inside."))


def demand_propose(user: User, item: Item) -> None:
    """Raises Forbidden unless this person is its source and may propose it for the public site."""
    if not is_source(user, item):
        raise Forbidden(_("Only its source proposes a thing for the public site."))
    demand_fit_for_all(item)
    if item.chatham:
        raise Forbidden(_("Under the Chatham House Rule proposing would tell who began this."))


def check_propose(user: User, item: Item) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(user, item, inside=True)
    demand_propose(user, item)


def coordinators_seeing(item: Item) -> QuerySet[User]:
    """The coordinators who see the item inside: the only ones who learn of a proposal, and who may release it."""
    return audience(item).filter(pk__in=who_may(Level.COORDINATE, NETWORK).values("pk"))
