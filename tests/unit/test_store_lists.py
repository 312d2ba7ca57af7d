"""Lists are read strictly: every row is a subscriber, a problem with its line, or empty."""

from __future__ import annotations

import codecs
import os
import time
from pathlib import Path

import pytest

from digest.errors import InputMissingError, InvalidListError, UsageError
from digest.model import Subscriber
from digest.store import ListOptions, Roster, read_list

SKIP = ListOptions(skip_invalid=True)


def write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "readers.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(tmp_path: Path, content: str | bytes, options: ListOptions | None = None) -> list[Subscriber]:
    with read_list(write(tmp_path, content), options=options) as roster:
        return list(roster)


def refusal(tmp_path: Path, content: str | bytes, options: ListOptions | None = None) -> str:
    with pytest.raises(InvalidListError) as caught:
        read(tmp_path, content, options)
    assert caught.value.exit_status == 65
    return str(caught.value).replace(str(tmp_path), "")


def test_columns_become_fields_and_name_and_language_too(tmp_path: Path) -> None:
    """The email column is the address, all others are fields; name and language also have their own place."""
    (found,) = read(tmp_path, "Email,Name,language,town\nann@example.org, Ann Lee ,de,Harbour\n")
    assert found.address == "ann@example.org"
    assert (found.name, found.language) == ("Ann Lee", "de")
    assert found.fields == {"Name": "Ann Lee", "language": "de", "town": "Harbour"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_b02_the_header_tells_the_separator(tmp_path: Path, separator: str) -> None:
    """B2: comma, semicolon and tab are found by themselves."""
    content = f'name{separator}EMAIL\n"Lee{separator} Ann"{separator}ann@example.org\n'
    if separator == "\t":
        content = "name\tEMAIL\nAnn\tann@example.org\n"
    (found,) = read(tmp_path, content)
    assert found.address == "ann@example.org"


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + "email,name\nann@example.org,Zoë\n".encode(),
        "email,name\nann@example.org,Zoë\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "email,name\nann@example.org,Zoë\n".encode("utf-16-be"),
        "email,name\rann@example.org,Zoë\r".encode(),
        "email,name\r\nann@example.org,Zoë\r\n".encode(),
        "email,name\nann@example.org,Zoë".encode(),
    ],
    ids=["utf-8 mark", "utf-16", "utf-16 be", "cr only", "crlf", "no last line end"],
)
def test_b03_marks_and_line_ends_are_read_right(tmp_path: Path, content: bytes) -> None:
    """B3: byte order marks and every kind of line end are understood."""
    (found,) = read(tmp_path, content)
    assert (found.address, found.name) == ("ann@example.org", "Zoë")


def test_b04_latin_1_is_refused_with_its_line_and_read_when_named(tmp_path: Path) -> None:
    """B4: no mojibake; the line is named, and so is the way out."""
    content = "email,name\nann@example.org,Ann\nzoe@example.org,Zoë\n".encode("latin-1")
    said = refusal(tmp_path, content)
    assert said.startswith("/readers.csv:3: byte 0xEB is not UTF-8")
    assert "--encoding cp1252" in said
    assert read(tmp_path, content, ListOptions(encoding="cp1252"))[1].name == "Zoë"


def test_the_line_of_a_wrong_byte_is_right_far_into_a_list(tmp_path: Path) -> None:
    """The line is counted over the whole file, also where a CR LF falls between two chunks."""
    rows = b"".join(b"reader%d@example.org,Reader\r\n" % number for number in range(9000))
    assert "/readers.csv:9002: " in refusal(tmp_path, b"email,name\r\n" + rows + b"x@example.org,\xe9\r\n")


def test_an_unknown_encoding_is_a_usage_error(tmp_path: Path) -> None:
    """A name Python does not know is told before anything is read."""
    with pytest.raises(UsageError, match="klingon"):
        read(tmp_path, "email\na@example.org\n", ListOptions(encoding="klingon"))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('email,name\na@example.org,"Ann\nb@example.org,Bob\n', 2),
        ('email,name\na@example.org,Ann\nb@example.org,"Bob\nc@example.org,Cy\nd@example.org,"Di"\n', 3),
        ('email,name\na@example.org,"Ann"x\n', 2),
        ('email,name\na@example.org,"Ann\nb@example.org,"Bob\nc@example.org,"Cy"\n', 2),
        ('email,name\na@example.org,"Ann\n' + "b@example.org,Bob\n" * 20_000, 2),
    ],
)
def test_b05_a_broken_quote_is_refused_where_it_opened(tmp_path: Path, content: str, line: int) -> None:
    """B5: nobody is swallowed into a name; the line where the quote opened is told."""
    said = refusal(tmp_path, content, SKIP)
    assert said.startswith(f"/readers.csv:{line}: a quotation mark opens here")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ('"Ann\r\nBcc: all@example.org"', "a line break in 'name'"),
        ('"Ann\nLee"', "a line break in 'name'"),
        ("A\x00nn", "a control character (U+0000) in 'name'"),
        ("A\x1fnn", "a control character (U+001F) in 'name'"),
        ("A\x1bnn", "a control character (U+001B) in 'name'"),
        ("A\x85nn", "a control character (U+0085) in 'name'"),
        ("A\u202enn", "a control character (U+202E) in 'name'"),
        ("A\u2028nn", "a line break in 'name'"),
    ],
)
def test_b06_control_characters_make_a_row_invalid(tmp_path: Path, name: str, words: str) -> None:
    """B6: nothing that could break a header or turn text round gets through; others go on when asked."""
    content = f"email,name,town\nann@example.org,{name},Harbour\nbob@example.org,Bob,Harbour\n"
    padded = "email,name,town\n" + "z@example.org,Z,Z\n" * 300 + content.split("\n", 1)[1]
    assert f"there is {words}" in refusal(tmp_path, padded)
    assert [found.address for found in read(tmp_path, padded, SKIP)] == ["z@example.org", "bob@example.org"]


def test_marks_that_right_to_left_names_need_are_kept(tmp_path: Path) -> None:
    """U+200F is no attack."""
    (found,) = read(tmp_path, "email,name\nann@example.org,\u200f\u05d0\u05e0\n")
    assert found.name == "\u200f\u05d0\u05e0"


def test_b07_a_huge_cell_is_refused_without_a_traceback(tmp_path: Path) -> None:
    """B7: the size and the line are told."""
    said = refusal(tmp_path, f"email,name\nann@example.org,{'x' * 140_000}\n")
    assert said.startswith("/readers.csv:2: a cell is too long: 131,072 characters at most")


def test_b08_short_and_long_rows_are_reported_and_skipped_on_request(tmp_path: Path) -> None:
    """B8: nothing is sent by default; with --skip-invalid the others go on."""
    content = "email,name\na@example.org\nb@example.org,Bob,more\nc@example.org,Cy\n"
    said = refusal(tmp_path, content)
    assert "/readers.csv:2: 1 cell where the header has 2" in said
    assert "/readers.csv:3: 3 cells where the header has 2" in said
    assert [found.name for found in read(tmp_path, content, SKIP)] == ["Cy"]


@pytest.mark.parametrize("content", ["", "email,name\n", "email\n\n\n", "email,name\n,\n , \n"])
def test_b01_a_list_without_anybody_is_refused(tmp_path: Path, content: str) -> None:
    """B1: an empty list sends nothing and says so."""
    said = refusal(tmp_path, content)
    assert "no recipients" in said or "the list is empty" in said


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("mail,name", "there is no email column; the header has 'mail', 'name'"),
        ("email,name,Name", "the header has 'name' twice"),
        ("email,EMAIL", "the header has 'email' twice"),
        ("email,,name", "column 2 of the header has no name"),
        ('email,"na\nme"', "a line break or control character in the header"),
    ],
)
def test_b02_a_header_that_cannot_be_meant_is_refused(tmp_path: Path, header: str, words: str) -> None:
    """B2: the columns seen are named."""
    assert words in refusal(tmp_path, f"{header}\na@example.org,x,y\n")


def test_b10_duplicates_are_one_person_and_reported(tmp_path: Path) -> None:
    """B10: the first row wins, the others are counted and named, and it is no error."""
    content = "email,name\nAnn@example.org,First\nbob@example.org,Bob\nann@EXAMPLE.org,Second\n"
    with read_list(write(tmp_path, content)) as roster:
        assert [(found.address, found.name) for found in roster] == [
            ("Ann@example.org", "First"),
            ("bob@example.org", "Bob"),
        ]
        assert (len(roster), roster.duplicates) == (2, 1)
        assert roster.problems[0].endswith("readers.csv:4: 'ann@example.org' stands already in line 2")


def test_invalid_addresses_are_all_counted_and_twenty_shown(tmp_path: Path) -> None:
    """Sixty wrong rows are told as sixty, and the message stays readable."""
    said = refusal(tmp_path, "email\n" + "".join(f"reader{number}@\n" for number in range(60)))
    assert "60 rows cannot be mailed (the first 20 are shown)" in said
    assert said.count("is not an address") == 20
    assert "/readers.csv:2: 'reader0@' is not an address: nothing stands after the @" in said


def test_skipped_rows_are_counted_in_the_roster(tmp_path: Path) -> None:
    """--skip-invalid hides nothing."""
    with read_list(
        write(tmp_path, "email\nx@\nann@example.org\n,\nb@example.org,Bob\n"), options=SKIP
    ) as roster:
        assert (len(roster), roster.invalid) == (1, 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest of a workbook", "workbook"),
        ("email\na@example.org\n".encode("utf-16-le"), "NUL bytes"),
        (b"\x89PNG\r\n\x1a\n\0\0", "NUL bytes"),
    ],
)
def test_what_is_no_text_is_refused_by_kind(tmp_path: Path, content: bytes, words: str) -> None:
    """A workbook or an image is named as what it seems to be."""
    assert words in refusal(tmp_path, content)


def test_a_missing_list_a_folder_and_a_file_in_the_way_are_66(tmp_path: Path) -> None:
    """Whatever keeps the list from being opened ends with input missing."""
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "file" / "below.csv"):
        with pytest.raises(InputMissingError) as caught:
            read_list(path)
        assert caught.value.exit_status == 66


def test_an_unchanged_list_is_not_checked_again_and_a_changed_one_is(tmp_path: Path) -> None:
    """The checked copy is found by content and time; a damaged copy is made anew."""
    path = write(tmp_path, "email\nann@example.org\n")
    options = ListOptions(cache=tmp_path / "cache")
    with read_list(path, options=options) as first, read_list(path, options=options) as second:
        assert first.file == second.file
    first.file.write_bytes(b"SQLite format 3\0 and nothing more")
    with read_list(path, options=options) as again:
        assert [found.address for found in again] == ["ann@example.org"]
    path.write_text("email\nbob@example.org\n")
    with read_list(path, options=options) as changed:
        assert [found.address for found in changed] == ["bob@example.org"]


def test_a_process_with_the_number_of_a_killed_one_meets_none_of_its_remains(tmp_path: Path) -> None:
    """In a container every run has the same number: half a draft of before is no damage now."""
    path, cache = tmp_path / "list.csv", tmp_path / "cache"
    path.write_text("email\nann@example.org\n")
    with read_list(path, options=ListOptions(cache=cache)) as roster:
        copy = roster.file
    copy.replace(cache / f"{copy.name}.{os.getpid()}")
    with read_list(path, options=ListOptions(cache=cache)) as roster:
        assert len(roster) == 1


def test_a_header_longer_than_any_cell_may_be_is_refused(tmp_path: Path) -> None:
    """A million columns: not read as a header and a first row."""
    path = tmp_path / "list.csv"
    path.write_text("email," + ",".join(f"c{number}" for number in range(30_000)) + "\n")
    with pytest.raises(InvalidListError, match="the header is longer than 131,072 characters"):
        read_list(path)


def test_closing_removes_a_temporary_copy() -> None:
    """Nothing with people's addresses stays behind."""
    with Roster.of([Subscriber("ann@example.org")]) as roster:
        assert roster.file.exists()
    assert not roster.file.exists()


def test_subscribers_in_hand_keep_their_fields_names_and_languages() -> None:
    """The API's subscribers come out of a roster as they went in."""
    given = [
        Subscriber("ann@example.org", "Ann", {"town": "Harbour", "note": "{1,2}"}, "de"),
        Subscriber("bob@example.org", "", {"town": ""}, None),
    ]
    with Roster.of(given) as roster:
        assert list(roster) == given
        assert roster.columns == ("town",)


@pytest.mark.parametrize(
    "person",
    [Subscriber("ann@"), Subscriber("ann@example.org", "A\r\nB"), Subscriber("a@x.org", "", {"t": "\0"})],
)
def test_subscribers_in_hand_are_checked_like_rows(person: Subscriber) -> None:
    """What no list may hold, no program may hand over."""
    with pytest.raises(InvalidListError):
        Roster.of([person])


def test_what_a_killed_import_left_is_removed_a_day_later(tmp_path: Path) -> None:
    """A draft of a checked list holds addresses; that of a run which may still be at it stays."""
    cache = tmp_path / "cache"
    cache.mkdir()
    left, under_way = cache / "0a.list.sqlite.4711", cache / "0b.list.sqlite.4712"
    for draft in (left, under_way):
        draft.touch()
    os.utime(left, times=(time.time() - 90_000,) * 2)
    read(tmp_path, "email\nann@example.org\n", ListOptions(cache=cache))
    assert not left.exists()
    assert under_way.exists()
