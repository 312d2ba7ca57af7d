"""Addresses that are never mailed, whatever list they stand on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digest.errors import ConfigurationError
from digest.store.address import InvalidAddressError, parse_address

__all__ = ["Suppression", "read_suppression"]

_HINT = "mend the [suppression] setting or the file: without it, people who left would be mailed"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Keys (see ``Address.key``) of people who are never mailed."""

    keys: frozenset[str] = frozenset()

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys)


def read_suppression(path: Path) -> Suppression:
    """Read one address a line (the first column of a CSV); ``#`` begins a comment.

    A line without an address is refused rather than skipped: it may be somebody who must not be mailed. A
    first line that reads ``email`` is a header.

    Raises:
        ConfigurationError: it is configured but cannot be read, or a line holds no address.
    """
    keys: set[str] = set()
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, start=1):
                # An address may hold a "#", so a comment begins a line or stands after a space.
                text = line.split(" #", 1)[0].replace(";", ",").split(",", 1)[0].strip().strip('"').strip()
                if not text or text.startswith("#") or (number == 1 and text.lower() == "email"):
                    continue
                keys.add(_key(text, f"{path}:{number}"))
    except OSError as error:
        raise ConfigurationError(
            f"the suppression file cannot be read: {error.strerror}", where=str(path), hint=_HINT
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError("the suppression file is not UTF-8", where=str(path), hint=_HINT) from error
    return Suppression(frozenset(keys))


def _key(text: str, where: str) -> str:
    try:
        return parse_address(text).key
    except InvalidAddressError as error:
        raise ConfigurationError(f"'{text}' is not an address: {error}", where=where, hint=_HINT) from error
