"""One thing of each kind in the room Families, for tests that go through every door."""

from __future__ import annotations

import io
import uuid
import wave
import zipfile
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
from exchange.actions.captions import add_captions
from exchange.actions.documents import share_document
from exchange.actions.folders import make_folder
from exchange.actions.practices import SheetText, publish_sheet
from exchange.actions.reading import ask_to_read, confirm_reading
from exchange.actions.unpacking import begin_unpacking, carry_on
from exchange.actions.uploads import begin_upload
from exchange.actions.working import work_on
from exchange.models import Blob, Document, Folder, PagePicture, PageText, PracticeSheet, Unpacking, Upload
from exchange.models.reading import today
from forums import targets
from forums.actions.answers import mark_answer
from forums.actions.appeals import appeal
from forums.actions.cases import report
from forums.actions.chat import remove_message, say
from forums.actions.editing import edit_post
from forums.actions.moderation import hold_post
from forums.actions.pinning import pin_thread
from forums.actions.polls import ask as ask_votes
from forums.actions.polls import vote
from forums.actions.reactions import react
from forums.actions.rules import add_rule
from forums.actions.saved import save_decision
from forums.actions.summaries import summarise
from forums.actions.threads import comment_on, reply, start_thread
from forums.actions.withdrawing import withdraw_post
from forums.models import Case, Change, ChatMessage, Decision, Post, Proposal, Reaction, Rule, SavedDecision, Thread
from network import clock
from network.actions.drafts import keep
from network.actions.hosts import appoint_host
from network.actions.item_requests import ask_wider
from network.actions.items import remove
from network.actions.joining import ask_to_join
from network.actions.mandates import give_mandate
from network.labels import Label
from network.languages import LANGUAGES
from network.models import (
    Draft,
    Item,
    ItemRequest,
    Mandate,
    Membership,
    Notification,
    Phase,
    Placement,
    RedactionRequest,
    Room,
    Sanction,
    User,
)
from network.notifications import notify
from network.permissions import Level
from tests.addresses import IN_ROOMS, OF_PARTNERS, POSTED, WITHOUT_PARTS
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
    changed: Post
    withdrawn: Post
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
    recording: Document
    upload: Upload
    unpacking: Unpacking
    case: Case
    decision: Decision
    mistaken: Decision
    proposal: Proposal
    draft: Draft
    rule: Rule
    saved: SavedDecision
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
        message = ChatMessage.objects.get(pk=self.case.part_id)
        _report(person, "message", message)
        _report(cast.clara, "post", answer)
        _report(cast.clara, "item", Item.objects.filter(room=cast.families, author=person).earliest("pk"))
        _report(cast.maud, "person", person)
        _decided(cast.anna, cast)
        _writing(person, cast, start_thread(by=person, room=cast.families, title="Asked again", body="Since when?"))
        _decided(cast.luc, cast)
        _mistaken(cast)
        _proposed(cast)
        _muted(cast)
        ask_to_join(by=member_of(cast.augsburg), room=cast.families)
        accounts.invite(by=cast.luc, email=f"{uuid.uuid4()}@liege.example", partner=cast.liege)
        ask(email=f"{uuid.uuid4()}@liege.example", name="Ben Roux", partner=cast.liege)
        _gone(cast, self.thread)
        add_rule(by=cast.maud, room=cast.families, kind=Rule.Kind.LINKS, text="20")
        for place in (cast.families, None):
            _save(cast.clara, place, "Tone")
        add_rule(by=cast.clara, room=None, kind=Rule.Kind.WORDS, text="lottery")
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
        without = set(LANGUAGES) - set(self.recording.versions.values_list("captions__language", flat=True))
        _caption(self.recording, cast.maud, min(without))

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
            "network:draft-discard": {"uid": self.draft.uid},
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
            "exchange:unpacking": {"slug": "families", "uid": self.unpacking.uid},
            "exchange:folder": {"slug": "families", "uid": self.folder.uid},
            "exchange:folder-remove": {"slug": "families", "uid": self.folder.uid},
            "exchange:document-unbin": {"uid": self.binned.uid},
            "exchange:document-version-restore": {"uid": self.document.uid, "number": 1},
            "exchange:document-captions": {"uid": self.recording.uid},
            "exchange:document-captions-remove": {"uid": self.recording.uid},
            "exchange:document-track": {"uid": self.recording.uid, "language": "en"},
            "exchange:document-picture": {"uid": self.document.uid, "number": 1, "width": 1200},
            "exchange:upload": {"uid": self.upload.uid},
            "forums:comment": {"slug": "families", "uid": self.document.uid},
            "forums:people-comment": {"slug": "families", "uid": self.document.uid},
            "forums:message-edit": self._spoken(),
            "forums:message-retract": self._spoken(),
            "forums:message-react": self._spoken(),
            "forums:message-pin": self._spoken(),
            "forums:message-unpin": self._spoken(),
            "forums:post-edit": {"uid": self.thread.uid, "post": self.changed.uid},
            "forums:post-history": {"uid": self.thread.uid, "post": self.changed.uid},
            "forums:post-withdraw": {"uid": self.thread.uid, "post": self.changed.uid},
            "forums:post-put-back": {"uid": self.thread.uid, "post": self.withdrawn.uid},
            "forums:report": {"kind": "post", "uid": self.post.uid},
            "forums:case": {"uid": self.case.uid},
            "forums:case-take": {"uid": self.case.uid},
            "forums:saved-decision": {"uid": self.saved.uid},
            "forums:saved-forget": {"uid": self.saved.uid},
            "forums:rule-remove": {"uid": self.rule.uid},
            "forums:decision": {"uid": self.decision.uid},
            "forums:decision-appeal": {"uid": self.decision.uid},
            "forums:decision-undo": {"uid": self.mistaken.uid},
            "forums:proposal": {"uid": self.proposal.uid},
            "forums:appeal": {"uid": self.decision.appeal.uid},
            "forums:appeal-take": {"uid": self.decision.appeal.uid},
            "forums:undo": {"uid": Change.objects.get(thread=self.thread, kind="pinned").uid},
            "forums:replies": {"uid": Thread.objects.get(room=self.cast.families, purpose="announcement").uid},
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

    def _spoken(self) -> dict[str, Any]:
        """The address of what Maud said in the chat."""
        return {"slug": "families", "seq": ChatMessage.objects.filter(author=self.cast.maud).latest("pk").seq}

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
        if name in {"forums:post-poll", "forums:post-poll-close", "forums:post-vote"}:
            return {"uid": self.thread.uid, "post": self.thread.posts.get(parent=None).uid}
        if name.startswith("forums:post"):
            return {"uid": self.thread.uid, "post": self.post.uid}
        if name.startswith("forums:"):
            return {"uid": self.thread.uid}
        return next(({"uid": thing.uid} for start, thing in things.items() if name.startswith(start)), {})


def set_stage(cast: Cast) -> Stage:
    """Luc shares a document and a sheet, starts a discussion and announces a workshop in Families.

    He works on the document and asks for it to be read, which Anna has done; a file of his is on its way. Carlo asks
    him to share a draft more widely.
    Anna answers twice; what she says first Luc does too, and her second answer is held; she votes, comments, talks and
    registers. Luc sums up what was said. Maud changes an answer and withdraws another. Maud shares a recording with
    captions. Olga asks for a place. Somebody has gone and wants what they wrote taken away. Luc has a notice, has
    invited somebody, has a deputy and can fetch an export; somebody asks to take part for Liège. Liège has a logo, and
    is about to leave. Clara hosts the network; a task of each state is there, and she has read in a list.
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
    mark_answer(by=luc, post=post)
    pin_thread(by=cast.mona, thread=thread)
    react(by=luc, post=post, kind=Reaction.Kind.TOO)
    # A word that is wider than a phone.
    options = ["A family worker", "Kindertagesstättenzusammenarbeitsvereinbarungen"]
    poll = ask_votes(by=luc, thread=thread, question="Who goes first?", options=options)
    vote(by=cast.anna, poll=poll, choices=[0])
    summarise(by=luc, thread=thread, body="A family worker goes.")
    held = reply(by=cast.anna, thread=thread, body="At the school of …")
    hold_post(by=cast.mona, post=held, reason="It names a school.")
    changed = reply(by=cast.maud, thread=thread, body="On Mondays.")
    changed = edit_post(by=cast.maud, post=changed, body="On Tuesdays.", version=1)
    withdrawn = reply(by=cast.maud, thread=thread, body="Never mind.")
    withdraw_post(by=cast.maud, post=withdrawn)
    comment = comment_on(by=cast.anna, item=document, room=room, body="Thank you.")
    _report(cast.clara, "post", comment)
    _report(cast.clara, "item", practice)
    _report(cast.maud, "person", cast.olga)
    said = say(by=cast.anna, room=room, body="Good morning.", client_id=uuid.uuid4())
    say(by=cast.maud, room=room, body="Welcome.", client_id=uuid.uuid4(), reply_to=said.seq)
    register(by=cast.anna, workshop=workshop)
    renew_link(by=luc)
    ask_to_join(by=cast.olga, room=room)
    Room.objects.filter(pk=room.pk).update(logo=_logo())
    give_mandate(by=cast.clara, person=luc, kind=Mandate.Kind.CONVENE)
    start_thread(by=cast.mona, room=room, title="The next meeting", body="It is in Liège.", purpose="announcement")
    notify([luc, cast.maud, cast.clara], kind="item_approved", item=document, by=cast.mona)
    appoint_host(person=cast.clara)
    change_partner(
        by=cast.clara, partner=cast.liege, logo=ContentFile(A_POINT, name="logo.png"), website="https://a.example"
    )
    begin_hand_over(by=cast.clara, partner=cast.liege)
    _managed_by_liege_alone(cast)
    _muted(cast)
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
        changed=changed,
        withdrawn=withdrawn,
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
        recording=_recorded(cast),
        upload=begin_upload(by=luc, name="minutes.pdf", size=1000),
        unpacking=_archive_of(luc, room),
        case=_report(luc, "message", said),
        decision=_decided(luc, cast),
        mistaken=_mistaken(cast),
        proposal=_proposed(cast),
        draft=_writing(luc, cast, thread),
        rule=add_rule(by=cast.mona, room=room, kind=Rule.Kind.WORDS, text="lantern"),
        saved=save_decision(
            by=cast.mona, room=room, title="Names", action="removed", ground="personal", facts="A name."
        ),
        cast=cast,
    )


def _ask(person: User, draft: Item) -> ItemRequest:
    """They ask Luc to share an AMBER draft more widely."""
    return ask_wider(by=person, item=draft, note="Our school board decides next week.", for_whom="The school board")


def _save(by: User, room: Room | None, title: str) -> SavedDecision:
    """A decision made ready."""
    return save_decision(by=by, room=room, title=title, action="removed", ground="personal", facts="It names somebody.")


def _report(by: User, kind: str, thing: Any) -> Case:
    """They say that something is wrong with it."""
    note = "One can tell which school it is."
    return report(by=by, target=targets.seen_by(by, kind, thing.uid), ground="personal", note=note).case


def _decided(author: User, cast: Cast) -> Decision:
    """A message of theirs that Mona has taken away, against which they appeal."""
    message = say(by=author, room=cast.families, body="It is Anne's son.", client_id=uuid.uuid4())
    remove_message(by=cast.mona, message=message, reason="It names somebody.", ground="personal")
    decision = Decision.objects.select_related("case__item", "case__room").get(
        case__part_kind="message", case__part_id=message.pk
    )
    appeal(by=author, decision=decision, text="She asked me to say so.")
    return decision


def _mistaken(cast: Cast) -> Decision:
    """What Mona took away by mistake, of Carlo's."""
    leaflet = ItemFactory(room=cast.families, author=cast.carlo, partner=cast.augsburg, title="A leaflet")
    remove(by=cast.mona, item=leaflet, reason="It names a school.")
    return Decision.objects.get(case__item=leaflet)


def _muted(cast: Cast) -> None:
    """Somebody of Augsburg, for a week."""
    until = clock.now() + timedelta(days=7)
    Sanction.objects.create(user=member_of(cast.augsburg), room=cast.families, kind="mute", until=until)


def _proposed(cast: Cast) -> Proposal:
    """What Mona proposes to take away, of Carlo's."""
    poster = ItemFactory(room=cast.families, author=cast.carlo, partner=cast.augsburg, title="A poster")
    case = Case.objects.create(item=poster, author=cast.carlo, partner=cast.augsburg, handler=cast.mona)
    return Proposal.objects.create(case=case, action="removed", ground="charter", facts="It is long.", by=cast.mona)


def _writing(by: User, cast: Cast, thread: Thread) -> Draft:
    """They, Maud and Clara are writing a reply, and something into the room."""
    for person in (cast.maud, cast.clara, by):
        for key in (f"/discussions/{thread.uid}/reply/", f"/rooms/families/comments/{thread.uid}/"):
            keep(by=person, key=key, page=f"/discussions/{thread.uid}/", fields={"body": "<p>We wanted to say</p>"})
    return Draft.objects.filter(user=by).earliest("pk")


def _filed(by: User, cast: Cast, parent: Folder | None = None) -> tuple[Folder, Document]:
    """A folder with a document in it, and a document that a moderator has put into the bin."""
    folder = make_folder(by=by, room=cast.families, name=f"Minutes {uuid.uuid4().hex[:6]}", parent=parent)
    given = {"by": by, "room": cast.families, "tlp": Label.GREEN}
    share_document(title="Minutes of May", file=SimpleUploadedFile("may.txt", b"Seven came."), folder=folder, **given)
    binned = share_document(title="Old list", file=SimpleUploadedFile("list.txt", b"Nobody."), **given)
    put_in_bin(by=cast.mona, document=binned)
    return folder, binned


def _archive_of(by: User, room: Room) -> Unpacking:
    """An archive that is unpacked: one file is shared, another left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Minutes/June.txt", "Nine came.")
        archive.writestr("run.exe", "MZ")
    row = begin_unpacking(by=by, room=room, file=SimpleUploadedFile("papers.zip", buffer.getvalue()))
    carry_on(row.pk)
    return row


def _recorded(cast: Cast) -> Document:
    """A recording of Maud's, to which others may add, with its captions."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as written:
        written.setparams((1, 1, 8000, 0, "NONE", ""))
        written.writeframes(bytes([128]) * 800)
    recording = share_document(
        by=cast.maud,
        room=cast.families,
        partner=cast.liege,
        title="A talk",
        file=SimpleUploadedFile("talk.wav", sound.getvalue()),
        tlp=Label.GREEN,
        open_to_versions=True,
    )
    _caption(recording, cast.maud, "en")
    return recording


def _caption(recording: Document, by: User, language: str) -> None:
    words = SimpleUploadedFile("talk.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nGood evening.\n")
    add_captions(by=by, document=recording, number=1, language=language, file=words)


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
    thread = start_thread(by=by, room=room, title="Parents and police", body="How do you do it?", purpose="question")
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
