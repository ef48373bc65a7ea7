"""What is said in a film or a recording, as its reader has it: tracks beside it, and all of it as text below."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.captions import Cue, read_back
from exchange.finding import MOST_HITS, Hit, as_shown, evened, folded, hit_in, plain
from exchange.models import Version


@dataclass(frozen=True)
class Track:
    """Captions in a language; `chosen` where it is the reader's, so that they need not look for it."""

    language: str
    chosen: bool


@dataclass(frozen=True)
class Transcript:
    """All that is said, in one language; `others` are those that it can be read in as well."""

    language: str
    cues: list[Cue]
    others: list[str]


@dataclass(frozen=True)
class Said:
    """One place where a phrase is said: in which captions, when, and the words around it."""

    language: str
    at: str
    hit: Hit


def tracks_of(version: Version, language: str) -> list[Track]:
    """The captions of a version, for a reader of this language. One query."""
    return [Track(one, one == language) for one in version.captions.values_list("language", flat=True)]


def transcript_of(version: Version, tracks: list[Track], wanted: Sequence[str]) -> Transcript | None:
    """In the first of the wanted languages that there is, else in any; None without captions. One query at most."""
    languages = [track.language for track in tracks]
    if not languages:
        return None
    language = next((one for one in wanted if one in languages), languages[0])
    text = version.captions.values_list("text", flat=True).filter(language=language).first()
    cues = read_back(text) if text else []
    return Transcript(language, cues, [one for one in languages if one != language])


def find_said(version: Version, phrase: str) -> tuple[list[Said], int]:
    """Where a phrase is said, in all languages, and how often beyond that. It may go on from one cue to the next.

    One place for each cue in which it begins. One query.
    """
    wanted = plain(phrase)
    if not wanted:
        return [], 0
    found: list[Said] = []
    more = 0
    for language, text in version.captions.values_list("language", "text"):
        cues = read_back(text)
        flat, source, begins = _in_one(cues)
        at = flat.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            number = bisect_right(begins, at)
            if len(found) < MOST_HITS:
                found.append(Said(language, cues[number - 1].at, hit_in(number, source, at, end)))
            else:
                more += 1
            following = begins[number] if number < len(begins) else len(flat)
            at = flat.find(wanted, max(end, following))
    return found, more


def _in_one(cues: list[Cue]) -> tuple[str, str, list[int]]:
    """All words of the cues folded, the same as they are shown, and where in both each cue begins."""
    evenly = [evened(cue.text) for cue in cues]
    flat = [folded(text) for text in evenly]
    begins, place = [], 0
    for text in flat:
        begins.append(place)
        place += len(text) + 1
    return " ".join(flat), " ".join(map(as_shown, evenly, flat)), begins
