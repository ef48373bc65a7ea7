"""The letter that brings a notice to somebody who is not looking at the page.

What it may say depends on the label: AMBER and stricter a title and a link, RED not even a title.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from network.actions.redactions import forget_answer
from network.kinds import KINDS
from network.labels import Label
from network.languages import spoken
from network.mail import Letter, letter, register_letter
from network.models.people import User
from network.models.records import Notification
from network.models.redactions import RedactionRequest
from network.notifications import Notice, in_words, label_of, visible_notices


def register_all() -> None:
    """Called once, from the AppConfig."""
    register_letter("notification", compose)
    register_letter("redaction_settled", compose_settled, afterwards=forget_answer)


def compose(key: int) -> Letter | None:
    """The letter of one notification; None where its reader may no longer see what it is about."""
    row = Notification.objects.filter(pk=key).select_related("user").first()
    if row is None or not row.user.is_active:
        return None
    reader = row.user
    # A letter carries a link; the page behind it asks for the second factor itself.
    reader.assured = True
    seen = visible_notices(reader).filter(pk=key).select_related("item__parent", "room", "person", "by")
    with translation.override(spoken(reader.language)):
        notices = in_words(reader, seen)
        return _letter(reader, notices[0]) if notices else None


def _letter(reader: User, notice: Notice) -> Letter:
    label = label_of(notice.row)
    address = f"{settings.LIAISE_URL}{notice.url}"
    if label == Label.RED:
        subject = _("Something restricted waits for you")
        lines = [_("Something that names you is waiting for you. Open it here:"), address]
    else:
        subject = notice.sentence
        lines = [notice.sentence]
        if notice.excerpt and (label is None or label <= Label.GREEN):
            lines.append(notice.excerpt)
        if caution := _caution(notice):
            lines.append(caution)
        lines.append(address)
    greeting = _("Dear %(name)s,") % {"name": reader.name}
    below = _("You receive this because you take part in the network. Your notifications: %(address)s") % {
        "address": settings.LIAISE_URL + reverse("network:notifications")
    }
    return letter(reader.email, subject, greeting, *lines, below=below)


def _caution(notice: Notice) -> str:
    item = notice.row.item
    about = KINDS[item.kind].caution if item is not None else None
    return about(item) if about else ""


def compose_settled(key: int) -> Letter | None:
    """The answer to somebody who closed their account and left an address for it; None where that is erased."""
    request = RedactionRequest.objects.filter(pk=key, settled_at__isnull=False).exclude(answer_to="").first()
    if request is None:
        return None
    with translation.override(spoken(request.answer_in)):
        # By the name that they knew: what the room is called by now is for those who are in it.
        asked = (
            _("When you closed your account you asked the moderators of the room %(room)s to take away what you wrote.")
            if request.known_as
            else _("When you closed your account you asked the moderators of a room to take away what you wrote.")
        ) % {"room": request.known_as}
        lines = [
            _("Good day,"),
            asked,
            _("They have taken away what should go.") if request.done else _("They have decided that it stays."),
            *([request.reason] if request.reason else []),
            _("Your address was kept for this letter alone and is erased now."),
        ]
        return letter(request.answer_to, _("What you wrote before you left"), *lines)
