"""Rows of a CSV file with the line each begins at, read strictly: bytes in, cells out.

The byte order mark, or what the user says, gives the encoding; the header gives the separator. What cannot be
read right is refused with its line: a wrong guess would put mojibake into somebody's name, and a lenient
quote swallows the people that follow it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from digest.errors import InvalidListError, UsageError

__all__ = ["read_rows"]

_SEPARATORS: Final = (",", ";", "\t")
_LOOKED_AT: Final = 4096  # octets that tell what kind of file this is
_CHUNK: Final = 65_536
# An unbalanced quote runs into this instead of eating the list; no name or town comes near it.
_CELL_LIMIT: Final = 131_072
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LINE_END: Final = re.compile("\r\n|\n|\r")


def read_rows(stream: BinaryIO, path: Path, *, encoding: str | None) -> Generator[tuple[int, list[str]]]:
    """Yield each row's first line and its cells, the header first.

    Raises:
        InvalidListError: it cannot be read as text, or as CSV.
        UsageError: an encoding that Python does not know.
    """
    chosen = _encoding(stream, path, encoding)
    text = io.TextIOWrapper(stream, chosen, newline="")
    try:
        yield from _rows(text, path)
    except UnicodeError as error:
        raise _encoding_error(stream, path, chosen) from error
    finally:
        text.detach()  # the stream is the caller's to close


def _encoding(stream: BinaryIO, path: Path, told: str | None) -> str:
    start = stream.read(_LOOKED_AT)
    stream.seek(0)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if told is not None:
        try:
            name = codecs.lookup(told).name
        except LookupError as error:
            raise UsageError(f"no encoding is called '{told}'", hint="try cp1252, or utf-8") from error
        return "utf-8-sig" if name == "utf-8" else name
    if marked is None and start.startswith(b"PK\x03\x04"):
        raise InvalidListError(
            "this is a workbook or an archive, not a CSV",
            where=str(path),
            hint="save the sheet as CSV (UTF-8)",
        )
    if marked is None and b"\0" in start:
        raise InvalidListError(
            "there are NUL bytes: it is UTF-16 without a mark, or no text",
            where=str(path),
            hint="save it as UTF-8, or pass --encoding utf-16-le",
        )
    return marked or "utf-8"


def _encoding_error(stream: BinaryIO, path: Path, encoding: str) -> InvalidListError:
    """Find the line, by decoding once more in pieces: the reader's own position is that of a buffer."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line, previous = 1, ""
    what = f"it is not {encoding}"
    while True:
        chunk = stream.read(_CHUNK)
        try:
            decoded = decoder.decode(chunk, final=not chunk)
        except UnicodeError as error:
            if isinstance(error, UnicodeDecodeError):
                # error.object is what the decoder had kept back plus this chunk.
                decoded = error.object[: error.start].decode(encoding.removesuffix("-sig"), "ignore")
                what = (
                    f"byte 0x{error.object[error.start]:02X} is not {encoding.removesuffix('-sig').upper()}"
                )
            else:
                decoded = ""
            line += len(_LINE_END.findall(previous[-1:] + decoded)) - len(_LINE_END.findall(previous[-1:]))
            return InvalidListError(
                what,
                where=f"{path}:{line}",
                hint="save the list as UTF-8, or name its encoding: --encoding cp1252",
            )
        # A CR LF cut in two by the chunk's end is one line end: count with the last character before it.
        line += len(_LINE_END.findall(previous[-1:] + decoded)) - len(_LINE_END.findall(previous[-1:]))
        previous = decoded or previous


def _remembered(first: str, rest: io.TextIOWrapper, lines: list[str]) -> Iterator[str]:
    """Yield lines and keep those of the row under way, so that an error can tell where a quote opened."""
    lines.append(first)
    yield first
    for line in rest:
        lines.append(line)
        yield line


def _rows(text: io.TextIOWrapper, path: Path) -> Generator[tuple[int, list[str]]]:
    first = text.readline(_CELL_LIMIT)
    if not first:
        return
    if len(first) == _CELL_LIMIT and not first.endswith(("\n", "\r")):
        raise InvalidListError(
            f"the header is longer than {_CELL_LIMIT:,} characters", where=f"{path}:1", hint="is it a list?"
        )
    remembered: list[str] = []
    separator = _separator(first)
    reader = csv.reader(_remembered(first, text, remembered), delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _csv_error(error, f"{path}", begins, remembered, separator) from error
        yield begins, cells
        begins = reader.line_num + 1
        remembered.clear()


def _separator(header: str) -> str:
    """Tell what the header is split by: what gives an email column, else what gives most columns."""

    def rank(separator: str) -> tuple[bool, int]:
        names = [name.strip().strip('"').lower() for name in header.rstrip("\r\n").split(separator)]
        return "email" in names, len(names)

    return max(_SEPARATORS, key=rank)


def _csv_error(
    error: csv.Error, path: str, begins: int, lines: list[str], separator: str
) -> InvalidListError:
    opened = _last_opened_quote(lines, separator)
    if opened is None:
        what = "a cell is too long" if "field limit" in str(error) else f"this is no CSV ({error})"
        return InvalidListError(
            f"{what}: {_CELL_LIMIT:,} characters at most" if "field limit" in str(error) else what,
            where=f"{path}:{begins}",
            hint="mend the line",
        )
    return InvalidListError(
        "a quotation mark opens here and is not closed before the next separator",
        where=f"{path}:{begins + opened}",
        hint='close it, or double a quotation mark that belongs to the text ("")',
    )


def _last_opened_quote(lines: list[str], separator: str) -> int | None:
    """Give the index of the line where the last quoted cell begins, None without one."""
    opened: int | None = None
    inside = at_cell_start = False
    for number, line in enumerate(lines):
        at_cell_start = at_cell_start or not inside
        position = 0
        while position < len(line):
            character = line[position]
            if inside:
                if character == '"':
                    if line[position + 1 : position + 2] == '"':
                        position += 1
                    else:
                        inside = False
            elif character == '"' and at_cell_start:
                inside, opened = True, number
            at_cell_start = not inside and character == separator
            position += 1
    return opened
