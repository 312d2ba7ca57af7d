"""The SQLite connection of a store: opened, migrated, and its failures put into our words.

Everything durable goes through ``transaction``; WAL with ``synchronous=FULL`` makes a committed transaction
survive a power loss. A damaged file is reported and left as it is: starting afresh would mail everyone again.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from digest.errors import DISK_FAILURES, ConfigurationError, DigestError, LockedError, StoreError, UsageError

__all__ = ["APPLICATION_ID", "connect", "guard", "os_error", "parse_url", "transaction"]

APPLICATION_ID = 0x44494753  # "DIGS": tells our file from another program's SQLite file
_CACHE_KIB = 2048  # small on purpose: the sending process stays under 40 MB (I6)
_BUSY_SECONDS = 20.0  # another run's fold takes milliseconds; importing a first million rows takes seconds

# One script per version, in order; a store of version n has had the first n. Never edit a released one.
_MIGRATIONS = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE edition (
      id TEXT PRIMARY KEY, subject TEXT NOT NULL, theme TEXT NOT NULL, list_name TEXT NOT NULL,
      content TEXT NOT NULL, letter BLOB NOT NULL, created REAL NOT NULL, checksum INTEGER NOT NULL
    );
    CREATE TABLE entry (id TEXT PRIMARY KEY, edition TEXT) WITHOUT ROWID;
    CREATE TABLE feed (url TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
    -- generation: of the journal that holds what is not folded yet, 0 when there is none
    CREATE TABLE ledger (
      id INTEGER PRIMARY KEY, edition TEXT NOT NULL, scope TEXT NOT NULL, subject TEXT NOT NULL,
      message_id_domain TEXT NOT NULL, generation INTEGER NOT NULL, started REAL NOT NULL,
      checksum INTEGER NOT NULL, UNIQUE (edition, scope)
    );
    CREATE TABLE list (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    -- rows of one planning lie together in the order of sending: folding verdicts touches few pages
    CREATE TABLE span (ledger INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
    CREATE TABLE delivery (
      id INTEGER PRIMARY KEY, key TEXT NOT NULL, email TEXT, list INTEGER NOT NULL,
      -- not IN (3, 5 …): SQLite would build that list anew for each row, in as long as the row's update takes
      state INTEGER NOT NULL CHECK (state = 3 OR state = 5 OR state = 6 OR state = 9
        OR state = 10 OR state = 12 OR state = 15),
      attempts INTEGER NOT NULL DEFAULT 0, code INTEGER, enhanced TEXT, reason TEXT, at REAL
    );
    -- instead of an index on delivery, since it is filled in key order: a million rows in a second
    CREATE TABLE person (
      ledger INTEGER NOT NULL, key TEXT NOT NULL, delivery INTEGER NOT NULL, PRIMARY KEY (ledger, key)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE server (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    -- how many real letters a server had carried when they were folded, each try counted, in doubt or not
    -- server 0: nobody knows which one it was, so they count for each
    CREATE TABLE carried (
      at REAL NOT NULL, server INTEGER NOT NULL, letters INTEGER NOT NULL, PRIMARY KEY (at, server)
    ) WITHOUT ROWID;
    -- two days, since no limit looks back further than one, by the letters' own clock
    INSERT INTO carried SELECT d.at, 0, count(*) FROM ledger l JOIN span s ON s.ledger = l.id
      CROSS JOIN delivery d ON d.id BETWEEN s.first AND s.last
      WHERE l.scope = '' AND d.at > (SELECT max(at) FROM delivery) - 172800 GROUP BY 1;
    """,
)


def parse_url(url: str) -> Path:
    """Give the file that ``sqlite:///relative`` or ``sqlite:////absolute`` names.

    Raises:
        UsageError: another kind of URL.
    """
    scheme, slashes, path = url.partition(":///")
    if scheme != "sqlite" or not slashes or not path or "\0" in path or "?" in path:
        raise UsageError(
            "this is no store URL",
            where=url,
            hint="write sqlite:///file.sqlite or sqlite:////folder/file.sqlite",
        )
    return Path(path)


def connect(path: Path | None) -> sqlite3.Connection:
    """Open the file (None: memory), check it, and bring it to the version of this program.

    Raises:
        StoreError: damaged, another program's, of a newer version, or the disk is full.
        ConfigurationError: it cannot be read or written.
    """
    where = str(path) if path else "store in memory"
    with guard(where):
        if path is not None:
            _check_access(path)
            if not path.exists():
                _create(path)
        connection = _connection(path)
        try:
            _prepare(connection, where)
        except BaseException:
            connection.close()
            raise
    return connection


def _connection(path: Path | None) -> sqlite3.Connection:
    return sqlite3.connect(path or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None)


def _create(path: Path) -> None:
    # Made beside its place and linked there whole: an empty file at that place is therefore one that was cut
    # off, and taking it for a new store would mail everybody again.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        connection = _connection(draft)
        try:
            _prepare(connection, str(path))
        finally:
            connection.close()
        with contextlib.suppress(FileExistsError):  # another process was quicker: its store is as good
            os.link(draft, path)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def _check_access(path: Path) -> None:
    # SQLite opens what it may only read without a word and fails at the first write, which would be after
    # the plan was shown; so ask beforehand.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise os_error(error, path.parent) from error
    if path.exists() and path.stat().st_size == 0:
        raise StoreError(
            "the store is empty: it was cut off",
            where=str(path),
            hint="put back a copy; if it never held anything, remove the file",
        )
    target = path if path.exists() else path.parent
    if path.is_dir() or not os.access(target, os.R_OK | os.W_OK):
        raise ConfigurationError(
            "the store cannot be written",
            where=str(path),
            hint="mend its permissions, or name another with --store",
        )


def _prepare(connection: sqlite3.Connection, where: str) -> None:
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    version = _value(connection, "PRAGMA user_version")
    is_new = version == 0 and _value(connection, "SELECT count(*) FROM sqlite_schema") == 0
    if not is_new and _value(connection, "PRAGMA application_id") != APPLICATION_ID:
        raise StoreError("this is no store of Digest's", where=where, hint="name another file with --store")
    if version > len(_MIGRATIONS):
        raise StoreError(
            f"the store has version {version}, this Digest knows {len(_MIGRATIONS)}",
            where=where,
            hint="use the newer Digest that wrote it",
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # macOS, see disk.sync; nothing elsewhere
    if version < len(_MIGRATIONS):
        with transaction(connection):
            _migrate(connection)


def _migrate(connection: sqlite3.Connection) -> None:
    # Asked again inside the transaction: another process may have migrated while we waited for the lock.
    version = _value(connection, "PRAGMA user_version")
    for script in _MIGRATIONS[version:]:
        for statement in script.split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('message_id_key', ?)", (secrets.token_bytes(32),))


def _value(connection: sqlite3.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0])


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make what is written inside durable at once, or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself; a second ROLLBACK would hide the first error.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def guard(where: str) -> Iterator[None]:
    """Put SQLite's and the system's failures into our words."""
    try:
        yield
    except sqlite3.Error as error:
        raise _in_our_words(error, where) from error
    except OSError as error:
        raise os_error(error, Path(where)) from error
    except StoreError as error:
        error.where = error.where or where
        raise


def os_error(error: OSError, path: Path) -> DigestError:
    """Put a failure of the file system into our words: a full disk is 74, what may not be written 78."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in DISK_FAILURES:
        return StoreError(
            f"it cannot be written: {reason}",
            where=str(path),
            hint="make room on the disk and run the same command again",
        )
    return ConfigurationError(
        f"it cannot be written: {reason}",
        where=str(path),
        hint="mend its permissions, or name another with --store",
    )


def _in_our_words(error: sqlite3.Error, where: str) -> DigestError:
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return LockedError("another run is writing the store", where=where, hint="run the same command again")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return ConfigurationError(
            f"the store cannot be written ({error})",
            where=where,
            hint="mend its permissions, or name another with --store",
        )
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOMEM")):
        return StoreError(
            f"the store cannot be written ({error})",
            where=where,
            hint="make room on the disk and run the same command again",
        )
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.ProgrammingError):
        return StoreError(
            f"the store is damaged ({error})",
            where=where,
            hint="keep the file and put back a copy, or try `sqlite3 FILE .recover`; "
            "starting afresh would mail everyone again",
        )
    raise error
