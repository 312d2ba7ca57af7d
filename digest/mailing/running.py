"""What cron calls: open editions are finished first, then what is new in the sources is mailed.

An entry belongs to the edition it was frozen with: it is bound in the transaction that freezes the edition,
and unseen before that, so that a run killed anywhere loses no entry and mails none twice. Polling, reading,
condensing and composing happen in a child process (``gathering``); this one only freezes and delivers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digest.errors import ConfigurationError, DigestError, InputMissingError
from digest.mailing.connecting import is_local, open_store, sender_of, smtp_url, store_url, transport_of
from digest.mailing.preparing import (
    Prepared,
    ask_child,
    error_from_json,
    prepared_from_json,
    request_of,
    request_to_json,
)
from digest.mailing.sending import (
    Conduct,
    Outcome,
    Way,
    deliver_settled,
    delivery_options,
    open_list,
)
from digest.mailing.settling import Asked, resume, settle

if TYPE_CHECKING:
    from digest.settings import Settings
    from digest.shapes import Json
    from digest.store import Store

__all__ = ["RunOutcome", "run"]

# DESIGN's order when several statuses hold; trouble with the input comes after trouble with the mail.
_PRECEDENCE: Final = (130, 143, 74, 77, 78, 76, 75, 1, 65, 66)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """What one run did: each mailing in order, what failed, how many entries were marked seen."""

    outcomes: tuple[Outcome, ...] = ()
    failures: tuple[DigestError, ...] = ()
    marked: int = 0

    @property
    def exit_status(self) -> int:
        """The most serious status of everything that happened."""
        told = {outcome.exit_status for outcome in self.outcomes}
        told |= {failure.exit_status for failure in self.failures}
        return next((status for status in _PRECEDENCE if status in told), max(told, default=0))


async def run(settings: Settings, conduct: Conduct, *, mark_seen: bool = False) -> RunOutcome:
    """Finish open editions, then mail what the sources have that was not mailed yet.

    With ``mark_seen`` nothing is mailed: everything the sources hold now counts as mailed.

    Raises:
        LockedError: another run is at it.
        DigestError: settings or list are wrong; nothing was sent.
    """
    if not settings.sources:
        raise ConfigurationError(
            "no [[sources]] are set",
            where=str(settings.path or "digest.toml"),
            hint="add one with a url or a path",
        )
    with open_store(settings) as store, store.lock("", "run"):
        if mark_seen:
            return await _mark_seen(store, settings)
        way = _way(store, settings, conduct)
        finished = await _finish_open(way, settings)
        if conduct.stop is not None and conduct.stop.is_set():
            return finished
        new = await _mail_new(way, settings)
        return RunOutcome(
            outcomes=(*finished.outcomes, *new.outcomes), failures=(*finished.failures, *new.failures)
        )


def _way(store: Store, settings: Settings, conduct: Conduct) -> Way:
    url = smtp_url(settings)
    return Way(
        store=store,
        transport=transport_of(settings, url, ask=conduct.ask),
        options=delivery_options(settings, url),
        conduct=conduct,
    )


async def _finish_open(way: Way, settings: Settings) -> RunOutcome:
    """Deliver what stands frozen and is owed, list by list; the trouble of one does not stop the next."""
    outcomes: list[Outcome] = []
    failures: list[DigestError] = []
    if await _rehearsal(way):
        return RunOutcome()  # a rehearsal finishes nothing: those people are to get the real letter
    for summary in reversed(way.store.editions(only_open=True)):
        frozen = way.store.edition(summary.id)
        assert frozen is not None
        for list_name in summary.waiting:
            try:
                with open_list(settings, Path(list_name), store=way.store, skip_invalid=False) as roster:
                    settled = resume(frozen, list_name=list_name)
                    outcomes.append(await deliver_settled(settled, roster, way))
            except DigestError as error:
                failures.append(error)
    return RunOutcome(outcomes=tuple(outcomes), failures=tuple(failures))


async def _mail_new(way: Way, settings: Settings) -> RunOutcome:
    to_list = _list_path(settings)
    scope = await _rehearsal(way)
    with open_list(settings, to_list, store=way.store, skip_invalid=False) as roster:
        found = await _ask(way.store, settings)
        failures = tuple(found.problems)
        if found.prepared is None:
            _remember(way.store, found, scope)
            return RunOutcome(failures=failures)
        settled = settle(
            way.store,
            found.prepared,
            scope=scope,
            list_name=str(to_list.resolve()),
            asked=Asked(edition=found.prepared.edition.id, where=settings.list.where),
        )
        outcome = await deliver_settled(settled, roster, way)
        if not scope and way.store.edition(settled.edition.id) is not None:
            _remember(way.store, found, scope)
    return RunOutcome(outcomes=(outcome,), failures=failures)


async def _mark_seen(store: Store, settings: Settings) -> RunOutcome:
    answer = await ask_child({"run": _question(store, settings, mark_seen=True)})
    assert isinstance(answer, dict)
    entries = list(answer["passed"])
    new = set(entries) - store.bound(entries)
    store.mark_seen(entries)
    store.save_feed_states(answer["states"])
    return RunOutcome(marked=len(new))


async def _rehearsal(way: Way) -> str:
    from digest.delivering import rehearsal_of

    return await rehearsal_of(way.transport) or "" if is_local(way.transport.name) else ""


def _list_path(settings: Settings) -> Path:
    if not settings.list.subscribers:
        raise ConfigurationError(
            "no list to mail to",
            where=str(settings.path or "digest.toml"),
            hint='set subscribers = "subscribers.csv" under [list]',
        )
    path = Path(settings.list.subscribers)
    if not path.is_file():
        raise InputMissingError("no such list", where=str(path))
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the child brought: an edition or None, and what to remember once it is frozen."""

    prepared: Prepared | None
    passed: tuple[str, ...]
    states: Mapping[str, str]
    problems: tuple[DigestError, ...]


async def _ask(store: Store, settings: Settings) -> _Found:
    answer = await ask_child({"run": _question(store, settings)})
    assert isinstance(answer, dict)
    return _Found(
        prepared=None if answer["prepared"] is None else prepared_from_json(answer["prepared"]),
        passed=tuple(answer["passed"]),
        states=answer["states"],
        problems=tuple(error_from_json(problem) for problem in answer["problems"]),
    )


def _remember(store: Store, found: _Found, scope: str) -> None:
    """Keep what polling learned; a rehearsal leaves no trace, so that the real run finds the same."""
    if not scope:
        store.mark_seen(found.passed)
        store.save_feed_states(found.states)


def _question(store: Store, settings: Settings, *, mark_seen: bool = False) -> dict[str, Json]:
    url = smtp_url(settings) if settings.smtp.url else "memory:"
    request = request_of(
        settings,
        names=tuple(source.name for source in settings.sources),
        sender=sender_of(settings, local=mark_seen or is_local(url)),
        allow_private=settings.run.allow_private,
    )
    return {
        "request": request_to_json(request),
        "sources": [asdict(source) for source in settings.sources],
        "states": {name: store.feed_state(name) for name in request.names},
        "store": store_url(settings),
        "window_days": settings.run.window_days,
        "stories": settings.run.stories,
        "stories_per_source": settings.run.stories_per_source,
        "mark_seen": mark_seen,
    }
