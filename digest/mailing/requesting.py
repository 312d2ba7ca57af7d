"""What is asked of the preparing process: a Request, made from settings in one place, and its JSON.

A Request holds everything that preparing may depend on, so that the same request gives the same edition in
this process and in a child. Nothing is read here but the settings that were loaded already.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from digest.errors import ConfigurationError
from digest.model import Sender
from digest.shapes import Json

if TYPE_CHECKING:
    from digest.settings import Settings

__all__ = ["Request", "request_from_json", "request_of", "request_to_json"]

_PICTURES = ("embedded", "hosted", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to prepare. ``names`` are SOURCE arguments; ``stdin`` is read already when ``-`` is among them.

    ``attachments`` are paths of files that go along; ``pictures`` is how lead pictures travel.
    """

    names: tuple[str, ...]
    sender: Sender
    stdin: bytes | None = None
    edition: str | None = None
    subject: str | None = None
    subject_mark: str = ""
    theme: str | None = None
    themes: str | None = None
    method: str = "rank"
    model: str | None = None
    allow_private: bool = False
    encoding: str | None = None
    pictures: str = "embedded"
    attachments: tuple[str, ...] = ()


def request_of(  # noqa: PLR0913  # what a command is told beyond the settings
    settings: Settings,
    *,
    names: tuple[str, ...],
    sender: Sender,
    allow_private: bool,
    stdin: bytes | None = None,
    edition: str | None = None,
    subject: str | None = None,
    subject_mark: str = "",
    attachments: tuple[str, ...] = (),
) -> Request:
    """Make the request of a command from the settings that hold.

    Raises:
        ConfigurationError: ``[letter] pictures`` is none of its three words.
    """
    if settings.letter.pictures not in _PICTURES:
        raise ConfigurationError(
            f"'{settings.letter.pictures}' is no way for a picture to travel",
            where="[letter] pictures",
            hint=f"one of {', '.join(_PICTURES)}",
        )
    return Request(
        names=names,
        sender=sender,
        stdin=stdin,
        edition=edition,
        subject=subject,
        subject_mark=subject_mark,
        theme=settings.letter.theme,
        themes=str(settings.folder / settings.letter.themes),
        method=settings.condense.method,
        model=settings.condense.model,
        allow_private=allow_private,
        pictures=settings.letter.pictures,
        attachments=attachments,
    )


def request_to_json(request: Request) -> dict[str, Json]:
    """Write a request as JSON."""
    return {
        **asdict(request),
        "stdin": None if request.stdin is None else base64.b64encode(request.stdin).decode(),
    }


def request_from_json(value: Any) -> Request:
    """Read back what ``request_to_json`` wrote."""
    stdin = value["stdin"]
    return replace(
        Request(**{field.name: value[field.name] for field in fields(Request)}),
        names=tuple(value["names"]),
        attachments=tuple(value["attachments"]),
        sender=Sender(**value["sender"]),
        stdin=base64.b64decode(stdin) if isinstance(stdin, str) else None,
    )
