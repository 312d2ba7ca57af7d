"""The wire: transports that carry letters, and what a server's answers mean.

``open_transport`` gives a Transport for a URL, a Transport opens Connections, a Connection answers each parcel
with a Receipt, and ``verdict`` tells what a receipt means. Nothing here decides to retry or to stop:
that is ``digest.delivering``'s policy. Names are resolved when first used (PEP 562), so importing this room
loads no SMTP client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.lazily import lazily

if TYPE_CHECKING:
    from digest.smtp.errors import ConnectionLostError, ServerUnavailableError
    from digest.smtp.folder import FolderTransport, read_folder
    from digest.smtp.memory import MemoryTransport
    from digest.smtp.opening import open_transport
    from digest.smtp.options import SmtpOptions, StageTimeouts, Tls, is_loopback, parse_url
    from digest.smtp.transport import SmtpTransport
    from digest.smtp.verdicts import Cause, Judgement, Scope, verdict

__all__ = [
    "Cause",
    "ConnectionLostError",
    "FolderTransport",
    "Judgement",
    "MemoryTransport",
    "Scope",
    "ServerUnavailableError",
    "SmtpOptions",
    "SmtpTransport",
    "StageTimeouts",
    "Tls",
    "is_loopback",
    "open_transport",
    "parse_url",
    "read_folder",
    "verdict",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "Cause": "verdicts",
        "ConnectionLostError": "errors",
        "FolderTransport": "folder",
        "Judgement": "verdicts",
        "MemoryTransport": "memory",
        "Scope": "verdicts",
        "ServerUnavailableError": "errors",
        "SmtpOptions": "options",
        "SmtpTransport": "transport",
        "StageTimeouts": "options",
        "Tls": "options",
        "is_loopback": "options",
        "open_transport": "opening",
        "parse_url": "options",
        "read_folder": "folder",
        "verdict": "verdicts",
    },
)
