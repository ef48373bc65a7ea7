"""Captions as words with times: read out of what others made, and written anew. No rights, no rows.

WebVTT as https://www.w3.org/TR/webvtt1/ has it (§4.1 the file, §4.2 the text of cues, §6.1 how it is read), and SRT,
which no standard describes: numbered blocks, commas in the times. Nothing of a file is handed on but the times and the
plain words of its cues. What cannot be read is refused with its line: libraries leave such a cue out without a word,
and whoever cannot hear would never know.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from network.refusals import Invalid

LARGEST = 2_000_000  # bytes; a film of two hours has some 100,000
MOST_CUES = 10_000
LONGEST_CUE = 2_000  # letters

ARROW = "-->"
TIME = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)[.,](\d{3})"
# What follows the end is where on the picture it stands; ours stand where the reader's browser puts them.
TIMES = re.compile(rf"[ \t]*{TIME}[ \t]*-->[ \t]*{TIME}(?:[ \t].*)?", re.ASCII)
OTHER_BLOCKS = re.compile(r"(NOTE|STYLE|REGION)(?:[ \t].*)?")

VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]([^<>]*)>")  # who speaks
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|</>")
PLACED = re.compile(r"\{\\[^{}]*\}")  # "{\an8}": how some programs say where a line of SRT stands
CONTROLS = re.compile("[\u0000-\u0008\u000e-\u001f\u007f]")

# What Windows wrote before UTF-8, for the languages of which that is clear.
CODINGS = {
    "cp1252": ("en", "fr", "de", "es", "it", "nl", "ca", "da", "fi", "ga", "no", "pt", "sv"),
    "cp1250": ("cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"),
    "cp1251": ("bg", "uk"),
    "cp1253": ("el",),
    "cp1254": ("tr",),
    "cp1256": ("ar",),
    "cp1257": ("et", "lt", "lv"),
}
CODING_OF = {language: coding for coding, languages in CODINGS.items() for language in languages}


@dataclass(frozen=True)
class Cue:
    """Some words, from one moment of the film to another, in milliseconds. They may stand on several lines."""

    start: int
    end: int
    text: str

    @property
    def at(self) -> str:
        """When it is said, as players write it: "2:05", "1:02:05"."""
        seconds = self.start // 1000
        hours, minutes = divmod(seconds // 60, 60)
        return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def parse(content: bytes, language: str) -> list[Cue]:
    """The cues of a WebVTT or SRT file, in the order of their times. Raises Invalid (file), which names the line."""
    lines = _decoded(content, language).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_vtt = re.match(r"WEBVTT(?:[ \t]|$)", lines[0]) is not None
    blocks = _blocks(lines)
    if is_vtt:
        number, head = next(blocks)
        if under := next((place for place, line in enumerate(head) if ARROW in line), None):
            raise _fault(number + under, _("An empty line is missing before this time."))
    cues = []
    for number, block in blocks:
        if is_vtt and OTHER_BLOCKS.fullmatch(block[0]):
            continue
        if cue := _cue(number, block):
            cues.append(cue)
        if len(cues) > MOST_CUES:
            raise Invalid("file", _("There are more than %(most)d captions in this file.") % {"most": MOST_CUES})
    if not cues:
        raise Invalid("file", _("No words with times stand in this file. Choose a file of the kind WebVTT or SRT."))
    return sorted(cues, key=lambda cue: cue.start)


def written(cues: Iterable[Cue]) -> str:
    """WebVTT of our own making: times, and words in which nothing is marked up."""
    blocks = (f"{_time(cue.start)} {ARROW} {_time(cue.end)}\n{_escaped(cue.text)}\n" for cue in cues)
    return "\n".join(("WEBVTT\n", *blocks))


def read_back(text: str) -> list[Cue]:
    """The cues of what `written` wrote."""
    return parse(text.encode(), "")


def _decoded(content: bytes, language: str) -> str:
    coding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(coding)
    except UnicodeDecodeError:
        try:
            text = content.decode(CODING_OF.get(language, "ascii"))
        except UnicodeDecodeError:
            raise Invalid("file", _not_read()) from None
    if "\0" in text:
        raise Invalid("file", _not_read())
    return text


def _not_read() -> str:
    return _(
        "The letters of this file cannot be read. Save it as WebVTT or SRT in the coding UTF-8, and choose it again."
    )


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Lines that stand together, each time with the number of the first."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue(number: int, block: list[str]) -> Cue | None:
    """A name or number if there is one, the times, the words; None where there are no words."""
    place = next((place for place, line in enumerate(block[:2]) if ARROW in line), None)
    if place is None:
        if len(block) == 1 and block[0].strip().isdecimal():
            return None  # a number that is left over at the end
        raise _fault(number, _("These words have no time. Take out the empty line before them, or give them a time."))
    found = TIMES.fullmatch(block[place])
    if found is None:
        raise _fault(number + place, _("This is no time. It has to read as 00:01:02.500 --> 00:01:05.000."))
    start, end = _milliseconds(found.groups()[:4]), _milliseconds(found.groups()[4:])
    if end <= start:
        raise _fault(number + place, _("The end is not after the beginning."))
    words = block[place + 1 :]
    for further, line in enumerate(words, number + place + 1):
        if ARROW in line:
            raise _fault(further, _("An empty line is missing before this time."))
    text = "\n".join(filter(None, map(_plain, _joined(words))))
    if len(text) > LONGEST_CUE:
        words_of_it = _("More than %(most)d letters stand under one time.")
        raise _fault(number + place, words_of_it % {"most": LONGEST_CUE})
    return Cue(start, end, text) if text else None


def _joined(words: list[str]) -> list[str]:
    """The lines of a cue without its marks, which may begin on one line and end on another."""
    text = VOICE.sub(r"\1: ", "\n".join(words))
    return PLACED.sub("", TAG.sub("", text)).split("\n")


def _plain(line: str) -> str:
    return " ".join(CONTROLS.sub("", html.unescape(line)).split())


def _fault(line: int, reason: str) -> Invalid:
    return Invalid("file", _("Line %(line)d: %(reason)s") % {"line": line, "reason": reason})


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _time(moment: int) -> str:
    seconds, thousandths = divmod(moment, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{thousandths:03}"


def _escaped(text: str) -> str:
    """As the text of a cue has it (§4.2.2): without these three nothing can be a tag, a time or an arrow."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
