"""The letter that brings an invitation."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts.actions.invitations import token_of
from accounts.models import Export, Invitation
from network import clock
from network.languages import spoken
from network.mail import Letter
from network.models.rooms import Programme


def compose(key: int) -> Letter | None:
    """The letter of one invitation; None where it no longer opens anything."""
    invitation = Invitation.objects.open().select_related("partner", "room", "by").filter(pk=key).first()
    if invitation is None:
        return None
    link = settings.LIAISE_URL + reverse("accounts:invitation", args=[token_of(invitation)])
    with translation.override(spoken(invitation.language)), timezone.override(settings.LIAISE_TIME_ZONE):
        last_day = formats.date_format(timezone.localtime(invitation.expires_at), "j F Y")
        programme = Programme.objects.first()
        words = {"by": invitation.by.name, "day": last_day, "network": programme.name if programme else "Liaise"}
        if invitation.partner is not None:
            subject = _("%(by)s invites you to %(network)s") % words
            opening = _("%(by)s invites you to take part in %(network)s for %(partner)s.") % {
                **words,
                "partner": invitation.partner.name,
            }
        else:
            # The room is not named: a letter may be read by others than the invited.
            subject = _("%(by)s invites you as a guest to %(network)s") % words
            opening = _("%(by)s invites you as a guest to one of the rooms of %(network)s.") % words
        lines = [
            _("Good day,"),
            opening,
            _("Open this link to choose a name and a password. It works once, until %(day)s:") % words,
            link,
            _("If you did not expect this, you need not do anything; ask %(by)s if in doubt.") % words,
            f"-- \n{words['network']}, {settings.LIAISE_URL}",
        ]
    return Letter(invitation.email, " ".join(subject.split()), "\n\n".join(lines) + "\n")


def compose_export(key: int) -> Letter | None:
    """The letter that an export is ready; None where it is gone already."""
    rows = Export.objects.filter(pk=key, expires_at__gt=clock.now(), user__is_active=True)
    export = rows.select_related("user").first()
    if export is None or export.expires_at is None:
        return None
    reader = export.user
    link = settings.LIAISE_URL + reverse("accounts:export-file", args=[export.uid])
    with translation.override(spoken(reader.language)), timezone.override(reader.zone):
        end = formats.date_format(timezone.localtime(export.expires_at), "j F Y, H:i")
        lines = [
            _("Dear %(name)s,") % {"name": reader.name},
            _("The export of everything of yours is ready. Sign in and fetch it here, until %(end)s:") % {"end": end},
            link,
            _("The link opens for nobody but you. If you did not ask for an export, change your password."),
        ]
        subject = _("Your export is ready")
    return Letter(reader.email, subject, "\n\n".join(lines) + "\n")
