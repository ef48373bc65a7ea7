"""Letters that are no notices: to whoever is to come, and to an address that closes, waits or was declined."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts.actions.absence import TIME_TO_ANSWER
from accounts.actions.invitations import token_of
from accounts.models import AccessRequest, Export, Invitation
from network import clock
from network.languages import spoken
from network.mail import Letter, letter, network_name
from network.models.people import User
from network.models.records import AuditDetail, AuditEntry
from network.permissions import NETWORK, Level, present_people, who_may


def compose(key: int) -> Letter | None:
    """The letter of one invitation; None where it no longer opens anything."""
    invitation = Invitation.objects.open().select_related("partner", "room", "by").filter(pk=key).first()
    if invitation is None:
        return None
    link = settings.LIAISE_URL + reverse("accounts:invitation", args=[token_of(invitation)])
    with translation.override(spoken(invitation.language)), timezone.override(settings.LIAISE_TIME_ZONE):
        last_day = formats.date_format(timezone.localtime(invitation.expires_at), "j F Y")
        words = {"by": invitation.by.name, "day": last_day, "network": network_name()}
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
        ]
    return letter(invitation.email, subject, *lines)


def compose_known(key: int) -> Letter | None:
    """The letter to somebody who asked to take part and has an account; None where that is no longer so."""
    request = AccessRequest.objects.filter(pk=key).first()
    person = present_people().filter(email__iexact=request.email).first() if request else None
    if person is None:
        return None
    with translation.override(spoken(person.language)):
        network = network_name()
        lines = [
            _("Dear %(name)s,") % {"name": person.name},
            _("Somebody, perhaps you, asked to take part in %(network)s with this address.") % {"network": network},
            _("You have an account already."),
            _("Sign in here; if you no longer know your password, you can choose a new one there:"),
            settings.LIAISE_URL + reverse("account_login"),
            _("If it was not you, you need not do anything. Whoever asked was not told that you have an account."),
        ]
        subject = _("You have an account in %(network)s already") % {"network": network}
    return letter(person.email, subject, *lines)


def compose_declined(key: int) -> Letter | None:
    """The letter to somebody whose request to take part was declined, with the reason."""
    request = AccessRequest.objects.filter(pk=key, invitation=None, settled_by__isnull=False).first()
    if request is None:
        return None
    with translation.override(spoken(request.language)):
        network = network_name()
        lines = [
            _("Dear %(name)s,") % {"name": request.name},
            _("Thank you for asking to take part in %(network)s. This is not possible at present:")
            % {"network": network},
            request.reason,
            _("You may ask again when this has changed."),
        ]
        subject = _("Your request to take part in %(network)s") % {"network": network}
    return letter(request.email, subject, *lines)


def compose_merged_closed(key: int) -> Letter | None:
    """To the address of an account that was closed since its person has another; None where its words are erased."""
    merge = _merge(key)
    if merge is None:
        return None
    kept, closed, by = merge
    with translation.override(spoken(closed.language)):
        lines = [
            _("Dear %(name)s,") % {"name": closed.name},
            _("%(by)s, who coordinates the network, made one account of your two. You can no longer sign in with "
              "%(address)s.") % {"by": by.name, "address": closed.email},
            _("All that you had with it is in the other account, of %(name)s. Sign in with the address of that one.")
            % {"name": kept.name},
            *_if_it_was_wrong(by),
        ]  # fmt: skip
        return letter(closed.email, _("Your two accounts are one now"), *lines)


def compose_merged_kept(key: int) -> Letter | None:
    """To the address of the account that stays."""
    merge = _merge(key)
    if merge is None:
        return None
    kept, closed, by = merge
    with translation.override(spoken(kept.language)):
        lines = [
            _("Dear %(name)s,") % {"name": kept.name},
            _("%(by)s, who coordinates the network, made one account of your two: all that the account %(address)s had "
              "is in yours now, and nobody signs in with that address any more.")
            % {"by": by.name, "address": closed.email},
            *_if_it_was_wrong(by),
        ]  # fmt: skip
        return letter(kept.email, _("Your two accounts are one now"), *lines)


def _merge(key: int) -> tuple[User, User, User] | None:
    """Which account stayed, which closed, and who did it."""
    entry = AuditEntry.objects.filter(pk=key).first()
    detail = AuditDetail.objects.filter(entry=key).first()
    if entry is None or detail is None:
        return None
    found = {
        str(one.uid): one for one in User.objects.filter(uid__in=[entry.target, detail.data["closed"], entry.actor])
    }
    kept, closed, by = (found.get(str(uid)) for uid in (entry.target, detail.data["closed"], entry.actor))
    return (kept, closed, by) if kept and closed and by else None


def _if_it_was_wrong(by: User) -> list[str]:
    """Whom to write to: another coordinator than the one who did it, where there is one."""
    coordinators = who_may(Level.COORDINATE, NETWORK).order_by("name", "pk")
    others = list(coordinators.exclude(pk=by.pk)[:3]) or [by]
    names = "\n".join(f"{one.name}, {one.email}" for one in others)
    return [_("If these are not both yours, or you did not want it, write at once to:"), names]


def compose_absence(key: int) -> Letter | None:
    """Asks somebody who has not come for long; None where they came, or can no longer sign in."""
    person = User.objects.filter(pk=key, is_active=True).first()
    if person is None or person.asked_at is None:
        return None
    if person.last_login is not None and person.last_login >= person.asked_at:
        return None
    with translation.override(spoken(person.language)), timezone.override(settings.LIAISE_TIME_ZONE):
        last_day = formats.date_format(timezone.localtime(person.asked_at + TIME_TO_ANSWER), "j F Y")
        lines = [
            _("Dear %(name)s,") % {"name": person.name},
            _("You have not come to the network for a long time. Do you still take part?"),
            _("If you do, sign in until %(day)s; that is all:") % {"day": last_day},
            settings.LIAISE_URL + reverse("account_login"),
            _("If not, you need not do anything: from that day on nobody can sign in with this address. What you "
              "wrote stays, and your partner's representative can let you in again."),
        ]  # fmt: skip
        return letter(person.email, _("Do you still take part?"), *lines)


def compose_address_changed(key: int) -> Letter | None:
    """To the address of before; None where the entry's words have been erased."""
    entry = AuditEntry.objects.filter(pk=key).first()
    detail = AuditDetail.objects.filter(entry=key).first()
    person = User.objects.filter(uid=entry.target).first() if entry else None
    if detail is None or person is None:
        return None
    with translation.override(spoken(person.language)):
        lines = [
            _("Dear %(name)s,") % {"name": person.name},
            _("You sign in with %(after)s now, and no longer with %(before)s.") % detail.data,
            _("If it was not you who changed this, write to a coordinator at once."),
        ]
        return letter(detail.data["before"], _("Your e-mail address has changed"), *lines)


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
    return letter(reader.email, subject, *lines)
