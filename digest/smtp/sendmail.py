"""The local ``sendmail`` program as a transport: one process a letter, its exit status is the answer.

``sendmail:`` means ``/usr/sbin/sendmail``, ``sendmail:/path/to/program`` another one (Postfix, Exim, msmtp and
nullmailer all bring one). Called as ``-i -f SENDER -- RECIPIENT``: no shell, no recipient from headers, no option in
an address.

A letter is in doubt only where the program had its whole input and was killed, or had to be: by then it may have
queued it. A program that ends by itself says which.

Source: sysexits.h; the exit statuses of Postfix's and Sendmail's sendmail(1).
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from digest.errors import ConfigurationError
from digest.model import Connection, Observer, Parcel, Receipt, Stage
from digest.smtp.commands import Extensions, prepare
from digest.smtp.replies import escape

__all__ = ["SendmailTransport", "from_url"]

_USUAL: Final = "/usr/sbin/sendmail"
_PATIENCE_SECONDS: Final = 600.0  # as after a final dot: the program may itself speak to a server
_ADDRESSES: Final = Extensions(eight_bit=True, utf8=True)  # the program takes what it is given
# By exit status: where it counts, the reply code and the enhanced code that say the same.
_STATUSES: Final[dict[int, tuple[Stage, int, str]]] = {
    0: (Stage.DOT, 250, "2.0.0"),
    64: (Stage.MAIL, 501, "5.5.4"),  # EX_USAGE: it does not know our options
    65: (Stage.DOT, 554, "5.6.0"),  # EX_DATAERR
    67: (Stage.RCPT, 550, "5.1.1"),  # EX_NOUSER
    68: (Stage.RCPT, 550, "5.1.2"),  # EX_NOHOST
    69: (Stage.DOT, 554, "5.3.4"),  # EX_UNAVAILABLE: Postfix says so to a letter that is too large
    71: (Stage.MAIL, 451, "4.3.0"),  # EX_OSERR
    72: (Stage.MAIL, 451, "4.3.0"),  # EX_OSFILE
    73: (Stage.MAIL, 451, "4.3.0"),  # EX_CANTCREAT
    74: (Stage.MAIL, 451, "4.3.0"),  # EX_IOERR
    75: (Stage.MAIL, 451, "4.3.0"),  # EX_TEMPFAIL
    77: (Stage.MAIL, 550, "5.7.1"),  # EX_NOPERM: this sender may not
    78: (Stage.MAIL, 550, "5.3.5"),  # EX_CONFIG
}


class SendmailTransport:
    """Hands letters to a program of this machine, which queues them."""

    def __init__(self, program: Path, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._program = program
        self._patience_seconds = patience_seconds

    @property
    def name(self) -> str:
        """What the plan shows."""
        return f"sendmail:{self._program}"

    async def open(self) -> Connection:
        """See that the program is there.

        Raises:
            ConfigurationError: it is not, or may not be run.
        """
        if shutil.which(str(self._program)) is None:
            raise ConfigurationError(
                "there is no such program",
                where=str(self._program),
                hint="name yours: sendmail:/usr/bin/msmtp",
            )
        return _SendmailConnection(self._program, self._patience_seconds)


def from_url(url: str, *, password: Callable[[], str] | None = None) -> SendmailTransport:  # noqa: ARG001  # a factory's shape
    """Give the transport of ``sendmail:`` or ``sendmail:/path``; ``sendmail:///path`` is the same."""
    path = url.partition(":")[2].removeprefix("//")
    return SendmailTransport(Path(path or _USUAL))


class _SendmailConnection:
    def __init__(self, program: Path, patience_seconds: float) -> None:
        self._program = program
        self._patience_seconds = patience_seconds

    @property
    def rehearsal(self) -> str | None:
        return None

    async def send(self, next_parcel: Callable[[], Parcel | None], observer: Observer) -> None:
        while (parcel := next_parcel()) is not None:
            prepared = prepare(parcel, _ADDRESSES)
            if isinstance(prepared, Receipt):
                observer.answered(parcel, prepared)
                continue
            observer.committing(parcel)
            try:
                answer = await self._run(parcel)
            except BaseException:
                observer.answered(parcel, Receipt(Stage.DOT, None, "interrupted"))
                raise
            observer.answered(parcel, answer)

    async def _run(self, parcel: Parcel) -> Receipt:
        command = (str(self._program), "-i", "-f", parcel.envelope.sender, "--", parcel.envelope.recipient)
        try:
            running = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            return Receipt(Stage.MAIL, 451, f"the program does not start: {error.strerror}", "4.3.0")
        try:
            async with asyncio.timeout(self._patience_seconds):
                # A local program takes local line ends; the dots of SMTP are its own business (-i).
                _, said = await running.communicate(parcel.message.replace(b"\r\n", b"\n"))
        except TimeoutError:
            return Receipt(Stage.DOT, None, "the program did not end in time and was killed")
        finally:
            if running.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    running.kill()
                await running.wait()
        assert running.returncode is not None
        return _answer(running.returncode, said)

    async def close(self) -> None:
        """There is nothing to close."""


def _answer(status: int, said: bytes) -> Receipt:
    if status < 0:
        return Receipt(Stage.DOT, None, f"the program was killed by signal {-status}")
    # A status that sysexits.h does not know: it ended by itself and did not say "done".
    stage, code, enhanced = _STATUSES.get(status, (Stage.MAIL, 451, "4.3.0"))
    words = escape(said.replace(b"\n", b" ")) or ("taken by the program" if status == 0 else "")
    return Receipt(stage, code, f"{words} (exit status {status})" if status else words, enhanced)
