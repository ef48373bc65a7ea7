"""Checks about documents and practice sheets: raise with a reason."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.filetypes import PLAYED
from exchange.models import Binned, Caption, Document, Folder, PracticeSheet, Unpacking, Version
from network.kinds import KINDS
from network.labels import Label
from network.models.items import Item, State
from network.models.people import Membership, User
from network.models.rooms import Room
from network.permissions import NETWORK, Level, allowed, require
from network.permissions.items import check_seen, is_source, is_talked_about_by_others
from network.querysets import is_assured
from network.refusals import Forbidden, NeedsSecondFactor, Unseen


def check_follow_unpacking(by: User, row: Unpacking) -> None:
    """The names of files ask for the second factor that the documents ask for. Raises NeedsSecondFactor."""
    if settings.LIAISE_REQUIRE_MFA and row.tlp > Label.AMBER and not is_assured(by):
        raise NeedsSecondFactor


def check_revise(by: User, sheet: PracticeSheet) -> None:
    """The author, a co-author or a representative of the partner revises a sheet where they contribute."""
    check_seen(by, sheet, inside=True)
    if not is_source(by, sheet) and not sheet.co_authors.filter(pk=by.pk).exists():
        raise Forbidden(_("Only its authors and the representatives of its partner may revise this sheet."))
    require(by, Level.CONTRIBUTE, sheet.room)
    if sheet.state not in (State.PUBLISHED, State.HELD, State.DRAFT):
        raise Forbidden(_("This sheet is archived and can no longer be revised."))


def check_made_from(by: User, item: Item) -> None:
    """A sheet is made of what its author sees in a room, where its kind says what to begin with. Raises Unseen."""
    check_seen(by, item, inside=True)
    if KINDS[item.kind].outline is None:
        raise Unseen


def demand_add_version(by: User, document: Document) -> None:
    """Raises Forbidden but for its source, a co-author, or whoever contributes where its author lets them."""
    require(by, Level.CONTRIBUTE, document.room)
    writes = document.open_to_versions or is_source(by, document) or document.co_authors.filter(pk=by.pk).exists()
    if not writes:
        raise Forbidden(_("Only its authors and the representatives of its partner may share a new version of this."))
    if document.state not in (State.PUBLISHED, State.HELD, State.DRAFT):
        raise Forbidden(_("This document is archived and can no longer be changed."))


def holds_versions_of_others(item: Item) -> bool:
    """Whether a version came from somebody who is none of its authors and was not of the partner that shared it.

    They wrote for those who could read it then: neither its label nor the public site may hand that on. One question.
    """
    own = Q(by=item.author_id) | Q(by__in=item.co_authors.values("pk"))
    if item.partner_id is not None:
        then = Q(until__isnull=True) | Q(until__gt=OuterRef("at"))
        of_it = Membership.objects.filter(then, user=OuterRef("by"), partner=item.partner_id, since__lte=OuterRef("at"))
        own |= Q(Exists(of_it))
    return Version.objects.filter(document=item.pk).exclude(own).exists()


def demand_download(user: Any, document: Document) -> None:
    """Raises Forbidden where the document is RED and its author lets nobody download it. For one that is seen."""
    author = document.author_id == getattr(user, "pk", None)
    if document.effective_label == Label.RED and not document.downloads_allowed and not author:
        raise Forbidden(_("This is RED, and its author lets nobody download it: it is read in the browser only."))


def check_allow_downloads(by: User, document: Document) -> None:
    """Its source decides whether those whom RED names may download. Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(by, document, inside=True)
    if not is_source(by, document):
        raise Forbidden(_("Only its author and the representatives of its partner decide who may download this."))


def check_add_version(by: User, document: Document) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(by, document, inside=True)
    demand_add_version(by, document)


def demand_caption(by: User, document: Document) -> None:
    """Raises Forbidden but for whoever may add a version, where the newest one is a film or sound that is played.

    Where that one stands on the public site, captions change what strangers read: then, as with taking it off there,
    for its source, its moderators and the coordinators alone.
    """
    if document.newest is None or document.newest.content_type not in PLAYED:
        raise Forbidden(_("Captions go with a film or a recording that is played here, and this is neither."))
    demand_add_version(by, document)
    release = getattr(document, "release", None) if document.tlp == Label.CLEAR else None
    if release is None or release.version != document.newest.number or is_source(by, document):
        return
    if not allowed(by, Level.MODERATE, document.room) and not allowed(by, Level.COORDINATE, NETWORK):
        raise Forbidden(_("It stands on the public site: its source, moderators and coordinators change its captions."))


def check_caption(by: User, document: Document) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(by, document, inside=True)
    demand_caption(by, document)


def demand_describe(by: User, document: Document) -> None:
    """Raises Forbidden but for its source, where they contribute, and while it is not filed away."""
    if not is_source(by, document):
        raise Forbidden(_("Only its author and the representatives of its partner may change what is said about this."))
    require(by, Level.CONTRIBUTE, document.room)
    if document.state not in (State.PUBLISHED, State.HELD, State.DRAFT):
        raise Forbidden(_("This document is archived and can no longer be changed."))


def check_describe(by: User, document: Document) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(by, document, inside=True)
    demand_describe(by, document)


def demand_follow_reading(by: User, document: Document) -> None:
    """Who has read it is for its source and the moderators of its room. Raises Forbidden."""
    if not is_source(by, document) and not allowed(by, Level.MODERATE, document.room):
        raise Forbidden(_("Only its source and the moderators of this room ask who has read this."))


def check_follow_reading(by: User, document: Document) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_seen(by, document, inside=True)
    demand_follow_reading(by, document)


def check_ask_to_read(by: User, document: Document) -> None:
    """Raises Unseen, NeedsSecondFactor, Forbidden."""
    check_follow_reading(by, document)
    if document.state != State.PUBLISHED:
        raise Forbidden(_("Only what is published can be asked to be read."))


def check_read(by: User, document: Document) -> None:
    """Whoever sees it inside says that they have read it. Raises Unseen, NeedsSecondFactor."""
    check_seen(by, document, inside=True)


def check_arrange(by: User, folder: Folder) -> None:
    """Whoever made a folder, and a moderator, changes it, while they contribute. Raises Unseen, Forbidden."""
    require(by, Level.CONTRIBUTE, folder.room)
    if folder.by_id != by.pk and not allowed(by, Level.MODERATE, folder.room):
        raise Forbidden(_("Only who made this folder and the moderators of the room may change it."))


def check_file(by: User, document: Document) -> None:
    """Its source, a co-author or a moderator says where in its home room a document stands.

    Raises Unseen, NeedsSecondFactor, Forbidden.
    """
    check_seen(by, document, inside=True)
    require(by, Level.CONTRIBUTE, document.room)
    if document.state == State.REMOVED:
        raise Unseen
    writes = is_source(by, document) or document.co_authors.filter(pk=by.pk).exists()
    if not writes and not allowed(by, Level.MODERATE, document.room):
        raise Forbidden(_("Only its authors, the representatives of its partner and the moderators may move this."))


def demand_bin(by: User, document: Document) -> bool:
    """Its author, of what holds nobody else's words, and a moderator put a document into the bin.

    True where it is done as a moderator. Raises Forbidden.
    """
    own = document.author_id == by.pk
    if allowed(by, Level.MODERATE, document.room):
        return not own
    if not own:
        raise Forbidden(_("Only its author and the moderators of the room may put this into the bin."))
    if is_talked_about_by_others(document) or parts_of_others(by).filter(document=document).exists():
        words = _("Others have written here or shared a version or captions: ask a moderator to put it into the bin.")
        raise Forbidden(words)
    return False


def parts_of_others(person: User) -> QuerySet[Version]:
    """The versions that somebody else shared, or that have captions of somebody else."""
    captions = Caption.objects.filter(version=OuterRef("pk")).exclude(by=person)
    return Version.objects.filter(~Q(by=person) | Exists(captions))


def check_bin(by: User, document: Document) -> bool:
    """As `demand_bin`, of a document that this person sees and that is not gone. Raises Unseen, NeedsSecondFactor."""
    check_seen(by, document, inside=True)
    if document.state == State.REMOVED:
        raise Forbidden(_("It is removed already."))
    return demand_bin(by, document)


def check_unbin(by: User, document: Document, binned: Binned) -> None:
    """Who put it into the bin takes it out: its author what is theirs, a moderator what moderators put there.

    Raises Unseen, NeedsSecondFactor, Forbidden.
    """
    check_seen(by, document, inside=True)
    if binned.by_moderator:
        require(by, Level.MODERATE, document.room)
        return
    if document.author_id != by.pk:
        raise Forbidden(_("Its author put it into the bin, and only they take it out again."))
    require(by, Level.CONTRIBUTE, document.room)


def takes_out(by: User, room: Room) -> Q:
    """On Document, of those in the bin of the room that this person sees: what they take out, as `check_unbin` says."""
    own = Q(author=by, binned__by_moderator=False) if allowed(by, Level.CONTRIBUTE, room) else Q(pk__in=[])
    return own | Q(binned__by_moderator=True) if allowed(by, Level.MODERATE, room) else own
