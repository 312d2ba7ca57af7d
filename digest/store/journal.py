"""What a run did since the ledger was last folded: one small record per instant that matters.

A record is written with one system call, before the content of a letter leaves (``committing``) and after its
answer was read (``verdict``); what was written survives ``kill -9``, since the system has it. ``claim`` names
the deliveries that may be tried next and is on the disk itself before the first of them is: after a power
loss, those without a verdict are in doubt, and nobody else is. ``release`` takes one out that is not tried.

The file has a fixed size from the start, so that a verdict finds room where its ``committing`` did and a file
that was cut off is noticed. Each record carries a checksum over itself and all before it. Zeros are the end,
and so is a record whose last octets are zeros with nothing behind it: it was never written whole, so nobody
acted on it. After a power loss everything behind the last claim may be missing. Anything else is damage, and
is reported, not skipped.

``server`` says who carries the letters of the records behind it, up to the next one: so a run with one server writes
it once, and no record grows. Before the first, and in journals of an earlier Digest, nobody knows who does.

::

    header   magic 8s, generation u64, machine's boot 16s, crc u32
    record   length u16 (of the body), crc u32, body, 0xE5; the body is kind u8, then
             claim       delivery u64 ...
             release     delivery u64
             committing  delivery u64
             verdict     delivery u64, state u8, code u16 (0: none), at f64, enhanced, NUL, reason (UTF-8)
             server      number u64 (0: not known)
"""

from __future__ import annotations

import os
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from digest.errors import StoreError
from digest.model import Outcome
from digest.store.disk import boot, reserve, sync, sync_name
from digest.store.states import BY_NUMBER, NUMBERS

__all__ = ["CAPACITY", "Journal", "Replayed", "replay", "told_generation"]

CAPACITY: Final = 1 << 20  # octets; some 3,000 letters, folded long before
_RESERVE: Final = 1 << 16  # kept for the verdicts of what is in flight: 256 letters at most
_MAGIC: Final = b"DIGSJRN1"
_HEADER: Final = struct.Struct("<8sQ16sI")
_PREFIX: Final = struct.Struct("<HI")
_VERDICT: Final = struct.Struct("<BQBHd")
_ONE: Final = struct.Struct("<BQ")
_STOP: Final = b"\xe5"  # not written in a torn record, and no single flipped bit makes it of a zero
_CLAIM, _COMMITTING, _ANSWERED, _RELEASE, _SERVER = 1, 2, 3, 4, 5
_UNKNOWN: Final = bytes(16)  # start of the machine
_REASON_LIMIT: Final = 230  # octets; receipts are cut to 200 characters


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a journal says: verdicts in order, what was under way, and what was claimed without a verdict.

    ``committing`` says with which server, ``carried`` counts the verdicts by server (0: not known). ``lost_power``: the
    machine was started anew since, or may have been: records after the last claim may be missing.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    carried: Counter[int] = field(default_factory=Counter)
    committing: dict[int, int] = field(default_factory=dict)
    claimed: set[int] = field(default_factory=set)
    lost_power: bool = False


class Journal:
    """The journal being written. Failures of the disk come out as ``OSError``."""

    def __init__(
        self,
        file: Path,
        generation: int,
        *,
        claimed: Iterable[int],
        committing: Mapping[int, int],
        server: int = 0,
    ) -> None:
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            reserve(self._descriptor, CAPACITY)
            header = _HEADER.pack(_MAGIC, generation, boot() or _UNKNOWN, 0)[:-4]
            self._sum = zlib.crc32(header)
            os.pwrite(self._descriptor, header + self._sum.to_bytes(4, "little"), 0)
            self._end = _HEADER.size
            for delivery, carrier in committing.items():
                self._write(_ONE.pack(_SERVER, carrier), _ONE.pack(_COMMITTING, delivery))
            if committing or server:
                self.carried_by(server)
            self.claim(claimed)
            sync_name(file)
        except BaseException:
            self.close()
            raise

    @property
    def is_full(self) -> bool:
        """Tell whether it is time to fold: what is left is kept for verdicts."""
        return self._end > CAPACITY - _RESERVE

    def claim(self, deliveries: Iterable[int]) -> None:
        """Write down, and onto the disk, what may be tried next."""
        numbers = list(deliveries)
        if numbers:
            self._write(struct.pack(f"<B{len(numbers)}Q", _CLAIM, *numbers))
        sync(self._descriptor)

    def release(self, delivery: int) -> None:
        """Write down that somebody claimed is not tried after all."""
        self._write(_ONE.pack(_RELEASE, delivery))

    def carried_by(self, server: int) -> None:
        """Write down who carries the letters of what is written from here on."""
        self._write(_ONE.pack(_SERVER, server))

    def committing(self, delivery: int) -> None:
        """Write down that the content of a letter is about to leave."""
        self._write(_ONE.pack(_COMMITTING, delivery))

    def answered(self, outcome: Outcome, then: int | None = None) -> None:
        """Write down what became of a letter, and that the content of ``then`` is about to leave: in one write."""
        texts = f"{outcome.enhanced or ''}\0{outcome.reason}".encode("utf-8", "replace")[:_REASON_LIMIT]
        number = NUMBERS[outcome.state]
        verdict = _VERDICT.pack(_ANSWERED, outcome.delivery, number, outcome.code or 0, outcome.at) + texts
        if then is None:
            self._write(verdict)
        else:
            self._write(verdict, _ONE.pack(_COMMITTING, then))

    def sync(self) -> None:
        """Bring everything written onto the disk."""
        sync(self._descriptor)

    def _write(self, *bodies: bytes) -> None:
        total, records = self._sum, b""
        for body in bodies:
            total = zlib.crc32(body, total)
            records += _PREFIX.pack(len(body), total) + body + _STOP
        size = len(records)
        if self._end + size > CAPACITY:
            raise OSError(27, "the journal is full")  # EFBIG; is_full was not heeded
        if os.pwrite(self._descriptor, records, self._end) != size:
            raise OSError(28, "the record was written in part")  # ENOSPC is the usual reason
        self._end += size
        self._sum = total

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def told_generation(file: Path) -> int | None:
    """Give the fold a journal says it belongs to; None where there is no journal to be read."""
    try:
        with file.open("rb") as opened:
            header = opened.read(_HEADER.size)
    except FileNotFoundError:
        return None
    if len(header) < _HEADER.size:
        return None
    magic, found, _, header_sum = _HEADER.unpack(header)
    return int(found) if magic == _MAGIC and zlib.crc32(header[:-4]) == header_sum else None


def replay(file: Path, generation: int) -> Replayed:
    """Read what a run left behind.

    Raises:
        StoreError: the file is missing, cut off, of another generation, or a record is damaged.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        raise _damaged(file, "it is missing") from error
    if len(content) != CAPACITY:
        raise _damaged(file, f"it has {len(content)} octets instead of {CAPACITY}")
    magic, found, booted, header_sum = _HEADER.unpack_from(content)
    if magic != _MAGIC or zlib.crc32(content[: _HEADER.size - 4]) != header_sum:
        raise _damaged(file, "its header is unreadable")
    if found != generation:
        raise _damaged(file, f"it belongs to fold {found}, the store is at {generation}")
    return _read(file, content, header_sum, lost_power=booted == _UNKNOWN or booted != boot())


def _read(file: Path, content: bytes, total: int, *, lost_power: bool) -> Replayed:
    replayed, server = Replayed(lost_power=lost_power), 0
    end = _HEADER.size
    while end + _PREFIX.size <= CAPACITY:
        length, told = _PREFIX.unpack_from(content, end)
        body = content[end + _PREFIX.size : end + _PREFIX.size + length]
        after = end + _PREFIX.size + length
        is_whole = length > 0 and zlib.crc32(body, total) == told
        if not is_whole or content[after : after + 1] != _STOP:
            if _is_torn(content, end, after, is_whole=is_whole) or (
                lost_power and not _holds_claim(content, end)
            ):
                break
            raise _damaged(file, f"the record at octet {end} is unreadable")
        if body[0] == _SERVER:
            server = _ONE.unpack(body)[1]
        else:
            _take(replayed, body, server)
        total = told
        end = after + 1
    return replayed


def _is_torn(content: bytes, end: int, after: int, *, is_whole: bool) -> bool:
    """Tell a record that was never written whole, or no record at all, from one that was changed since.

    Whatever was written whole ends with the stop octet, so a file whose last octet besides zeros is another
    one ends in a torn record. (One torn right behind such an octet is taken for damage: the safe side.)
    """
    written = len(content[end:].rstrip(b"\0"))
    if is_whole:
        return not any(content[after:])
    return written == 0 or (end + written <= after and content[end + written - 1 : end + written] != _STOP)


def _holds_claim(content: bytes, end: int) -> bool:
    """Tell whether a claim stands after a bad record: then its sync had covered that record too."""
    # The checksum of a later record cannot be checked without the ones before it, so look at its shape only,
    # when lengths still lead there; otherwise the tail is what a power loss leaves.
    while end + _PREFIX.size < CAPACITY:
        length, _ = _PREFIX.unpack_from(content, end)
        if length == 0:
            return False
        if content[end + _PREFIX.size] == _CLAIM and length % 8 == 1:
            return True
        end += _PREFIX.size + length + 1
    return False


def _take(replayed: Replayed, body: bytes, server: int) -> None:
    if body[0] == _CLAIM:
        replayed.claimed.update(struct.unpack(f"<{len(body) // 8}Q", body[1:]))
    elif body[0] == _COMMITTING:
        replayed.committing[_ONE.unpack(body)[1]] = server
    elif body[0] == _RELEASE:
        replayed.claimed.discard(_ONE.unpack(body)[1])
    else:
        _, delivery, number, code, at = _VERDICT.unpack_from(body)
        enhanced, _, reason = body[_VERDICT.size :].decode("utf-8", "ignore").partition("\0")
        outcome = Outcome(delivery, BY_NUMBER[number], at, code or None, enhanced or None, reason)
        replayed.outcomes.append(outcome)
        replayed.carried[server] += 1
        replayed.committing.pop(delivery, None)
        replayed.claimed.discard(delivery)


def _damaged(file: Path, why: str) -> StoreError:
    return StoreError(
        f"the journal of a run that was cut off is damaged: {why}",
        where=str(file),
        hint="nothing was sent or changed; put the file back from a copy, "
        "or ask `digest status` who was reached before it was written",
    )
