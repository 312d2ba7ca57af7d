"""Several servers as one Transport: each gets its share of the connections, one that fails is rested.

Letters are handed out by one course and recorded in one ledger, whichever server carries them: who is in doubt on one
server is never mailed by another. A server that has no room or is not there rests, longer each time; one that refuses
us altogether (login, TLS, policy) is out for the whole run. Only when none is left does opening fail.

A server may have limits of its own. One whose quota of an hour or a day is used up takes no connection until it is free
again, and one that is open is closed, so that its worker goes to another. One that is only paced keeps its connection,
since pauses are short and logging in again for each letter is not what a server wants.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from digest.delivering.policy import back_off
from digest.delivering.rate import Allowance, letters_per_minute, parse_rate
from digest.errors import DigestError, TryAgainError
from digest.model import Clock, Connection, Transport

__all__ = ["Server", "Servers", "UsedUpError"]


class UsedUpError(TryAgainError):
    """The quotas of all servers that let us in are used up; ``seconds`` says for how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__("no server's rate allows more letters", hint="run the same command again later")
        self.seconds = seconds


@dataclass(slots=True)
class Server:
    """One of them; ``weight`` is its share beside the others' weights.

    ``rate``: a limit of its own, ``"500/day, 20/minute"``. ``name``: what its letters are counted under, in this run
    and in those to come; the transport's name where nothing is said.

    Raises:
        ConfigurationError: a rate that cannot be read.
        ValueError: a weight below one.
    """

    transport: Transport
    weight: int = 1
    name: str = ""
    rate: str | None = None
    allowance: Allowance = field(init=False, repr=False)
    connections: int = field(default=0, repr=False)  # that a run holds open
    credit: float = field(default=0.0, repr=False)
    failures: int = field(default=0, repr=False)
    refusal: DigestError | None = field(default=None, repr=False)  # why it is out for the whole run
    rest_until: float = field(default=float("-inf"), repr=False)

    def __post_init__(self) -> None:
        if self.weight < 1:
            raise ValueError(f"weight is {self.weight}, and must be at least 1")
        self.name = self.name or self.transport.name
        self.allowance = Allowance(parse_rate(self.rate))

    def wait(self, now: float) -> float:
        """Tell in how many seconds it may be tried again and may take a letter."""
        return max(0.0, self.rest_until - now, self.allowance.wait(now))


class Servers:
    """Opens connections to several servers in turn, by their weights."""

    def __init__(self, servers: list[Server], *, clock: Clock) -> None:
        if not servers:
            raise ValueError("no server")
        self._servers = servers
        self._clock = clock

    def __iter__(self) -> Iterator[Server]:
        return iter(self._servers)

    @property
    def name(self) -> str:
        """What the plan shows: all of them."""
        return ", ".join(server.transport.name for server in self._servers)

    @property
    def only(self) -> Server | None:
        """The server that carries everything, where there is one and it has no limit of its own."""
        first = self._servers[0]
        return first if len(self._servers) == 1 and not first.allowance.has_limits else None

    @property
    def letters_per_minute(self) -> float | None:
        """What their own limits allow together on average; None where one of them has none."""
        paces = [letters_per_minute(parse_rate(server.rate)) for server in self._servers]
        return None if None in paces else sum(pace for pace in paces if pace)

    def begin(self) -> None:
        """Count anew, for a run that counts what earlier ones sent: a server that stands here twice counts once."""
        counted = {server.name: Allowance(parse_rate(server.rate)) for server in self._servers}
        for server in self._servers:
            server.allowance = counted[server.name]

    async def open(self) -> Connection:
        """Open a connection to ask what is there, whatever the limits say: no letter goes over it.

        Raises:
            DigestError: no server lets us in; of their errors the one with which trying again may help.
        """
        _, connection = await self._first(self._in_turn(self._left()))
        return connection

    async def connect(self) -> tuple[Server, Connection]:
        """Open a connection to the server whose turn it is, or to the next one that lets us in, and tell which.

        Raises:
            UsedUpError: the quotas of all that might let us in are used up.
            DigestError: the same as of ``open``.
        """
        now = self._clock.monotonic()
        waits = {server.name: server.allowance.used_up(now) for server in self._left()}
        free = [server for server in self._left() if not waits[server.name]]
        if waits and not free:
            raise UsedUpError(min(waits.values()))
        return await self._first(self._in_turn(free))

    async def _first(self, servers: list[Server]) -> tuple[Server, Connection]:
        failure = next((server.refusal for server in self._servers if server.refusal is not None), None)
        for server in servers:
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
                return server, connection
        assert failure is not None
        raise failure

    def is_better_left(self, server: Server) -> bool:
        """Tell whether a connection to a server that takes no letter now had better be closed for another one.

        Yes where its quota is used up. Where it is paced: if another one could take a letter now and nobody is
        connected there, or that one has no pace and others stay here. So a pace holds nobody back, and no worker
        goes to and fro between two that are paced and both at work.
        """
        now = self._clock.monotonic()
        if server.allowance.used_up(now):
            return True
        return server.allowance.wait(now) > 0 and any(
            not other.connections or (server.connections > 1 and not other.allowance.is_paced)
            for other in self._left()
            if other is not server and not other.wait(now)
        )

    def _left(self) -> list[Server]:
        return [server for server in self._servers if server.refusal is None]

    def _in_turn(self, servers: list[Server]) -> list[Server]:
        """Put those to try in order: those ready, then those a pace holds back; resting ones only when all rest.

        Smooth weighted round robin: each gains its weight, the richest pays what all gained.
        """
        now = self._clock.monotonic()
        ready = [server for server in servers if not server.wait(now)]
        held = [server for server in servers if server.wait(now) and server.rest_until <= now]
        if not (ready or held):
            ready = sorted(servers, key=lambda server: server.rest_until)
        turn, rest = (ready, held) if ready else (held, [])
        for server in turn:
            server.credit += server.weight
        turn.sort(key=lambda server: -server.credit)
        for server in turn[:1]:
            server.credit -= sum(one.weight for one in turn)
        return turn + rest
