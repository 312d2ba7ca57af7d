"""The nouns of Digest as frozen values, and the protocols between its rooms.

A Source is read into an Article, the Article condensed into a Digest, Digests set as an Edition, the Edition
compiled into a Letter, and the Letter carried to each Subscriber; every carried letter is a Delivery in the
Ledger. The words are those of ``docs/reference/glossary.md`` and have no synonyms.

This module imports nothing but the standard library and holds no behaviour beyond keeping its values valid:
a value that cannot be meant cannot be built.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol, TypeAlias, TypeVar

__all__ = [
    "About",
    "Article",
    "Branch",
    "Claimed",
    "Clock",
    "Connection",
    "Decision",
    "Decisions",
    "Delivery",
    "Digest",
    "Edition",
    "Envelope",
    "Expression",
    "Further",
    "Kind",
    "Kinds",
    "Ledger",
    "Letter",
    "Observer",
    "Outcome",
    "Parcel",
    "Piece",
    "Point",
    "Receipt",
    "Sender",
    "Sentence",
    "Slot",
    "SlotEncoding",
    "Source",
    "Stage",
    "Standing",
    "State",
    "Subscriber",
    "Transport",
    "Verdict",
]

Kind: TypeAlias = Literal["text", "heading", "item", "quote"]
RosterT_contra = TypeVar(
    "RosterT_contra", contravariant=True
)  # the kind of list a ledger can look people up in


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an article comes from: its bytes, and what was said about them.

    ``name`` is what the user typed (a path, ``-``, a URL) and is what messages show. ``charset`` is what the
    transport claimed (HTTP), not what the bytes are.
    """

    name: str
    content: bytes
    media_type: str | None = None
    charset: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Further:
    """Another place that tells the same story: who, and where."""

    site: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A cleaned article: body paragraphs only, and what is known about them.

    ``kinds`` has one entry per paragraph (all ``text`` when not given). ``byline`` is names joined by ", ",
    without "By" or a role. ``published`` is ISO 8601. ``further`` is who else told the story, where feeds did.
    """

    paragraphs: Sequence[str]
    kinds: Sequence[Kind] = ()
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    language: str | None = None
    url: str | None = None
    site: str | None = None
    image: str | None = None
    further: Sequence[Further] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "paragraphs", tuple(self.paragraphs))
        object.__setattr__(self, "further", tuple(self.further))
        object.__setattr__(self, "kinds", tuple(self.kinds) or ("text",) * len(self.paragraphs))
        if len(self.kinds) != len(self.paragraphs):
            raise ValueError(f"{len(self.paragraphs)} paragraphs but {len(self.kinds)} kinds")


# --- condensing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its place: ``article.paragraphs[paragraph][start:end] == text``, always."""

    text: str
    paragraph: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Point:
    """One line of a digest (a summary sentence or a key point) and the sentences it rests on."""

    text: str
    evidence: Sequence[Sentence]

    def __post_init__(self) -> None:
        object.__setattr__(self, "evidence", tuple(self.evidence))


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """An article condensed. ``language`` is a BCP 47 tag; ``und`` when it could not be told."""

    headline: str
    summary: Sequence[Point]
    key_points: Sequence[Point]
    keywords: Sequence[str]
    language: str
    reading_minutes: int
    article: Article

    def __post_init__(self) -> None:
        for name in ("summary", "key_points", "keywords"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


# --- composing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who mails an edition, and what bulk mail law and list headers (RFC 2369, 2919, 8058) ask of them.

    ``unsubscribe_url`` may hold ``{email}``, replaced per subscriber by the percent-encoded address.
    ``one_click`` states that the URL answers a POST (RFC 8058): only then is List-Unsubscribe-Post sent.
    """

    address: str
    name: str = ""
    reply_to: str | None = None
    envelope_sender: str | None = None
    postal_address: str | None = None
    list_id: str | None = None
    list_name: str | None = None
    unsubscribe_url: str | None = None
    unsubscribe_mailto: str | None = None
    one_click: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What one mailing says. ``id`` names it for good: a person gets an edition at most once."""

    id: str
    subject: str
    preheader: str
    digests: Sequence[Digest]
    theme: str
    sender: Sender
    language: str = "en"

    def __post_init__(self) -> None:
        object.__setattr__(self, "digests", tuple(self.digests))
        if not self.digests:
            raise ValueError("an edition holds at least one digest")


# A per-subscriber expression as plain JSON, so that it can be kept in the store and evaluated without Jinja:
# ["field", name] · ["const", value] · ["or", a, b] · … ; composing/expression.py knows the whole grammar.
Expression: TypeAlias = "Sequence[str | int | float | bool | Expression | None]"


class SlotEncoding(enum.StrEnum):
    """How a value is written where it stands in the letter."""

    HTML = "html"  # escaped for HTML text and quoted attributes, then quoted-printable
    URL = "url"  # percent-encoded, then as HTML
    TEXT = "text"  # quoted-printable
    TEXT_URL = "text_url"  # percent-encoded, then quoted-printable
    HEADER = "header"  # RFC 2047 encoded-words where needed, no CR, LF or NUL ever
    HEADER_URL = "header_url"  # percent-encoded into a header
    BASE64 = "base64"  # a whole part and the slots in it, as composing/whole.py knows
    ADDRESS = "address"  # an address as it stands on the wire (A-label domain)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a letter that differs per subscriber."""

    expression: Expression
    encoding: SlotEncoding


@dataclass(frozen=True, slots=True)
class Branch:
    """Pieces that stand only for some subscribers: ``then`` where ``test`` holds, else ``otherwise``."""

    test: Expression
    then: tuple[Piece, ...]
    otherwise: tuple[Piece, ...] = ()


Piece: TypeAlias = "bytes | Slot | Branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An edition compiled for mailing: wire bytes (CRLF, no line that starts with a dot) with slots.

    ``fields`` are the list columns that its slots need; a list without one of them is refused before
    anything is sent; ``places`` says for each which template line asks for it (field, place).
    """

    edition: str
    subject: str
    envelope_sender: str
    message_id_domain: str
    pieces: tuple[Piece, ...]
    fields: frozenset[str] = frozenset()
    places: tuple[tuple[str, str], ...] = ()


# --- delivering ---------------------------------------------------------------------------------------------


class Subscriber(NamedTuple):
    """Somebody on a list. ``fields`` are the list's columns besides the address, by header."""

    address: str
    name: str = ""
    fields: Mapping[str, str] = MappingProxyType({})
    language: str | None = None


class Envelope(NamedTuple):
    """Sender and recipient of one transmission (RFC 5321), never derived from headers."""

    sender: str
    recipient: str


class Stage(enum.StrEnum):
    """How far a transmission had come when it was answered, or when the connection was lost."""

    CONNECT = "connect"
    GREETING = "greeting"
    HELLO = "hello"
    TLS = "tls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"  # the content was under way, its final dot had not been handed over
    DOT = "dot"  # the final dot may have reached the server: only it knows


class Verdict(enum.StrEnum):
    """What a receipt means for the person it is about."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's answer to one transmission. ``code`` is None where no reply came (a lost connection).

    ``enhanced`` is the RFC 3463 code ("5.1.1"), ``text`` what the server said, with control characters
    escaped and cut to 200 characters.
    """

    stage: Stage
    code: int | None
    text: str = ""
    enhanced: str | None = None


class State(enum.StrEnum):
    """Where one delivery stands.

    ::

        planned ──► committing ──► accepted │ deferred │ refused │ in_doubt
           ▲             │ (crash)                  │
           │             └──────► in_doubt          │ next run
           └────────────────────────────────────────┘
        suppressed, skipped: on the list, not to be mailed; the reason says why

    A letter counts as sent at the instant its ``accepted`` record is durable. ``committing`` and ``claimed`` of
    the fault matrix are a ledger's own affair while a run lasts; a crash of the program forgets who was claimed,
    which is the way back to planned.
    """

    PLANNED = "planned"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Standing:
    """A kind of person on the list: their state so far (None: new here), and whether the mailing is for them.

    Who is suppressed is never counted as outside too.
    """

    state: State | None
    is_suppressed: bool
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a kind of person: the state they get, and why in words."""

    state: State
    reason: str = ""


Decisions: TypeAlias = Mapping[Standing, Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """A list seen against the ledger: how many of each kind, and the largest domains of the owed."""

    counts: Mapping[Standing, int]
    domains: tuple[tuple[str, int], ...]
    domain_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a ledger keeps of the letter it is about, for ``digest status``. ``started``: of this run."""

    subject: str
    message_id_domain: str
    started: float


# Those of which several are made for each letter are NamedTuples: making one takes half the time of a frozen
# dataclass.
class Claimed(NamedTuple):
    """Somebody a run may mail next."""

    delivery: int
    subscriber: Subscriber


class Outcome(NamedTuple):
    """What became of one delivery."""

    delivery: int
    state: State
    at: float
    code: int | None = None
    enhanced: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One edition to one subscriber: the last verdict, and how it came about.

    ``state`` is a State's value.
    """

    email: str
    state: str
    code: int | None = None
    enhanced: str | None = None
    reason: str = ""
    attempts: int = 0
    message_id: str | None = None
    at: str | None = None


class Parcel(NamedTuple):
    """One letter on its way: ``key`` is the delivery it belongs to (the ledger's row).

    ``is_proper``: whoever wrote the message has seen to it that it is ASCII, that its lines end in CR LF, and
    that none begins with a dot; otherwise a transport looks for itself.
    """

    key: int
    envelope: Envelope
    message: bytes
    is_proper: bool = False


class Observer(Protocol):
    """Is told of the two instants that matter for each parcel. Both calls are synchronous on purpose."""

    def committing(self, parcel: Parcel) -> None:
        """Called before the first octet of the content leaves: durable on return, or it raises."""
        ...

    def answered(self, parcel: Parcel, receipt: Receipt, then: Parcel | None = None) -> None:
        """Called exactly once for every parcel that was pulled, also when the connection was lost.

        ``then`` is the parcel whose content leaves next, and no other call says so: what ``committing`` promises of it
        holds on return, for half the writes.
        """
        ...


class Connection(Protocol):
    """An open way to a server, used for many letters one after the other."""

    @property
    def rehearsal(self) -> str | None:
        """A name for the other end's ledger scope if letters that go there count for nothing, else None."""
        ...

    async def send(self, next_parcel: Callable[[], Parcel | None], observer: Observer) -> None:
        """Pull parcels and send them until ``next_parcel`` gives None or the connection ends.

        Each pulled parcel is answered exactly once. Returns normally when None was pulled and everything is
        answered; raises ``ConnectionLostError`` (or another DigestError of ``digest.smtp``) otherwise,
        after all pulled parcels were answered.
        """
        ...

    async def close(self) -> None:
        """Say goodbye within a few seconds; never raises."""
        ...


class Transport(Protocol):
    """Carries letters. How to add one: ``docs/how-to/add-a-transport.md``."""

    @property
    def name(self) -> str:
        """What the plan shows, without any secret: ``smtp://mail.example.org:587``."""
        ...

    async def open(self) -> Connection:
        """Open one connection, ready for the first letter.

        Raises:
            TryAgainError: the server is not there, or has no room now.
            LoginRefusedError: it refused the login.
            TlsError: no trustworthy encryption.
            ServerRefusedError: it refuses us altogether.
        """
        ...


class Ledger(Protocol[RosterT_contra]):
    """What a run needs of the deliveries of one edition in one scope. It belongs to one run, which holds its lock.

    The order of calls is the promise: ``begin``, then for each claimed delivery ``committing`` before its content
    leaves and ``answered`` after the reply, then ``end``. Each call is durable on return (against ``kill -9``; after a
    power loss whoever was claimed without an answer is in doubt), or it raises and nothing may follow from it.
    Whoever opens the ledger next finds in doubt whoever was committing without an answer, and the others planned.

    ``RosterT_contra`` is the kind of checked list it can look people up in. ``store.Ledger`` keeps it in SQLite.
    """

    @property
    def scope(self) -> str:
        """Empty for real deliveries, else the name of the rehearsal."""
        ...

    @property
    def message_id_key(self) -> bytes:
        """What Message-IDs are made with: the same for every run, so that a letter keeps its own."""
        ...

    def survey(
        self,
        roster: RosterT_contra,
        decisions: Decisions,
        *,
        suppression: Iterable[str],
        outside: Iterable[str] = (),
        top: int = 5,
    ) -> Kinds:
        """Count everybody on the list by how they stand; writes nothing."""
        ...

    def begin(
        self,
        roster: RosterT_contra,
        decisions: Decisions,
        *,
        suppression: Iterable[str],
        about: About,
        outside: Iterable[str] = (),
    ) -> None:
        """Write whom this run owes a letter, all or nothing, and get ready to claim them.

        ``suppression`` and ``outside`` are keys of people whom this mailing is not for.
        """
        ...

    def owed(self) -> int:
        """Count those on the list whom this run has yet to claim."""
        ...

    def sent_since(
        self, at: float, *, limit: int, domain: str | None = None, server: str | None = None
    ) -> list[float]:
        """Give when real letters of any edition were tried since a time, at most so many, oldest first.

        Times may be a little later than it was. ``domain``: those to this recipient domain only, each when it was tried
        last. ``server``: those that this server carried, in doubt or not, and those of which nobody knows who did.
        """
        ...

    def carried_by(self, server: str) -> None:
        """Have what is told from here on count for this server, until the next call; durable as what is told.

        Raises:
            StoreError: it cannot be written down; nothing may leave.
        """
        ...

    def claim(self, count: int) -> Iterable[Claimed]:
        """Take the next people in the order of sending; all are written down on return, not when they are given out."""
        ...

    def claim_again(self, delivery: int) -> None:
        """Take somebody again whose letter was answered in this run; written down like the first time."""
        ...

    def release(self, delivery: int) -> None:
        """Give somebody back who was claimed and is not to be tried in this run: planned as before."""
        ...

    def committing(self, delivery: int) -> None:
        """Note that the content of a letter is about to leave.

        Raises:
            StoreError: it cannot be written down; the content must not leave.
        """
        ...

    def answered(self, outcome: Outcome, then: int | None = None) -> None:
        """Note what became of a letter, and that the content of delivery ``then`` is about to leave.

        Raises:
            StoreError: it cannot be written down; if it was committing, the next run finds it in doubt.
        """
        ...

    def counts(self) -> Mapping[State, int]:
        """Count deliveries by state, every state named."""
        ...

    def end(self, at: float) -> None:
        """End what ``begin`` began; whoever is still under way is in doubt, as of now, which is ``at``."""
        ...


class Clock(Protocol):
    """Time as an argument: wall time for what people read, monotonic time for waiting."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never jumps."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
