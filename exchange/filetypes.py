"""Which files may be shared, told by their content, and names that do no harm.

A file is taken where its extension is on the list and its content says the same. Programs, pictures
that run (SVG) and archives are not on the list; an archive is unpacked first (`exchange.unpacking`).
Whatever the file is, it is only ever handed out as a download. A saved web page (HTML) could run where
it is opened, so a browser is not even told that it is one (`served_as`); here only its words are read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

import filetype
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.refusals import Invalid

HEAD = 8192  # what the signatures need, in bytes
LONGEST_READ = 1_000  # letters of a name that are read; of longer ones the beginning and the end are
LONGEST_NAME = 150
# Names that Windows keeps for its devices, whatever extension follows.
DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIPPED = frozenset({"zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"})
MAY_HOLD_MACROS = frozenset({"docx", "xlsx", "pptx"})
PROGRAMS = (b"vbaproject.bin", b"macrosheets/")
END_OF_ZIP = b"PK\x05\x06"
LONGEST_CONTENTS = 4_000_000  # bytes of the table of contents that are read
TEXT = "text"
OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
HTML = "text/html"
BYTES = "application/octet-stream"
# What browsers play everywhere; the rest is downloaded. None of it can hold a script.
PLAYED = frozenset({"video/mp4", "video/webm", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/flac"})


@dataclass(frozen=True)
class FileType:
    """One kind of file that may be shared. `signs`: what its content may be recognised as."""

    extension: str
    content_type: str
    signs: frozenset[str]


def _one(extension: str, content_type: str, *signs: str) -> FileType:
    return FileType(extension, content_type, frozenset(signs or (extension,)))


TYPES: dict[str, FileType] = {
    one.extension: one
    for one in (
        _one("pdf", "application/pdf"),
        _one("docx", f"{OOXML}wordprocessingml.document", "docx", "zip"),
        _one("xlsx", f"{OOXML}spreadsheetml.sheet", "xlsx", "zip"),
        _one("pptx", f"{OOXML}presentationml.presentation", "pptx", "zip"),
        _one("odt", f"{ODF}text", "odt", "zip"),
        _one("ods", f"{ODF}spreadsheet", "ods", "zip"),
        _one("odp", f"{ODF}presentation", "odp", "zip"),
        _one("doc", "application/msword", "doc", "ole"),
        _one("xls", "application/vnd.ms-excel", "xls", "ole"),
        _one("ppt", "application/vnd.ms-powerpoint", "ppt", "ole"),
        _one("rtf", "application/rtf"),
        _one("txt", "text/plain", TEXT),
        _one("md", "text/markdown", TEXT),
        _one("csv", "text/csv", TEXT),
        _one("srt", "application/x-subrip", TEXT),
        _one("vtt", "text/vtt", TEXT),
        _one("html", HTML, TEXT),
        _one("htm", HTML, TEXT),
        _one("jpg", "image/jpeg"),
        _one("jpeg", "image/jpeg", "jpg"),
        _one("png", "image/png", "png", "apng"),
        _one("gif", "image/gif"),
        _one("webp", "image/webp"),
        _one("tif", "image/tiff"),
        _one("tiff", "image/tiff", "tif"),
        _one("heic", "image/heic"),
        _one("mp3", "audio/mpeg"),
        _one("m4a", "audio/mp4", "m4a", "mp4"),
        _one("ogg", "audio/ogg"),
        _one("wav", "audio/wav"),
        _one("flac", "audio/flac"),
        _one("mp4", "video/mp4", "mp4", "m4v"),
        _one("m4v", "video/mp4", "m4v", "mp4"),
        _one("mov", "video/quicktime"),
        _one("webm", "video/webm", "webm", "mkv"),
        _one("mkv", "video/x-matroska", "mkv", "webm"),
    )
}
ACCEPT = ",".join(f".{extension}" for extension in TYPES)

NOT_TAKEN: Promise = _(
    "Files of this kind are not taken. Share a PDF, a text, table or presentation of an office"
    " program, plain text, a saved web page, a picture, a recording or a film."
)
AN_ARCHIVE: Promise = _(
    "A ZIP is not shared as it is. What it holds is: with “Share an archive”, in the list of the room's documents."
)
NOT_WHAT_IT_SAYS: Promise = _(
    "The content of this file is not what its name says. Open it in the program that made it,"
    " save it again and choose that file."
)
MACROS: Promise = _(
    "This file holds macros, which are programs. Save it in its office program without them, or as a PDF, and choose"
    " that file."
)
EMPTY: Promise = _("This file is empty.")


def why_not_taken(name: str) -> Promise:
    """What is said of a file of a kind that is not taken, with the way that there is for it."""
    return AN_ARCHIVE if extension_of(name) == "zip" else NOT_TAKEN


def recognise(file: BinaryIO, name: str) -> FileType:
    """What the file is, by its name and its first bytes. Raises Invalid("file", reason)."""
    known = TYPES.get(extension_of(name))
    if known is None:
        raise Invalid("file", why_not_taken(name))
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if not head:
        raise Invalid("file", EMPTY)
    if sign_of(head) not in known.signs:
        raise Invalid("file", NOT_WHAT_IT_SAYS)
    if known.extension in MAY_HOLD_MACROS and _holds_macros(file):
        raise Invalid("file", MACROS)
    return known


def _holds_macros(file: BinaryIO) -> bool:
    """Whether an office file has macros in it, whatever it is called: by the names in its table of contents.

    That stands right before the end of the archive; a longer one than is read here has no use and no macros found.
    """
    end = file.seek(0, 2)
    file.seek(max(0, end - LONGEST_CONTENTS))
    tail = file.read(LONGEST_CONTENTS)
    file.seek(0)
    at = tail.rfind(END_OF_ZIP)
    length = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    return any(name in tail[max(0, at - length) : at].lower() for name in PROGRAMS) if at >= 0 else False


def sign_of(head: bytes) -> str:
    """What the first bytes are: an extension, "ole" for old office files, else "text"."""
    if b"%PDF-" in head[:1024]:
        return "pdf"
    guess = filetype.guess(bytearray(head)) if head else None
    if guess is not None:
        return guess.extension
    if head.startswith(OLE):
        return "ole"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return "mp3"  # MPEG audio, layer III, without a tag before it
    if head.startswith((b"#!", b"MZ")):
        return "program"
    return TEXT


def served_as(content_type: str) -> str:
    """As what a file is handed out: what would run in a page of ours is bytes, and nothing that a browser knows."""
    return BYTES if content_type == HTML else content_type


def extension_of(name: str) -> str:
    """The last extension in lower case, without its dot; "" where there is none."""
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def clean_name(name: str) -> str:
    """A file name that is safe to show and to hand out.

    Without folders, control and formatting characters (so no right-to-left overrides that make
    "exe.pdf" of "fdp.exe"), leading dots, or what Windows refuses; at most 150 characters, with
    the extension kept. "document" where nothing is left.
    """
    text = str(name).replace("\\", "/").rsplit("/", 1)[-1]
    # To bring the marks of a text into their order takes the square of their number.
    if len(text) > LONGEST_READ:
        text = text[:LONGEST_NAME] + text[-LONGEST_NAME:]
    text = unicodedata.normalize("NFC", text)
    text = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")
    text = re.sub(r'[<>:"|?*]+', "_", text)
    text = re.sub(r"\s+", " ", text).strip().rstrip(" .")
    if DEVICES.fullmatch(text):
        text = f"_{text}"
    stem, dot, extension = text.rpartition(".")
    if not dot:
        return text[:LONGEST_NAME].rstrip() or "document"
    extension = extension.strip()[:16]
    stem = stem.strip(" .")[: LONGEST_NAME - len(extension) - 1].rstrip() or "document"
    return f"{stem}.{extension}"


def title_of(name: str) -> str:
    """What a document is called where nobody says otherwise: the name of its file without its extension."""
    stem = clean_name(name).rpartition(".")[0] or clean_name(name)
    return " ".join(stem.replace("_", " ").split()) or stem
