"""From a URL to the transport it names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from digest.errors import UsageError
from digest.model import Transport
from digest.smtp.options import parse_url

__all__ = ["open_transport"]


def open_transport(
    url: str,
    *,
    password: Callable[[], str] | None = None,
    ca_file: str | None = None,
    pipelining: bool = True,
) -> Transport:
    """Give the transport a URL names; nothing is connected or written yet.

    ``smtp://…`` and ``smtps://…`` are servers, ``folder:PATH`` writes files, ``memory:`` keeps letters. ``password`` is
    called when a login is needed, at most once (XOAUTH2: gives a token, once a connection).

    Raises:
        UsageError: the URL names no transport.
    """
    scheme, _, rest = url.partition(":")
    match scheme.lower():
        case "folder" if rest.strip():
            from digest.smtp.folder import FolderTransport

            return FolderTransport(Path(rest))
        case "memory" if not rest:
            from digest.smtp.memory import MemoryTransport

            return MemoryTransport()
        case "smtp" | "smtps":
            from digest.smtp.transport import SmtpTransport

            options = replace(parse_url(url), ca_file=ca_file, pipelining=pipelining)
            return SmtpTransport(options, password=password)
        case _:
            raise UsageError(
                "this names no transport",
                hint="use smtp://HOST:PORT, smtps://HOST:PORT, folder:PATH or memory:",
            )
