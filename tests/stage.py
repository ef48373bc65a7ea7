"""One thing of each kind in the room Families, for tests that go through every door."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.actions import invitations as accounts
from accounts.actions.deputies import name_deputy
from accounts.actions.hand_over import begin_hand_over
from accounts.actions.imports import read_in
from accounts.actions.leaving import close_account
from accounts.actions.partners import change_partner
from accounts.actions.requests import ask
from accounts.forms.imports import ListForm
from accounts.models import AccessRequest, Export, Import, Invitation, LegalText
from exchange.actions.bin import put_in_bin
from exchange.actions.documents import share_document
from exchange.actions.folders import make_folder
from exchange.actions.practices import SheetText, publish_sheet
from exchange.actions.reading import ask_to_read, confirm_reading
from exchange.actions.uploads import begin_upload
from exchange.actions.working import work_on
from exchange.models import Blob, Document, Folder, PagePicture, PageText, PracticeSheet, Upload
from exchange.models.reading import today
from forums.actions.chat import say
from forums.actions.moderation import hold_post
from forums.actions.threads import comment_on, reply, start_thread
from forums.models import ChatMessage, Post, Thread
from network import clock
from network.actions.hosts import appoint_host
from network.actions.item_requests import ask_wider
from network.actions.joining import ask_to_join
from network.actions.mandates import give_mandate
from network.labels import Label
from network.models import (
    Item,
    ItemRequest,
    Mandate,
    Membership,
    Notification,
    Phase,
    Placement,
    RedactionRequest,
    Room,
    User,
)
from network.notifications import notify
from network.permissions import Level
from tests.cast import Cast
from tests.factories import ItemFactory, PartnerFactory, PhaseFactory, RoomFactory, ThemeFactory, grant, member_of
from tests.working import set_work_going
from workshops.actions.links import renew_link
from workshops.actions.meetings import announce, register
from workshops.models import CalendarLink, Workshop

# The smallest picture.
A_POINT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f00050001ff89993d1d0000000049454e44ae426082"
)

Key = tuple[str, dict[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class Stage:
    """What Luc of Liège has put into Families, and what came of it."""

    document: Document
    practice: PracticeSheet
    thread: Thread
    post: Post
    held: Post
    workshop: Workshop
    notice: Notification
    invitation: Invitation
    failed_task: uuid.UUID
    phase: Phase
    listing: Import
    export: Export
    asking: AccessRequest
    redaction: RedactionRequest
    deputy: Membership
    asked: ItemRequest
    folder: Folder
    binned: Document
    upload: Upload
    cast: Cast

    def add_more(self) -> None:
        """More people of more partners, who share, answer, register and ask for a place."""
        cast = self.cast
        PhaseFactory()
        partner = PartnerFactory()
        grant(partner, Level.CONTRIBUTE, cast.families)
        person = member_of(partner)
        grant(person, Level.MODERATE, cast.families)
        _share(person, cast.families)
        _ask(person, self.asked.item)
        answer = reply(by=person, thread=self.thread, body="So do we.", parent=self.post)
        reply(by=cast.anna, thread=self.thread, body="Since when?", parent=answer)
        held = reply(by=cast.anna, thread=self.thread, body="At another school …")
        hold_post(by=cast.mona, post=held, reason="It names a school.")
        comment_on(by=person, item=self.document, room=cast.families, body="Thank you.")
        confirm_reading(by=person, document=self.document, version=1)
        say(by=person, room=cast.families, body="Good morning.", client_id=uuid.uuid4())
        register(by=person, workshop=self.workshop)
        ask_to_join(by=member_of(cast.augsburg), room=cast.families)
        accounts.invite(by=cast.luc, email=f"{uuid.uuid4()}@liege.example", partner=cast.liege)
        ask(email=f"{uuid.uuid4()}@liege.example", name="Ben Roux", partner=cast.liege)
        _gone(cast, self.thread)
        theirs = {"author": self.redaction.user, "partner": cast.malmo}
        ItemFactory(room=cast.families, **theirs)
        for rows in (Post.objects.filter(thread=self.thread), ChatMessage.objects.filter(room=cast.families)):
            rows.filter(author=person).update(**theirs)
        _deputy_of(cast.luc, cast)
        member_of(cast.liege, until=clock.now() - timedelta(days=1))
        notify([cast.maud, cast.clara], kind="item_approved", item=self.document, by=person)
        set_work_going()
        room = RoomFactory(name=f"Room of {person.name}")
        grant(cast.liege, Level.CONTRIBUTE, room)
        RoomFactory()
        _share(cast.luc, room)
        _managed_by_liege_alone(cast)
        _filed(person, cast, self.folder)

    def key_to(self, name: str) -> Key:
        """How the door is tried: GET or POST, the parts of its address, what is posted."""
        posted = name in POSTED
        given = dict(POSTED.get(name, {}))
        if name == "network:grant-change":
            given["person"] = self.cast.vera.uid
        return ("POST" if posted else "GET", self._address(name), given)

    def _address(self, name: str) -> dict[str, Any]:
        own = {
            "network:item-ask": {"uid": self.asked.item.uid},
            "network:item-request": {"uid": self.asked.uid},
            "network:item-request-release": {"uid": self.asked.uid},
            "network:item-request-take-back": {"uid": self.asked.uid},
            "network:item-take-back": {"uid": self.practice.uid, "slug": "commons"},
            "network:request-decline": {"slug": "families", "person": self.cast.olga.uid},
            "network:redaction": {"slug": "families", "person": self.redaction.user.uid},
            "network:redaction-remove": {"slug": "families", "person": self.redaction.user.uid},
            "network:redaction-settle": {"slug": "families", "person": self.redaction.user.uid},
            "network:phase": {"slug": self.phase.slug},
            "network:theme": {"slug": self.practice.themes.get().slug},
            "network:request-approve": {"slug": "families", "person": self.cast.olga.uid},
            "network:mandate-withdraw": {"person": self.cast.luc.uid, "kind": "convene"},
            "network:notification": {"uid": self.notice.uid},
            "network:work-again": {"uid": self.failed_task},
            "accounts:partners-template": {"ending": "csv"},
            "accounts:partners-export": {"ending": "csv"},
            "accounts:people-template": {"ending": "csv"},
            "accounts:people-export": {"ending": "xlsx"},
            "accounts:import": {"uid": self.listing.uid},
            "accounts:import-carry-out": {"uid": self.listing.uid},
            "accounts:import-discard": {"uid": self.listing.uid},
            "accounts:hand-over-room": {"slug": "liege", "room": "families"},
            "accounts:partner-person": {"slug": "liege", "uid": self.cast.luc.uid},
            "accounts:membership-end": {"slug": "liege", "uid": self.cast.luc.uid},
            "accounts:deputy-name": {"slug": "liege", "uid": self.cast.luc.uid},
            "accounts:deputy-end": {"slug": "liege", "uid": self.cast.luc.uid, "deputy": self.deputy.user.uid},
            "accounts:request": {"uid": self.asking.uid},
            "accounts:person": {"uid": self.cast.luc.uid},
            "accounts:export-file": {"uid": self.export.uid},
            "accounts:host-person": {"uid": self.cast.luc.uid},
            "accounts:host-export": {"uid": self.cast.luc.uid},
            "accounts:host-erase": {"uid": self.cast.luc.uid},
            "accounts:reactivate": {"uid": self.cast.luc.uid},
            "network:why-person": {"person": self.cast.anna.uid},
            "network:why-item": {"person": self.cast.anna.uid, "item": self.document.uid},
            "accounts:move": {"uid": self.cast.luc.uid},
            "accounts:merge": {"uid": self.cast.luc.uid},
            "accounts:talk": {"uid": self.cast.luc.uid},
            "accounts:invitation": {"token": accounts.token_of(self.invitation)},
            "accounts:invitation-settle": {"uid": self.invitation.uid},
            "exchange:folder": {"slug": "families", "uid": self.folder.uid},
            "exchange:folder-remove": {"slug": "families", "uid": self.folder.uid},
            "exchange:document-unbin": {"uid": self.binned.uid},
            "exchange:document-version-restore": {"uid": self.document.uid, "number": 1},
            "exchange:document-picture": {"uid": self.document.uid, "number": 1, "width": 1200},
            "exchange:upload": {"uid": self.upload.uid},
            "forums:comment": {"slug": "families", "uid": self.document.uid},
            "forums:decide": {"kind": "post", "uid": self.held.uid},
            "forums:post-approve": {"uid": self.thread.uid, "post": self.held.uid},
            "workshops:month": {"year": self.workshop.starts_at.year, "month": self.workshop.starts_at.month},
            "workshops:calendar-feed": {"key": CalendarLink.objects.get(user=self.cast.luc).key},
            "accounts:text-edit": {"kind": "charter"},
            "accounts:partner-sign-in": {"slug": "liege"},
            "organisation_callback": {"slug": "nothing"},
            "accounts:session-end": {"pk": 1},
            "mfa_edit_webauthn": {"pk": 1},
            "mfa_remove_webauthn": {"pk": 1},
            "account_confirm_email": {"key": "nothing"},
            "account_reset_password_from_key": {"uidb36": "1", "key": "nothing"},
        }
        if name in own:
            return own[name]
        return self._by_pattern(name)

    def _by_pattern(self, name: str) -> dict[str, Any]:
        if name in IN_ROOMS:
            return {"slug": "families"}
        if name in OF_PARTNERS:
            return {"slug": "liege"}
        things = {
            "network:item-": self.document,
            "exchange:document": self.document,
            "exchange:practice": self.practice,
            "workshops:": self.workshop,
        }
        if name in WITHOUT_PARTS:
            return {}
        if name.startswith("forums:post"):
            return {"uid": self.thread.uid, "post": self.post.uid}
        if name.startswith("forums:"):
            return {"uid": self.thread.uid}
        return next(({"uid": thing.uid} for start, thing in things.items() if name.startswith(start)), {})


# Doors that are tried by sending something, and what is sent; the rest are looked through.
POSTED: dict[str, dict[str, Any]] = {
    "network:grant-change": {"level": "2"},
    "network:grant-withdraw": {},
    "network:request-approve": {"level": "2"},
    "network:request-decline": {"reason": "We are full."},
    "network:request-withdraw": {},
    "network:redaction-remove": {"left": "item:00000000-0000-0000-0000-000000000000"},
    "network:redaction-settle": {"decision": "done"},
    "network:room-logo-change": {"remove": "1"},
    "network:room-close": {},
    "network:mandate-withdraw": {},
    "network:manager-name": {},
    "network:work-again": {},
    "network:room-archive": {},
    "network:trail-copy": {"format": "csv"},
    "network:notifications-read": {},
    "network:notification": {},
    "network:item-take-back": {},
    "network:item-unrelease": {},
    "network:item-approve": {},
    "network:item-archive": {},
    "network:item-request-release": {},
    "network:item-request-take-back": {},
    "exchange:document-version-restore": {},
    "exchange:document-downloads": {"allowed": "1"},
    "exchange:host-files-scan": {},
    "exchange:folder-remove": {},
    "exchange:documents-move": {},
    "exchange:documents-zip": {},
    "exchange:bin-put": {},
    "exchange:document-unbin": {},
    "exchange:document-work-stop": {},
    "exchange:document-reading-newest": {},
    "exchange:document-read": {"version": "1"},
    "exchange:uploads": {},
    "accounts:talk": {},
    "accounts:host-export": {},
    "accounts:deputy-end": {},
    "accounts:hat": {},
    "accounts:reactivate": {},
    "accounts:invitation-settle": {"withdraw": "1"},
    "accounts:import-carry-out": {"sure": "1"},
    "accounts:import-discard": {},
    "accounts:partner-leave": {},
    "accounts:hand-over-begin": {},
    "accounts:hand-over-call-off": {},
    "accounts:hand-over-items": {"archive": "1"},
    "accounts:hand-over-room": {"archive": "1"},
    "accounts:session-end": {},
    "accounts:sign-out-everywhere": {},
    "forums:comment": {"body": "A word about this."},
    "forums:reply": {"body": "A word to this."},
    "forums:lock": {"reason": "It is settled."},
    "forums:unlock": {},
    "forums:post-hold": {"reason": "It names a school."},
    "forums:post-approve": {},
    "forums:post-remove": {"reason": "It names a school."},
    "forums:decide": {"decision": "approve"},
    "workshops:register": {},
    "workshops:withdraw": {},
    "workshops:calendar-link-renew": {},
    "workshops:calendar-link-end": {},
}
OF_PARTNERS = {
    "accounts:partner",
    "accounts:partner-logo",
    "accounts:partner-people",
    "accounts:people-confirm",
    "accounts:partner-edit",
    "accounts:partner-status",
    "accounts:partner-lead",
    "accounts:partner-leave",
    "accounts:hand-over",
    "accounts:hand-over-begin",
    "accounts:hand-over-call-off",
    "accounts:hand-over-items",
    "accounts:invite",
}
IN_ROOMS = {
    "network:room",
    "network:room-members",
    "network:grant-withdraw",
    "network:manager-name",
    "network:room-archive",
    "network:grant-change",
    "network:request-withdraw",
    "network:room-settings",
    "network:room-logo-change",
    "network:room-hand-over",
    "network:room-close",
    "network:room-logo",
    "network:would-see",
    "accounts:invite-guest",
    "exchange:documents",
    "exchange:document-new",
    "exchange:folder-new",
    "exchange:documents-move",
    "exchange:documents-unpack",
    "exchange:documents-export",
    "exchange:documents-zip",
    "exchange:bin",
    "exchange:bin-put",
    "exchange:room-practices",
    "exchange:practice-new",
    "forums:discussions",
    "forums:discussion-new",
    "forums:announcement-new",
    "forums:room-chat",
    "workshops:room-workshops",
    "workshops:announce",
}
WITHOUT_PARTS = {
    "workshops:calendar-link",
    "workshops:calendar-link-renew",
    "workshops:calendar-link-end",
    "exchange:practices",
    "exchange:library",
    "exchange:uploads",
    "forums:moderation",
    "workshops:workshops",
    "workshops:choose-room",
    "workshops:this-month",
}


def set_stage(cast: Cast) -> Stage:
    """Luc shares a document and a sheet, starts a discussion and announces a workshop in Families.

    He works on the document and asks for it to be read, which Anna has done; a file of his is on its way. Carlo asks
    him to share a draft more widely.
    Anna answers twice, and her second answer is held; she comments, talks and registers. Olga asks for a
    place. Somebody has gone and wants what they wrote taken away. Luc has a notice, has invited somebody, has a deputy
    and can fetch an export; somebody asks to take part for Liège. Liège has a logo, and is about to leave. Clara hosts
    the network; a task of each state is there, and she has read in a list.
    """
    luc, room = cast.luc, cast.families
    document, practice, thread, workshop = _share(luc, room)
    _looked_into(document)
    draft = share_document(
        by=luc, room=room, title="Draft of our answer", file=SimpleUploadedFile("draft.txt", b"Dear all,")
    )
    Placement.objects.create(item=practice, room=cast.commons, by=luc)
    ask_to_read(by=luc, document=document, due=today() + timedelta(days=3), note="Before we meet.")
    confirm_reading(by=cast.anna, document=document, version=1)
    work_on(by=luc, document=document, until=clock.now() + timedelta(hours=2))
    post = reply(by=cast.anna, thread=thread, body="We say so first.")
    held = reply(by=cast.anna, thread=thread, body="At the school of …")
    hold_post(by=cast.mona, post=held, reason="It names a school.")
    comment_on(by=cast.anna, item=document, room=room, body="Thank you.")
    say(by=cast.anna, room=room, body="Good morning.", client_id=uuid.uuid4())
    register(by=cast.anna, workshop=workshop)
    renew_link(by=luc)
    ask_to_join(by=cast.olga, room=room)
    Room.objects.filter(pk=room.pk).update(logo=_logo())
    give_mandate(by=cast.clara, person=luc, kind=Mandate.Kind.CONVENE)
    start_thread(by=cast.mona, room=room, title="The next meeting", body="It is in Liège.", announcement=True)
    notify([luc, cast.maud, cast.clara], kind="item_approved", item=document, by=cast.mona)
    appoint_host(person=cast.clara)
    change_partner(
        by=cast.clara, partner=cast.liege, logo=ContentFile(A_POINT, name="logo.png"), website="https://a.example"
    )
    begin_hand_over(by=cast.clara, partner=cast.liege)
    _managed_by_liege_alone(cast)
    for kind in LegalText.Kind.values:
        LegalText.objects.create(kind=kind, version=1, body="## Care\n\nWhat is said here stays here.", by=cast.clara)
    held.refresh_from_db()
    folder, binned = _filed(luc, cast)
    return Stage(
        document=document,
        practice=practice,
        thread=thread,
        post=post,
        held=held,
        workshop=workshop,
        notice=Notification.objects.get(user=luc, kind="item_approved"),
        invitation=accounts.invite(by=luc, email=f"{uuid.uuid4()}@liege.example", partner=cast.liege),
        failed_task=set_work_going(),
        phase=PhaseFactory(),
        listing=_list_of_people(cast.clara),
        export=Export.objects.create(
            user=luc,
            file="exports/luc.zip",
            size=9,
            ready_at=clock.now(),
            expires_at=clock.now() + timedelta(hours=48),
        ),
        asking=ask(
            email=f"{uuid.uuid4()}@liege.example", name="Ada Renard", partner=cast.liege, note="I am new there."
        ),
        redaction=_gone(cast, thread),
        deputy=_deputy_of(luc, cast),
        asked=_ask(cast.carlo, draft),
        folder=folder,
        binned=binned,
        upload=begin_upload(by=luc, name="minutes.pdf", size=1000),
        cast=cast,
    )


def _ask(person: User, draft: Item) -> ItemRequest:
    """They ask Luc to share an AMBER draft more widely."""
    return ask_wider(by=person, item=draft, note="Our school board decides next week.", for_whom="The school board")


def _filed(by: User, cast: Cast, parent: Folder | None = None) -> tuple[Folder, Document]:
    """A folder with a document in it, and a document that a moderator has put into the bin."""
    folder = make_folder(by=by, room=cast.families, name=f"Minutes {uuid.uuid4().hex[:6]}", parent=parent)
    given = {"by": by, "room": cast.families, "tlp": Label.GREEN}
    share_document(title="Minutes of May", file=SimpleUploadedFile("may.txt", b"Seven came."), folder=folder, **given)
    binned = share_document(title="Old list", file=SimpleUploadedFile("list.txt", b"Nobody."), **given)
    put_in_bin(by=cast.mona, document=binned)
    return folder, binned


def _gone(cast: Cast, thread: Thread) -> RedactionRequest:
    """Somebody of Malmö who wrote in Families, closed their account and wants it taken away."""
    person, room = member_of(cast.malmo), cast.families
    start_thread(by=person, room=room, title="Whom to call at night", body="We have no list.")
    reply(by=person, thread=thread, body="Our school is the one by the river.")
    say(by=person, room=room, body="Good evening.", client_id=uuid.uuid4())
    close_account(by=person, redact=True, note="One can tell who I am by the school.", answer=True)
    return RedactionRequest.objects.select_related("user").get(user=person)


def _list_of_people(by: User) -> Import:
    """A list that was read in: somebody to invite, a member, and an address that is none."""
    table = "name,e-mail,partner\nNora,nora@malmo.example,malmo\nAnna,anna@malmo.example,Malmö\nX,x,Malmö\n"
    form = ListForm({}, {"file": SimpleUploadedFile("people.csv", table.encode())}, kind=Import.Kind.PEOPLE, by=by)
    assert form.is_valid()
    return read_in(by=by, kind=Import.Kind.PEOPLE, rows=form.rows)


def _managed_by_liege_alone(cast: Cast) -> None:
    """A room that would be without a manager if Liège left, and that Clara may view."""
    room = RoomFactory()
    grant(cast.liege, Level.MANAGE, room)
    grant(cast.clara, Level.VIEW, room)


def _deputy_of(absent: User, cast: Cast) -> Membership:
    """A new colleague at Liège, who stands in for ten days."""
    deputy = member_of(cast.liege)
    now = clock.now()
    return name_deputy(
        by=absent, absent=absent, partner=cast.liege, deputy=deputy, since=now, until=now + timedelta(days=10)
    )


def _looked_into(document: Document) -> None:
    """As the worker leaves it behind, without the time that it takes."""
    blob = Blob.objects.get(versions__document=document)
    PageText.objects.create(blob=blob, number=1, text="How we speak.")
    for width in PagePicture.Width.values:
        picture = io.BytesIO()
        Image.new("RGB", (width, width * 3 // 2), "white").save(picture, "WEBP")
        path = default_storage.save("documents/stage.webp", ContentFile(picture.getvalue()))
        PagePicture.objects.create(blob=blob, number=1, width=width, height=width * 3 // 2, path=path)
    Blob.objects.filter(pk=blob.pk).update(look=Blob.Look.DONE, looked_at=clock.now(), pages=1)


def _logo() -> str:
    """A picture of one point, stored as partners' and rooms' logos are."""
    picture = io.BytesIO()
    Image.new("RGB", (1, 1)).save(picture, "PNG")
    return default_storage.save("logos/stage.png", ContentFile(picture.getvalue()))


def _share(by: User, room: Room) -> tuple[Document, PracticeSheet, Thread, Workshop]:
    """One thing of each kind."""
    document = share_document(
        by=by, room=room, title="Guide", file=SimpleUploadedFile("guide.txt", b"How we speak."), tlp=Label.GREEN
    )
    practice = publish_sheet(
        by=by,
        room=room,
        title="Six evenings",
        text=SheetText(
            summary="A group of parents meets.",
            objectives="To be there early.",
            methodology="Two hosts.",
            activities="Nine groups.",
            geographical_scope="city",
            practice_status="running",
            evaluation_status="none",
        ),
        prevention_levels=["primary"],
        target_groups=["parents"],
        themes=[ThemeFactory()],
    )
    thread = start_thread(by=by, room=room, title="Parents and police", body="How do you do it?")
    start = clock.now() + timedelta(days=20)
    workshop = announce(
        by=by,
        room=room,
        title="When a son comes back",
        starts_at=start,
        ends_at=start + timedelta(hours=3),
        time_zone="Europe/Brussels",
    )
    return document, practice, thread, workshop
