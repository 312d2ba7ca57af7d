"""From sources to a compiled edition, in this process or apart from it.

``prepare`` walks read → condense → arrange → compose. ``preparing_apart`` does the same in a child process and
hands the result over as JSON, so that the process that sends stays small and quick: it never loads what reads
pages and inlines styles (measured: 44 MB and 0.5 s of imports that sending has no use for).

An expected failure in the child is raised here as the same error; a bug keeps its traceback on stderr.
Nothing is written and nobody is mailed by this module.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import re
import sys
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from digest import errors
from digest.errors import DigestError, NothingToCondenseError
from digest.mailing.requesting import Request, request_from_json, request_of, request_to_json
from digest.model import Article, Digest, Edition
from digest.shapes import Json, edition_from_json, edition_to_json

if TYPE_CHECKING:
    from digest.composing import Attachment, Picture, Theme
    from digest.condensing.options import Method
    from digest.reading import Collected, ReadingOptions

__all__ = [
    "Prepared",
    "Request",
    "edition_id",
    "edition_text",
    "prepare",
    "preparing_apart",
    "request_from_json",
    "request_of",
    "request_to_json",
]

_SLUG_CHARACTERS = 40  # enough to recognise a headline in `digest status`, short enough for a line
_CHILD = "digest.mailing.preparing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An edition, compiled. ``letter`` is what ``composing.load`` reads.

    ``content_id`` names what the edition says whatever it is called; ``look_id`` names the theme's files and the
    attachments. ``edited`` tells that a digest came in as such (edited by hand) rather than being condensed here.
    ``entries`` are the stable ids of the items it was made from. ``doubts`` name lines in an edited digest that
    its article does not bear out, ``left_out`` pictures that could not be had; it is mailed all the same.
    """

    edition: Edition
    letter: bytes
    content_id: str
    look_id: str
    edited: bool = False
    entries: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Everything somebody should know before it is mailed."""
        return (*self.doubts, *self.left_out)


async def prepare(request: Request) -> Prepared:
    """Read, condense, arrange and compose what was asked for, in this process.

    Raises:
        DigestError: the first source that cannot be used; nothing is prepared from the others.
    """
    from digest.reading import collect

    found = await collect(request.names, options=reading_options(request), stdin=request.stdin)
    return await prepare_collected(request, found)


async def prepare_collected(request: Request, found: Sequence[Collected]) -> Prepared:
    """Condense, arrange and compose what was read already.

    Raises:
        DigestError: the first source that cannot be used.
    """
    digests = []
    for item in found:
        if isinstance(item.content, DigestError):
            raise item.content
        digests.append(digest_of(item.content, request))
    if not digests:
        raise NothingToCondenseError("no article in what was read", where=" ".join(request.names))
    entries = tuple(item.entry for item in found if item.entry)
    edited = [item.content for item in found if isinstance(item.content, Digest)]
    doubts = tuple(doubt for digest in edited for doubt in _doubts(digest))
    prepared = await prepare_digests(digests, request, entries=entries)
    return replace(prepared, edited=bool(edited), doubts=doubts)


def _doubts(digest: Digest) -> tuple[str, ...]:
    from digest.condensing import warn_ungrounded

    return warn_ungrounded(digest)


async def prepare_digests(
    digests: Sequence[Digest], request: Request, *, entries: tuple[str, ...]
) -> Prepared:
    """Arrange and compose digests, with the lead pictures their theme asks for and the files to attach.

    Raises:
        DigestError: the theme or an attachment cannot be used. A picture never stops a letter.
    """
    from digest.composing import compose, dump
    from digest.mailing.enclosing import attached_files, lead_pictures

    edition = edition_of(digests, request)
    theme = theme_of(request, edition.theme)
    attachments = attached_files(request.attachments)
    pictures: dict[str, Picture] = {}
    left_out: tuple[str, ...] = ()
    if theme.options.get("pictures") is True and request.pictures != "none":
        pictures, left_out = await lead_pictures(
            edition.digests, way=request.pictures, options=reading_options(request)
        )
    return Prepared(
        edition=edition,
        letter=dump(compose(edition, theme=theme, pictures=pictures, attachments=attachments)),
        content_id=edition_id(edition.digests),
        look_id="+".join((theme.fingerprint, *map(_attachment_id, attachments))),
        entries=entries,
        left_out=left_out,
    )


def _attachment_id(attachment: Attachment) -> str:
    told = hashlib.blake2b(f"{attachment.filename}\0".encode("utf-8", "replace"), digest_size=8)
    told.update(attachment.content)
    return told.hexdigest()


def reading_options(request: Request) -> ReadingOptions:
    """Give the reading room its options."""
    from digest.reading import ReadingOptions

    return ReadingOptions(allow_private=request.allow_private, encoding=request.encoding)


def digest_of(content: Article | Digest, request: Request) -> Digest:
    """Condense an article; a digest (edited by hand) stands as it is."""
    if isinstance(content, Digest):
        return content
    from digest.condensing import CondensingOptions, condense

    return condense(
        content, options=CondensingOptions(method=cast("Method", request.method), model=request.model)
    )


def edition_of(digests: Sequence[Digest], request: Request) -> Edition:
    """Arrange digests as one edition and name it."""
    from digest.condensing import arrange

    arrangement = arrange(digests)
    return Edition(
        id=request.edition or edition_id(arrangement.digests),
        subject=f"{request.subject_mark}{request.subject or arrangement.subject}",
        preheader=arrangement.preheader,
        digests=arrangement.digests,
        theme=request.theme or ("article" if len(digests) == 1 else "edition"),
        sender=request.sender,
        language=arrangement.digests[0].language,
    )


def theme_of(request: Request, name: str) -> Theme:
    """Load a theme, the user's own folder first."""
    from digest.composing import load_theme

    return load_theme(name, folder=Path(request.themes) if request.themes else None)


def edition_id(digests: Sequence[Digest]) -> str:
    """Name an edition after what its articles say: a readable slug and ten hexadecimal digits.

    The clock, the theme and the way of condensing are left out: the same articles are the same edition.
    """
    texts = sorted(
        "\n".join((digest.article.title or "", *digest.article.paragraphs)) or digest.headline
        for digest in digests
    )
    told = hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=5).hexdigest()
    ascii_headline = unicodedata.normalize("NFKD", digests[0].headline).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_headline.lower()).strip("-")[:_SLUG_CHARACTERS].rsplit("-", 1)
    return f"{slug[0] or 'edition'}-{told}"


def edition_text(edition: Edition) -> str:
    """Give the text by which two editions are compared: their articles, or the digests where none stand."""
    return "\n".join(
        "\n".join(digest.article.paragraphs)
        or "\n".join(point.text for point in (*digest.summary, *digest.key_points))
        for digest in edition.digests
    )


# --- apart: the same in a child process ---------------------------------------------------------------------


@contextlib.asynccontextmanager
async def preparing_apart(request: Request) -> AsyncIterator[Callable[[], Awaitable[Prepared]]]:
    """Prepare in a child process, so that this one loads none of the libraries behind it.

    Gives what waits for the result, so that other things can be done meanwhile, and raises what ``prepare`` does.
    """
    async with _child_at_work({"prepare": request_to_json(request)}) as answer:

        async def prepared() -> Prepared:
            return prepared_from_json(await answer())

        yield prepared


async def ask_child(question: Json) -> Any:
    """Ask a fresh child process and wait for its answer.

    Raises:
        DigestError: the child met an expected failure.
        RuntimeError: the child ended without an answer; its traceback stands on stderr.
    """
    async with _child_at_work(question) as answer:
        return await answer()


@contextlib.asynccontextmanager
async def _child_at_work(question: Json) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """Have a fresh child process work on a question; it does not outlive the block.

    It has a session of its own: Ctrl-C is for this process, which then ends it.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _CHILD,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdin is not None
    try:
        with contextlib.suppress(ConnectionError):  # it died already, and its status says so
            child.stdin.write(json.dumps(question).encode())
            await child.stdin.drain()
        child.stdin.close()
        yield lambda: _answer_of(child)
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def _answer_of(child: asyncio.subprocess.Process) -> Any:
    output, _ = await child.communicate()
    if child.returncode or not output:
        raise RuntimeError(f"the preparing process ended with {child.returncode}")
    answer = json.loads(output)
    if "error" in answer:
        raise error_from_json(answer["error"])
    return answer["answer"]


def prepared_to_json(prepared: Prepared) -> dict[str, Json]:
    """Write a prepared edition as JSON."""
    return {
        "edition": edition_to_json(prepared.edition),
        "letter": base64.b64encode(prepared.letter).decode(),
        "content_id": prepared.content_id,
        "look_id": prepared.look_id,
        "edited": prepared.edited,
        "entries": list(prepared.entries),
        "doubts": list(prepared.doubts),
        "left_out": list(prepared.left_out),
    }


def prepared_from_json(value: Any) -> Prepared:
    """Read back what ``prepared_to_json`` wrote."""
    return Prepared(
        edition=edition_from_json(value["edition"]),
        letter=base64.b64decode(value["letter"]),
        content_id=value["content_id"],
        look_id=value["look_id"],
        edited=value["edited"],
        entries=tuple(value["entries"]),
        doubts=tuple(value["doubts"]),
        left_out=tuple(value["left_out"]),
    )


def error_to_json(error: DigestError) -> dict[str, Json]:
    """Write an expected failure as JSON, a room's own class as the one of ``errors`` that it refines."""
    known = next(kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
    return {
        "class": known.__name__,
        "what": error.what,
        "where": error.where,
        "hint": error.hint,
        "problems": list(getattr(error, "problems", ())),
    }


def error_from_json(value: Any) -> DigestError:
    """Read back what ``error_to_json`` wrote: the same class of ``errors``, so the same exit status."""
    kind = getattr(errors, value["class"] or "", None)
    if not (isinstance(kind, type) and issubclass(kind, DigestError)):
        kind = errors.InvalidInputError
    error = kind(value["what"] or "", where=value["where"], hint=value["hint"])
    if value["problems"]:
        error.problems = tuple(value["problems"])  # type: ignore[attr-defined]  # InvalidListError has it
    return error


async def _answer(question: Any) -> Json:
    if "run" in question:
        from digest.mailing.gathering import answer_run

        return await answer_run(question["run"])
    return prepared_to_json(await prepare(request_from_json(question["prepare"])))


def _child_main() -> None:
    question = json.load(sys.stdin)
    answer: dict[str, Json]
    try:
        answer = {"answer": asyncio.run(_answer(question))}
    except DigestError as error:
        answer = {"error": error_to_json(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _child_main()
