"""A transport that writes letters into a folder: one ``.eml`` file each, and a line per envelope.

``letters/jo-example.org-3f2a….eml`` holds the bytes as they would leave; ``letters/envelopes.jsonl`` has one object a
line: ``{"file", "sender", "recipient"}``. The name of a file is made of its recipient and content, so writing
the same letter again replaces it, and a file that was changed or cut off no longer bears its name. A letter is there
when its envelope line is: the file is complete before.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from digest.errors import ConfigurationError, InputMissingError, InvalidInputError, StoreError, UsageError
from digest.model import Connection, Envelope, Observer, Parcel, Receipt, Stage

__all__ = ["ENVELOPES", "FolderTransport", "from_url", "read_envelopes", "read_folder", "read_letter"]

ENVELOPES = "envelopes.jsonl"


class FolderTransport:
    """Writes each letter as a file. Deliveries to a folder are a rehearsal with the folder as their scope."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @property
    def name(self) -> str:
        """What the plan shows."""
        return f"folder:{self.path}"

    async def open(self) -> Connection:
        """Make the folder where it is missing.

        Raises:
            ConfigurationError: it cannot be made or written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            (self.path / ENVELOPES).touch()
        except OSError as error:
            raise ConfigurationError(
                f"letters cannot be written here: {error.strerror}",
                where=str(self.path),
                hint="name another folder",
            ) from error
        return _FolderConnection(self.path)


def from_url(url: str, *, password: Callable[[], str] | None = None) -> FolderTransport:  # noqa: ARG001  # a factory's shape
    """Give the transport of ``folder:PATH``.

    Raises:
        UsageError: it names no folder.
    """
    path = url.partition(":")[2]
    if not path.strip():
        raise UsageError("the URL names no folder", hint="write folder:PATH")
    return FolderTransport(Path(path))


class _FolderConnection:
    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def rehearsal(self) -> str | None:
        return f"folder:{self._path}"

    async def send(self, next_parcel: Callable[[], Parcel | None], observer: Observer) -> None:
        while (parcel := next_parcel()) is not None:
            observer.committing(parcel)
            try:
                written = _write(self._path, parcel)
            except OSError as error:
                observer.answered(parcel, Receipt(Stage.BODY, None, f"not written: {error.strerror}"))
                raise StoreError(
                    f"a letter cannot be written: {error.strerror}", where=str(self._path)
                ) from error
            observer.answered(parcel, Receipt(Stage.DOT, 250, f"2.0.0 written to {written}", "2.0.0"))
            await asyncio.sleep(0)  # as on a real wire, others get their turn between two letters

    async def close(self) -> None:
        """There is nothing to close."""


def read_folder(path: Path) -> Iterator[tuple[Envelope, bytes]]:
    """Read back what was written, in that order, each letter once.

    Raises:
        InputMissingError: there is no such folder, or a letter is gone.
        InvalidInputError: a line is no envelope, or a letter was changed.
    """
    seen: set[str] = set()
    for name, envelope in read_envelopes(path):
        if name not in seen:
            seen.add(name)
            yield envelope, read_letter(path, name, envelope.recipient)


def read_envelopes(path: Path) -> Iterator[tuple[str, Envelope]]:
    """Read the lines of a folder: the name of each letter's file, and its envelope. A letter may have two.

    Raises:
        InputMissingError: there is no such folder.
        InvalidInputError: a line is no envelope.
    """
    lines = path / ENVELOPES
    try:
        stream = lines.open(encoding="utf-8")
    except OSError as error:
        raise InputMissingError("no letters were written here", where=str(lines)) from error
    with stream:
        for number, line in enumerate(stream, start=1):
            try:
                yield _entry(line)
            except (ValueError, KeyError, TypeError) as error:
                raise InvalidInputError("this is no envelope", where=f"{lines}:{number}") from error


def _entry(line: str) -> tuple[str, Envelope]:
    shape = json.loads(line)
    if not shape["recipient"]:
        raise ValueError("it is for nobody")
    return Path(shape["file"]).name, Envelope(str(shape["sender"]), str(shape["recipient"]))


def read_letter(path: Path, name: str, recipient: str) -> bytes:
    """Read one letter back, as it was written.

    Raises:
        InputMissingError: it is gone.
        InvalidInputError: its content is not what it was, or it was for somebody else.
    """
    try:
        message = (path / name).read_bytes()
    except OSError as error:
        raise InputMissingError("a letter is missing", where=str(path / name)) from error
    if _name(recipient, message) != name:
        raise InvalidInputError(
            "this letter is not what was written here",
            where=str(path / name),
            hint="put it back as it was, or write the letters again into an empty folder",
        )
    return message


def _name(recipient: str, message: bytes) -> str:
    readable = re.sub(r"[^A-Za-z0-9.+_-]+", "-", recipient)[:80].strip(".-") or "letter"
    digest = hashlib.blake2b(recipient.encode() + b"\0" + message, digest_size=8).hexdigest()
    return f"{readable}-{digest}.eml"


def _write(path: Path, parcel: Parcel) -> str:
    recipient = parcel.envelope.recipient
    name = _name(recipient, parcel.message)
    unfinished = path / f".{name}.part"
    unfinished.write_bytes(parcel.message)
    unfinished.replace(path / name)
    shape = {"file": name, "sender": parcel.envelope.sender, "recipient": recipient}
    # One write to a file opened for appending: lines of several connections do not mix (POSIX write, O_APPEND).
    line = json.dumps(shape, ensure_ascii=False).encode() + b"\n"
    descriptor = os.open(path / ENVELOPES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)
    return name
