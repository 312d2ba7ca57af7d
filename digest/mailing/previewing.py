"""A letter as one subscriber would get it, before anything leaves.

Preview runs in one process: nothing is mailed, so nothing has to be kept small. What it shows is the message
that ``send`` would hand to the server, taken apart again — never a second rendering that could differ.
"""

from __future__ import annotations

import email
import email.policy
import itertools
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from digest.composing import check_columns, fill, load
from digest.mailing.connecting import sender_of
from digest.mailing.preparing import Prepared, prepare, request_of
from digest.mailing.sending import condition_of, meeting, open_list
from digest.model import Subscriber

if TYPE_CHECKING:
    from digest.composing import Finding
    from digest.model import Letter
    from digest.settings import Settings
    from digest.web.preview import Preview, Remark

__all__ = ["PreviewRequest", "annotated", "build_preview", "watched_paths", "write_preview"]

_SUBSCRIBERS_OFFERED: Final = 50  # enough to choose from in a page; the list may hold a million
_KEY: Final = bytes(32)  # a preview's Message-ID names nothing that was ever mailed


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRequest:
    """What to show: sources, and what ``send`` would be told. ``spam`` asks SpamAssassin too."""

    names: tuple[str, ...]
    stdin: bytes | None = None
    subject: str | None = None
    as_address: str | None = None
    allow_private: bool = False
    attachments: tuple[str, ...] = ()
    spam: bool = False


async def build_preview(request: PreviewRequest, settings: Settings) -> Preview:
    """Prepare the edition and fill its letter for one subscriber.

    Raises:
        DigestError: sources, theme or list are wrong, as in ``send``.
    """
    from digest.web.preview import Preview

    wanted = request_of(
        settings,
        names=request.names,
        stdin=request.stdin,
        sender=sender_of(settings, local=True),
        subject=request.subject,
        allow_private=request.allow_private,
        attachments=request.attachments,
    )
    prepared = await prepare(wanted)
    letter = load(prepared.letter)
    subscribers = _subscribers(settings, letter)
    chosen = _chosen(request.as_address, subscribers, letter)
    message = fill(letter, chosen, date=time.time(), message_id_key=_KEY)
    html, text = _parts(message)
    edition = prepared.edition
    return Preview(
        subject=edition.subject,
        preheader=edition.preheader,
        html=html,
        text=text,
        message=message,
        sender=edition.sender.name or edition.sender.address,
        subscriber=chosen.address,
        subscribers=tuple(subscriber.address for subscriber in subscribers),
        digests=edition.digests,
        remarks=(
            *_sampled(request.as_address, chosen, subscribers),
            *_remarks(prepared, letter, settings, spam=request.spam),
        ),
    )


def _remarks(prepared: Prepared, letter: Letter, settings: Settings, *, spam: bool) -> Iterator[Remark]:
    """Judge the letter as `digest lint` does, and say what the settings still leave to placeholders."""
    from digest.composing import lint, load_theme
    from digest.web.preview import Remark

    postal_address, now = prepared.edition.sender.postal_address, time.time()
    theme = load_theme(prepared.edition.theme, folder=settings.folder / settings.letter.themes)
    found: list[Finding] = [*lint(letter, postal_address=postal_address, theme=theme, now=now)]
    if spam:
        from digest.mailing.spam import spam_findings

        found += spam_findings(fill(letter, _chosen(None, [], letter), date=now, message_id_key=_KEY))
    for finding in found:
        level: Literal["error", "warning"] = "error" if finding.level == "error" else "warning"
        yield Remark(
            level=level, rule=finding.rule, text=finding.what, where=finding.where or "", hint=finding.hint
        )
    for doubt in prepared.doubts:
        yield Remark(level="warning", rule="grounding", text=doubt, hint="compare it with the article")
    for note in prepared.left_out:
        yield Remark(level="warning", rule="C1", text=note, hint="the letter is complete without it")
    if not settings.sender.postal_address:
        text = "the postal address is a placeholder"
        yield Remark(level="warning", rule="C7", text=text, hint="set [sender] postal_address in digest.toml")


def _sampled(asked_for: str | None, chosen: Subscriber, subscribers: list[Subscriber]) -> Iterator[Remark]:
    """Say so where the fields are made up: any address may be asked for, and a list may be long."""
    from digest.web.preview import Remark

    if asked_for is not None and chosen not in subscribers:
        offered = f"not among the first {len(subscribers)} of the list" if subscribers else "on no list"
        text = f"{chosen.address} is {offered}: its fields are samples"
        yield Remark(level="warning", rule="sample", text=text, hint="name a list with --to")


def annotated(remarks: Iterable[Remark], settings: Settings) -> Iterator[str]:
    """Write remarks as lines that GitHub shows beside the file they are about.

    Source: GitHub, "Workflow commands": %, CR and LF are escaped in messages, and : and , in properties too.
    """
    folder = settings.folder / settings.letter.themes
    for remark in remarks:
        name, _, line = remark.where.rpartition(":")
        path = folder / name
        place = f"file={_property(os.path.relpath(path))},line={line}," if name and path.is_file() else ""
        text = _escaped(f"{remark.text}. {remark.hint}".strip())
        yield f"::{remark.level} {place}title={_property(f'digest lint {remark.rule}')}::{text}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def write_preview(preview: Preview, folder: Path) -> tuple[Path, ...]:
    """Write letter.html, letter.txt and letter.eml.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    from digest.errors import ConfigurationError

    contents = {
        "letter.html": preview.html.encode(),
        "letter.txt": preview.text.encode(),
        "letter.eml": preview.message,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise ConfigurationError(f"cannot be written: {error.strerror}", where=str(folder)) from error
    return tuple(folder / name for name in contents)


def watched_paths(request: PreviewRequest, settings: Settings) -> tuple[Path, ...]:
    """Tell which files and folders a change of which should show at once."""
    candidates = [Path(name) for name in (*request.names, *request.attachments) if name != "-"]
    candidates += [settings.folder / settings.letter.themes]
    candidates += [settings.path] if settings.path else []
    candidates += [Path(settings.list.subscribers)] if settings.list.subscribers else []
    return tuple(path.resolve() for path in candidates if path.exists())


def _subscribers(settings: Settings, letter: Letter) -> list[Subscriber]:
    if not settings.list.subscribers or not Path(settings.list.subscribers).exists():
        return []
    with open_list(settings, Path(settings.list.subscribers), store=None, skip_invalid=True) as roster:
        check_columns(letter, roster.columns)
        return list(
            itertools.islice(meeting(roster, condition_of(settings.list.where)), _SUBSCRIBERS_OFFERED)
        )


def _chosen(address: str | None, subscribers: list[Subscriber], letter: Letter) -> Subscriber:
    sample = Subscriber(
        "reader@example.org",
        name="Ada Brandt",
        fields={"name": "Ada Brandt", **{f: f"[{f}]" for f in letter.fields}},
    )
    if address is None:
        return subscribers[0] if subscribers else sample
    for subscriber in subscribers:
        if subscriber.address.casefold() == address.casefold():
            return subscriber
    return sample._replace(address=address)


def _parts(message: bytes) -> tuple[str, str]:
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    html, text = parsed.get_body(("html",)), parsed.get_body(("plain",))
    assert html is not None
    assert text is not None
    return html.get_content(), text.get_content()


def with_subscriber(request: PreviewRequest, address: str | None) -> PreviewRequest:
    """Give the same request as seen by another subscriber; None keeps the one asked for first."""
    return request if address is None else replace(request, as_address=address)
