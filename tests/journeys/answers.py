"""The screens that no address opens by itself: what comes back when a form was sent, or something is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from unittest import mock

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client
from django.views.defaults import server_error

from accounts.actions import invitations
from exchange.models import Blob, UnpackedFile, Unpacking
from forums.actions.moderation import remove_post
from forums.actions.threads import start_thread
from forums.models import Decision
from network import clock
from network.actions import item_requests, items
from network.labels import Label
from network.models import Item, User
from tests.accounts.at_home import Home, serve_provider, set_home
from tests.accounts.test_signing_in import PASSWORD, code_of, with_password
from tests.exchange.making import add_version, share
from tests.releasing import release
from tests.stage import Stage


def signed_in(person: User) -> Client:
    """A browser of somebody's."""
    client = Client()
    client.force_login(person)
    return client


def answers(stage: Stage) -> Iterator[HttpResponse]:
    """Each such screen once."""
    yield from of_rooms(stage)
    yield from of_things(stage)
    yield from of_sources(stage)
    yield from of_people(stage)
    yield from of_invitations(stage)
    yield from of_organisations(stage)
    yield from of_doors(stage)
    yield from of_accidents()


def of_rooms(stage: Stage) -> Iterator[HttpResponse]:
    """The form for a kind of work, a room that one only knows of, and the look before a change."""
    clara, olga, mona = (signed_in(person) for person in (stage.cast.clara, stage.cast.olga, stage.cast.mona))
    yield clara.get("/rooms/new/", {"work": "pilot_action"})
    yield clara.get("/rooms/new/", {"work": "training"})
    yield olga.get("/rooms/families/")
    yield mona.get("/rooms/schools/")
    given = {"name": "Families", "kind": "network", "default_tlp": "AMBER", "moderation": "free"}
    yield clara.post("/rooms/families/settings/", given)
    yield clara.post("/rooms/families/members/", {"person": stage.cast.olga.email, "level": "1"})
    yield clara.post("/rooms/families/settings/close/")


def of_things(stage: Stage) -> Iterator[HttpResponse]:
    """What is shared: its new label, another room, its next version; refused words; what strangers read of it."""
    luc, mona = signed_in(stage.cast.luc), signed_in(stage.cast.mona)
    document, practice, thread, room = stage.document.uid, stage.practice.uid, stage.thread.uid, stage.cast.schools
    yield luc.post(f"/items/{document}/label/", {"tlp": "AMBER"})
    yield luc.post(f"/items/{document}/pass-on/", {"room": room.slug})
    yield luc.get(f"/documents/{document}/versions/new/")
    drafts = share(stage.cast, title="Notes, again and again")
    for words in (b"%PDF-2.0 two", b"%PDF-2.0 three"):
        add_version(drafts, words)
    yield luc.post(f"/documents/{drafts.uid}/versions/1/restore/", {"over": "2"})
    yield luc.get(stage.unpacking.get_absolute_url())
    Unpacking.objects.update(ended_at=None)
    UnpackedFile.objects.update(outcome="waiting", reason="There is no room left.")
    yield luc.get(stage.unpacking.get_absolute_url())
    yield luc.get("/rooms/families/documents/unpack/")
    with mock.patch("exchange.storage.read", side_effect=OSError):
        away = luc.get(f"/documents/{document}/download/")
    yield away
    Blob.objects.update(scan=Blob.Scan.WAITING)
    yield luc.get(f"/documents/{document}/download/")
    Blob.objects.update(scan=Blob.Scan.NONE)
    yield luc.get(f"/practices/{practice}/revise/")
    yield luc.post(f"/discussions/{thread}/reply/", {"body": ""})
    yield from of_discussions(stage)
    yield luc.post(f"/rooms/families/comments/{document}/", {"body": ""})
    absent = f"[@Olga](/people/{stage.cast.olga.uid}/) and [@Anna](/people/{stage.cast.anna.uid}/) know."
    yield luc.post(f"/discussions/{thread}/reply/", {"body": absent})
    yield luc.post("/rooms/families/discussions/new/", {"title": "A question", "body": absent, "preview": "1"})
    yield luc.post(f"/rooms/families/comments/{document}/", {"body": absent, "preview": "1"})
    maud_changes = f"/discussions/{thread}/posts/{stage.changed.uid}"
    yield signed_in(stage.cast.maud).post(f"{maud_changes}/edit/", {"body": "On Wednesdays.", "version": "1"})
    yield luc.get(f"/discussions/{thread}/reply/?parent={stage.changed.uid}&quote=1")
    yield signed_in(stage.cast.clara).get(f"{maud_changes}/moderate/")
    yield mona.post(f"/moderation/post/{stage.held.uid}/", {"decision": "remove", "reason": ""})
    yield luc.get(stage.decision.get_absolute_url())
    yield signed_in(stage.cast.clara).get(stage.decision.appeal.get_absolute_url())
    remove_post(by=stage.cast.maud, post=stage.post, reason="It names a school.", ground="personal")
    statement = Decision.objects.latest("pk").get_absolute_url()
    yield signed_in(stage.cast.anna).post(f"{statement}appeal/", {"text": ""})
    yield luc.get("/reports/")
    yield luc.post(f"/report/post/{stage.held.uid}/", {"ground": ""})
    maud = signed_in(stage.cast.maud)
    yield maud.post(stage.case.get_absolute_url(), {"action": "removed"})
    stranger, cast = Client(), stage.cast
    gone = start_thread(by=cast.luc, room=cast.families, title="Who said what", body="By their names.")
    items.remove(by=cast.mona, item=gone, reason="It names people.")
    yield signed_in(cast.anna).get(gone.get_absolute_url())
    alone = start_thread(by=cast.luc, room=cast.families, title="What we learned", body="To listen.")
    for one in (stage.document, stage.practice, alone, stage.workshop):
        Item.objects.filter(pk=one.pk).update(tlp=Label.CLEAR)
        release(by=cast.clara, item=one)
        yield stranger.get(one.get_absolute_url())


def of_discussions(stage: Stage) -> Iterator[HttpResponse]:
    """What moderators are asked before a discussion is moved, taken apart or joined, and what is refused."""
    cast, thread = stage.cast, stage.thread
    maud = signed_in(cast.maud)
    own = f"/discussions/{thread.uid}"
    yield maud.post(f"{own}/close/", {"cause": "elsewhere", "link": "here"})
    yield maud.post(f"{own}/move/", {"room": "schools"})
    part = {"posts": [str(stage.post.uid)], "title": "A part"}
    yield maud.post(f"{own}/split/", {"title": ""})
    yield maud.post(f"{own}/split/", part)
    other = start_thread(by=cast.luc, room=cast.families, title="Once more", body="The same.")
    yield maud.post(f"/discussions/{other.uid}/merge/", {"into": str(thread.uid)})
    yield maud.get("/discussions/?show=unanswered")
    yield maud.get("/rooms/families/discussions/?show=announcements")


def of_sources(stage: Stage) -> Iterator[HttpResponse]:
    """What the source of a thing does with it and is told of it, and who asks it for more."""
    cast, luc, clara = stage.cast, signed_in(stage.cast.luc), signed_in(stage.cast.clara)
    document = share(cast, tlp=Label.AMBER_STRICT, named_partners=[cast.malmo], title="Names of schools")
    own = f"/documents/{document.uid}"
    anna = signed_in(cast.anna)
    anna.get(f"{own}/")
    for address in ("describe", "work", "openings", "reading"):
        yield luc.get(f"{own}/{address}/")
    yield luc.post(f"{own}/describe/", {"title": ""})
    yield luc.post(f"{own}/reading/", {"due": "soon"})
    yield anna.get(f"/items/{document.uid}/ask/")
    asked = item_requests.ask_wider(by=cast.anna, item=document, note="For our school board.", for_whom="Schools")
    yield luc.get(asked.get_absolute_url())
    guide = share(cast, tlp=Label.CLEAR, title="Guide for all")
    yield luc.get(f"/items/{guide.uid}/propose/")
    proposed = item_requests.propose_release(by=cast.luc, item=guide, version=1)
    public = share(cast, tlp=Label.CLEAR, title="For everybody")
    release(by=cast.clara, item=public)
    yield luc.post("/rooms/families/documents/bin/put/", {"document": str(public.uid)})
    yield clara.get(proposed.get_absolute_url())
    own_guide = share(cast, by=cast.clara, tlp=Label.CLEAR, title="How we work")
    yield clara.get(f"/items/{own_guide.uid}/release/")


def of_people(stage: Stage) -> Iterator[HttpResponse]:
    """What is said before people end, move or become one, and before one's data is erased."""
    cast, clara = stage.cast, signed_in(stage.cast.clara)
    today = clock.now().date()
    given = {"old": "liege", "new": "malmo", "role": "member", "day": today + timedelta(days=9)}
    yield clara.post(f"/people/{cast.maud.uid}/move/", given)
    yield clara.get(f"/people/{cast.anna.uid}/merge/", {"address": cast.olga.email})
    yield clara.post(f"/host/people/{cast.anna.uid}/erase/", {"email": "somebody@else.example"})
    cast.maud.memberships.update(since=clock.now() - timedelta(days=800), confirmed_at=None)
    yield clara.post("/partners/liege/people/confirm/", {"last_day": today + timedelta(days=9)})
    yield clara.post("/partners/malmo/status/", {"status": "suspended"})


def of_invitations(stage: Stage) -> Iterator[HttpResponse]:
    """A link that opens nothing, and one to somebody who has an account."""
    stranger, vera = Client(), signed_in(stage.cast.vera)
    link = invitations.token_of(
        invitations.invite(by=stage.cast.luc, email=stage.cast.vera.email, partner=stage.cast.liege)
    )
    yield stranger.get("/accounts/invitation/nothing/")
    yield stranger.get(f"/accounts/invitation/{link}/")
    yield vera.get(f"/accounts/invitation/{link}/")


def of_organisations(stage: Stage) -> Iterator[HttpResponse]:
    """The way to one's own organisation, which answers or does not, and somebody whom it does not vouch for."""
    stranger, asked = Client(), {"email": "anna@malmo.example"}
    with serve_provider() as server:
        home = Home(f"http://localhost:{server.server_port}")
        set_home(stage.cast, home)
        going = stranger.post("/accounts/organisation/", asked)
        yield going
        back = home.sign_in(going.context["address"], home.tell("s-1", email="luc@liege.example", email_verified=True))
        yield stranger.get(back)
    set_home(stage.cast, Home("http://localhost:9"))
    yield stranger.post("/accounts/organisation/", asked)


def of_doors(stage: Stage) -> Iterator[HttpResponse]:
    """Codes, passwords and second factors: of whoever has some, and is asked for them again."""
    anna, stranger = stage.cast.anna, Client()
    stranger.post("/accounts/login/code/", {"email": anna.email})
    yield stranger.get("/accounts/login/code/confirm/")
    with_password(anna)
    own = Client()
    own.post("/accounts/login/", {"login": anna.email, "password": PASSWORD})
    yield own.get("/accounts/password/change/")
    yield own.get("/accounts/reauthenticate/")
    app = generate_totp_secret()
    TOTP.activate(anna, app)
    RecoveryCodes.activate(anna)
    passkey = Authenticator.objects.create(user=anna, type="webauthn", data={"name": "Telephone", "credential": {}})
    with mock.patch("allauth.mfa.webauthn.internal.auth.get_credentials", return_value=[]):
        yield own.get("/accounts/2fa/webauthn/reauthenticate/")
        half = Client()
        half.post("/accounts/login/", {"login": anna.email, "password": PASSWORD})
        yield half.get("/accounts/2fa/authenticate/")
    yield own.get("/accounts/2fa/reauthenticate/")
    own.post("/accounts/2fa/reauthenticate/", {"code": code_of(app)})
    of_passkey = f"webauthn/keys/{passkey.pk}"
    for address in ("totp/deactivate/", "recovery-codes/", f"{of_passkey}/edit/", f"{of_passkey}/remove/"):
        yield own.get(f"/accounts/2fa/{address}")


def of_accidents() -> Iterator[HttpResponse]:
    """What is not understood, too much, too often, or our own fault."""
    stranger = Client()
    request = stranger.get("/").wsgi_request
    for name in ("400.html", "403_csrf.html", "405.html", "413.html", "429.html", "507.html"):
        yield render(request, name, {"reason": "The end lies before the beginning."})
    yield server_error(request)
