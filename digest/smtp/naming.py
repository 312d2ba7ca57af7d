"""What settings may call a server, so that one of several can be given a limit or a password of its own.

A server is a login at a host and port: two accounts at one provider are two. ``anna@smtp.example.org`` and
``smtp.example.org:465`` are short for it; a host alone stands for every login there.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from digest.errors import ConfigurationError
from digest.smtp.options import parse_url

__all__ = ["by_server", "is_named", "server_names"]


def server_names(url: str) -> tuple[str, ...]:
    """Give every way to name the server of a URL, in lower case; the first is exact, and its name for good.

    >>> server_names("smtp://anna@smtp.example.org")
    ('anna@smtp.example.org:587', 'anna@smtp.example.org', 'smtp.example.org:587', 'smtp.example.org')

    A transport that is no SMTP server goes by its URL without options.

    Raises:
        UsageError: it is an SMTP URL that cannot be read.
    """
    if url.partition(":")[0].lower() not in {"smtp", "smtps"}:
        return (url.partition("?")[0].casefold(),)
    options = parse_url(url)
    places = (options.where.casefold(), options.host.casefold())
    login = (options.username or "").casefold()
    return (*(f"{login}@{place}" for place in places), *places) if login else places


def is_named(entry: str, url: str) -> bool:
    """Tell whether an entry ``NAME VALUE`` is about the server of a URL."""
    return _name(entry) in server_names(url)


def by_server(entries: Iterable[str], urls: Sequence[str], *, where: str, example: str) -> dict[str, str]:
    """Give the value of each server that has one, by its name for good; entries are ``NAME VALUE``.

    Where several name one server the most exact counts.

    Raises:
        ConfigurationError: an entry has no value, names no server of these, or is there twice.
        UsageError: an SMTP URL cannot be read.
    """
    values: dict[str, str] = {}
    for entry in entries:
        name, value = _name(entry), entry.partition(" ")[2].strip()
        if not value:
            raise ConfigurationError(f"'{entry}' has no value", where=where, hint=f'write "{example}"')
        if name in values:
            raise ConfigurationError(f"'{name}' is there twice", where=where, hint="leave one out")
        values[name] = value
    if not values:
        return {}
    servers = {names[0]: names for names in map(server_names, urls)}
    known = [name for names in servers.values() for name in names]
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0)
            raise ConfigurationError(
                f"'{name}' is no server that is set", where=where, hint=f"did you mean '{near[0]}'?"
            )
    found = {
        exact: next((values[name] for name in names if name in values), "")
        for exact, names in servers.items()
    }
    return {name: value for name, value in found.items() if value}


def _name(entry: str) -> str:
    # Unquoted, since a login that is an address stands in the URL as editor%40example.org.
    return unquote(entry.partition(" ")[0]).casefold()
