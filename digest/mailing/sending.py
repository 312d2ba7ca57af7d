"""One mailing: everything checked, the edition settled, a plan approved, the letter delivered.

The order is the promise. Settings, the list, suppression and the sources are checked and the letter is
compiled before the first connection; the plan is approved before anything is written; the edition is frozen
before the first letter leaves. A rehearsal (Digest's own inbox, a folder, ``--test-to``, ``--debug``) freezes
nothing and has a ledger scope of its own, so it never counts.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from digest.composing import check_columns, check_condition, evaluate, load, parse_condition
from digest.errors import ConfigurationError, InputMissingError, InvalidInputError
from digest.mailing.connecting import (
    connections_of,
    domain_rates_of,
    is_local,
    open_store,
    sender_of,
    smtp_url,
    store_url,
    transport_of,
)
from digest.mailing.preparing import preparing_apart, request_of
from digest.mailing.settling import Asked, Settled, changed_error, resume, settle, shown_sender
from digest.model import Subscriber

if TYPE_CHECKING:
    from digest.delivering import DeliveryOptions, PlanSummary, Progress, Report
    from digest.delivering.course import Write
    from digest.mailing.preparing import Prepared, Request
    from digest.model import Clock, Expression, Letter, Sender, Transport
    from digest.settings import Settings
    from digest.store import Ledger, Roster, Store

__all__ = [
    "Conduct",
    "Outcome",
    "SendPlan",
    "SendRequest",
    "Way",
    "deliver_settled",
    "delivery_options",
    "scope_of",
    "send",
    "store_for",
]

_IN_DOUBT = 76


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """What one ``digest send`` asks for beyond the settings (which the flags are merged into already)."""

    names: tuple[str, ...]
    stdin: bytes | None = None
    edition: str | None = None
    subject: str | None = None
    test_to: str | None = None
    smtp: str | None = None
    dry_run: bool = False
    debug: bool = False
    accept_change: bool = False
    skip_invalid: bool = False
    allow_private: bool = False
    limit: int | None = None
    in_doubt: str = "hold"
    attachments: tuple[str, ...] = ()
    given: tuple[str, ...] = ()  # flags that say what a letter is or whom it is for


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPlan:
    """What is about to happen, for a person to approve."""

    edition: str
    subject: str
    sender: str
    server: str
    list_name: str
    rehearsal: bool
    resumed: bool
    summary: PlanSummary
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How a mailing talks to whoever started it.

    ``approve`` shows a plan and answers whether to go on with it, ``show`` only shows it; ``progress`` is told how
    it goes; ``stop`` asks to finish what is in flight and end, and ``finishing`` is entered while anything may be;
    ``ask`` prompts for a password.
    """

    approve: Callable[[SendPlan], bool]
    show: Callable[[SendPlan], None] = lambda _: None
    progress: Callable[[Progress], None] | None = None
    stop: asyncio.Event | None = None
    finishing: Callable[[], AbstractContextManager[object]] = nullcontext
    ask: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a mailing ended. ``report`` is None where nothing was delivered: ``ended`` says why."""

    ended: Literal["delivered", "nothing owed", "declined", "dry run"]
    plan: SendPlan
    state: Literal["open", "finished"]
    counts: Mapping[str, int]
    seconds: float = 0.0
    report: Report | None = None

    @property
    def exit_status(self) -> int:
        """The status the command ends with: people held in doubt are said again until they are settled."""
        if self.report is not None:
            return self.report.exit_status
        return _IN_DOUBT if self.ended == "nothing owed" and self.counts.get("in_doubt") else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a delivery goes through: where it is recorded, what carries it, how."""

    store: Store
    transport: Transport
    options: DeliveryOptions
    conduct: Conduct
    dry_run: bool = False
    clock: Clock | None = None  # the real one where none is given
    write: Write | None = None  # gives letters that are written already


async def send(request: SendRequest, settings: Settings, conduct: Conduct) -> Outcome:
    """Mail sources to a list, once.

    Raises:
        DigestError: something is wrong with settings, condition, list, sources or the server; nothing was sent.
    """
    from digest.mailing.folders import is_folder, send_folder

    if is_folder(request.names):
        return await send_folder(request, settings, conduct)
    condition_of(settings.list.where)  # a mistyped one is found before anything is read
    url = smtp_url(settings, debug=request.debug, flag=request.smtp)
    transport = transport_of(settings, url, ask=conduct.ask)  # reads the URL; connects to nobody yet
    sender = sender_of(settings, local=is_local(url))
    with ExitStack() as stack:
        store = stack.enter_context(store_for(settings, dry_run=request.dry_run))
        way = Way(
            store=store,
            transport=transport,
            options=delivery_options(settings, url, request),
            conduct=conduct,
            dry_run=request.dry_run,
        )
        async with preparing_apart(_wanted(request, settings, sender)) as prepared:
            # The list is checked while the child reads and condenses.
            roster = stack.enter_context(_roster(request, settings, store))
            settled = await _settled(request, settings, prepared, way, roster)
        return await deliver_settled(settled, roster, way)


async def deliver_settled(settled: Settled, roster: Roster, way: Way) -> Outcome:
    """Plan, have the plan approved, freeze, deliver.

    Raises:
        LockedError: another run sends this edition.
        ChangedEditionError: somebody is owed an edition that was changed since it was frozen.
    """
    from digest.delivering import deliver, plan
    from digest.mailing.folders import label

    began = time.monotonic()
    way = replace(way, options=replace(way.options, where=condition_of(settled.where)))
    with way.store.ledger(settled.edition.id, settled.scope, list_name=settled.list_name) as ledger:
        send_plan = _send_plan(
            settled,
            way,
            plan(
                settled.letter,
                roster,
                ledger=ledger,
                transport=way.transport,
                options=way.options,
                write=way.write,
            ),
        )
        owed = send_plan.summary.owed
        if owed and settled.changed:
            raise changed_error(settled)
        if way.dry_run:
            way.conduct.show(send_plan)
            meant = meeting(roster, way.options.where)
            built = _build_all(settled.letter, meant, way.store.message_id_key)
            return Outcome(ended="dry run", plan=send_plan, state="open", counts={"planned": built})
        if not owed and settled.freeze is not None:
            return Outcome(ended="nothing owed", plan=send_plan, state="finished", counts=_counted(ledger))
        if owed and not way.conduct.approve(send_plan):
            return Outcome(ended="declined", plan=send_plan, state="open", counts=_counted(ledger))
        _freeze(way.store, settled)
        label(way.transport.name, settled)
        # Also where nobody is owed anything: it connects to nobody then, and records who left the list.
        with way.conduct.finishing():
            report = await deliver(
                settled.letter,
                roster,
                transport=way.transport,
                ledger=ledger,
                options=way.options,
                clock=way.clock,
                progress=way.conduct.progress,
                stop=way.conduct.stop,
                write=way.write,
            )
    status = way.store.status(settled.edition.id, settled.scope)
    return Outcome(
        ended="delivered" if owed else "nothing owed",
        plan=send_plan,
        state=status.state if status else "finished",
        counts=report.counts,
        seconds=time.monotonic() - began,
        report=report if owed else None,
    )


def delivery_options(settings: Settings, url: str, request: SendRequest | None = None) -> DeliveryOptions:
    """Give the delivering room its options.

    Raises:
        ConfigurationError: the suppression file is set and cannot be read.
    """
    from digest.delivering import DeliveryOptions, InDoubt
    from digest.store import Suppression, read_suppression

    suppression = settings.list.suppression
    return DeliveryOptions(
        connections=connections_of(settings, url),
        limit=request.limit if request else None,
        in_doubt=InDoubt(request.in_doubt if request else "hold"),
        max_time_seconds=settings.smtp.max_time,
        rate=settings.smtp.rate,
        domain_rates=domain_rates_of(settings),
        messages_per_connection=settings.smtp.messages_per_connection,
        suppression=read_suppression(Path(suppression)) if suppression else Suppression(),
    )


def open_list(settings: Settings, path: Path, *, store: Store | None, skip_invalid: bool) -> Roster:
    """Read and check a list; keep the checked form beside the store.

    Raises:
        InputMissingError: no such file.
        InvalidListError: rows that cannot be mailed.
    """
    from digest.store import ListOptions, read_list

    options = ListOptions(
        encoding=settings.list.encoding, skip_invalid=skip_invalid, cache=store.cache if store else None
    )
    return read_list(path, options=options)


def _wanted(request: SendRequest, settings: Settings, sender: Sender) -> Request:
    return request_of(
        settings,
        names=request.names,
        stdin=request.stdin,
        sender=sender,
        edition=request.edition,
        subject=request.subject,
        subject_mark="[Test] " if request.test_to else "",
        allow_private=request.allow_private,
        attachments=request.attachments,
    )


async def _settled(
    request: SendRequest,
    settings: Settings,
    preparing: Callable[[], Awaitable[Prepared]],
    way: Way,
    roster: Roster,
) -> Settled:
    list_name = list_name_of(request, settings)
    try:
        prepared = await preparing()
    except InputMissingError:
        frozen = way.store.edition(request.edition) if request.edition else None
        if frozen is None:
            raise
        return resume(frozen, list_name=list_name, notes=("its source is gone; the frozen text is sent",))
    check_columns(load(prepared.letter), roster.columns)
    settled = settle(
        way.store,
        prepared,
        scope=await scope_of(request, way),
        list_name=list_name,
        asked=Asked(
            edition=request.edition,
            again=bool(request.edition),
            subject=request.subject,
            accept_change=request.accept_change,
            where=None if request.test_to else settings.list.where,
        ),
    )
    if settled.resumed:
        check_columns(
            settled.letter, roster.columns
        )  # what goes out is the frozen letter, not the one just made
    return replace(settled, notes=(*settled.notes, *prepared.notes))


async def scope_of(request: SendRequest, way: Way) -> str:
    """Tell the ledger scope: empty for a real mailing, a name of its own for each kind of rehearsal."""
    from digest.delivering import rehearsal_of

    if request.test_to:
        return f"test:{secrets.token_hex(4)}"  # each test is asked for anew, and sent anew
    if way.dry_run or not is_local(way.transport.name):
        return ""
    scope = await rehearsal_of(way.transport)
    return scope or (f"debug:{way.transport.name}" if request.debug else "")


def _roster(request: SendRequest, settings: Settings, store: Store) -> Roster:
    from digest.store import Roster

    path = settings.list.subscribers
    if path is None and not request.test_to:
        raise ConfigurationError(
            "no list to mail to",
            where="[list] subscribers",
            hint="pass --to subscribers.csv, or set it in digest.toml",
        )
    if path is None:
        return Roster.of([Subscriber(request.test_to or "")], name="--test-to")
    roster = open_list(
        settings, Path(path), store=None if request.dry_run else store, skip_invalid=request.skip_invalid
    )
    if not request.test_to:
        return roster
    with roster:
        sample = next(meeting(roster, condition_of(settings.list.where)), None)
    if sample is None:
        raise InvalidInputError("nobody on the list meets the condition", where="--where")
    return Roster.of([sample._replace(address=request.test_to)], name="--test-to")


def list_name_of(request: SendRequest, settings: Settings) -> str:
    """Name a list for good: the whole path of its file."""
    if request.test_to or settings.list.subscribers is None:
        return "--test-to"
    return str(Path(settings.list.subscribers).resolve())


def store_for(settings: Settings, *, dry_run: bool) -> Store:
    """Open the store; a dry run makes none.

    Raises:
        StoreError: it is damaged.
        ConfigurationError: it cannot be written.
    """
    from digest.store import Store

    if dry_run and not Store.exists(store_url(settings)):
        return Store.in_memory()
    return open_store(settings)


def _counted(ledger: Ledger) -> dict[str, int]:
    return {state.value: count for state, count in ledger.counts().items()}


def _send_plan(settled: Settled, way: Way, summary: PlanSummary) -> SendPlan:
    return SendPlan(
        edition=settled.edition.id,
        subject=settled.letter.subject,
        sender=shown_sender(settled.edition.sender),
        server=way.transport.name,
        list_name=settled.list_name,
        rehearsal=bool(settled.scope),
        resumed=settled.resumed,
        summary=summary,
        notes=settled.notes,
    )


def _freeze(store: Store, settled: Settled) -> None:
    if settled.freeze is None:
        return
    if settled.replaces:
        store.replace(settled.freeze, settled.entries)
    else:
        store.freeze(settled.freeze, settled.entries, again=settled.again)


def condition_of(where: str | None) -> Expression | None:
    """Read a condition.

    Raises:
        InvalidInputError: it is none.
    """
    return parse_condition(where) if where else None


def meeting(roster: Roster, where: Expression | None) -> Iterator[Subscriber]:
    """Give the subscribers who meet a condition."""
    if where is not None:
        check_condition(where, roster.columns)
    return (person for person in roster if where is None or evaluate(where, person))


def _build_all(letter: Letter, roster: Iterable[Subscriber], key: bytes) -> int:
    """Build every letter, so that a dry run finds what a real one would stumble over."""
    from digest.composing import fill

    now = time.time()
    return sum(1 for subscriber in roster if fill(letter, subscriber, date=now, message_id_key=key))
