"""What the ground floor keeps for a while, and how it is removed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network import sealing
from network.models.drafts import Draft
from network.models.item_requests import ItemRequest
from network.models.openings import Opening
from network.models.records import Mail, Notification
from network.models.redactions import RedactionRequest
from network.models.rooms import JoinRequest
from network.retention import register_retention, remove_some


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_retention(
        "audit",
        _("Audit trail"),
        hint=_("Days from the entry; a checkpoint keeps the chain whole."),
        default_days=1825,
        least=90,
        purge=sealing.shorten,
    )
    register_retention(
        "join_requests",
        _("Requests to join a room"),
        hint=_("Days from the answer."),
        default_days=365,
        least=7,
        purge=settled_requests,
    )
    register_retention(
        "redactions",
        _("Requests of former members to take away what they wrote"),
        hint=_("Days from the asking, answered or not; an address that was left for the answer goes with it."),
        default_days=365,
        least=30,
        purge=old_redactions,
    )
    register_retention(
        "item_requests",
        _("Requests for wider sharing, proposals for the public site"),
        hint=_("Days from the answer."),
        default_days=365,
        least=7,
        purge=answered_item_requests,
    )
    register_retention(
        "openings",
        _("Who opened what is AMBER+STRICT or RED"),
        hint=_("Days from the opening."),
        default_days=365,
        least=30,
        purge=old_openings,
    )
    register_retention(
        "drafts",
        _("Drafts: what people have written and not sent"),
        hint=_("Days from the last time that something was typed."),
        default_days=60,
        least=7,
        purge=old_drafts,
    )
    register_retention(
        "notifications",
        _("Notifications"),
        hint=_("Days from the reading."),
        default_days=180,
        least=7,
        purge=read_notifications,
    )
    register_retention(
        "mail",
        _("Letters in the queue"),
        hint=_("Days from the sending, or from giving up. The queue holds no words."),
        default_days=30,
        least=7,
        purge=finished_mail,
    )


def settled_requests(before: datetime) -> int:
    """Requests to join that were answered before."""
    return remove_some(JoinRequest.objects.filter(settled_at__lt=before))


def old_redactions(before: datetime) -> int:
    """Requests of former members that were made before: an address must not lie there for ever unanswered."""
    return remove_some(RedactionRequest.objects.filter(asked_at__lt=before))


def answered_item_requests(before: datetime) -> int:
    """Requests about items that were answered, or no longer asked, before."""
    return remove_some(ItemRequest.objects.filter(settled_at__lt=before))


def old_openings(before: datetime) -> int:
    """Openings before."""
    return remove_some(Opening.objects.filter(at__lt=before))


def old_drafts(before: datetime) -> int:
    """Drafts that were written before."""
    return remove_some(Draft.objects.filter(at__lt=before))


def read_notifications(before: datetime) -> int:
    """Notifications that were read before."""
    return remove_some(Notification.objects.filter(read_at__lt=before))


def finished_mail(before: datetime) -> int:
    """Rows of letters that were sent, or given up, before."""
    return remove_some(Mail.objects.filter(Q(sent_at__lt=before) | Q(dropped_at__lt=before)))
