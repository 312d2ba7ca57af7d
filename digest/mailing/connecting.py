"""Settings become what a mailing needs: a sender, a transport, a store.

What bulk mail law and mailbox providers ask for is demanded off loopback and filled with placeholders on it,
so that a rehearsal needs no settings and a real mailing cannot lack any.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from digest.errors import ConfigurationError, UsageError
from digest.model import Sender, Transport
from digest.smtp.options import is_loopback

if TYPE_CHECKING:
    from digest.settings import Settings
    from digest.smtp.dkim import Signer
    from digest.store import Store

__all__ = [
    "INBOX_URL",
    "connections_of",
    "domain_rates_of",
    "is_local",
    "open_store",
    "sender_of",
    "signer_of",
    "smtp_url",
    "store_url",
    "transport_of",
]

INBOX_URL: Final = "smtp://127.0.0.1:1025"
"""Where ``digest inbox`` listens."""

PASSWORD_VARIABLE: Final = "DIGEST_SMTP_PASSWORD"  # noqa: S105  # a name, not a secret
SERVER_VARIABLE: Final = "DIGEST_SMTP_SERVER"
"""Tells the password command which of several servers it is asked about."""
_FILE: Final = "[smtp] password_file"
_OWN_FILES: Final = "[smtp] server_password_files"
_PASSWORD_COMMAND_SECONDS: Final = 60  # a key store may ask its owner first
_LOCAL_CONNECTIONS: Final = 16
_REMOTE_CONNECTIONS: Final = 4  # providers' common limit for one sender is 5 to 10


def is_local(url: str) -> bool:
    """Tell whether letters to this URL stay on the machine: loopback, a folder, memory."""
    if url.startswith(("folder:", "memory:")):
        return True
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:  # what is wrong with it is said where the transport is made
        return False


def smtp_url(settings: Settings, *, debug: bool = False, flag: str | None = None) -> str:
    """Tell which server takes the letters.

    With ``debug`` it is the local inbox, or the ``flag`` where that stays on this machine: a server from the
    settings may be a local Postfix, which is a real route.

    Raises:
        ConfigurationError: none is set.
        UsageError: ``debug`` and a server elsewhere.
    """
    if debug:
        if flag and not is_local(flag):
            raise UsageError("--debug sends to this machine only", where="--smtp", hint="drop one of the two")
        return flag or INBOX_URL
    if not settings.smtp.url:
        raise ConfigurationError(
            "no server is set",
            where="[smtp] url",
            hint="pass --smtp smtp://HOST:PORT, or set it; --debug rehearses in `digest inbox`",
        )
    return settings.smtp.url


def sender_of(settings: Settings, *, local: bool) -> Sender:
    """Put together who mails.

    On loopback whatever is missing is a placeholder under example.org.

    Raises:
        ConfigurationError: off loopback the address, the postal address or the way to leave is not set.
    """
    sender, to_list = settings.sender, settings.list
    if not local:
        _require(settings)
    address = sender.address or "digest@example.org"
    domain = address.rpartition("@")[2]
    leaves = to_list.unsubscribe_url or to_list.unsubscribe_mailto
    return Sender(
        address=address,
        name=sender.name or ("" if sender.address else "Digest rehearsal"),
        reply_to=sender.reply_to,
        envelope_sender=sender.envelope_sender,
        postal_address=sender.postal_address or "Digest rehearsal, 1 Example Street, Example Town",
        list_id=to_list.id or f"digest.{domain}",
        list_name=to_list.name or sender.name or None,
        unsubscribe_url=to_list.unsubscribe_url,
        unsubscribe_mailto=to_list.unsubscribe_mailto or (None if leaves else f"unsubscribe@{domain}"),
        one_click=to_list.one_click,
    )


def _require(settings: Settings) -> None:
    needed = {
        "[sender] address": settings.sender.address,
        "[sender] postal_address": settings.sender.postal_address,
        "[list] unsubscribe_url or unsubscribe_mailto": settings.list.unsubscribe_url
        or settings.list.unsubscribe_mailto,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise ConfigurationError(
            f"not set: {', '.join(missing)}",
            where=str(settings.path or "digest.toml"),
            hint="bulk mail law asks for them; set them in digest.toml, or rehearse on loopback first",
        )


def transport_of(settings: Settings, url: str, *, ask: Callable[[str], str] | None = None) -> Transport:
    """Open the way to the server, or to all of them. ``ask`` prompts for the password where nothing else gives it.

    Raises:
        UsageError: a URL names no transport.
        ConfigurationError: ``[smtp] servers`` cannot be read, or mixes this machine with others; a rate or a password
            is set for a server that is not.
    """
    from digest.delivering import Server, Servers
    from digest.delivering.clock import SystemClock
    from digest.smtp.naming import by_server, server_names

    smtp = settings.smtp
    further = list(map(_url_and_weight, smtp.servers))
    used = [(url, 1), *(further if url == smtp.url else ())]
    for one, _ in used:
        if is_local(one) != is_local(url):
            raise ConfigurationError(
                "all servers lie on this machine, or none",
                where=f"[smtp] servers {one}",
                hint="what holds for a rehearsal does not hold for a mailing",
            )
    known = [url, *(one for one in (smtp.url, *(one for one, _ in further)) if one and one != url)]
    rates = by_server(
        smtp.server_rates, known, where="[smtp] server_rates", example="anna@smtp.example.org 500/day"
    )
    files = by_server(
        smtp.server_password_files,
        known,
        where="[smtp] server_password_files",
        example="anna@smtp.example.org anna-password.txt",
    )
    servers = []
    for one, weight in used:
        # made first: it says best what is wrong with a URL
        transport = _one_transport(settings, one, files=files, ask=ask)
        name = server_names(one)[0]
        servers.append(Server(transport, weight, name=name, rate=rates.get(name)))
    return Servers(servers, clock=SystemClock())


def _one_transport(
    settings: Settings, url: str, *, files: Mapping[str, str], ask: Callable[[str], str] | None
) -> Transport:
    from digest.smtp import open_transport
    from digest.smtp.naming import server_names

    smtp = settings.smtp
    return open_transport(
        url,
        password=lambda: password_of(settings, url, file=files.get(server_names(url)[0]), ask=ask),
        ca_file=smtp.tls_ca,
        pipelining=smtp.pipelining,
        signer=signer_of(settings),
    )


def _url_and_weight(text: str) -> tuple[str, int]:
    url, _, weight = text.partition(" ")
    if weight and not (weight.isascii() and weight.isdigit() and int(weight)):
        raise ConfigurationError(
            f"'{weight}' is no weight", where="[smtp] servers", hint='write "smtps://user@host 2"'
        )
    return url, int(weight or 1)


def domain_rates_of(settings: Settings) -> dict[str, str]:
    """Read the rates of single recipient domains.

    Raises:
        ConfigurationError: one is no domain and a rate.
    """
    from digest.store.address import InvalidAddressError, parse_address

    rates = {}
    for text in settings.smtp.domain_rates:
        name, _, rate = text.partition(" ")
        try:
            domain = parse_address(f"x@{name}").domain  # as lists have it: lower case, A-labels
        except InvalidAddressError:
            domain = ""
        if not (domain and rate.strip()):
            raise ConfigurationError(
                f"'{text}' is no domain and a rate",
                where="[smtp] domain_rates",
                hint='write "example.org 20/minute"',
            )
        rates[domain] = rate.strip()
    return rates


def signer_of(settings: Settings) -> Signer | None:
    """Load the DKIM keys that are set; None where there are none.

    Raises:
        InputMissingError: a key file is not there.
        ConfigurationError: it holds no key, no domain is known, or the extra is not installed.
    """
    dkim = settings.dkim
    files = ((dkim.selector, dkim.key_file), (dkim.ed25519_selector, dkim.ed25519_key_file))
    if not any(file for _, file in files):
        return None
    domain = dkim.domain or (settings.sender.address or "").rpartition("@")[2]
    if not domain:
        raise ConfigurationError("no domain to sign for", where="[dkim] domain", hint="set it")
    from digest.smtp.dkim import Signer
    from digest.smtp.dkim_keys import load_key

    return Signer(
        [load_key(Path(file), domain=domain, selector=selector) for selector, file in files if file]
    )


def password_of(
    settings: Settings, url: str, *, file: str | None = None, ask: Callable[[str], str] | None = None
) -> str:
    """Find the password: the server's own file, else environment, file, command, or a person.

    Raises:
        ConfigurationError: nothing gives one.
    """
    smtp = settings.smtp
    if file is not None:
        return _first_line(_read(Path(file), _OWN_FILES), f"{_OWN_FILES} {file}")
    if os.environ.get(PASSWORD_VARIABLE):
        return os.environ[PASSWORD_VARIABLE]
    if smtp.password_file:
        return _first_line(_read(Path(smtp.password_file), _FILE), _FILE)
    if smtp.password_command:
        return _first_line(_ask_command(smtp.password_command, url), "[smtp] password_command")
    if ask is not None:
        return ask(f"Password for {url}")
    raise ConfigurationError(
        "no password for the server",
        where="[smtp]",
        hint=f"set {PASSWORD_VARIABLE}, password_file or password_command",
    )


def _read(path: Path, setting: str) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", where=f"{setting} {path}") from error


def _ask_command(command: str, url: str) -> str:
    from digest.smtp.naming import server_names

    try:
        asked = subprocess.run(  # noqa: S603  # the user's own command, split as a shell splits words, no shell
            shlex.split(command),
            env={**os.environ, SERVER_VARIABLE: server_names(url)[0]},
            stdout=subprocess.PIPE,
            text=True,
            timeout=_PASSWORD_COMMAND_SECONDS,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        # the error's own text may hold output of the command: it is not passed on
        raise ConfigurationError("the command gave no password", where="[smtp] password_command") from error
    return asked.stdout


def _first_line(text: str, where: str) -> str:
    line = text.split("\n", 1)[0].rstrip("\r")
    if not line:
        raise ConfigurationError("gave an empty password", where=where)
    return line


def connections_of(settings: Settings, url: str) -> int:
    """Tell how many connections to open at once."""
    default = _LOCAL_CONNECTIONS if is_local(url) else _REMOTE_CONNECTIONS
    return settings.smtp.connections or default


def store_url(settings: Settings) -> str:
    """Tell where state is kept: as set, else beside digest.toml, else under XDG_STATE_HOME."""
    if settings.store.url:
        return settings.store.url
    if settings.path:
        return f"sqlite:///{settings.folder / 'digest.db'}"
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return f"sqlite:///{state / 'digest' / 'digest.db'}"


def open_store(settings: Settings) -> Store:
    """Open the store.

    Raises:
        StoreError: it is damaged.
        ConfigurationError: it cannot be written.
    """
    from digest.store import Store

    return Store.open(store_url(settings))
