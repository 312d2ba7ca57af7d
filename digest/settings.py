"""Settings: flag, then ``DIGEST_*`` environment, then ``digest.toml``, then default.

Each section is a frozen dataclass, and its fields are the whole truth about which keys exist, of which type,
with which default: the file is checked against them, the environment variables are named after them
(``DIGEST_SMTP_URL`` is ``[smtp] url``) and the reference page is generated from them. An unknown key is an
error that names the nearest one. Paths in the file are relative to the file.

Nothing below this floor sees Settings; ``digest.mailing`` turns them into the rooms' own options. A password
never stands here: only where to get it.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Final, TypeAlias, get_type_hints

from digest.errors import ConfigurationError, InputMissingError

__all__ = [
    "CondenseSettings",
    "DkimSettings",
    "LetterSettings",
    "ListSettings",
    "RunSettings",
    "SenderSettings",
    "Settings",
    "SmtpSettings",
    "SourceSettings",
    "StoreSettings",
    "environment_name",
    "load_settings",
    "sections",
]

FILE_NAME: Final = "digest.toml"
_MAX_FILE_BYTES: Final = 1_000_000  # a settings file is written by hand: more is a mix-up

Value: TypeAlias = "str | int | float | bool | tuple[str, ...] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderSettings:
    """Who mails."""

    address: Annotated[str | None, "address in From; its domain is the Message-IDs' right side"] = None
    name: Annotated[str, "name in From"] = ""
    reply_to: Annotated[str | None, "address for answers, where it is not `address`"] = None
    envelope_sender: Annotated[str | None, "address for bounces, where it is not `address`"] = None
    postal_address: Annotated[str | None, "postal line of the footer; bulk mail law asks for it"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSettings:
    """Whom to mail, and how they leave."""

    subscribers: Annotated[str | None, "CSV file with an `email` column; `--to` names another"] = None
    id: Annotated[str | None, "List-ID (RFC 2919), such as `harbour.example.org`; never change it"] = None
    name: Annotated[str | None, "name of the list, shown in the letter and in List-ID"] = None
    encoding: Annotated[str | None, "encoding of the CSV, where it is not UTF-8 or UTF-16 with a mark"] = None
    suppression: Annotated[str | None, "file of addresses that are never mailed, one a line"] = None
    where: Annotated[str | None, "mail only subscribers who meet it, such as `city == 'Riga'`"] = None
    unsubscribe_url: Annotated[str | None, "https address to leave the list; `{email}` is filled in"] = None
    unsubscribe_mailto: Annotated[str | None, "address that takes mails from people who leave"] = None
    one_click: Annotated[bool, "true states that `unsubscribe_url` answers a POST (RFC 8058)"] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSettings:
    """How the letter looks."""

    theme: Annotated[str | None, "theme's name; by default `article` for one story, `edition` for more"] = (
        None
    )
    themes: Annotated[str, "folder with themes of your own, looked in first"] = "themes"
    pictures: Annotated[str, "lead pictures of a theme that has them: `embedded`, `hosted`, `none`"] = (
        "embedded"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The server that takes the letters."""

    url: Annotated[
        str | None, "`smtp://user@host:587`, `smtps://host:465`, `sendmail:`, `ses://…`, `folder:PATH`"
    ] = None
    provider: Annotated[
        str | None, "instead of `url`: `gmail`, `outlook`, `ses`, `mailgun`, `postmark`, …, with its limits"
    ] = None
    user: Annotated[str | None, "login name, where a `provider` is set"] = None
    region: Annotated[str | None, "region of the provider, such as `eu-west-1` (ses) or `eu` (mailgun)"] = (
        None
    )
    password_file: Annotated[str | None, "file whose first line is the password"] = None
    password_command: Annotated[str | None, "command whose first line of output is the password"] = None
    connections: Annotated[int | None, "connections at once; 16 on loopback, 4 elsewhere"] = None
    rate: Annotated[
        str | None,
        "letters in a time, such as `500/day, 20/minute`; with further `servers`, by all of them together",
    ] = None
    tls_ca: Annotated[str | None, "certificate authority file for a server of your own"] = None
    pipelining: Annotated[bool, "false for a server that claims PIPELINING and cannot do it"] = True
    domain_rates: Annotated[
        tuple[str, ...], "the same for single recipient domains, each as `example.org 20/minute`"
    ] = ()
    messages_per_connection: Annotated[int | None, "letters after which a connection is closed"] = None
    servers: Annotated[
        tuple[str, ...], "further servers that share the letters: URLs, each with a weight behind it if not 1"
    ] = ()
    server_rates: Annotated[
        tuple[str, ...],
        "limits of single servers, each as `anna@smtp.example.org 500/day`; a host alone is every login there",
    ] = ()
    server_password_files: Annotated[
        tuple[str, ...], "the same for their passwords, each as `anna@smtp.example.org anna-password.txt`"
    ] = ()
    max_time: Annotated[float | None, "seconds after which no new letter is begun"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSettings:
    """The keys that sign the letters (DKIM), where the server does not: `digest dkim keygen` makes them."""

    domain: Annotated[str | None, "domain that vouches; by default that of `[sender] address`"] = None
    selector: Annotated[str, "name of the RSA key in DNS, before `._domainkey`"] = "digest"
    key_file: Annotated[str | None, "PEM file of the RSA key; without any key nothing is signed"] = None
    ed25519_selector: Annotated[str, "name of the Ed25519 key in DNS"] = "digest-ed25519"
    ed25519_key_file: Annotated[str | None, "PEM file of an Ed25519 key, beside the other or alone"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CondenseSettings:
    """How an article is condensed."""

    method: Annotated[str, "`rank`, or `lead` for the first sentences"] = "rank"
    model: Annotated[str | None, "name of the model, where the method is `llm`"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where editions and the ledger are kept."""

    url: Annotated[str | None, "`sqlite:///digest.db`; by default beside this file"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """What `digest run` takes from the sources."""

    window_days: Annotated[float, "how old an entry may be at most"] = 7
    stories: Annotated[int, "how many stories an edition holds at most"] = 10
    stories_per_source: Annotated[int | None, "how many of them from one source at most"] = None
    allow_private: Annotated[bool, "true lets sources lie on loopback and in private networks"] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One `[[sources]]` entry: exactly one of `url` and `path`."""

    url: Annotated[str | None, "address of a feed or an article"] = None
    path: Annotated[str | None, "file, folder or pattern, relative to this file"] = None
    limit: Annotated[int | None, "how many stories of it an edition holds at most"] = None
    include: Annotated[tuple[str, ...], "only entries with one of these words in title or text"] = ()
    exclude: Annotated[tuple[str, ...], "no entries with one of these words in title or text"] = ()

    @property
    def name(self) -> str:
        """The SOURCE it stands for."""
        return self.url or self.path or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that was set, by section; ``folder`` is what the file's relative paths start from."""

    path: Path | None = None
    sender: SenderSettings = SenderSettings()
    list: ListSettings = ListSettings()
    letter: LetterSettings = LetterSettings()
    smtp: SmtpSettings = SmtpSettings()
    dkim: DkimSettings = DkimSettings()
    condense: CondenseSettings = CondenseSettings()
    store: StoreSettings = StoreSettings()
    run: RunSettings = RunSettings()
    sources: tuple[SourceSettings, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder of the file, else the working directory."""
        return self.path.parent if self.path else Path.cwd()


_SECTIONS: Final[dict[str, type]] = {
    "sender": SenderSettings,
    "list": ListSettings,
    "letter": LetterSettings,
    "smtp": SmtpSettings,
    "dkim": DkimSettings,
    "condense": CondenseSettings,
    "store": StoreSettings,
    "run": RunSettings,
    "sources": SourceSettings,
}
# Files and folders: relative to the file where they stand in it, to the working directory in a flag.
_PATHS: Final = frozenset(
    {
        "list.subscribers",
        "list.suppression",
        "letter.themes",
        "smtp.password_file",
        "smtp.tls_ca",
        "dkim.key_file",
        "dkim.ed25519_key_file",
        "sources.path",
    }
)
# URLs that may hold a path, by what stands before it: the same.
_PATH_URLS: Final = {"store.url": "sqlite:///", "smtp.url": "folder:"}
# Lists of ``NAME PATH``: the same.
_NAMED_PATHS: Final = frozenset({"smtp.server_password_files"})
# Short names beside the systematic ones, since DESIGN promises them to scripts.
_SHORT_NAMES: Final = {"store.url": "DIGEST_STORE", "smtp.url": "DIGEST_SMTP"}


def sections() -> Mapping[str, type]:
    """Give every section's dataclass by its name in the file."""
    return _SECTIONS


def environment_name(section: str, key: str) -> str:
    """Name the environment variable of a key: ``smtp``, ``url`` gives ``DIGEST_SMTP_URL``."""
    return f"DIGEST_{section}_{key}".upper()


def load_settings(
    path: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, Value] | None = None,
) -> Settings:
    """Read the settings that hold here.

    Without ``path``, ``DIGEST_CONFIG`` names the file, else ``digest.toml`` in the working directory is read
    where it is there. ``flags`` are keyed "section.key"; None counts as not given.

    Raises:
        InputMissingError: the named file is not there.
        ConfigurationError: it is no TOML, or holds an unknown key or a value of another type.
    """
    environ = os.environ if environ is None else environ
    named = path or (Path(environ["DIGEST_CONFIG"]) if environ.get("DIGEST_CONFIG") else None)
    file = named or Path(FILE_NAME)
    if not file.is_file():
        if named is not None:
            raise InputMissingError("no such settings file", where=str(file), hint="`digest init` writes one")
        settings = Settings()
    else:
        settings = _from_file(file.resolve())
    settings = _with(settings, _from_environment(environ))
    given = {key: value for key, value in (flags or {}).items() if value is not None}
    settings = _with(settings, given)
    if "smtp.url" in given:
        settings = _with(settings, _alone(settings.smtp))
    return _with(settings, _from_provider(settings.smtp))


def _alone(smtp: SmtpSettings) -> dict[str, Value]:
    """Let a server that a flag names be the only one: what is set for others is not meant for it."""
    from digest.smtp.naming import is_named

    url = smtp.url or ""
    of_others = {
        f"smtp.{key}": tuple(entry for entry in getattr(smtp, key) if is_named(entry, url))
        for key in ("server_rates", "server_password_files")
    }
    return {"smtp.servers": (), **of_others}


def _from_provider(smtp: SmtpSettings) -> dict[str, Value]:
    """Fill in what a provider's name stands for; a URL or a limit that was set goes before."""
    if smtp.provider is None or smtp.url is not None:
        return {}
    from digest.smtp.naming import is_named, server_names
    from digest.smtp.providers import provider_of, provider_url

    known = provider_of(smtp.provider)
    url = provider_url(smtp.provider, user=smtp.user, region=smtp.region)
    found: dict[str, Value] = {"smtp.url": url, "smtp.connections": smtp.connections or known.connections}
    is_limited = any(is_named(entry, url) for entry in smtp.server_rates)
    if not smtp.servers:
        found["smtp.rate"] = smtp.rate if smtp.rate is not None or is_limited else known.rate
    elif known.rate and not is_limited:
        # `rate` holds for all servers together, and the others are not this provider's.
        found["smtp.server_rates"] = (*smtp.server_rates, f"{server_names(url)[0]} {known.rate}")
    return found


def _from_environment(environ: Mapping[str, str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for section, options in _SECTIONS.items():
        if section == "sources":
            continue
        for key, type_ in get_type_hints(options).items():
            names = (environment_name(section, key), _SHORT_NAMES.get(f"{section}.{key}", ""))
            for name in names:
                if environ.get(name):
                    found[f"{section}.{key}"] = _from_text(environ[name], type_, name)
    return found


def _from_text(text: str, type_: object, name: str) -> Value:
    accepted = str(type_)
    if "tuple" in accepted:
        return tuple(part.strip() for part in text.split(";") if part.strip())
    if "bool" in accepted:
        if text.lower() not in {"true", "false", "1", "0", "yes", "no"}:
            raise ConfigurationError(f"'{text}' is neither true nor false", where=name)
        return text.lower() in {"true", "1", "yes"}
    for kind in (int, float):
        if kind.__name__ in accepted:
            try:
                number = kind(text)
            except ValueError as error:
                raise ConfigurationError(f"'{text}' is not a number", where=name) from error
            if not _is_meant(number):
                raise ConfigurationError(f"'{text}' is too small or no number", where=name)
            return number
    return text


def _is_meant(number: float) -> bool:
    """Tell whether a number can be meant: whole ones count something, the others measure time."""
    return number >= 1 if isinstance(number, int) else 0 <= number < float("inf")


def _with(settings: Settings, values: Mapping[str, Value]) -> Settings:
    for name, value in values.items():
        section, key = name.split(".")
        settings = replace(settings, **{section: replace(getattr(settings, section), **{key: value})})
    return settings


def _from_file(path: Path) -> Settings:
    if path.stat().st_size > _MAX_FILE_BYTES:
        raise ConfigurationError("too large for a settings file", where=str(path))
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError("is not UTF-8 text", where=str(path), hint="save it as UTF-8") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"is not valid TOML: {error}", where=str(path)) from error
    return _File(path, text).settings(table)


@dataclass(frozen=True, slots=True)
class _File:
    """A settings file being checked: its path and text, to name the line of what is wrong."""

    path: Path
    text: str

    def settings(self, table: Mapping[str, object]) -> Settings:
        found: dict[str, object] = {}
        for name, content in table.items():
            if name not in _SECTIONS:
                raise self._unknown(name, "section", tuple(_SECTIONS))
            if name == "sources":
                found[name] = self._sources(content)
            elif isinstance(content, Mapping):
                found[name] = self._section(name, content)
            else:
                raise ConfigurationError(
                    f"'{name}' is a section",
                    where=self._place(name),
                    hint=f"write [{name}] and its keys below",
                )
        return Settings(path=self.path, **found)  # type: ignore[arg-type]  # keyed by the same names

    def _sources(self, content: object) -> tuple[SourceSettings, ...]:
        if not isinstance(content, list) or not all(isinstance(entry, Mapping) for entry in content):
            raise ConfigurationError(
                "sources are a list of tables",
                where=self._place("sources"),
                hint="write [[sources]] for each",
            )
        sources = tuple(self._section("sources", entry) for entry in content)
        for source in sources:
            assert isinstance(source, SourceSettings)
            if (source.url is None) == (source.path is None):
                raise ConfigurationError(
                    "a source has either a url or a path",
                    where=self._place("sources"),
                    hint="give one of them",
                )
        return sources  # type: ignore[return-value]  # asserted above

    def _section(self, name: str, content: Mapping[str, object]) -> object:
        options = _SECTIONS[name]
        types = get_type_hints(options)
        values = {}
        for key, value in content.items():
            if key not in types:
                raise self._unknown(key, f"key of [{name}]", tuple(types))
            values[key] = self._value(name, key, value, str(types[key]))
        return options(**values)

    def _value(self, section: str, key: str, value: object, accepted: str) -> Value:
        if "tuple" in accepted:
            if isinstance(value, list) and all(isinstance(item, str) for item in value):
                return tuple(self._from_here(f"{section}.{key}", item) for item in value)
            raise self._wrong_type(key, value, "a list of texts")
        if isinstance(value, bool):
            if "bool" in accepted:
                return value
        elif isinstance(value, str):
            if "str" in accepted:
                return self._from_here(f"{section}.{key}", value)
        elif isinstance(value, int | float) and (
            "float" in accepted or ("int" in accepted and isinstance(value, int))
        ):
            if not _is_meant(float(value) if "float" in accepted else value):
                raise self._wrong_type(key, value, "0 or more" if "float" in accepted else "1 or more")
            return value
        wanted = next(
            words
            for kind, words in (
                ("bool", "true or false"),
                ("float", "a number"),
                ("int", "a whole number"),
                ("str", "a text"),
            )
            if kind in accepted
        )
        raise self._wrong_type(key, value, wanted)

    def _from_here(self, name: str, value: str) -> str:
        """Have a path start from the file's folder: the file means the same wherever the command is called."""
        if name in _PATHS:
            return str(self.path.parent / value)
        if name in _NAMED_PATHS:
            named, space, path = value.partition(" ")
            return f"{named}{space}{self.path.parent / path.strip()}" if path.strip() else value
        before = _PATH_URLS.get(name)
        if before is None or not value.startswith(before) or value == before:
            return value
        return before + str(self.path.parent / value.removeprefix(before))

    def _wrong_type(self, key: str, value: object, wanted: str) -> ConfigurationError:
        return ConfigurationError(f"'{key}' must be {wanted}, not {value!r}", where=self._place(key))

    def _unknown(self, name: str, what: str, known: tuple[str, ...]) -> ConfigurationError:
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0)
        return ConfigurationError(
            f"'{name}' is no {what}", where=self._place(name), hint=f"did you mean '{nearest[0]}'?"
        )

    def _place(self, name: str) -> str:
        """Name the line that holds a key or section: tomllib does not say."""
        pattern = re.compile(
            rf"""^[ \t]*(?:\[+[ \t]*)?["']?{re.escape(name)}["']?[ \t]*[=.\]]""", re.MULTILINE
        )
        found = pattern.search(self.text)
        return f"{self.path}:{self.text.count(chr(10), 0, found.start()) + 1}" if found else str(self.path)


assert {field.name for field in fields(Settings)} == {*_SECTIONS, "path"}
