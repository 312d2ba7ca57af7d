"""How an edition stands, found by its name or as the latest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from digest.errors import InputMissingError
from digest.mailing.connecting import open_store, store_url

if TYPE_CHECKING:
    from digest.settings import Settings
    from digest.store import Status, Store

__all__ = ["find_status"]


@contextmanager
def find_status(settings: Settings, edition: str | None) -> Iterator[Status]:
    """Find an edition's status; a real mailing before its rehearsals. The store is open inside the block.

    Raises:
        InputMissingError: no such edition, or nothing was mailed yet.
    """
    from digest.store import Store

    url = store_url(settings)
    if not Store.exists(url):
        raise InputMissingError("nothing was mailed yet", where=url, hint="`digest send` mails an edition")
    with open_store(settings) as store:
        yield _latest(store) if edition is None else _named(store, edition)


def _latest(store: Store) -> Status:
    latest = store.latest()
    status = store.status(*latest) if latest else None
    if status is None:
        raise InputMissingError("nothing was mailed yet", hint="`digest send` mails an edition")
    return status


def _named(store: Store, edition: str) -> Status:
    for scope in ("", *(scope for scope in store.scopes(edition) if scope)):
        status = store.status(edition, scope)
        if status is not None:
            return status
    known = ", ".join(summary.id for summary in store.editions()[:5])
    raise InputMissingError(
        "no such edition", where=edition, hint=f"known are {known}" if known else "nothing was mailed yet"
    )
