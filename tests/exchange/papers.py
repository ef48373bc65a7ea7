"""Real files of the kinds that town halls share, made in the test, and some that nobody should have to open."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from openpyxl import Workbook
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

OOXML = "application/vnd.openxmlformats-officedocument."
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGED = "http://schemas.openxmlformats.org/package/2006"


# A web page as somebody saved it, with all that could run in a browser.
PAGE = b"""<!doctype html><html><head><meta charset=utf-8><title>A page</title><style>p { color: red }</style>
<script>alert(1)</script></head><body onload="alert(2)"><h1>Fish &amp; chips</h1><!-- comment -->
<p>One <b>bold</b>\nword.<br>Two<svg onload="alert(3)"><text>drawn</text><script>alert(4)</script></svg></p>
<template>template</template><a href="javascript:alert(5)"></a><img src=x onerror="alert(6)">
<iframe src="https://elsewhere.example/" srcdoc="<script>alert(7)</script>"></iframe>
<table><tr><td>a</td><td>b</td></tr></table><noscript>No</noscript><script>alert(8)"""


def paper(pages: Sequence[str], password: str = "", *, high: float = A4[1]) -> bytes:
    """A PDF with one text for each page; its lines are parted by line ends. Low pages are drawn in less time."""
    buffer = io.BytesIO()
    lock = StandardEncryption(password) if password else None
    sheet = canvas.Canvas(buffer, pagesize=(A4[0], high), encrypt=lock, pageCompression=1)
    for text in pages:
        lines = sheet.beginText(60, high - 82)
        for line in text.split("\n"):
            lines.textLine(line)
        sheet.drawText(lines)
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


def empty_pages(count: int) -> bytes:
    """A PDF of very many pages, low ones, without the time that a library would take to set them or we to draw them."""
    kids = " ".join(f"{number} 0 R" for number in range(3, count + 3))
    bodies = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {count}/Kids[{kids}]>>"]
    bodies += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 20]>>"] * count
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(written))
        written += f"{number} 0 obj{body}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{len(written)}\n%%EOF"
    return written + end.encode()


def zipped(members: dict[str, str | bytes], *, stored_first: bool = False) -> bytes:
    """A zip archive; with its first member not packed, as ODF wants it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(members.items()):
            how = zipfile.ZIP_STORED if stored_first and number == 0 else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, compress_type=how)
    return buffer.getvalue()


def _package(main: str, kind: str, body: str, **others: str | bytes) -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{PACKAGED}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="{OOXML}{kind}.main+xml"/></Types>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{PACKAGED}/relationships">'
        f'<Relationship Id="r1" Type="{RELATED}/officeDocument" Target="{main}"/></Relationships>',
        main: body,
    } | others


def word(paragraphs: Sequence[str], **others: str | bytes) -> bytes:
    """A DOCX; `others` are further members, such as macros."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<?xml version="1.0"?><w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    return zipped(_package("word/document.xml", "wordprocessingml.document", document, **others))


def bomb(size: int = 400_000_000, said: int | None = None) -> bytes:
    """A DOCX of a few hundred kilobytes that unpacks to `size` bytes of words, and may say that they are fewer."""
    buffer = io.BytesIO(word(["x"]))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.big", "w") as big:
        for _block in range(size // 1_000_000):
            big.write(b"a" * 1_000_000)
    content = buffer.getvalue().replace(b"word/document.xml", b"word/document.old")
    content = content.replace(b"word/document.big", b"word/document.xml")
    return content if said is None else content.replace(size.to_bytes(4, "little"), said.to_bytes(4, "little"))


def slides(texts: Sequence[str]) -> bytes:
    """A PPTX with one text on each slide."""
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    space = "http://schemas.openxmlformats.org/presentationml/2006/main"
    names = f'xmlns:a="{drawing}" xmlns:p="{space}" xmlns:r="{RELATED}"'
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in range(1, len(texts) + 1))
    body = f'<?xml version="1.0"?><p:presentation {names}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>'
    links = "".join(
        f'<Relationship Id="r{n}" Type="{RELATED}/slide" Target="slides/slide{n}.xml"/>'
        for n in range(1, len(texts) + 1)
    )
    others: dict[str, str | bytes] = {
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{PACKAGED}/relationships">{links}</Relationships>'
    }
    for number, text in enumerate(texts, 1):
        shape = f"<p:sp><p:nvSpPr/><p:spPr/><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        others[f"ppt/slides/slide{number}.xml"] = (
            f'<?xml version="1.0"?><p:sld {names}><p:cSld><p:spTree>{shape}</p:spTree></p:cSld></p:sld>'
        )
    return zipped(_package("ppt/presentation.xml", "presentationml.presentation", body, **others))


def sheets(tables: dict[str, Sequence[Sequence[str | int]]]) -> bytes:
    """An XLSX with one sheet for each table."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def open_sheet(rows: Sequence[Sequence[str]]) -> bytes:
    """An ODS with one sheet, called Towns."""
    spaces = ("office", "text", "table", "manifest")
    names = " ".join(f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in spaces)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    body = "".join(f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in rows)
    return zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<?xml version="1.0"?><manifest:manifest {names}><manifest:file-entry '
            f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
            "content.xml": f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
            f'<table:table table:name="Towns">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        },
        stored_first=True,
    )


def open_text(paragraphs: Sequence[str], picture: bytes = b"") -> bytes:
    """An ODT; `picture` is that of its first page, which the office program keeps beside the text."""
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    body = "".join(f"<text:p>{text}</text:p>" for text in paragraphs)
    members: dict[str, str | bytes] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f'<?xml version="1.0"?><office:document-content {names}><office:body><office:text>{body}'
        "</office:text></office:body></office:document-content>",
        "META-INF/manifest.xml": '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
    }
    if picture:
        members["Thumbnails/thumbnail.png"] = picture
    return zipped(members, stored_first=True)


def picture(form: str = "PNG", size: tuple[int, int] = (640, 480), **how: object) -> bytes:
    """A picture of two colours, so that one sees which way up it is."""
    drawn = Image.new("RGB", size, "white")
    drawn.paste("teal", (0, 0, size[0] // 2, size[1]))
    buffer = io.BytesIO()
    drawn.save(buffer, form, **how)
    return buffer.getvalue()
