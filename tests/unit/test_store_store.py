"""The store keeps what it is given, refuses what it cannot trust, and locks one run per edition and scope."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from digest.errors import ConfigurationError, LockedError, StoreError, TryAgainError, UsageError
from digest.store import FrozenEdition, Store
from digest.store.database import APPLICATION_ID
from digest.store.states import BY_NUMBER

EDITION = FrozenEdition(
    id="harbour-7",
    subject="Harbour news",
    theme="article",
    content='{"id": "harbour-7"}',
    letter=b"\x00letter\xff",
    created=1_700_000_000.0,
    list_name="readers.csv",
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'state.sqlite'}"


def other(edition_id: str, created: float = 1_700_000_001.0) -> FrozenEdition:
    return FrozenEdition(id=edition_id, subject="S", theme="t", content="{}", letter=b"", created=created)


def test_an_edition_comes_back_as_it_was_frozen(url: str) -> None:
    """Bytes and texts are kept exactly, over closing and opening."""
    with Store.open(url) as store:
        store.freeze(EDITION)
        assert store.edition("harbour-8") is None
    with Store.open(url) as store:
        assert store.edition("harbour-7") == EDITION


def test_freezing_binds_entries_once_and_for_good(url: str) -> None:
    """An entry belongs to one edition; what cannot be frozen leaves no trace."""
    with Store.open(url) as store:
        store.freeze(EDITION, ["feed#1", "feed#2"])
        assert store.bound(["feed#1", "feed#2", "feed#3"]) == {"feed#1", "feed#2"}
        with pytest.raises(ValueError, match="frozen already"):
            store.freeze(EDITION)
        with pytest.raises(TryAgainError, match="in edition 'harbour-7'"):
            store.freeze(other("harbour-8"), ["feed#3", "feed#2"])
        assert store.edition("harbour-8") is None
        assert store.bound(["feed#3"]) == set()
        store.freeze(other("harbour-8"), ["feed#3", "feed#2"], again=True)
        assert store.holding(["feed#3", "feed#2", "feed#9"]) == {"feed#3": "harbour-8", "feed#2": "harbour-7"}


def test_what_was_only_marked_seen_may_be_mailed_when_somebody_names_it(url: str) -> None:
    """Marking keeps `digest run` from it, and no edition holds it before it is frozen."""
    with Store.open(url) as store:
        store.mark_seen(["feed#4"])
        assert store.holding(["feed#4"]) == {}
        store.freeze(EDITION, ["feed#4"])
        assert store.holding(["feed#4"]) == {"feed#4": "harbour-7"}


def test_another_text_binds_what_is_new_in_it(url: str) -> None:
    """--accept-change with a feed that went on: its new entry enters no further edition."""
    with Store.open(url) as store:
        store.freeze(EDITION, ["feed#1"])
        store.replace(EDITION, ["feed#1", "feed#2"])
        assert store.holding(["feed#2"]) == {"feed#2": "harbour-7"}


def test_entries_can_be_marked_seen_again_and_again(url: str) -> None:
    """Marking is no edition, and repeating it changes nothing."""
    with Store.open(url) as store:
        store.freeze(EDITION, ["feed#1"])
        store.mark_seen(["feed#1", "feed#4"])
        store.mark_seen(["feed#4"])
        assert store.bound(["feed#1", "feed#4", "feed#5"]) == {"feed#1", "feed#4"}


def test_replacing_changes_the_text_and_nothing_else(url: str) -> None:
    """--accept-change puts another text under the id; one that was never frozen is refused."""
    changed = FrozenEdition(
        id=EDITION.id,
        subject="Harbour news!",
        theme="brief",
        content="{}",
        letter=b"x",
        created=EDITION.created,
    )
    with Store.open(url) as store:
        store.freeze(EDITION, ["feed#1"])
        store.replace(changed)
        assert store.edition("harbour-7") == changed
        assert store.bound(["feed#1"]) == {"feed#1"}
        with pytest.raises(ValueError, match="never frozen"):
            store.replace(other("harbour-9"))


def test_editions_are_listed_latest_first(url: str) -> None:
    """A frozen edition that nobody was mailed yet is open."""
    with Store.open(url) as store:
        store.freeze(EDITION)
        store.freeze(other("harbour-8"))
        assert [one.id for one in store.editions()] == ["harbour-8", "harbour-7"]
        assert [one.is_open for one in store.editions(only_open=True)] == [True, True]


def test_feed_states_are_kept(url: str) -> None:
    """The last state of a feed counts."""
    with Store.open(url) as store:
        store.save_feed_states({"https://example.org/feed": '{"etag": 1}', "https://example.net/feed": "{}"})
        store.save_feed_states({"https://example.org/feed": '{"etag": 2}'})
    with Store.open(url) as store:
        assert store.feed_state("https://example.org/feed") == '{"etag": 2}'
        assert store.feed_state("https://example.org/other") is None


def test_the_message_id_key_is_made_once(url: str) -> None:
    """32 octets, the same ever after, others in another store."""
    with Store.open(url) as store, Store.in_memory() as forgetful:
        key = store.message_id_key
        assert len(key) == 32
        assert forgetful.message_id_key != key
    with Store.open(url) as store:
        assert store.message_id_key == key


@pytest.mark.parametrize("url", ["postgres://x", "sqlite:", "sqlite://x", "sqlite:///", "state.sqlite", ""])
def test_other_urls_are_usage_errors(url: str) -> None:
    """What names no SQLite file is told with the two forms that do."""
    with pytest.raises(UsageError, match="no store URL"):
        Store.open(url)


def test_relative_and_absolute_urls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three slashes are relative, four absolute; asking whether it is there makes nothing."""
    monkeypatch.chdir(tmp_path)
    assert not Store.exists("sqlite:///state/digest.sqlite")
    Store.open("sqlite:///state/digest.sqlite").close()
    assert Store.exists(f"sqlite:////{tmp_path.as_posix().lstrip('/')}/state/digest.sqlite")


def test_l08_the_lock_is_held_by_one_store_and_nests_within_it(url: str) -> None:
    """L7: the second run is told at once; L8: other editions and scopes go on; a lock let go is free."""
    with Store.open(url) as one, Store.open(url) as two:
        with one.lock("harbour-7"), one.lock("harbour-7"):
            with pytest.raises(LockedError) as caught, two.lock("harbour-7"):
                pass
            assert caught.value.exit_status == 75
            with two.lock("harbour-8"), two.lock("harbour-7", "inbox:1"):
                pass
        with two.lock("harbour-7"):
            pass


def test_l07_a_killed_holder_leaves_no_lock(url: str, tmp_path: Path) -> None:
    """L7: flock ends with its process, however it ends."""
    holder = (
        "import sys, time; from digest.store import Store\n"
        f"store = Store.open({url!r}); lock = store.lock('harbour-7'); lock.__enter__()\n"
        "print('held', flush=True); time.sleep(60)"
    )
    with (
        subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE) as process,
        Store.open(url) as store,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(LockedError), store.lock("harbour-7"):
            pass
        process.kill()
        process.wait()
        with store.lock("harbour-7"):
            pass


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to look at" * 20, b"", b"SQLite format 3\0"]
)
def test_l06_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, url: str, content: bytes) -> None:
    """L6: never start afresh: everyone would be mailed again."""
    file = tmp_path / "state.sqlite"
    file.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert caught.value.exit_status == 74
    assert file.read_bytes() == content


def test_l14_another_programs_file_and_a_newer_store_are_refused(tmp_path: Path, url: str) -> None:
    """L14: neither is touched."""
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        connection.execute("CREATE TABLE ships (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="no store of Digest"):
        Store.open(url)
    (tmp_path / "state.sqlite").unlink()
    Store.open(url).close()
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="has version 99"):
        Store.open(url)


def test_a_changed_edition_is_noticed(tmp_path: Path, url: str) -> None:
    """What everybody gets is checked against what was frozen."""
    with Store.open(url) as store:
        store.freeze(EDITION)
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        connection.execute("UPDATE edition SET letter = x'00'")
    connection.close()
    with Store.open(url) as store, pytest.raises(StoreError, match="not what was frozen"):
        store.edition("harbour-7")


@pytest.mark.parametrize("closed", ["folder", "file"])
def test_l05_a_store_that_may_not_be_written_is_a_configuration_error(tmp_path: Path, closed: str) -> None:
    """L5: told when it is opened, before anything is connected."""
    file = tmp_path / "closed" / "state.sqlite"
    url = f"sqlite:///{file}"
    if closed == "file":
        Store.open(url).close()
        file.chmod(0o400)
    else:
        file.parent.mkdir(mode=0o500)
    # Root may write everywhere, unless it gives up just that.
    without = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    script = f"from digest.store import Store; Store.open({url!r})"
    ended = subprocess.run(
        [*without, sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert "ConfigurationError" in ended.stderr
    assert str(file) in ended.stderr


def test_l05_a_store_in_the_place_of_a_folder_or_below_a_file(tmp_path: Path) -> None:
    """L5: 78, and the path is named."""
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "file" / "state.sqlite"):
        with pytest.raises(ConfigurationError) as caught:
            Store.open(f"sqlite:///{path}")
        assert str(tmp_path) in str(caught.value)


def test_making_a_store_leaves_nothing_else_behind(tmp_path: Path, url: str) -> None:
    """One file of state, marked as ours."""
    Store.open(url).close()
    assert [path.name for path in tmp_path.iterdir()] == ["state.sqlite"]
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    connection.close()


def test_a_state_that_no_delivery_can_have_is_refused(url: str, tmp_path: Path) -> None:
    """The schema knows the numbers of the states, each of them and no other."""
    Store.open(url).close()
    accepted = set()
    with contextlib.closing(sqlite3.connect(tmp_path / "state.sqlite")) as connection:
        for number in range(-1, 32):
            with contextlib.suppress(sqlite3.IntegrityError):
                connection.execute("INSERT INTO delivery (key, list, state) VALUES ('a', 1, ?)", (number,))
                accepted.add(number)
    assert accepted == set(BY_NUMBER)
