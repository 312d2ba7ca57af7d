"""PDF, Word and EPUB, written here byte by byte: read where they hold an article, refused by name where not."""

from __future__ import annotations

import io
import sys
import textwrap
import zipfile
from html import escape

import pytest

from digest.errors import DigestError, InvalidInputError, NothingToCondenseError
from digest.model import Article, Source
from digest.reading.articles import article_of
from digest.reading.options import ReadingOptions

TITLE = "Harbour library opens a room with a view"
LINES = [
    "The harbour library opens its new reading room on Monday, after two winters of building work.",
    "It has forty seats, a stove from the old ferry, and a window over the whole of the inner basin.",
    "The first evening is given to the gardeners, who will bring seeds to anybody who has a question.",
]
PACKED = zipfile.ZIP_DEFLATED


def read(content: bytes, name: str = "-", max_bytes: int = 10_000_000) -> Article:
    return article_of(Source(name=name, content=content), ReadingOptions(max_bytes=max_bytes))


def zipped(parts: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else PACKED)
    return file.getvalue()


def docx(paragraphs: list[tuple[str, str]], **more: str | bytes) -> bytes:
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>'
        for style, text in paragraphs
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
            "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
            "word/styles.xml": f'<w:styles xmlns:w="{word}"><w:style w:type="paragraph" w:styleId="Heading1">'
            '<w:name w:val="heading 1"/></w:style></w:styles>',
            **more,
        }
    )


def epub(chapters: list[str], **more: str | bytes) -> bytes:
    items = "".join(
        f'<item id="c{at}" href="text/chapter%20{at}.xhtml" media-type="application/xhtml+xml"/>'
        for at in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(chapters)))
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles>'
            "</container>",
            "OPS/book.opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            f"<dc:title>{TITLE}</dc:title><dc:creator>Ann Lee</dc:creator><dc:language>en</dc:language></metadata>"
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
            **{
                f"OPS/text/chapter {at}.xhtml": f"<html><head><title>x</title></head><body>{chapter}</body></html>"
                for at, chapter in enumerate(chapters)
            },
            **more,
        }
    )


def pdf(rows: list[str], *, info: str = "", extra: str = "") -> bytes:
    """Write a page with one row of text under the other, as a printing program does."""
    plain = (row.replace("(", "[").replace(")", "]") for row in rows)
    shown = "\n".join(f"({row}) Tj T*" for row in plain)
    stream = f"BT /F1 10 Tf 14 TL 50 780 Td\n{shown}\nET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<<{info}>>",
    ]
    out = "%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<</Size {size}/Root 1 0 R/Info 6 0 R{extra}>>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


def rows_of(lines: list[str]) -> list[str]:
    return [row for line in lines for row in [*textwrap.wrap(line, 60), ""]]


def test_a_pdf_is_read_by_its_text() -> None:
    """Rows become paragraphs again, a page number goes, title and author come from the document."""
    article = read(pdf([TITLE, "", *rows_of(LINES), "12"], info=f"/Title({TITLE})/Author(Ann Lee)"))
    assert " ".join(article.paragraphs) == " ".join(LINES)
    assert (article.title, article.byline) == (TITLE, "Ann Lee")


def test_a_word_document() -> None:
    """Headings, paragraphs and the headline of a .docx, whatever it is called."""
    article = read(docx([("Heading1", TITLE), *(("Normal", line) for line in LINES)]), "story.txt")
    assert (article.title, list(article.paragraphs)) == (TITLE, LINES)


def test_an_epub() -> None:
    """Chapters in the order of the spine, with title, author and language of the package."""
    article = read(epub([f"<p>{LINES[0]}</p>", f"<h2>Inside</h2><p>{LINES[1]}</p>"]))
    assert list(article.paragraphs) == [LINES[0], "Inside", LINES[1]]
    assert (article.title, article.byline, article.language) == (TITLE, "Ann Lee", "en")


def test_a_scanned_pdf_is_refused_for_having_no_text() -> None:
    """Pictures of pages hold no text: the message says so, and what to do."""
    with pytest.raises(NothingToCondenseError, match="without text") as refused:
        read(pdf([]))
    assert "text recognition" in (refused.value.hint or "")


def test_a_locked_pdf_is_refused() -> None:
    """A document behind a password is named as locked."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(rows_of(LINES)))))
    writer.encrypt("lantern", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    with pytest.raises(InvalidInputError, match="locked"):
        read(file.getvalue())


def test_a_locked_epub_is_refused() -> None:
    """A book with its own encryption (DRM) is named as locked, not read as noise."""
    rights = {
        "META-INF/encryption.xml": '<encryption><CipherReference URI="OPS/text/chapter%200.xhtml"/></encryption>'
    }
    with pytest.raises(InvalidInputError, match="locked"):
        read(epub([LINES[0]], **rights))


@pytest.mark.parametrize("kind", ["docx", "epub"])
def test_a_zip_bomb_is_not_unpacked(kind: str) -> None:
    """60 MB of one letter in 60 KB: refused by its size, though the archive itself says otherwise."""
    bomb = b"a" * 60_000_000
    content = (
        docx([], **{"word/document.xml": bomb}) if kind == "docx" else epub([""], **{"OPS/book.opf": bomb})
    )
    with pytest.raises(InvalidInputError, match="unpacked"):
        read(content)
    # the size that an archive states may be a lie; zipfile stops at what was stated
    lying = content.replace((60_000_000).to_bytes(4, "little"), (60).to_bytes(4, "little"))
    with pytest.raises(DigestError):
        read(lying)


@pytest.mark.parametrize("content", [pdf(LINES), docx([("Normal", line) for line in LINES]), epub(LINES)])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_damaged_document_is_refused_or_read(content: bytes, share: float) -> None:
    """Cut anywhere, a document gives an article or an expected failure, never a crash."""
    hint: str | None = "read"
    try:
        read(content[: int(len(content) * share)])
    except DigestError as error:
        hint = error.hint
    assert hint


@pytest.mark.parametrize(("module", "content"), [("pypdf", pdf(LINES)), ("mammoth", docx([("Normal", "a")]))])
def test_a_missing_reader_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, module: str, content: bytes
) -> None:
    """Without the extra the hint is the command that installs it."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InvalidInputError, match="not installed") as refused:
        read(content)
    assert "pip install 'digest-mailer[documents]'" in (refused.value.hint or "")


def test_an_archive_that_is_no_document_is_named() -> None:
    """A ZIP of something else is refused as what it is."""
    with pytest.raises(InvalidInputError, match="ZIP"):
        read(zipped({"notes.txt": LINES[0]}))
