"""Captions of films and recordings: who adds them, what is taken of a file, how they are played, read and found."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from exchange import captions, finding
from exchange.actions import captions as actions
from exchange.actions.bin import empty_bins, put_in_bin
from exchange.actions.captions import add_captions, remove_captions
from exchange.actions.versions import restore_version
from exchange.captions import Cue, parse, read_back, written
from exchange.models import Blob, Caption, Document
from exchange.transcripts import find_said
from network import clock, search
from network.actions import items
from network.labels import Label
from network.languages import LANGUAGES
from network.models import AuditEntry, Opening, Release, Room, State, User
from network.personal import PERSONAL
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.exchange.making import add_version, share
from tests.exchange.sending import signed_in
from tests.releasing import release

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(300)
VTT = b"""WEBVTT - a talk

NOTE nobody reads this

STYLE
::cue { background: url(https://elsewhere.example/) }

first
00:01.000 --> 00:03.500 position:10% line:0
<v Anna>Good <i>evening</i> to you.

00:01:02.250 --> 00:01:05.000
We begin at
the <b>school</b> &amp; the street.
"""
SRT = """1\r
00:00:01,000 --> 00:00:03,500\r
{\\an8}<font color="red">Guten Abend.</font>\r
\r
2\r
00:01:02,250 --> 00:01:05,000\r
Wir beginnen\r
an der Straße.\r
"""
CLEAN = """WEBVTT

00:00:01.000 --> 00:00:03.500
Anna: Good evening to you.

00:01:02.250 --> 00:01:05.000
We begin at
the school &amp; the street.
"""


def film(cast: Cast, **other: Any) -> Document:
    """Luc shares a film in Families, GREEN unless the test says otherwise."""
    return share(cast, **{"title": "Talk", "tlp": Label.GREEN, "file": ContentFile(FILM, name="talk.mp4")} | other)


def add(document: Document, by: User, content: bytes | str = VTT, language: str = "en", number: int = 1) -> Caption:
    sent = content.encode() if isinstance(content, str) else content
    file = ContentFile(sent, name="talk.vtt")
    return add_captions(by=by, document=document, number=number, language=language, file=file)


def page_of(document: Document) -> str:
    return reverse("exchange:document-captions", args=[document.uid])


def track_of(document: Document, language: str = "en") -> str:
    return reverse("exchange:document-track", args=[document.uid, language])


def player_of(document: Document) -> str:
    return reverse("exchange:document-pages", args=[document.uid])


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def verbs() -> list[str]:
    rows = AuditEntry.objects.filter(verb__startswith="exchange.captions").order_by("pk")
    return [verb.rpartition("_")[2] for verb in rows.values_list("verb", flat=True)]


# --- what is read of a file -----------------------------------------------------------------------


def test_of_webvtt_the_times_and_plain_words_are_kept_and_nothing_else() -> None:
    assert written(parse(VTT, "en")) == CLEAN


def test_srt_becomes_webvtt() -> None:
    cues = parse(SRT.encode(), "de")
    assert cues == [Cue(1000, 3500, "Guten Abend."), Cue(62250, 65000, "Wir beginnen\nan der Straße.")]
    assert [cue.at for cue in cues] == ["0:01", "1:02"]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_are_read_in_the_codings_that_are_usual(coding: str) -> None:
    assert parse(SRT.encode(coding), "de")[1].text == "Wir beginnen\nan der Straße."


def test_old_codings_are_told_by_the_language_and_never_guessed() -> None:
    polish = "1\n00:00:01,000 --> 00:00:02,000\nZażółć gęślą\n"
    assert parse(polish.encode("cp1250"), "pl")[0].text == "Zażółć gęślą"
    with pytest.raises(Invalid, match="UTF-8"):
        parse(polish.encode("cp1250"), "sr")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_do_on_any_computer(ends: str) -> None:
    assert written(parse(VTT.decode().replace("\n", ends).encode(), "en")) == CLEAN


def test_cues_stand_in_the_order_of_their_times_and_empty_ones_are_left_out() -> None:
    content = "2\n00:00:09,000 --> 00:00:10,000\nLate\n\n3\n00:00:04,000 --> 00:00:05,000\n<i></i>\n\n"
    content += "1\n00:00:01,000 --> 00:00:02,000\nEarly\n\n4\n"
    assert [cue.text for cue in parse(content.encode(), "en")] == ["Early", "Late"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nWords", "Line 3: These words have no time"),
        ("WEBVTT\n\n00:01.000 --> 00:99.000\nWords", "Line 3: This is no time"),
        ("WEBVTT\n\nname\n00:01 --> 00:02\nWords", "Line 4: This is no time"),
        ("WEBVTT\n\n00:03.000 --> 00:02.000\nWords", "Line 3: The end is not after the beginning"),
        ("WEBVTT\n00:01.000 --> 00:02.000\nWords", "Line 2: An empty line is missing"),
        ("1\n00:00:01,000 --> 00:00:02,000\nOne\n2\n00:00:03,000 --> 00:00:04,000\nTwo", "Line 5: An empty line"),
        ("1\n00:00:01,000 --> 00:00:02,000\nOne\n\nTwo", "Line 5: These words have no time"),
        ("1\n00:00:01,000 --> 00:00:02,000\n" + "x" * 2001, "Line 2: More than 2000 letters"),
        ("WEBVTT", "No words with times"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<b></b>", "No words with times"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nA\0B", "cannot be read"),
        ("<html><body>00:01</body></html>", "Line 1: These words have no time"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(content: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(content.encode(), "en")
    assert told in str(refused.value.reason)
    assert refused.value.field == "file"


def test_more_captions_than_any_film_has_are_refused() -> None:
    many = "\n".join(f"00:00:01.000 --> 00:00:02.000\n{n}\n" for n in range(captions.MOST_CUES + 1))
    with pytest.raises(Invalid, match="more than"):
        parse(f"WEBVTT\n\n{many}".encode(), "en")


@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;", "<img src=x onerror=alert(1)", "a --&gt; b"],
)
def test_nothing_that_stands_in_a_cue_is_ever_markup(words: str) -> None:
    text = written(parse(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words}\n".encode(), "en"))
    assert "<" not in text
    assert text.count("-->") == 1


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 10**5), st.text(max_size=60)), max_size=5))
def test_what_we_wrote_is_read_back_as_it_was(drawn: list[tuple[int, int, str]]) -> None:
    cues = [Cue(start, start + length, " ".join(text.split())) for start, length, text in sorted(drawn)]
    cues = [cue for cue in cues if cue.text and captions._plain(captions._escaped(cue.text)) == cue.text]
    if cues:
        assert read_back(written(cues)) == sorted(cues, key=lambda cue: cue.start)


@given(st.binary(max_size=400))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    for start in (b"", b"WEBVTT\n\n00:01.000 --> 00:02.000\n"):
        try:
            text = written(parse(start + content, "en"))
        except Invalid:
            continue
        assert written(read_back(text)) == text
        assert "<" not in text


@pytest.mark.parametrize("part", ["<v", "<v ", "<", "{\\", "&", " ", "<v.a", "<1:", "1\n\n", "-->\n"])
def test_a_file_that_is_made_to_take_long_does_not(part: str) -> None:
    content = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{part * (captions.LARGEST // len(part) // 4)}"
    begun = time.monotonic()
    with suppress(Invalid):
        parse(content.encode(), "en")
    assert time.monotonic() - begun < 10


# --- who adds them --------------------------------------------------------------------------------


def test_whoever_may_share_a_version_adds_captions_and_others_may_not(cast: Cast) -> None:
    document = film(cast)
    assert add(document, cast.luc).text == CLEAN
    for person in (cast.anna, cast.mona, cast.vera, cast.clara):
        with pytest.raises(Forbidden):
            add(document, person, language="fr")
    with pytest.raises(Unseen):
        add(document, cast.olga, language="fr")
    Document.objects.update(open_to_versions=True)
    document.refresh_from_db()
    add(document, cast.anna, SRT, "de")
    assert {(one.language, one.by) for one in Caption.objects.all()} == {("de", cast.anna), ("en", cast.luc)}


def test_a_guest_reads_them_and_adds_none(cast: Cast) -> None:
    document = film(cast, room=cast.schools)
    add(document, cast.luc)
    client = signed_in(cast.eva)
    assert client.get(track_of(document)).status_code == 200
    assert client.get(page_of(document)).status_code == 403
    assert client.post(page_of(document), {"number": "1", "language": "fr"}).status_code == 403
    assert f'href="{page_of(document)}"' not in body(client, document.get_absolute_url())


@pytest.mark.parametrize(
    ("name", "content"), [("guide.pdf", b"%PDF-1.4 x"), ("talk.mov", b"\0\0\0\x14ftypqt  " + bytes(40))]
)
def test_what_is_not_played_here_has_none(cast: Cast, name: str, content: bytes) -> None:
    document = share(cast, file=ContentFile(content, name=name))
    with pytest.raises(Forbidden):
        add(document, cast.luc)
    assert signed_in(cast.luc).get(page_of(document)).status_code == 403
    assert page_of(document) not in body(signed_in(cast.luc), document.get_absolute_url())
    assert signed_in(cast.luc).get(track_of(document)).status_code == 404


def test_what_is_archived_stays_as_it_is(cast: Cast) -> None:
    document = film(cast)
    add(document, cast.luc)
    items.archive(by=cast.luc, item=document)
    with pytest.raises(Forbidden):
        add(document, cast.luc, language="fr")
    with pytest.raises(Forbidden):
        remove_captions(by=cast.luc, document=document, number=1, language="en")
    assert signed_in(cast.anna).get(track_of(document)).status_code == 200


def test_one_language_has_one_file_and_a_retry_changes_nothing(cast: Cast) -> None:
    document = film(cast)
    first = add(document, cast.luc)
    again = add(document, cast.luc)
    assert (again.pk, again.at, verbs()) == (first.pk, first.at, ["added"])
    other = add(document, cast.luc, SRT)
    assert (other.pk, other.cues, verbs()) == (first.pk, 2, ["added", "replaced"])
    assert Caption.objects.get().text.count("Guten Abend") == 1
    for _try in range(2):
        remove_captions(by=cast.luc, document=document, number=1, language="en")
    assert (Caption.objects.count(), verbs()) == (0, ["added", "replaced", "removed"])


@pytest.mark.parametrize(("wrong", "field"), [({"language": "xx"}, "language"), ({"number": 2}, "version")])
def test_a_language_that_is_none_and_another_version_are_refused(cast: Cast, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(film(cast), cast.luc, **wrong)
    assert refused.value.field == field
    assert not Caption.objects.exists()


def test_a_file_that_is_too_large_is_not_read(cast: Cast) -> None:
    with pytest.raises(Invalid, match="up to"):
        add(film(cast), cast.luc, VTT + bytes(captions.LARGEST))


def test_the_captions_of_all_languages_are_bounded_together(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    document = film(cast)
    add(document, cast.luc)
    monkeypatch.setattr(actions, "MOST_IN_ALL", 2 * len(CLEAN) - 1)
    with pytest.raises(Invalid, match="too long together"):
        add(document, cast.luc, language="fr")
    # What takes the place of others is not counted twice.
    add(document, cast.luc, VTT.replace(b"evening", b"morning"))
    assert set(Caption.objects.values_list("language", flat=True)) == {"en"}


def test_in_a_room_that_is_checked_new_captions_wait_for_a_moderator(cast: Cast) -> None:
    document = film(cast)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    add(document, cast.luc)
    document.refresh_from_db()
    assert document.state == State.HELD


# --- the page -------------------------------------------------------------------------------------


def test_on_the_page_they_are_added_replaced_and_taken_off(cast: Cast) -> None:
    document = film(cast)
    client, address = signed_in(cast.luc), page_of(document)
    assert address in body(client, document.get_absolute_url())
    assert "There are none yet" in body(client, address)
    sent = {"number": "1", "language": "fr", "file": ContentFile(VTT, name="talk.vtt")}
    page = client.post(address, sent, follow=True).content.decode()
    assert "The captions stand beside it." in page
    assert "2 captions" in page
    assert "French" in page
    off = reverse("exchange:document-captions-remove", args=[document.uid])
    assert client.post(off, {"number": "x", "language": "fr"}).status_code == 404
    assert client.post(off, {"number": "7", "language": "fr"}).status_code == 422
    assert "taken off" in client.post(off, {"number": "1", "language": "fr"}, follow=True).content.decode()
    assert not Caption.objects.exists()


def test_what_is_wrong_stands_at_its_field(cast: Cast) -> None:
    document = film(cast)
    client = signed_in(cast.luc)
    broken = ContentFile(b"WEBVTT\n\n00:03.000 --> 00:02.000\nWords", name="talk.vtt")
    refused = client.post(page_of(document), {"number": "1", "language": "fr", "file": broken})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Line 3: The end is not after the beginning." in page
    assert re.search(r'<option value="fr"[^>]* selected', page)
    assert "Choose the file with the captions." in client.post(page_of(document), {"number": "1"}).content.decode()


def test_whoever_had_an_older_version_before_them_is_asked_to_look_again(cast: Cast) -> None:
    document = film(cast)
    add_version(document, FILM + b"longer", "talk.mp4")
    client = signed_in(cast.luc)
    sent = {"number": "1", "language": "fr", "file": ContentFile(VTT, name="talk.vtt")}
    refused = client.post(page_of(document), sent)
    assert refused.status_code == 422
    assert "A newer version was shared meanwhile" in refused.content.decode()
    assert '<input type="hidden" name="number" value="2">' in refused.content.decode()


# --- the track ------------------------------------------------------------------------------------


def test_the_track_is_ours_and_can_run_nothing(cast: Cast) -> None:
    document = film(cast)
    add(document, cast.luc, VTT.replace(b"evening", b"<script>alert(1)</script>"))
    response = signed_in(cast.anna).get(track_of(document))
    assert "<" not in response.content.decode()
    expected = {
        "Content-Type": "text/vtt; charset=utf-8",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert {name: response.headers[name] for name in expected} == expected
    for odd in ("fr", "xx", "en-GB"):
        assert signed_in(cast.anna).get(track_of(document, odd)).status_code == 404
    assert signed_in(cast.anna).post(track_of(document)).status_code == 405


@pytest.mark.parametrize("scan", [Blob.Scan.WAITING, Blob.Scan.INFECTED])
def test_of_what_is_not_handed_out_nothing_is_told(cast: Cast, scan: str) -> None:
    document = film(cast)
    add(document, cast.luc)
    Blob.objects.update(scan=scan)
    client = signed_in(cast.anna)
    assert client.get(track_of(document)).status_code == 404
    assert "Good evening" not in body(client, player_of(document))


def test_of_a_document_in_the_bin_the_track_is_gone_and_later_the_captions(cast: Cast) -> None:
    document = film(cast)
    add(document, cast.luc)
    put_in_bin(by=cast.mona, document=document)
    assert signed_in(cast.anna).get(track_of(document)).status_code == 404
    assert signed_in(cast.luc).get(page_of(document)).status_code == 403
    empty_bins(clock.now())
    assert not Caption.objects.exists()


def test_strangers_and_those_outside_the_room_get_nothing(cast: Cast) -> None:
    document = film(cast)
    add(document, cast.luc)
    for address in (track_of(document), page_of(document)):
        assert Client().get(address).status_code == 302
        assert signed_in(cast.olga).get(address).status_code == 404


@pytest.mark.parametrize("label", [Label.AMBER_STRICT, Label.RED])
def test_who_reads_what_is_said_in_what_is_restricted_is_written_down(cast: Cast, label: Label) -> None:
    document = film(cast, tlp=label, named_people=[cast.luc, cast.anna], named_partners=[cast.liege, cast.malmo])
    add(document, cast.luc)
    client = signed_in(cast.anna)
    assert "<track" not in body(client, document.get_absolute_url())
    Opening.objects.all().delete()
    client.get(track_of(document))
    assert [(one.user, one.how, one.version) for one in Opening.objects.all()] == [(cast.anna, "read", 1)]
    Opening.objects.all().delete()
    assert "Good evening" in body(client, player_of(document))
    assert Opening.objects.filter(user=cast.anna, how="read", version=1).exists()


# --- versions and releases ------------------------------------------------------------------------


def test_a_new_version_begins_without_captions_and_one_taken_up_again_has_its_own(cast: Cast) -> None:
    document = film(cast)
    add(document, cast.luc)
    add_version(document, FILM + b"longer", "talk.mp4")
    client = signed_in(cast.anna)
    assert "<track" not in body(client, player_of(document))
    assert client.get(track_of(document)).status_code == 404
    assert client.get(f"{track_of(document)}?version=1").status_code == 200
    restore_version(by=cast.luc, document=document, number=1)
    assert client.get(f"{track_of(document)}?version=3").content.decode() == CLEAN
    restore_version(by=cast.luc, document=document, number=1)
    assert Caption.objects.count() == 2


def test_by_a_release_one_gets_the_captions_of_the_released_version_alone(cast: Cast) -> None:
    document = film(cast, tlp=Label.CLEAR)
    add(document, cast.luc)
    release(by=cast.clara, item=document)
    add_version(document, FILM + b"longer", "talk.mp4")
    add(document, cast.luc, SRT, "de", number=2)
    assert Release.objects.exists()
    for reader in (Client(), signed_in(cast.olga)):
        assert reader.get(track_of(document)).content.decode() == CLEAN
        assert reader.get(track_of(document, "de")).status_code != 200
        assert reader.get(f"{track_of(document, 'de')}?version=2").status_code != 200
        page = body(reader, player_of(document))
        assert "Good evening" in page
        assert "Luc" not in page
    assert "<track" in body(Client(), document.get_absolute_url())
    assert search.find(cast.olga, "evening").count() == 1
    assert search.find(cast.olga, "Abend").count() == 0


def test_new_captions_take_the_version_that_stands_there_off_the_public_site(cast: Cast) -> None:
    document = film(cast, tlp=Label.CLEAR)
    release(by=cast.clara, item=document)
    assert "take it off" in body(signed_in(cast.luc), page_of(document))
    add(document, cast.luc)
    assert not Release.objects.exists()
    assert AuditEntry.objects.filter(verb="network.unreleased").exists()


def test_whoever_helps_with_a_film_changes_no_captions_of_what_strangers_play(cast: Cast) -> None:
    document = film(cast, tlp=Label.CLEAR, open_to_versions=True)
    add(document, cast.luc)
    release(by=cast.clara, item=document)
    with pytest.raises(Forbidden, match="public site"):
        add(document, cast.anna, SRT, "de")
    with pytest.raises(Forbidden, match="public site"):
        remove_captions(by=cast.anna, document=document, number=1, language="en")
    client = signed_in(cast.anna)
    assert client.get(page_of(document)).status_code == 403
    assert f'href="{page_of(document)}"' not in body(client, document.get_absolute_url())
    assert Release.objects.exists()
    assert Caption.objects.count() == 1
    add_version(document, FILM + b"longer", "talk.mp4")
    add(document, cast.anna, SRT, "de", number=2)
    assert Release.objects.exists()


@pytest.mark.parametrize("name", ["luc", "mona", "clara"])
def test_captions_that_are_taken_off_take_the_version_off_the_public_site(cast: Cast, name: str) -> None:
    document = film(cast, tlp=Label.CLEAR, open_to_versions=True)
    add(document, cast.luc)
    release(by=cast.clara, item=document)
    remove_captions(by=getattr(cast, name), document=document, number=1, language="en")
    assert not Release.objects.exists()
    assert AuditEntry.objects.filter(verb="network.unreleased").exists()


def test_in_a_room_that_is_checked_captions_that_are_taken_off_are_looked_at(cast: Cast) -> None:
    document = film(cast)
    add(document, cast.luc)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    remove_captions(by=cast.luc, document=document, number=1, language="en")
    document.refresh_from_db()
    assert document.state == State.HELD


# --- playing, reading, finding --------------------------------------------------------------------


def test_the_player_has_a_track_for_each_language_and_turns_on_the_readers(cast: Cast) -> None:
    document = film(cast)
    add(document, cast.luc)
    add(document, cast.luc, SRT, "de")
    User.objects.filter(pk=cast.anna.pk).update(language="de")
    client = signed_in(User.objects.get(pk=cast.anna.pk))
    for address in (document.get_absolute_url(), player_of(document)):
        page = body(client, address)
        for language, name, default in (("de", "German", " default"), ("en", "English", "")):
            src = f"{track_of(document, language)}?version=1"
            assert f'<track kind="captions" src="{src}" srclang="{language}" label="{name}"{default}>' in page


def test_what_is_said_stands_below_the_player_with_its_times(cast: Cast) -> None:
    document = film(cast)
    assert 'id="transcript"' not in body(signed_in(cast.anna), player_of(document))
    add(document, cast.luc, VTT.replace(b"street", b"&lt;script&gt;street"))
    add(document, cast.luc, SRT, "de")
    page = body(signed_in(cast.anna), player_of(document))
    assert '<li id="said-2"><span class="said-at">1:02</span> <span>We begin at\nthe school &amp;' in page
    assert "&lt;script&gt;street." in page
    assert "Guten Abend" not in page
    german = body(signed_in(cast.anna), f"{player_of(document)}?transcript=de")
    assert '<ol class="said" lang="de"' in german
    assert "Guten Abend" in german
    assert "Good evening" in body(signed_in(cast.anna), f"{player_of(document)}?transcript=xx")


def test_a_phrase_is_found_where_it_is_said_in_every_language(cast: Cast) -> None:
    document = film(cast)
    add(document, cast.luc)
    add(document, cast.luc, SRT, "de")
    client = signed_in(cast.anna)
    page = body(client, f"{player_of(document)}?q=STRASSE")
    assert "is said nowhere in it" in page
    page = body(client, f"{player_of(document)}?q=to+you+we+begin")
    assert "is said at 1 place" not in page
    page = body(client, f"{player_of(document)}?q=to+you.+we+begin")
    assert "is said at 1 place" in page
    assert f'{player_of(document)}?version=1&amp;transcript=en#said-1">0:01, English</a>' in page
    assert "<mark>to you. We begin</mark>" in page
    page = body(client, f"{player_of(document)}?q=beginnen+an")
    assert 'transcript=de#said-2">1:02, German</a>' in page
    assert '<ol class="said" lang="de"' in page


def test_only_so_many_places_are_named_and_the_rest_is_counted(cast: Cast) -> None:
    document = film(cast)
    many = "\n".join("00:00:01.000 --> 00:00:02.000\nthe same, the same\n" for _ in range(finding.MOST_HITS + 7))
    add(document, cast.luc, f"WEBVTT\n\n{many}")
    page = body(signed_in(cast.anna), f"{player_of(document)}?q=same")
    assert "is said at 100 places" in page
    assert "and 7 more places" in page


def test_a_cue_in_which_a_phrase_is_said_twice_is_one_place_and_the_next_is_another(cast: Cast) -> None:
    document = film(cast)
    cues = [Cue(n * 1000, n * 1000 + 900, text) for n, text in enumerate(("Là là", "nothing", "la", "l'À la"))]
    add(document, cast.luc, written(cues).encode())
    version = document.versions.get()
    said, _more = find_said(version, "LA")
    assert [(one.hit.number, one.hit.match) for one in said] == [(1, "Là"), (3, "la"), (4, "la")]
    said, more = find_said(version, "là nothing la")
    assert [(one.hit.number, one.hit.match, more) for one in said] == [(1, "là nothing la", 0)]


@pytest.mark.parametrize("phrase", ["(.*)", "\x00", "   ", "a" * 5_000, "İ", "<script>"])
def test_odd_questions_find_nothing_and_break_nothing(cast: Cast, phrase: str) -> None:
    document = film(cast)
    add(document, cast.luc)
    response = signed_in(cast.anna).get(player_of(document), {"q": phrase})
    assert response.status_code == 200
    assert b"<script>&" not in response.content


def test_a_film_is_found_by_what_is_said_in_it(cast: Cast) -> None:
    document = film(cast)
    assert not search.find(cast.anna, "street").exists()
    add(document, cast.luc)
    assert [hit.item_id for hit in search.find(cast.anna, "street")] == [document.pk]
    remove_captions(by=cast.luc, document=document, number=1, language="en")
    assert not search.find(cast.anna, "street").exists()


@pytest.mark.parametrize("size", [1, 3])
def test_pages_ask_the_same_number_of_questions(
    cast: Cast, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    document = film(cast)
    for language in list(LANGUAGES)[:size]:
        add(document, cast.luc, language=language)
    client = signed_in(cast.luc)
    counts = ((f"{player_of(document)}?q=school", 18), (track_of(document), 6), (page_of(document), 19))
    for address, count in counts:
        with django_assert_num_queries(count):
            client.get(address)


def test_a_film_with_captions_of_somebody_else_is_not_its_authors_to_put_away(cast: Cast) -> None:
    document, alone = film(cast, open_to_versions=True), PERSONAL["documents"].alone
    assert alone is not None
    add(document, cast.luc)
    assert alone(cast.luc).filter(pk=document.pk).exists()
    add(document, cast.anna, SRT, "de")
    assert not alone(cast.luc).filter(pk=document.pk).exists()
    with pytest.raises(Forbidden, match="captions"):
        put_in_bin(by=cast.luc, document=document)
    put_in_bin(by=cast.mona, document=document)


# --- a person's own -------------------------------------------------------------------------------


def test_captions_are_in_the_export_of_whoever_made_them_and_stay_when_they_go(cast: Cast) -> None:
    document = film(cast, open_to_versions=True)
    add(document, cast.anna)
    kind = PERSONAL["captions"]
    rows = [kind.show(row) for row in kind.rows(cast.anna)]
    assert [(row["language"], row["text"]) for row in rows] == [("en", CLEAN)]
    assert not kind.rows(cast.luc).exists()
    assert kind.erase is None
    assert kind.restricted is not None
    assert not kind.restricted(cast.anna)
    Document.objects.update(tlp=Label.RED)
    assert kind.restricted(cast.anna)
