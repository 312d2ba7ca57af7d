"""What ends a connection or keeps one from being opened, each with the receipt that tells how far it had come.

They say what happened; whether to try again, when, and how often is decided in ``digest.delivering``.
"""

from __future__ import annotations

from digest.errors import TryAgainError
from digest.model import Receipt, Stage

__all__ = ["ConnectionLostError", "ServerUnavailableError"]


class ConnectionLostError(TryAgainError):
    """A connection that had been opened ended: hung up, timed out, 421, or answers that fit no command.

    ``receipt`` is the last one: its stage tells how far the connection had come, its code (if any) what was said.
    """

    def __init__(
        self, what: str, *, receipt: Receipt, where: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(what, where=where, hint=hint)
        self.receipt = receipt

    @property
    def stage(self) -> Stage:
        """How far the connection had come."""
        return self.receipt.stage


class ServerUnavailableError(ConnectionLostError):
    """No connection could be opened now: nobody listens, the name is unknown, or the server said 4xx."""
