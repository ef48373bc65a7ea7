"""Every door of the house, tried by everybody.

Each URL pattern has a row in DOORS: how it is tried, and what it answers to whom. A pattern without a
row fails the suite, so that no page comes into being without somebody having said who may open it.

The answers are for the room Families and what is in it (see `tests.cast`): `in` is the way to sign in,
`->` any other redirect, the rest are status codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from network.models import User
from tests.cast import Cast
from tests.stage import Stage, set_stage

# That the gate answers alike on both databases is proved in random worlds (tests/network/test_gate_worlds.py).
pytestmark = pytest.mark.once

PEOPLE = ("stranger", "outsider", "viewer", "contributor", "moderator", "manager", "ended", "expired", "suspended")

#             stranger outsider viewer contributor moderator manager ended expired suspended
EVERYBODY = "200 200 200 200 200 200 200 200 200"
SIGNED_IN = "in 200 200 200 200 200 200 200 200"
IN_THE_ROOM = "in 404 200 200 200 200 404 404 404"
CONTRIBUTES = "in 404 403 200 200 200 404 404 404"
MODERATES = "in 404 403 403 200 200 404 404 404"
DOES_AS_MODERATOR = "in 404 403 403 -> -> 404 404 404"
DOES_AS_CONTRIBUTOR = "in 404 403 -> -> -> 404 404 404"
DOES_IN_THE_ROOM = "in 404 -> -> -> -> 404 404 404"
DOES_AS_MANAGER = "in 404 403 403 403 -> 404 404 404"
MANAGES = "in 404 403 403 403 200 404 404 404"
COORDINATES = HOSTS = "in 403 403 403 403 403 403 403 403"

# Clara alone coordinates, and she is not among these; what coordinators do is forbidden to all here.
DOORS: dict[str, str] = {
    "network:rooms": SIGNED_IN,
    "network:room-new": COORDINATES,
    "network:room": "in 200 200 200 200 200 404 404 404",
    "network:room-members": IN_THE_ROOM,
    "network:grant-change": MANAGES,
    "network:grant-withdraw": DOES_IN_THE_ROOM,
    "network:request-approve": MANAGES,
    "network:request-decline": DOES_AS_MANAGER,
    "network:request-withdraw": "in -> -> -> -> -> 404 404 404",
    "network:room-settings": MANAGES,
    "network:room-logo-change": DOES_AS_MANAGER,
    "network:room-hand-over": MANAGES,
    "network:room-close": MANAGES,
    "network:room-logo": "in 200 200 200 200 200 404 404 404",
    "network:redaction": MODERATES,
    "network:redaction-remove": DOES_AS_MODERATOR,
    "network:redaction-settle": DOES_AS_MODERATOR,
    "network:mandates": COORDINATES,
    "network:mandate-withdraw": COORDINATES,
    "network:manager-name": "in 403 403 403 403 403 404 404 404",
    "network:room-archive": DOES_AS_MANAGER,
    "network:programme": COORDINATES,
    "network:why": "in 403 403 403 200 200 403 403 403",
    "network:why-person": "in 404 404 404 200 200 404 404 404",
    "network:why-item": "in 404 404 404 200 200 404 404 404",
    "network:work": HOSTS,
    "network:work-again": HOSTS,
    "network:phase-new": COORDINATES,
    "network:phase": COORDINATES,
    "network:themes": COORDINATES,
    "network:theme": COORDINATES,
    "network:trail": SIGNED_IN,
    "network:trail-copy": SIGNED_IN,
    "network:retention": COORDINATES,
    "network:drafts": SIGNED_IN,
    # Another's is left alone without a word, so that nothing is said of whether it exists.
    "network:draft-discard": "in -> -> -> -> -> -> -> ->",
    "network:rendered": SIGNED_IN,
    "network:notifications": SIGNED_IN,
    "network:notifications-read": "in -> -> -> -> -> -> -> ->",
    "network:notification": "in 404 404 404 404 404 404 404 404",
    "network:would-see": IN_THE_ROOM,
    "network:room-following": DOES_IN_THE_ROOM,
    "network:item-following": DOES_IN_THE_ROOM,
    "network:bookmarks": SIGNED_IN,
    "network:item-bookmark": DOES_IN_THE_ROOM,
    "network:item-label": MODERATES,
    "network:item-pass-on": IN_THE_ROOM,
    "network:item-take-back": "in 403 403 403 403 403 404 404 404",
    "network:item-release": "in 404 403 403 403 403 404 404 404",
    "network:item-unrelease": "in 404 403 403 403 403 404 404 404",
    "network:item-hold": MODERATES,
    "network:item-approve": DOES_AS_MODERATOR,
    "network:item-archive": DOES_AS_MODERATOR,
    "network:item-remove": MODERATES,
    "network:item-openings": "in 404 403 403 403 403 404 404 404",
    "network:item-ask": IN_THE_ROOM,
    "network:item-propose": "in 404 403 403 403 403 404 404 404",
    # Carlo, the contributor, asked it of Luc.
    "network:item-request": "in 404 404 200 404 404 404 404 404",
    "network:item-request-release": "in 404 404 404 404 404 404 404 404",
    "network:item-request-take-back": "in 404 404 -> 404 404 404 404 404",
    "accounts:partners": EVERYBODY,
    "accounts:partner": EVERYBODY,
    "accounts:partner-new": COORDINATES,
    "accounts:partner-logo": EVERYBODY,
    "accounts:partner-edit": COORDINATES,
    "accounts:partner-status": COORDINATES,
    "accounts:partner-lead": COORDINATES,
    "accounts:partner-leave": COORDINATES,
    "accounts:hand-over": COORDINATES,
    "accounts:hand-over-begin": COORDINATES,
    "accounts:hand-over-call-off": COORDINATES,
    "accounts:hand-over-items": COORDINATES,
    "accounts:hand-over-room": COORDINATES,
    "accounts:invite": COORDINATES,
    "accounts:partners-import": COORDINATES,
    "accounts:partners-template": COORDINATES,
    "accounts:partners-export": COORDINATES,
    "accounts:people-import": COORDINATES,
    "accounts:people-template": COORDINATES,
    "accounts:people-export": COORDINATES,
    "accounts:import": "in 404 404 404 404 404 404 404 404",
    "accounts:import-carry-out": "in 404 404 404 404 404 404 404 404",
    "accounts:import-discard": "in 404 404 404 404 404 404 404 404",
    "accounts:partner-people": COORDINATES,
    "accounts:people-confirm": COORDINATES,
    "accounts:partner-person": COORDINATES,
    "accounts:membership-end": COORDINATES,
    "accounts:deputy-name": COORDINATES,
    "accounts:deputy-end": "in 404 404 404 404 404 404 404 404",
    "accounts:ask": EVERYBODY,
    "accounts:asked": EVERYBODY,
    "accounts:requests": COORDINATES,
    "accounts:request": "in 404 404 404 404 404 404 404 404",
    "accounts:people": SIGNED_IN,
    "accounts:person": "in 200 200 200 200 200 404 404 404",
    "accounts:talk": "in -> -> -> -> -> 404 404 404",
    "accounts:reactivate": "in 404 404 404 404 404 404 404 404",
    "accounts:move": "in 403 403 403 403 403 404 404 404",
    "accounts:merge": "in 403 403 403 403 403 404 404 404",
    "accounts:profile": SIGNED_IN,
    "accounts:account": SIGNED_IN,
    "accounts:telling": SIGNED_IN,
    "accounts:export": SIGNED_IN,
    "accounts:export-file": "in 404 404 404 404 404 404 404 404",
    "accounts:close": SIGNED_IN,
    "accounts:host-people": COORDINATES,
    "accounts:host-person": COORDINATES,
    "accounts:host-export": COORDINATES,
    "accounts:host-erase": COORDINATES,
    "accounts:hat": "in -> -> -> -> -> -> -> ->",
    # Sent to one address: whoever is signed in with another is told so, and no more.
    "accounts:invitation": "200 403 403 403 403 403 403 403 403",
    "accounts:invitation-settle": "in 404 404 404 404 404 404 404 404",
    "accounts:invite-guest": "in 404 403 403 403 403 404 404 404",
    "accounts:charter": EVERYBODY,
    "accounts:privacy": EVERYBODY,
    "accounts:texts": COORDINATES,
    "accounts:text-edit": COORDINATES,
    "accounts:welcome": SIGNED_IN,
    "accounts:second-factor": SIGNED_IN,
    "accounts:session-end": "in 404 404 404 404 404 404 404 404",
    "accounts:sign-out-everywhere": "in -> -> -> -> -> -> -> ->",
    "accounts:partner-sign-in": COORDINATES,
    "exchange:host-files": HOSTS,
    "exchange:host-files-scan": HOSTS,
    "exchange:documents": IN_THE_ROOM,
    "exchange:document-new": CONTRIBUTES,
    "exchange:folder-new": CONTRIBUTES,
    "exchange:folder": MODERATES,
    "exchange:folder-remove": DOES_AS_MODERATOR,
    "exchange:documents-move": DOES_AS_CONTRIBUTOR,
    "exchange:documents-unpack": CONTRIBUTES,
    # Luc sent it.
    "exchange:unpacking": "in 404 404 404 404 404 404 404 404",
    "exchange:documents-export": MANAGES,
    "exchange:documents-zip": DOES_IN_THE_ROOM,
    "exchange:bin": IN_THE_ROOM,
    "exchange:bin-put": DOES_IN_THE_ROOM,
    # Anna has commented on it, so that it is not its author's any more to put away.
    "exchange:document-bin": MODERATES,
    "exchange:document-unbin": "in 404 404 404 -> -> 404 404 404",
    "exchange:document": IN_THE_ROOM,
    "exchange:document-version-new": "in 404 403 403 403 403 404 404 404",
    "exchange:document-version-restore": "in 404 403 403 403 403 404 404 404",
    "exchange:document-download": IN_THE_ROOM,
    "exchange:document-pages": IN_THE_ROOM,
    "exchange:document-picture": "in 404 200 200 200 200 404 404 404",
    "exchange:document-play": "in 404 404 404 404 404 404 404 404",
    "exchange:document-compare": IN_THE_ROOM,
    "exchange:document-downloads": "in 404 403 403 403 403 404 404 404",
    "exchange:document-openings": "in 404 403 403 403 403 404 404 404",
    # Of a recording that Maud shared, to which others may add.
    "exchange:document-captions": CONTRIBUTES,
    "exchange:document-captions-remove": DOES_AS_CONTRIBUTOR,
    "exchange:document-track": IN_THE_ROOM,
    "exchange:document-describe": "in 404 403 403 403 403 404 404 404",
    "exchange:document-work": "in 404 403 403 403 403 404 404 404",
    "exchange:document-work-stop": "in 404 403 403 403 403 404 404 404",
    "exchange:document-reading": MODERATES,
    "exchange:document-reading-newest": DOES_AS_MODERATOR,
    "exchange:document-read": DOES_IN_THE_ROOM,
    # Nobody gets further without the header of the protocol (tests/exchange/test_uploads.py has who may).
    "exchange:uploads": "in 412 412 412 412 412 412 412 412",
    "exchange:upload": "in 404 404 404 404 404 404 404 404",
    "exchange:room-practices": IN_THE_ROOM,
    "exchange:practice-new": CONTRIBUTES,
    "exchange:practices": SIGNED_IN,
    "exchange:practice": "in 200 200 200 200 200 404 404 404",
    "exchange:practice-revise": "in 403 403 403 403 403 404 404 404",
    "exchange:library": SIGNED_IN,
    "forums:room-chat": IN_THE_ROOM,
    # Of what Maud said.
    "forums:message-edit": "in 404 403 403 403 200 404 404 404",
    "forums:message-retract": "in 404 403 403 403 200 404 404 404",
    "forums:message-pin": DOES_AS_MODERATOR,
    "forums:message-unpin": DOES_AS_MODERATOR,
    "forums:message-react": "in 404 -> -> -> 403 404 404 404",
    "forums:discussions": IN_THE_ROOM,
    "forums:discussions-read": DOES_IN_THE_ROOM,
    "forums:discussion-first-new": DOES_IN_THE_ROOM,
    "forums:discussion-new": CONTRIBUTES,
    "forums:announcement-new": MODERATES,
    "forums:comment": DOES_AS_CONTRIBUTOR,
    "forums:discussion": IN_THE_ROOM,
    "forums:reply": DOES_AS_CONTRIBUTOR,
    "forums:everywhere": SIGNED_IN,
    "forums:close": MODERATES,
    "forums:reopen": DOES_AS_MODERATOR,
    "forums:purpose": DOES_AS_MODERATOR,
    "forums:move": MODERATES,
    "forums:split": MODERATES,
    "forums:merge": MODERATES,
    "forums:undo": DOES_AS_MODERATOR,
    "forums:pin": DOES_AS_MODERATOR,
    "forums:unpin": DOES_AS_MODERATOR,
    "forums:replies": DOES_AS_MODERATOR,
    "forums:post-answer": DOES_AS_MODERATOR,
    "forums:answer-unmark": DOES_AS_MODERATOR,
    "forums:people": CONTRIBUTES,
    "forums:people-new": CONTRIBUTES,
    "forums:people-comment": CONTRIBUTES,
    "forums:post": DOES_IN_THE_ROOM,
    # Of what Maud wrote.
    "forums:post-edit": "in 404 403 403 403 200 404 404 404",
    "forums:post-history": IN_THE_ROOM,
    "forums:post-withdraw": "in 404 403 403 403 200 404 404 404",
    "forums:post-put-back": "in 404 403 403 403 200 404 404 404",
    "forums:post-moderate": MODERATES,
    "forums:post-hold": DOES_AS_MODERATOR,
    "forums:post-approve": "in 404 404 404 -> -> 404 404 404",
    "forums:post-remove": DOES_AS_MODERATOR,
    "forums:post-sanction": MODERATES,
    "forums:post-react": DOES_IN_THE_ROOM,
    "forums:post-reactions": IN_THE_ROOM,
    "forums:poll-new": MODERATES,
    "forums:post-poll": IN_THE_ROOM,
    "forums:post-poll-close": DOES_AS_MODERATOR,
    "forums:post-vote": DOES_AS_CONTRIBUTOR,
    "forums:summary": MODERATES,
    "forums:room-decisions": IN_THE_ROOM,
    "forums:room-sanctions": MODERATES,
    "forums:room-saved": MODERATES,
    "forums:saved-decisions": COORDINATES,
    # Of Families.
    "forums:saved-decision": MODERATES,
    "forums:saved-forget": DOES_AS_MODERATOR,
    "forums:room-rules": MODERATES,
    "forums:rules": COORDINATES,
    # A rule of Families.
    "forums:rule-remove": DOES_AS_MODERATOR,
    "forums:moderation-figures": COORDINATES,
    "forums:report": IN_THE_ROOM,
    "forums:reports": SIGNED_IN,
    "forums:threat": SIGNED_IN,
    # Of what Luc said.
    "forums:decision": "in 404 404 404 404 404 404 404 404",
    "forums:decision-appeal": "in 404 404 404 404 404 404 404 404",
    # What Mona took away of Carlo's, and what she proposes to: she confirms nothing herself.
    "forums:decision-undo": "in 404 404 404 200 200 404 404 404",
    "forums:proposal": "in 404 404 404 403 -> 404 404 404",
    # Against what Mona decided about Luc of Liège: Maud is of Liège, too.
    "forums:appeal": "in 404 404 404 404 200 404 404 404",
    "forums:appeal-take": "in 404 404 404 404 403 404 404 404",
    # Of what Anna of Malmö said: Mona is of Malmö, too.
    "forums:case": "in 404 404 404 200 200 404 404 404",
    "forums:case-take": "in 404 404 404 403 -> 404 404 404",
    "forums:moderation": SIGNED_IN,
    "forums:decide": "in 404 404 404 -> -> 404 404 404",
    "workshops:workshops": SIGNED_IN,
    "workshops:choose-room": SIGNED_IN,
    "workshops:this-month": "in -> -> -> -> -> -> -> ->",
    "workshops:month": SIGNED_IN,
    "workshops:workshop": IN_THE_ROOM,
    "workshops:register": DOES_IN_THE_ROOM,
    "workshops:withdraw": DOES_IN_THE_ROOM,
    "workshops:calendar-file": IN_THE_ROOM,
    "workshops:calendar-link": SIGNED_IN,
    "workshops:calendar-link-renew": "in -> -> -> -> -> -> -> ->",
    "workshops:calendar-link-end": "in -> -> -> -> -> -> -> ->",
    "workshops:calendar-feed": EVERYBODY,
    "workshops:edit": MODERATES,
    "workshops:cancel": MODERATES,
    "workshops:room-workshops": IN_THE_ROOM,
    "workshops:announce": CONTRIBUTES,
    "home": EVERYBODY,
    "search": SIGNED_IN,
    "steering": COORDINATES,
    "healthz": EVERYBODY,
    "account_login": "200 -> -> -> -> -> -> -> ->",
    "account_logout": "-> 200 200 200 200 200 200 200 200",
    "account_inactive": EVERYBODY,
    "account_signup": "200 -> -> -> -> -> -> -> ->",
    "account_reauthenticate": COORDINATES,
    "account_email": SIGNED_IN,
    "account_email_verification_sent": EVERYBODY,
    "account_change_password": "in -> -> -> -> -> -> -> ->",
    "account_set_password": SIGNED_IN,
    "account_reset_password": EVERYBODY,
    "account_confirm_login_code": "-> -> -> -> -> -> -> -> ->",
    "account_confirm_email": EVERYBODY,
    "account_reset_password_from_key_done": EVERYBODY,
    "account_reset_password_from_key": EVERYBODY,
    "account_reset_password_done": EVERYBODY,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": "-> -> -> -> -> -> -> -> ->",
    "mfa_reauthenticate": COORDINATES,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": "in 404 404 404 404 404 404 404 404",
    "mfa_view_recovery_codes": "in 404 404 404 404 404 404 404 404",
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": "in 404 404 404 404 404 404 404 404",
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": "in 404 404 404 404 404 404 404 404",
    "mfa_remove_webauthn": "in 404 404 404 404 404 404 404 404",
    "mfa_reauthenticate_webauthn": COORDINATES,
    "mfa_login_webauthn": "-> -> -> -> -> -> -> -> ->",
    "account_request_login_code": "200 -> -> -> -> -> -> -> ->",
    "organisation_sign_in": "200 -> -> -> -> -> -> -> ->",
    "organisation_asked": EVERYBODY,
    "organisation_callback": "401 401 401 401 401 401 401 401 401",
    "socialaccount_connections": SIGNED_IN,
    "socialaccount_signup": "-> -> -> -> -> -> -> -> ->",
    "socialaccount_login_cancelled": EVERYBODY,
    "socialaccount_login_error": "401 401 401 401 401 401 401 401 401",
    "usersessions_list": SIGNED_IN,
}


def patterns(resolver: Any = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern with its full name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from patterns(entry, inner)
        else:
            yield f"{space}{entry.name}", entry


def test_every_door_is_declared() -> None:
    names = {name for name, _pattern in patterns()}
    assert names - set(DOORS) == set(), "Say in DOORS who may open these."
    assert set(DOORS) - names == set(), "These are no doors any more."


def answer(client: Client, address: str, method: str, given: dict[str, Any]) -> str:
    """What the door says, in the table's words."""
    response = client.post(address, given) if method == "POST" else client.get(address)
    if response.status_code == 302:
        return "in" if response.url.startswith("/accounts/login/?next=") else "->"
    return str(response.status_code)


def people(cast: Cast) -> dict[str, User | None]:
    """Who tries the doors."""
    return {
        "stranger": None,
        "outsider": cast.outsider,
        "viewer": cast.viewer,
        "contributor": cast.contributor,
        "moderator": cast.moderator,
        "manager": cast.manager,
        "ended": cast.ended_member,
        "expired": cast.expired_guest,
        "suspended": cast.suspended,
    }


def observed(person: User | None, stage: Stage, names: Iterable[str]) -> dict[str, str]:
    """What each door answers to this person; each try is taken back."""
    said = {}
    home = Client()
    if person is not None:
        home.force_login(person)
    for name in names:
        method, kwargs, given = stage.key_to(name)
        with transaction.atomic():
            client = Client()
            client.cookies.load({key: one.value for key, one in home.cookies.items()})
            said[name] = answer(client, reverse(name, kwargs=kwargs), method, given)
            transaction.set_rollback(True)
    return said


@pytest.mark.parametrize("who", PEOPLE)
def test_every_door_opens_to_those_whom_its_row_names_and_to_nobody_else(cast: Cast, who: str) -> None:
    expected = {name: row.split()[PEOPLE.index(who)] for name, row in DOORS.items()}
    assert observed(people(cast)[who], set_stage(cast), DOORS) == expected
