"""From a URL to the transport it names: the scheme says which, and only that one's module is loaded.

A scheme that is none of Digest's own is looked up among the installed packages' entry points of the group
``digest.transports``; what stands there is a function like ``Factory``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol, cast

from digest.errors import ConfigurationError, UsageError
from digest.model import Transport
from digest.smtp.options import parse_url

if TYPE_CHECKING:
    from digest.smtp.dkim import Signer

__all__ = ["Factory", "open_transport"]

GROUP: Final = "digest.transports"
_OWN: Final = {
    "folder": "digest.smtp.folder:from_url",
    "memory": "digest.smtp.memory:from_url",
    "sendmail": "digest.smtp.sendmail:from_url",
    "ses": "digest.smtp.http_ses:from_url",
    "mailgun": "digest.smtp.http_mailgun:from_url",
}


class Factory(Protocol):
    """Makes a transport from its URL. ``password`` finds the secret when it is called; it may prompt."""

    def __call__(self, url: str, *, password: Callable[[], str] | None = None) -> Transport:
        """Give the transport; connects to nobody yet."""
        ...


def open_transport(
    url: str,
    *,
    password: Callable[[], str] | None = None,
    ca_file: str | None = None,
    pipelining: bool = True,
    signer: Signer | None = None,
) -> Transport:
    """Give the transport a URL names; nothing is connected or written yet.

    ``smtp://…`` and ``smtps://…`` are servers, ``folder:PATH`` writes files, ``memory:`` keeps letters, ``sendmail:``
    hands them to the local program, ``ses://REGION`` and ``mailgun://DOMAIN`` to an HTTP API. ``password`` is called
    when a login is needed, at most once (XOAUTH2: gives a token, once a connection). With a ``signer`` every
    letter is signed (DKIM).

    Raises:
        UsageError: the URL names no transport.
        ConfigurationError: a plug-in's transport cannot be loaded.
    """
    scheme = url.partition(":")[0].lower()
    signing = None
    if signer is not None:
        from digest.smtp.signing import SigningThreads

        signing = SigningThreads(signer)
    if scheme in {"smtp", "smtps"}:
        from digest.smtp.transport import SmtpTransport

        options = replace(parse_url(url), ca_file=ca_file, pipelining=pipelining)
        return SmtpTransport(options, password=password, signing=signing)
    transport = _factory(scheme)(url, password=password)
    if signing is None:
        return transport
    from digest.smtp.signing import SignedTransport

    return SignedTransport(transport, signing)


def _factory(scheme: str) -> Factory:
    if scheme in _OWN:
        module, _, name = _OWN[scheme].partition(":")
        return cast("Factory", getattr(importlib.import_module(module), name))
    from importlib.metadata import entry_points

    for found in entry_points(group=GROUP, name=scheme):
        try:
            return cast("Factory", found.load())
        except (ImportError, AttributeError) as error:
            raise ConfigurationError(
                f"the transport '{scheme}' cannot be loaded", where=found.value, hint="is its package whole?"
            ) from error
    raise UsageError(
        "this names no transport",
        hint=f"use smtp://HOST:PORT, smtps://HOST:PORT, {', '.join(f'{name}:…' for name in _OWN)}",
    )
