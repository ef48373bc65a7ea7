"""Files made of Markdown, as partners would have shared them: PDF, Word, or the text itself.

The same text gives the same bytes, whenever it is made.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

_markdown = MarkdownIt("commonmark")


@dataclass(frozen=True)
class Run:
    """Some words in one face."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Block:
    """A heading (`level` 1 to 3) or a paragraph (0); `mark` stands before an entry of a list."""

    runs: tuple[Run, ...]
    level: int = 0
    mark: str = ""

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(run.text for run in self.runs)


def make(kind: str, text: str, *, title: str, author: str, language: str) -> bytes:
    """The file of a kind (pdf, docx, md, txt) with this text."""
    if kind == "pdf":
        return _pdf(list(blocks(text)), title, author, language)
    if kind == "docx":
        return _docx(list(blocks(text)), title, author, language)
    return text.encode()


def blocks(text: str) -> Iterator[Block]:
    """The headings, paragraphs and entries of lists of a Markdown text, in order."""
    level, counters, entering = 0, [], False
    for token in _markdown.parse(text):
        if token.type == "heading_open":
            level = min(3, int(token.tag[1]))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            counters.append(int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else 0)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            counters.pop()
        elif token.type == "list_item_open":
            entering = True
        elif token.type == "inline":
            mark = ""
            if entering:
                mark = f"{counters[-1]}." if counters[-1] else "•"
                counters[-1] += 1 if counters[-1] else 0
            yield Block(tuple(_runs(token.children or [])), level, mark)
            level, entering = 0, False


def first_words(text: str, most: int) -> str:
    """The first paragraph below the title, cut at the end of a sentence so that it is not longer than `most`."""
    words = next((block.text for block in blocks(text) if not block.level), "")
    if len(words) <= most:
        return words
    sentences = re.findall(r".+?[.!?…](?=\s|$)", words[: most + 1])
    return "".join(sentences).strip() or words[: most - 1].rsplit(" ", 1)[0] + "…"


def _runs(tokens: list[Token]) -> Iterator[Run]:
    bold = italic = False
    for token in tokens:
        if token.type.startswith("strong_"):
            bold = token.nesting == 1
        elif token.type.startswith("em_"):
            italic = token.nesting == 1
        elif token.type in ("softbreak", "hardbreak"):
            yield Run(" ", bold, italic)
        elif token.content:
            yield Run(token.content, bold, italic)


# --- PDF ------------------------------------------------------------------------------------------

_BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=15.5, spaceAfter=7, alignment=TA_LEFT)
_ENTRY = ParagraphStyle("entry", parent=_BODY, leftIndent=16, bulletIndent=3, spaceAfter=4)
_HEADINGS = {
    1: ParagraphStyle("title", parent=_BODY, fontName="Helvetica-Bold", fontSize=19, leading=23, spaceAfter=14),
    2: ParagraphStyle(
        "heading",
        parent=_BODY,
        fontName="Helvetica-Bold",
        fontSize=12.5,
        leading=16,
        spaceBefore=9,
        spaceAfter=4,
        keepWithNext=True,
    ),
}
_HEADINGS[3] = ParagraphStyle("lesser", parent=_HEADINGS[2], fontSize=11)


def _pdf(paper: list[Block], title: str, author: str, language: str) -> bytes:
    made = io.BytesIO()
    document = SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=28 * mm,
        rightMargin=28 * mm,
        topMargin=25 * mm,
        bottomMargin=25 * mm,
        title=title,
        author=author,
        lang=language,
        invariant=1,
    )
    flow = [Paragraph(_marked_up(block), _style(block), bulletText=block.mark or None) for block in paper]
    document.build(flow, onFirstPage=_page_number, onLaterPages=_page_number)
    return made.getvalue()


def _style(block: Block) -> ParagraphStyle:
    return _HEADINGS[block.level] if block.level else _ENTRY if block.mark else _BODY


def _marked_up(block: Block) -> str:
    parts = []
    for run in block.runs:
        words = escape(run.text)
        words = f"<b>{words}</b>" if run.bold else words
        parts.append(f"<i>{words}</i>" if run.italic else words)
    return "".join(parts)


def _page_number(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont("Helvetica", 9)
    canvas.drawCentredString(A4[0] / 2, 14 * mm, str(document.page))


# --- Word: the least that ECMA-376 calls a document -----------------------------------------------

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="r2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)
_SIZES = {0: 22, 1: 36, 2: 26, 3: 22}  # half points


def _docx(paper: list[Block], title: str, author: str, language: str) -> bytes:
    body = "".join(_paragraph(block, language) for block in paper)
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "docProps/core.xml": (
            f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator>"
            f"<dc:language>{escape(language)}</dc:language></cp:coreProperties>"
        ),
        "word/document.xml": f'{_XML}<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content.encode())
    return made.getvalue()


def _paragraph(block: Block, language: str) -> str:
    layout = '<w:spacing w:after="120"/>'
    layout += '<w:ind w:left="360" w:hanging="360"/>' if block.mark else ""
    layout += f'<w:outlineLvl w:val="{block.level - 1}"/>' if block.level else ""
    mark = f"<w:r><w:t>{block.mark}</w:t><w:tab/></w:r>" if block.mark else ""
    words = "".join(_word_run(run, block.level, language) for run in block.runs)
    return f"<w:p><w:pPr>{layout}</w:pPr>{mark}{words}</w:p>"


def _word_run(run: Run, level: int, language: str) -> str:
    face = "<w:b/>" if run.bold or level else ""
    face += "<w:i/>" if run.italic else ""
    face += f'<w:sz w:val="{_SIZES[level]}"/><w:lang w:val="{language}"/>'
    return f'<w:r><w:rPr>{face}</w:rPr><w:t xml:space="preserve">{escape(run.text)}</w:t></w:r>'
