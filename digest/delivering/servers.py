"""Several servers as one Transport: each gets its share of the connections, one that fails is rested.

Letters are handed out by one course and recorded in one ledger, whichever server carries them: who is in doubt on one
server is never mailed by another. A server that has no room or is not there rests, longer each time; one that refuses
us altogether (login, TLS, policy) is out for the whole run. Only when none is left does opening fail.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from digest.delivering.policy import back_off
from digest.errors import DigestError, TryAgainError
from digest.model import Clock, Connection, Transport

__all__ = ["Server", "Servers"]


@dataclass(slots=True)
class Server:
    """One of them; ``weight`` is its share beside the others' weights."""

    transport: Transport
    weight: int = 1
    credit: float = field(default=0.0, repr=False)
    failures: int = field(default=0, repr=False)
    refusal: DigestError | None = field(default=None, repr=False)  # why it is out for the whole run
    rest_until: float = field(default=float("-inf"), repr=False)

    def __post_init__(self) -> None:
        if self.weight < 1:
            raise ValueError(f"weight is {self.weight}, and must be at least 1")


class Servers:
    """Opens connections to several servers in turn, by their weights."""

    def __init__(self, servers: list[Server], *, clock: Clock) -> None:
        if not servers:
            raise ValueError("no server")
        self._servers = servers
        self._clock = clock

    @property
    def name(self) -> str:
        """What the plan shows: all of them."""
        return ", ".join(server.transport.name for server in self._servers)

    async def open(self) -> Connection:
        """Open a connection to the server whose turn it is, or to the next one that lets us in.

        Raises:
            DigestError: none does; of their errors the one with which trying again may help.
        """
        failure = next((server.refusal for server in self._servers if server.refusal is not None), None)
        for server in self._in_turn():
            try:
                connection = await server.transport.open()
            except DigestError as error:
                may_help = isinstance(error, TryAgainError)
                if failure is None or may_help:
                    failure = error
                server.failures += 1
                server.refusal = None if may_help else error
                server.rest_until = self._clock.monotonic() + back_off(server.failures)
            else:
                server.failures = 0
                return connection
        assert failure is not None
        raise failure

    def _in_turn(self) -> list[Server]:
        """Give the servers to try, the one whose turn it is first; resting ones only when all rest.

        Smooth weighted round robin: each gains its weight, the richest pays what all gained.
        """
        now = self._clock.monotonic()
        left = [server for server in self._servers if server.refusal is None]
        if not left:
            return []
        ready = [server for server in left if server.rest_until <= now]
        ready = ready or sorted(left, key=lambda server: server.rest_until)
        for server in ready:
            server.credit += server.weight
        ready = sorted(ready, key=lambda server: -server.credit) if len(ready) > 1 else ready
        ready[0].credit -= sum(server.weight for server in ready)
        return ready
