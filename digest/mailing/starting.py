"""What ``digest init`` writes: settings with every key explained, a theme to edit, a list with two rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_type_hints

from digest.errors import ConfigurationError
from digest.settings import SourceSettings, sections

__all__ = ["settings_template", "start_folder"]

_HEADER: Final = """\
# Settings of Digest. A flag goes before DIGEST_SECTION_KEY in the environment, that before this file.
# Paths are relative to this file. A line that begins with # shows a key and its default, or an example.
"""
_LIST: Final = "email,name,city\nada@example.org,Ada Brandt,Osterhaven\nbo@example.com,Bo Lindqvist,Lowen\n"
# What stands uncommented, or as an example, where the default alone would not help.
_SET: Final = {
    "list.subscribers": '"subscribers.csv"',
    "smtp.url": '"smtp://127.0.0.1:1025"',
}
_EXAMPLES: Final = {
    "sender.address": '"letter@example.org"',
    "sender.name": '"The Harbour Letter"',
    "sender.reply_to": '"editor@example.org"',
    "sender.envelope_sender": '"bounces@example.org"',
    "sender.postal_address": '"The Harbour Letter, 1 Quay Street, Osterhaven"',
    "list.id": '"harbour.example.org"',
    "list.name": '"The Harbour Letter"',
    "list.encoding": '"cp1252"',
    "list.suppression": '"suppressed.txt"',
    "list.where": "\"city == 'Osterhaven'\"",
    "list.unsubscribe_url": '"https://example.org/leave?who={email}"',
    "list.unsubscribe_mailto": '"leave@example.org"',
    "letter.theme": '"article"',
    "letter.pictures": '"embedded"',
    "smtp.provider": '"gmail"',
    "smtp.user": '"editor@example.org"',
    "smtp.region": '"eu"',
    "smtp.password_file": '"smtp-password.txt"',
    "smtp.password_command": '"secret-tool lookup service smtp"',
    "smtp.connections": "4",
    "smtp.rate": '"500/day, 20/minute"',
    "smtp.domain_rates": '["example.org 20/minute"]',
    "smtp.messages_per_connection": "100",
    "smtp.servers": '["smtps://editor@mail2.example.org 2"]',
    "smtp.server_rates": '["editor@mail2.example.org 500/day, 20/minute"]',
    "smtp.server_password_files": '["editor@mail2.example.org mail2-password.txt"]',
    "smtp.tls_ca": '"our-ca.pem"',
    "smtp.max_time": "3600",
    "dkim.domain": '"example.org"',
    "dkim.key_file": '"dkim-digest.pem"',
    "dkim.ed25519_key_file": '"dkim-digest-ed25519.pem"',
    "condense.model": '"a-model"',
    "store.url": '"sqlite:///digest.db"',
    "run.stories_per_source": "3",
    "sources.url": '"https://example.org/feed.xml"',
    "sources.path": '"articles/*.txt"',
    "sources.limit": "3",
    "sources.include": '["harbour", "library"]',
    "sources.exclude": '["advertisement"]',
}


def start_folder(folder: Path, *, theme: str) -> Iterator[tuple[Path, bool]]:
    """Write what is not there yet; yields each path and whether it was written.

    Raises:
        InputMissingError: there is no such theme.
        ConfigurationError: the folder cannot be written.
    """
    from digest.composing import theme_files

    files = {
        "digest.toml": settings_template().encode(),
        "subscribers.csv": _LIST.encode(),
        **{f"themes/{theme}/{name}": content for name, content in theme_files(theme).items()},
    }
    for name, content in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            yield path, False
        except OSError as error:
            raise ConfigurationError(f"cannot be written: {error.strerror}", where=str(path)) from error
        else:
            yield path, True


def settings_template() -> str:
    """Write a settings file with every key, what it is for, and an example or its default."""
    blocks = [_HEADER]
    for section, options in sections().items():
        is_source = options is SourceSettings
        heading = "# [[sources]]" if is_source else f"[{section}]"
        lines = [f"{heading}  # {(options.__doc__ or '').splitlines()[0].rstrip('.')}"]
        for key, annotation in get_type_hints(options, include_extras=True).items():
            lines.append(_line(section, key, annotation.__metadata__[0], options))
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _line(section: str, key: str, about: str, options: type) -> str:
    name = f"{section}.{key}"
    if name in _SET:
        return f"{key} = {_SET[name]}  # {about}"
    value = _EXAMPLES.get(name) or _toml(getattr(options(), key))
    return f"# {key} = {value}  # {about}"


def _toml(value: object) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f'"{value}"'
        if isinstance(value, str)
        else str(value)
    )
