"""What a power loss may leave of a store: its files' history, recorded, and the disks that could be found afterwards.

``cut`` starts a run under strace, has it killed at one of its system calls, and gives the ``History`` of what it had
done to the files until then: writes, sizes, syncs, names. ``History.disk`` writes what the disk may hold when the
machine comes back. What was synced is there. Of what was not, drawn per file: nothing, everything, a beginning whose
last write is torn, or any of the writes, torn or whole, since a disk writes in the order it likes. Names (files made,
linked, removed) stand after a sync of their folder; of the later ones a beginning stands.

Stricter than most file systems, which keep the name of a file that was synced; and it never hands out a write that was
not made, so what a disk may garble by itself is not in it.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from crash_parts import CONNECTIONS, check, start, strace
from delivering_parts import LETTER

from digest.delivering import DeliveryOptions, deliver
from digest.delivering.course import _CLAIM
from digest.smtp import SmtpTransport
from digest.store import Store, read_list
from digest.store.ledger import _FOLD_AFTER

if TYPE_CHECKING:
    from fault_server import FaultServer

__all__ = ["USUAL", "History", "cut", "moments", "resume"]

# People in a claim and letters in a fold: a claim is what may be in doubt, whoever was under way then included.
USUAL = (_CLAIM, _FOLD_AFTER)
_CALLS = "openat,pwrite64,ftruncate,fallocate,fsync,fdatasync,unlink,link,rename,mkdir"
_HEX = re.compile(r"(?:\\x[0-9a-f]{2})+")
_DONE = re.compile(r"(\w+)\((.*)\) += (\d+)")
_FOLDER = object()


@dataclass(frozen=True, slots=True)
class _Write:
    offset: int
    content: bytes

    def torn(self, chance: random.Random) -> _Write:
        return _Write(self.offset, self.content[: chance.randrange(len(self.content) + 1)])

    def apply(self, image: bytearray) -> None:
        image.extend(bytes(max(0, self.offset - len(image))))
        image[self.offset : self.offset + len(self.content)] = self.content


@dataclass(frozen=True, slots=True)
class _Size:
    octets: int
    may_shrink: bool

    def torn(self, _chance: random.Random) -> _Size:
        return self  # a size is changed or not

    def apply(self, image: bytearray) -> None:
        if self.may_shrink:
            del image[self.octets :]
        image.extend(bytes(max(0, self.octets - len(image))))


@dataclass(slots=True)
class _File:
    synced: bytes = b""
    pending: list[_Write | _Size] = field(default_factory=list)

    def sync(self) -> None:
        self.synced, self.pending = self._with(self.pending), []

    def left(self, chance: random.Random) -> bytes:
        """Give what may be found of it."""
        whole = chance.randrange(len(self.pending) + 1)
        return self._with(
            chance.choice(
                (
                    [],
                    self.pending,
                    [*self.pending[:whole], *(one.torn(chance) for one in self.pending[whole : whole + 1])],
                    [
                        one.torn(chance) if chance.random() < 0.1 else one
                        for one in self.pending
                        if chance.random() < 0.5
                    ],
                )
            )
        )

    def _with(self, changes: list[_Write | _Size]) -> bytes:
        image = bytearray(self.synced)
        for change in changes:
            change.apply(image)
        return bytes(image)


class History:
    """What was done to the files of a folder, from the output of strace (one thread's, ``-y -xx``)."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._names: dict[str, object] = {}  # path: its file, or _FOLDER
        self._synced_names: dict[str, object] = {}
        self._renamings: list[
            tuple[str, object]
        ] = []  # since the folders' last syncs; None: the name is gone

    def read(self, trace: Path) -> None:
        """Follow a trace to its end; calls that failed, or were never finished, did nothing."""
        for line in trace.read_text("ascii").splitlines():
            told = _DONE.match(line)
            if told is not None:
                self._follow(told[1], told[2])

    def _follow(self, call: str, arguments: str) -> None:
        texts = [bytes.fromhex(told.replace("\\x", "")) for told in _HEX.findall(arguments)]
        numbers = [int(told) for told in re.findall(r"(?<=, )(\d+)(?=,|$)", arguments)]
        path = texts[1 if arguments.startswith("AT_FDCWD") else 0].decode() if texts else ""
        if not path.startswith(self._folder):
            return
        found = self._names.get(path)
        if call == "openat":
            self._open(path, found, arguments)
        elif call == "mkdir":
            self._name(path, _FOLDER)
        elif call == "unlink":
            self._name(path, None)
        elif call in {"link", "rename"}:
            self._name(texts[1].decode(), found)
            if call == "rename":
                self._name(path, None)
        elif call in {"fsync", "fdatasync"}:
            self._sync(path, found)
        elif isinstance(found, _File):
            if call == "pwrite64":
                found.pending.append(
                    _Write(numbers[-1], (texts[1] if len(texts) > 1 else b"")[: numbers[-2]])
                )
            else:
                octets = sum(numbers[-2:]) if call == "fallocate" else numbers[-1]
                found.pending.append(_Size(octets, may_shrink=call == "ftruncate"))

    def _open(self, path: str, found: object, flags: str) -> None:
        if found is None and "O_CREAT" in flags:
            self._name(path, _File())
        elif isinstance(found, _File) and "O_TRUNC" in flags:
            found.pending.append(_Size(0, may_shrink=True))

    def _name(self, path: str, file: object) -> None:
        self._renamings.append((path, file))
        if file is None:
            self._names.pop(path, None)
        else:
            self._names[path] = file

    def _sync(self, path: str, found: object) -> None:
        if isinstance(found, _File):
            found.sync()
            return
        kept = [(name, file) for name, file in self._renamings if str(Path(name).parent) != path]
        for name, file in self._renamings:
            if str(Path(name).parent) == path:
                self._put(self._synced_names, name, file)
        self._renamings = kept

    @staticmethod
    def _put(names: dict[str, object], name: str, file: object) -> None:
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file

    def disk(self, place: Path, chance: random.Random) -> None:
        """Write what may be found after the loss into another folder."""
        names = dict(self._synced_names)
        for name, file in self._renamings[: chance.randrange(len(self._renamings) + 1)]:
            self._put(names, name, file)
        left: dict[int, bytes] = {}  # one file may have two names
        for name, file in names.items():
            to = place / Path(name).relative_to(self._folder)
            if str(Path(name).parent) not in {self._folder, *names} or name.endswith("-shm"):
                continue  # its folder is not there; or it lies in memory
            if file is _FOLDER:
                to.mkdir(exist_ok=True)
            elif isinstance(file, _File):
                to.parent.mkdir(exist_ok=True)
                to.write_bytes(left.setdefault(id(file), file.left(chance)))


async def cut(
    server: FaultServer, folder: Path, call: str, when: int, *, batches: tuple[int, int] = USUAL
) -> tuple[History, int | None]:
    """Run until a thread's n-th such call, at which the power goes; gives the history and the exit status."""
    # No --seccomp-bpf: with it a signal alone is never injected (strace 6.1).
    inject = f"inject={call}:signal=KILL:when={when}"
    options = ("-y", "-xx", "-s", "70000", "-e", f"trace={_CALLS}", "-e", inject, "-o", str(folder / "trace"))
    child = await start(server, folder, under=strace("-ff", *options), fewer=batches)
    await child.communicate()
    await server.idle()
    history = History(folder)
    # All that touches the store does so from one thread, whose trace is by far the longest.
    history.read(max(folder.glob("trace.*"), key=lambda trace: trace.stat().st_size))
    return history, child.returncode


async def resume(server: FaultServer, folder: Path, readers: Path, *, most_in_doubt: int) -> dict[str, int]:
    """Go on with what was found after the machine came back, and check; the server's truth is put back afterwards."""
    kept = server.truth
    server.truth = copy.deepcopy(kept)
    try:
        with (
            mock.patch("digest.store.journal.boot", return_value=b"after the outage"),
            Store.open(f"sqlite:///{folder / 'state.sqlite'}") as store,
            read_list(readers) as roster,
            store.ledger(LETTER.edition) as ledger,
        ):
            await deliver(
                LETTER,
                roster,
                transport=SmtpTransport(server.options()),
                ledger=ledger,
                options=DeliveryOptions(connections=CONNECTIONS),
            )
        counts = check(server, folder, most_in_doubt=most_in_doubt)
        assert counts["accepted"] + counts["in_doubt"] == len(roster), counts
        return counts
    finally:
        server.truth = kept


def moments(
    seed: int, most: int, letters: int, *, batches: tuple[int, int] = USUAL
) -> Iterator[tuple[str, int]]:
    """Draw calls at which the power goes: syncs, where what is at stake changes, as often as writes.

    ``letters``: how many the run is to send; each takes one write at least: an answer and what follows it are one.
    """
    chance, (claim, fold) = random.Random(seed), batches
    syncs = 4 + letters // claim + 4 * (letters // fold)  # at least; SQLite's own among them
    for _ in range(most):
        yield chance.choice(
            (("pwrite64", chance.randint(20, letters)), ("fdatasync", chance.randint(3, syncs)))
        )
