"""A connection to an SMTP server, used for many letters one after the other."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from digest.errors import DigestError
from digest.model import Observer, Parcel
from digest.smtp.commands import Extensions
from digest.smtp.dialogue import Desk, SeveredError, send_pipelined, send_staged
from digest.smtp.errors import ConnectionLostError
from digest.smtp.options import SmtpOptions
from digest.smtp.session import Session
from digest.smtp.wire import Wire

if TYPE_CHECKING:
    from digest.smtp.signing import SigningThreads  # its keys take 10 ms to load, and few sign themselves

__all__ = ["SmtpConnection"]


class SmtpConnection:
    """Sends parcels over one session; see ``digest.model.Connection`` for what is promised."""

    def __init__(
        self,
        session: Session,
        options: SmtpOptions,
        *,
        signing: SigningThreads | None = None,
        out_of_step: Callable[[], None] = lambda: None,
    ) -> None:
        self._wire = Wire(session.transport, options.timeouts)
        self._extensions = Extensions.of(session.offered)
        self._is_pipelined = options.pipelining and self._extensions.pipelining
        self._rehearsal = session.rehearsal
        self._where = options.where
        self._signing = signing
        self._out_of_step = out_of_step

    @property
    def rehearsal(self) -> str | None:
        """The inbox's scope when the other end is Digest's own inbox on this machine."""
        return self._rehearsal

    @property
    def is_pipelined(self) -> bool:
        """Whether several commands go out per round trip."""
        return self._is_pipelined

    async def send(self, next_parcel: Callable[[], Parcel | None], observer: Observer) -> None:
        """Pull parcels and send them until there are none or the connection ends.

        Raises:
            ConnectionLostError: the connection ended; every pulled parcel was answered.
        """
        desk = Desk(next_parcel, observer, self._extensions, self._signing)
        try:
            await self._wire.run((send_pipelined if self._is_pipelined else send_staged)(self._wire, desk))
        except SeveredError as severed:
            if severed.out_of_step and self._is_pipelined:
                self._out_of_step()
            self._wire.abort()
            desk.settle(severed.receipt.text)
            raise ConnectionLostError(
                _words(severed),
                receipt=severed.receipt,
                where=self._where,
                hint="the same command later may do it",
            ) from severed
        except BaseException:
            # The observer could not write (disk full), or the task was cancelled: nothing more may leave, and
            # what is under way is answered as far as that is still possible. The first failure is the one to
            # report.
            self._wire.abort()
            with contextlib.suppress(DigestError):
                desk.settle("interrupted")
            raise

    async def close(self) -> None:
        """Say QUIT and end the connection within seconds."""
        await self._wire.close()


def _words(severed: SeveredError) -> str:
    ending = severed.receipt
    said = f"{ending.code} {ending.text}" if ending.code is not None else ending.text
    return f"the connection ended at {ending.stage}: {said}"
