"""Every failure Digest expects, with the exit status it ends a command with.

An error says what happened, to which thing (``where``: a file and line, an address, a setting), and what
to do next (``hint``). The cause, where there is one, is chained (``raise … from``). Facts that code needs are
fields of the subclass, never text to be parsed. Only ``digest.cli`` prints errors and exits.

::

    DigestError
    ├── UsageError ················ 2   a flag or argument that cannot be meant
    ├── InvalidInputError ········ 65   input was there and is wrong; nothing was sent
    │   ├── NothingToCondenseError      no article in what was read
    │   ├── InvalidListError            rows of a list that cannot be mailed
    │   ├── TemplateError               a theme that does not render
    │   └── ChangedEditionError         an open edition's text was changed
    ├── InputMissingError ········ 66   a file or address that is not there
    ├── StoreError ··············· 74   the store is damaged, or cannot be written
    ├── TryAgainError ············ 75   not now; the same command later may do it
    │   └── LockedError                 another run holds the lock
    ├── LoginRefusedError ········ 77   the server refused the login
    └── ConfigurationError ······· 78   settings, TLS, or the server refuses us altogether
        ├── TlsError                    no trustworthy encryption to be had
        └── ServerRefusedError          the server refuses every letter of ours

Exit status 70 is not in the tree: it is what a bug ends with, and a bug keeps its traceback.
"""

from __future__ import annotations

import errno
from typing import ClassVar, Final

__all__ = [
    "DISK_FAILURES",
    "ChangedEditionError",
    "ConfigurationError",
    "DigestError",
    "InputMissingError",
    "InvalidInputError",
    "InvalidListError",
    "LockedError",
    "LoginRefusedError",
    "NothingToCondenseError",
    "ServerRefusedError",
    "StoreError",
    "TemplateError",
    "TlsError",
    "TryAgainError",
    "UsageError",
]

# What a disk says that is full or fails: 74, whatever was written to it.
DISK_FAILURES: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG})


class DigestError(Exception):
    """An expected failure: what happened, where, and what to do about it."""

    exit_status: ClassVar[int] = 70

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" Hint: {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"


class UsageError(DigestError):
    """A flag or an argument that cannot be meant."""

    exit_status = 2


class InvalidInputError(DigestError):
    """The input was there and is wrong; nothing was sent."""

    exit_status = 65


class NothingToCondenseError(InvalidInputError):
    """What was read holds no article: empty, only a menu, a login page."""


class InvalidListError(InvalidInputError):
    """Rows of a list that cannot be mailed; ``problems`` names each as ``path:line: what is wrong``."""

    def __init__(
        self, what: str, *, problems: tuple[str, ...] = (), where: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(what, where=where, hint=hint)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join((super().__str__(), *(f"  {problem}" for problem in self.problems)))


class TemplateError(InvalidInputError):
    """A theme that does not render; ``where`` holds the template and its line."""


class ChangedEditionError(InvalidInputError):
    """The text or theme of an open edition was changed between two runs."""


class InputMissingError(DigestError):
    """A file or an address that is not there."""

    exit_status = 66


class StoreError(DigestError):
    """The store is damaged, from another version, or cannot be written (disk full)."""

    exit_status = 74


class TryAgainError(DigestError):
    """Nothing is wrong for good: the same command later may do it."""

    exit_status = 75


class LockedError(TryAgainError):
    """Another run holds the lock."""


class LoginRefusedError(DigestError):
    """The server refused the login; it is never tried in a loop, since that locks accounts."""

    exit_status = 77


class ConfigurationError(DigestError):
    """A setting is missing or wrong; nothing more is sent."""

    exit_status = 78


class TlsError(ConfigurationError):
    """No trustworthy encryption is to be had with this server."""


class ServerRefusedError(ConfigurationError):
    """The server refuses every letter of ours: going on would only hurt."""
