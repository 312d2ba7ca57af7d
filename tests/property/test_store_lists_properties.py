"""Whatever stands in a list, it is read exactly or refused in our words; nothing crashes and nobody is made up."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from digest.errors import DigestError
from digest.store import InvalidAddressError, ListOptions, parse_address, read_list
from digest.store.roster import IMPROPER

cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).filter(
    lambda text: not IMPROPER.search(text)
)
separators = st.sampled_from([",", ";", "\t"])


def read(content: bytes, *, skip_invalid: bool = False) -> list[tuple[str, dict[str, str]]]:
    """Read a list from bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list.csv")
        path.write_bytes(content)
        with read_list(path, options=ListOptions(skip_invalid=skip_invalid)) as roster:
            return [(found.address, dict(found.fields)) for found in roster]


@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=20), separators, st.sampled_from(["\n", "\r\n"])
)
def test_what_a_csv_writer_wrote_is_read_back(rows: list[tuple[str, str]], separator: str, end: str) -> None:
    """Any names and towns, quoted as CSV quotes them: cell by cell the same, spaces around them aside."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerow(["email", "name", "town"])
    expected = []
    for number, (name, town) in enumerate(rows):
        writer.writerow([f"reader{number}@example.org", name, town])
        expected.append((f"reader{number}@example.org", {"name": name.strip(" "), "town": town.strip(" ")}))
    assert read(out.getvalue().encode()) == expected


@given(st.binary(max_size=300))
def test_no_bytes_crash(content: bytes) -> None:
    """Anything is a list or refused with one of our errors, whether invalid rows are skipped or not."""
    for skip_invalid in (False, True):
        for start in (b"", b"email,name\na@example.org,"):
            try:
                found = read(start + content, skip_invalid=skip_invalid)
            except DigestError as error:
                assert error.exit_status == 65  # noqa: PT017  # either way is fine, but only these
            else:
                assert found


@given(st.text(max_size=40))
def test_an_address_is_refused_or_kept_whole(text: str) -> None:
    """No text is cut down to an address: what is accepted is the text, but for the domain's spelling."""
    try:
        found = parse_address(text)
    except InvalidAddressError:
        return
    assert found.wire.count("@") == 1
    assert not IMPROPER.search(found.wire)
    assert parse_address(found.wire) == found
    assert parse_address(found.key).key == found.key
