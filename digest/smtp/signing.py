"""Signing in threads, and a transport around another that signs what passes.

RSA takes most of a millisecond a letter, during which ``cryptography`` lets other threads run: so the event loop
goes on, and each core signs. An SMTP connection begins to sign when it announces a letter and needs the
signature one round trip later (``dialogue``); every other transport waits for it.

Only the keys' own work is done in a thread, several letters at a time: handing over single letters, headers and all,
to an executor cost 400 µs a letter on two cores (the threads fought for the interpreter), this way costs 40.
An Ed25519 signature is cheaper than any hand-over, and made on the spot.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from digest.model import Connection, Observer, Parcel, Transport
from digest.smtp.dkim import Signer, Unsigned

__all__ = ["SignedTransport", "SigningThreads"]

_Job: TypeAlias = "tuple[asyncio.Future[bytes], tuple[Unsigned, ...]]"


class SigningThreads:
    """Signs messages, RSA in as many threads as there are cores."""

    def __init__(self, signer: Signer, *, now: Callable[[], float] = time.time) -> None:
        self._signer = signer
        self._now = now
        self._is_quick = all(key.kind == "ed25519" for key in signer.keys)
        self._count = os.cpu_count() or 1
        self._threads = ThreadPoolExecutor(self._count, thread_name_prefix="digest-dkim")
        self._gathered: list[_Job] = []

    @property
    def growth(self) -> int:
        """How many bytes a signature adds to a letter."""
        return self._signer.growth

    def begin(self, message: bytes) -> asyncio.Future[bytes]:
        """Begin to sign a message; gives the fields to put before it when awaited."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bytes] = loop.create_future()
        prepared = self._signer.prepare(message, seconds=self._now())
        if self._is_quick:
            done.set_result(b"".join(each.signed() for each in prepared))
            return done
        if not self._gathered:
            loop.call_soon(self._hand_over, loop)
        self._gathered.append((done, prepared))
        return done

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give the threads what this round of the loop has gathered."""
        jobs, self._gathered = self._gathered, []
        share = -(-len(jobs) // self._count)
        for start in range(0, len(jobs), share):
            self._threads.submit(_sign, loop, jobs[start : start + share])


def _sign(loop: asyncio.AbstractEventLoop, jobs: list[_Job]) -> None:
    """In a thread: sign, and tell the loop once for all of them."""
    results: list[tuple[asyncio.Future[bytes], bytes | BaseException]] = []
    for done, prepared in jobs:
        try:
            results.append((done, b"".join(each.signed() for each in prepared)))
        except BaseException as error:  # noqa: BLE001  # carried to whoever awaits it
            results.append((done, error))
    try:
        loop.call_soon_threadsafe(_tell, results)
    except RuntimeError:
        return  # the loop was closed meanwhile: nobody waits any more


def _tell(results: list[tuple[asyncio.Future[bytes], bytes | BaseException]]) -> None:
    for done, result in results:
        if done.done():
            continue  # its connection was lost
        if isinstance(result, bytes):
            done.set_result(result)
        else:
            done.set_exception(result)


class SignedTransport:
    """Carries letters through another transport, signed."""

    def __init__(self, inner: Transport, signing: SigningThreads) -> None:
        self._inner = inner
        self._signing = signing

    @property
    def name(self) -> str:
        """What the plan shows: that of the other transport."""
        return self._inner.name

    async def open(self) -> Connection:
        """Open a connection of the other transport; raises what that does."""
        return _SignedConnection(await self._inner.open(), self._signing)


class _SignedConnection:
    def __init__(self, inner: Connection, signing: SigningThreads) -> None:
        self._inner = inner
        self._signing = signing

    @property
    def rehearsal(self) -> str | None:
        return self._inner.rehearsal

    async def send(self, next_parcel: Callable[[], Parcel | None], observer: Observer) -> None:
        while (parcel := next_parcel()) is not None:
            signed: Parcel | None = parcel._replace(
                message=await self._signing.begin(parcel.message) + parcel.message
            )

            def once() -> Parcel | None:
                nonlocal signed
                given, signed = signed, None
                return given

            await self._inner.send(once, observer)

    async def close(self) -> None:
        await self._inner.close()
