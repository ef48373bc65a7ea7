"""What can be done with any item, whatever its kind: relabel, pass on, release, hold, remove."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network import kinds
from network.actions import items as actions
from network.actions.item_requests import share_wider
from network.actions.openings import opened
from network.forms import add_refusal
from network.item_forms import PassOnForm, ReasonForm, RelabelForm
from network.labels import Label
from network.models.item_requests import ItemRequest
from network.models.items import Item, Placement, State
from network.models.people import User
from network.models.rooms import Room
from network.permissions import NETWORK, Level, allowed, can
from network.permissions.asking import check_asks, tells_apart
from network.permissions.items import is_own, is_source
from network.permissions.sources import demand_asked_about, demand_fit_for_all, keeps_openings
from network.previews import Preview, may_name, passed_on, relabelled
from network.refusals import Forbidden, Refusal
from network.rehearsals import mark_of
from network.requests import PersonRequest
from network.sharing import ShareForm
from network.views.confirming import has_seen, is_stale
from network.views.fetching import item_or_unseen
from network.views.places import room_or_404


@dataclass(frozen=True)
class Offers:
    """What a page about an item may offer its reader. Computed once; the actions ask again.

    `source`: whether they are its source, which offers nothing by itself.
    """

    source: bool
    relabel: bool
    pass_on: bool
    release: bool
    unrelease: bool
    hold: bool
    approve: bool
    archive: bool
    remove: bool
    ask: bool
    ask_wider: bool
    propose: bool
    openings: bool

    def __bool__(self) -> bool:
        return any(offered for name, offered in vars(self).items() if name != "source")


def offers(user: User, item: Item, *, release: Any) -> Offers:
    """What this person, who sees the item inside, may do with it now."""
    source, own = is_source(user, item), is_own(user, item)
    author = item.author_id == user.pk
    moderates = allowed(user, Level.MODERATE, item.room)
    coordinates = allowed(user, Level.COORDINATE, NETWORK)
    published, label = item.state == State.PUBLISHED, item.effective_label
    tightens = moderates and item.tlp < Label.RED
    public = source and bool(can(demand_fit_for_all, item))
    public = public and (release is None or release.version < newest_version(item))
    return Offers(
        source=source,
        relabel=item.state != State.REMOVED and (source or tightens),
        pass_on=published and label <= Label.GREEN,
        release=coordinates and public,
        unrelease=release is not None and (author or coordinates),
        hold=moderates and published,
        approve=moderates and item.state == State.HELD and not author,
        archive=published and ((author and item.parent_id is None) or moderates),
        remove=item.state != State.REMOVED and (own or moderates),
        ask=(moderates or bool(can(check_asks, user))) and not tells_apart(item),
        ask_wider=not source and bool(can(demand_asked_about, item)),
        propose=public and not coordinates and not item.chatham,
        openings=source and not item.chatham and keeps_openings(item),
    )


def standing(user: User, item: Item) -> dict[str, Any]:
    """What every page about an item passes to its template. `item` comes from `with_places`.

    `room` is the room under whose tabs it is shown: its home, or one that it was passed on to. Whoever opens what is
    AMBER+STRICT or RED is written down here, so that no page can forget it.
    """
    opened(by=user, item=item)
    seen = Exists(Room.objects.visible_to(user).filter(pk=OuterRef("room")))
    rows = item.placements.annotate(seen=seen).select_related("room", "by") if item.tlp <= Label.GREEN else ()
    everywhere = list(rows)
    placements = [placement for placement in everywhere if placement.seen]
    release = getattr(item, "release", None) if item.tlp == Label.CLEAR else None
    offered = offers(user, item, release=release)
    waiting = list(_waiting(user, item)) if item.tlp != Label.GREEN and item.parent_id is None else []
    return {
        "item": item,
        "room": item.home or (placements[0].room if placements else None),
        "placements": placements,
        # That it is elsewhere too is the source's to know; in which room is not.
        "elsewhere": offered.source and len(placements) < len(everywhere),
        "release": release,
        "offers": offered,
        "named_partners": item.named_partners.all() if item.tlp == Label.AMBER_STRICT else (),
        "named_people": item.named_people.all() if item.tlp == Label.RED else (),
        "keeps_openings": keeps_openings(item),
        "asked_by_me": [one for one in waiting if one.user_id == user.pk],
        "asked_of_me": [one for one in waiting if one.user_id != user.pk],
    }


def _waiting(user: User, item: Item) -> Any:
    rows = ItemRequest.objects.open().visible_to(user).filter(item=item.pk)
    return rows.select_related("user")


def item_here(request: HttpRequest, uid: uuid.UUID) -> Item:
    """The item of any kind that its reader sees inside, with its places and the word for its kind."""
    rows = Item.objects.select_related("room", "author", "partner", "parent")
    item = item_or_unseen(rows.with_places(request.user), request.user, uid, inside=True)
    item.kind_name = kinds.KINDS[item.kind].name
    return item


@login_required
@require_safe
def would_see(request: PersonRequest, slug: str) -> HttpResponse:
    """Who would see what is being written, for the label and names chosen so far (a fragment)."""
    place = room_or_404(request.user, slug)
    form = ShareForm(request.GET, by=request.user, room=place)
    return render(request, "components/audience.html", {"audience": form.audience, "named": True})


@login_required
def relabel(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Asks for the new label, says what it would do to the audience, then does it.

    With `?for=` of a request it is its answer: yes, and in which way.
    """
    item = item_here(request, uid)
    offered = offers(request.user, item, release=None)
    if not offered.relabel:
        raise Forbidden(_("Only the source and the moderators may change this label."))
    asked = _asked(request, item)
    form = RelabelForm(request.POST or None, item=item, source=is_source(request.user, item))
    context = {"item": item, "form": form, "room": item.home, "asked": asked}
    if request.method == "POST" and form.is_valid():
        preview = relabelled(item, **form.chosen)
        # Sent twice, it has been done by the first; it is not asked about again.
        done = "seen" in request.POST and asked is None and form.is_so_already
        if done or (has_seen(request, preview.mark) and _relabelled(request.user, item, form, asked)):
            messages.success(request, _("The label is %(label)s now.") % {"label": form.chosen["tlp"].word})
            return redirect(asked) if asked else _back(request, item)
        if not form.errors:
            context |= _shown(request, item, preview) | {"ends": _ends(item, form.chosen["tlp"])}
            return render(request, "network/items/relabel_sure.html", context)
    return render(request, "network/items/relabel.html", context, status=422 if form.is_bound else 200)


def _shown(request: PersonRequest, item: Item, preview: Preview) -> dict[str, Any]:
    """What the page before it is done says of the audience; `mark` comes back as `seen`."""
    shown = {"change": preview.change, "audience": preview.audience, "mark": preview.mark}
    return shown | {"stale": is_stale(request, preview.mark), "named": may_name(request.user, item)}


def _asked(request: PersonRequest, item: Item) -> ItemRequest | None:
    """The request that is answered with yes by this; None without one, or where it waits no longer."""
    try:
        uid = uuid.UUID(request.GET.get("for", ""))
    except ValueError:
        return None
    rows = ItemRequest.objects.waiting_for(request.user).filter(kind=ItemRequest.Kind.WIDER, item=item)
    return rows.select_related("item", "user").filter(uid=uid).first()


def _relabelled(by: User, item: Item, form: RelabelForm, asked: ItemRequest | None) -> bool:
    if asked is not None:
        return _done(form, share_wider, by=by, request=asked, **form.chosen)
    return _done(form, actions.relabel, by=by, item=item, **form.chosen)


def _ends(item: Item, tlp: Label) -> dict[str, bool]:
    """What a tighter label ends: being in other rooms, standing on the public site."""
    return {
        "placements": tlp > Label.GREEN and item.placements.exists(),
        "release": tlp > Label.CLEAR and hasattr(item, "release"),
    }


def _done(form: Any, action: Any, **given: Any) -> bool:
    try:
        action(**given)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    return True


@login_required
def pass_on(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Asks for the other room, says whom the item reaches there, then places it."""
    item = item_here(request, uid)
    if item.effective_label > Label.GREEN or item.state != State.PUBLISHED:
        raise Forbidden(_("Only what is GREEN or CLEAR, and published, may be passed on. Ask the source."))
    form = PassOnForm(request.POST or None, item=item, by=request.user)
    context = {"item": item, "form": form, "room": item.home}
    if request.method == "POST" and form.is_valid():
        place = form.cleaned_data["room"]
        preview = passed_on(item, place)
        agreed = has_seen(request, preview.mark)
        if agreed and _done(form, actions.pass_on, by=request.user, item=item, room=place):
            messages.success(request, _("It is in the room %(room)s as well now.") % {"room": place.name})
            return redirect(item)
        if not form.errors:
            context |= _shown(request, item, preview) | {"to": place}
            return render(request, "network/items/pass_on_sure.html", context)
    return render(request, "network/items/pass_on.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def take_back(request: PersonRequest, uid: uuid.UUID, slug: str) -> HttpResponse:
    """Takes the item out of a room that it was passed on to."""
    item, place = item_here(request, uid), room_or_404(request.user, slug)
    placement = get_object_or_404(Placement.objects.select_related("item", "room"), item=item, room=place)
    actions.take_back(by=request.user, placement=placement)
    messages.success(request, _("It is no longer in the room %(room)s.") % {"room": place.name})
    return _back(request, item, place)


def _back(request: HttpRequest, item: Item, room: Room | None = None) -> HttpResponse:
    """To the item, or to its room where what was done took it out of one's own sight."""
    if Item.objects.one_seen_by(request.user, item.pk).exists():
        return redirect(item)
    return redirect(room or item.home or "network:rooms")


@login_required
def release(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """A coordinator who speaks for its source puts a version on the public site, after being told what that means.

    What others shared is released where it was proposed: there it is led to.
    """
    item = item_here(request, uid)
    newest = newest_version(item)
    # What has no versions is what it was when something in it last changed.
    mark = mark_of([newest] if kinds.KINDS[item.kind].newest_version else [item.active_at.isoformat()])
    if request.method == "POST" and has_seen(request, mark):
        actions.release(by=request.user, item=item, version=newest)
        messages.success(request, _("It stands on the public site now."))
        return redirect(item)
    if not allowed(request.user, Level.COORDINATE, NETWORK):
        raise Forbidden(_("Only the network's coordinators may do this."))
    proposed = ItemRequest.objects.waiting_for(request.user).filter(kind=ItemRequest.Kind.RELEASE, item=item).first()
    if proposed is not None:
        return redirect(proposed)
    if not is_source(request.user, item):
        raise Forbidden(_("Its source proposes it for the public site first."))
    if request.method == "POST":
        demand_fit_for_all(item)
    context = {
        "item": item,
        "room": item.home,
        "version": newest if item.kind == "document" else None,
        "mark": mark,
        "stale": is_stale(request, mark),
    }
    return render(request, "network/items/release.html", context)


def newest_version(item: Item) -> int:
    """The number of its newest version; 1 for what has none."""
    count = kinds.KINDS[item.kind].newest_version
    return count(item) if count else 1


@login_required
@require_POST
def unrelease(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes it off the public site."""
    item = item_here(request, uid)
    actions.unrelease(by=request.user, item=item)
    messages.success(request, _("It no longer stands on the public site."))
    return redirect(item)


@login_required
@require_POST
def approve(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """A moderator lets what was held stand."""
    item = item_here(request, uid)
    actions.approve(by=request.user, item=item)
    messages.success(request, _("It can be read now."))
    return redirect(item)


@login_required
@require_POST
def archive(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """The author or a moderator files it away."""
    item = item_here(request, uid)
    actions.archive(by=request.user, item=item)
    messages.success(request, _("It is archived. It stays readable."))
    return redirect(item)


@login_required
def remove(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """The author, or a moderator with a reason, takes it away."""
    return _with_reason(request, uid, actions.remove, _("It is removed."), "network/items/remove.html")


@login_required
def hold(request: PersonRequest, uid: uuid.UUID) -> HttpResponse:
    """A moderator, with a reason, takes it out of sight until it is decided."""
    return _with_reason(request, uid, actions.hold, _("It is held until it is decided."), "network/items/hold.html")


def _puts_away(user: User, item: Item) -> bool:
    """Whether there is another page on which its author takes it away; that one asks whether they may."""
    return item.author_id == user.pk and bool(kinds.KINDS[item.kind].put_away)


def _with_reason(request: PersonRequest, uid: uuid.UUID, action: Any, said: str, page: str) -> HttpResponse:
    item = item_here(request, uid)
    own = action is actions.remove and is_own(request.user, item)
    if not own and not allowed(request.user, Level.MODERATE, item.room):
        if action is actions.remove and request.method == "GET" and _puts_away(request.user, item):
            return redirect(kinds.KINDS[item.kind].put_away, item.uid)
        raise Forbidden(_("Only the moderators of this room may do this."))
    form = ReasonForm(request.POST or None, needed=not own)
    ready = request.method == "POST" and form.is_valid()
    if ready and _done(form, action, by=request.user, item=item, reason=form.cleaned_data["reason"]):
        if action is actions.remove and not Item.objects.filter(pk=item.pk, state=State.REMOVED).exists():
            said = _("It stays until another moderator confirms this.")
        messages.success(request, said)
        return _back(request, item)
    context = {"item": item, "form": form, "room": item.home, "own": own}
    return render(request, page, context, status=422 if form.is_bound else 200)
