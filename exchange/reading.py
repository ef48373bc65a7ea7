"""A version as it is read in the browser: page by page, as pictures, as words, or played. Pure reading, no rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from exchange import finding
from exchange.filetypes import PLAYED, extension_of
from exchange.finding import Hit
from exchange.looking.wire import MOST_WORDS
from exchange.models import Blob, Document, PagePicture, PageText, Version
from exchange.transcripts import tracks_of
from network.labels import Label
from network.rendering import to_html

A_BLOCK = 10  # pages that one address shows
A_PART = 20_000  # letters of a text without pages that are shown as one
ALT = 160  # letters of a page that a picture is described by; all of them stand below it
OPENING = 400  # letters of the paragraph for readers in a hurry


@dataclass(frozen=True)
class Page:
    """One page: its number, its words, its picture where there is one."""

    number: int
    text: str
    picture: PagePicture | None

    @property
    def alt(self) -> str:
        """How its words begin, for whoever cannot see the picture."""
        begin = " ".join(self.text[: 2 * ALT].split())
        return begin if len(begin) <= ALT else f"{begin[:ALT].rsplit(' ', 1)[0]} …"


def way(version: Version) -> str:
    """How a version is read: "pages" (pictures of them), "picture", "slides" or "text" (words), "video", "audio", "".

    "" is a file that can only be downloaded, or that nobody has looked into yet. Asks the database twice at most.
    """
    blob = version.blob
    if not blob.is_served:
        return ""
    if version.content_type in PLAYED:
        return version.content_type.partition("/")[0]
    drawn = PagePicture.objects.filter(blob=blob, width=PagePicture.Width.LARGE).exists()
    if drawn:
        return "picture" if version.content_type.startswith("image/") else "pages"
    if not speaks(version):
        return ""
    return "slides" if blob.pages else "text"


def glance(document: Document, version: Version, language: str) -> dict[str, Any]:
    """What the page about a document shows of the file itself, to a reader of this language. Three queries at most.

    Of AMBER+STRICT and RED nothing: who reads these is written down, and nobody is to read them by passing.
    """
    how = way(version)
    glimpse = document.effective_label < Label.AMBER_STRICT
    first, words = None, ""
    if glimpse and how not in ("", "video", "audio"):
        first = PagePicture.objects.filter(blob=version.blob, number=1, width=PagePicture.Width.SMALL).first()
        words = "" if document.description else opening(version.blob)
    tracks = tracks_of(version, language) if glimpse and how in ("video", "audio") else []
    return {"how": how, "glimpse": glimpse, "first": first, "opening": words, "tracks": tracks}


def speaks(version: Version) -> bool:
    """Whether words of it were found."""
    return PageText.objects.filter(blob=version.blob).exclude(text="").exists()


def last_page(version: Version, how: str) -> int:
    """The number of the last page that can be shown; of a text without pages, of its last part."""
    if how in ("pages", "slides"):
        return version.blob.pages or 1
    if how == "text":
        return len(_parts(version.blob))
    return 1


def shown(version: Version, how: str, first: int) -> list[Page]:
    """The pages of one address, from `first` on."""
    blob, numbers = version.blob, range(first, first + A_BLOCK)
    if how == "text":
        return [Page(first, part, None) for part in _parts(blob)[first - 1 : first]]
    if how not in ("pages", "slides", "picture"):
        return []
    texts = dict(PageText.objects.filter(blob=blob, number__in=numbers).values_list("number", "text"))
    large = PagePicture.objects.filter(blob=blob, number__in=numbers, width=PagePicture.Width.LARGE)
    pictures = {one.number: one for one in large}
    last = last_page(version, how)
    return [Page(number, texts.get(number, ""), pictures.get(number)) for number in numbers if number <= last]


def extent(blob: Blob) -> str:
    """How much of its words was read, for a sentence: "the first 2,000 of 2,500 pages"; "" where all were."""
    if blob.read_to is None:
        return ""
    if blob.pages and blob.read_to < blob.pages:
        numbers = [number_format(one, force_grouping=True) for one in (blob.read_to, blob.pages)]
        return _("the first %(read)s of %(all)s pages") % {"read": numbers[0], "all": numbers[1]}
    return _("the first %(size)d MB of its text") % {"size": MOST_WORDS // 1_000_000}


def rendered(version: Version, text: str) -> SafeString | None:
    """Markdown as it is meant; None for words without marks."""
    return to_html(text, top=2) if extension_of(version.name) == "md" else None


def opening(blob: Blob) -> str:
    """How the words of a file begin: the one paragraph for a reader in a hurry."""
    texts = PageText.objects.filter(blob=blob).exclude(text="").order_by("number")
    begin = " ".join((texts.values_list("text", flat=True).first() or "")[: 3 * OPENING].split())
    return begin if len(begin) <= OPENING else f"{begin[:OPENING].rsplit(' ', 1)[0]} …"


def find(version: Version, how: str, phrase: str) -> tuple[list[Hit], int]:
    """Where a phrase stands in a version: one place for each page, and how many pages there are beyond those."""
    return finding.find(_texts(version, how), phrase)


def _texts(version: Version, how: str) -> list[tuple[int, str]]:
    if how == "text":
        return list(enumerate(_parts(version.blob), 1))
    return list(PageText.objects.filter(blob=version.blob).order_by("number").values_list("number", "text"))


def _parts(blob: Blob) -> list[str]:
    """A text without pages in parts that a page of ours can show, parted at the ends of lines where there are any."""
    whole = "\n".join(PageText.objects.filter(blob=blob).order_by("number").values_list("text", flat=True))
    parts, start = [], 0
    while len(whole) - start > A_PART:
        end = whole.rfind("\n", start + A_PART // 2, start + A_PART)
        end = end if end > 0 else start + A_PART
        parts.append(whole[start:end])
        start = end
    return [*parts, whole[start:]]
