"""A folder of letters as a source: written by ``digest send … --smtp folder:PATH``, mailed later as it stands.

Beside the letters lies ``edition.jsonl``, a line for each edition that was written there: with it the letters are
mailed under their edition's name, in the same ledger as if they had left at once, and a person gets an edition at
most once whichever way it goes. Every letter is read and held against its name before the first connection. What it
says and whom it is for was settled when it was written: no list, theme or condition has a say here.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digest.errors import ConfigurationError, InputMissingError, InvalidInputError, UsageError
from digest.mailing.connecting import is_local, sender_of, smtp_url, transport_of
from digest.mailing.settling import Settled
from digest.model import Edition, Letter, Sender, Subscriber
from digest.shapes import edition_from_json, edition_to_json, json_line
from digest.smtp.folder import ENVELOPES, read_envelopes, read_letter

if TYPE_CHECKING:
    from digest.mailing.sending import Conduct, Outcome, SendRequest
    from digest.settings import Settings

__all__ = ["is_folder", "label", "send_folder"]

_LABEL: Final = "edition.jsonl"
_FILE: Final = "file"  # the field in which a reader's letter is named
_AGAIN: Final = "write the letters of one edition into an empty folder"


@dataclass(frozen=True, slots=True)
class _Label:
    """What a folder says about its letters."""

    edition: Edition
    message_id_domain: str


def is_folder(names: Sequence[str]) -> bool:
    """Tell whether the one source is a folder of letters."""
    return len(names) == 1 and names[0] != "-" and (Path(names[0]) / ENVELOPES).is_file()


def label(transport_name: str, settled: Settled) -> None:
    """Write into a folder which edition its letters are, before the first one; nothing where no folder is written.

    A test letter is an edition of its own: it must not go out with the others.
    """
    kind, _, path = transport_name.partition(":")
    if kind != "folder":
        return
    shape = edition_to_json(settled.edition)
    if settled.scope.startswith("test:"):
        shape["id"] = settled.scope
    line = json_line({"edition": shape, "message_id_domain": settled.letter.message_id_domain})
    file = Path(path) / _LABEL
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a+", encoding="utf-8") as stream:
            stream.seek(0)
            if line not in stream:
                stream.write(line)
    except OSError as error:
        raise ConfigurationError(
            f"letters cannot be written here: {error.strerror}",
            where=str(file.parent),
            hint="name another folder",
        ) from error


async def send_folder(request: SendRequest, settings: Settings, conduct: Conduct) -> Outcome:
    """Mail the letters of a folder to those they were written for, once.

    Raises:
        UsageError: a flag would change what the letters say or whom they are for.
        InputMissingError: a letter is gone, or nothing says which edition they are.
        InvalidInputError: a letter was changed, somebody has two, or they are of several editions.
        DigestError: something is wrong with settings or the server; nothing was sent.
    """
    from digest.mailing.sending import Way, deliver_settled, delivery_options, scope_of, store_for
    from digest.store import Roster

    if request.given:
        raise UsageError(
            f"{', '.join(request.given)}: what these letters say, and to whom, was settled when they were written",
            where=request.names[0],
            hint="drop it, or write other letters",
        )
    path = Path(request.names[0]).resolve()
    url = smtp_url(settings, debug=request.debug, flag=request.smtp)
    told = _read_label(path)
    if not is_local(url):
        _refuse_another_sender(told.edition.sender, sender_of(settings, local=False), path)
    with ExitStack() as stack:
        letters = _Letters(path)
        roster = stack.enter_context(Roster.of(letters, name=str(path / ENVELOPES)))
        letters.refuse_two_for_one()
        way = Way(
            store=stack.enter_context(store_for(settings, dry_run=request.dry_run)),
            transport=transport_of(settings, url, ask=conduct.ask),
            options=delivery_options(settings, url, request),
            conduct=conduct,
            dry_run=request.dry_run,
            write=letters.write,
        )
        scope = await scope_of(request, way)
        settled = Settled(
            edition=told.edition,
            letter=letters.frame(told),
            scope=f"{scope}:{letters.fingerprint()}" if scope else "",
            list_name=str(path),
        )
        return await deliver_settled(settled, roster, way)


class _Letters:
    """The letters of a folder: iterate to read and check them all; then ``write`` gives each again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: Counter[str] = Counter()  # of each recipient, every file once
        self._senders: set[str] = set()
        self._seen = hashlib.blake2b(digest_size=6)

    def __iter__(self) -> Iterator[Subscriber]:
        names: set[bytes] = set()
        for name, envelope in read_envelopes(self._path):
            mark = hashlib.blake2b(name.encode(), digest_size=8).digest()
            if mark in names:
                continue  # written twice, with the same content
            names.add(mark)
            read_letter(self._path, name, envelope.recipient)
            self._files[envelope.recipient] += 1
            self._senders.add(envelope.sender)
            self._seen.update(mark)
            yield Subscriber(envelope.recipient, fields={_FILE: name})

    def refuse_two_for_one(self) -> None:
        """Refuse what cannot be meant: two letters for one person, two senders for one edition.

        Raises:
            InvalidInputError: it is so.
        """
        for recipient, count in self._files.items():
            if count > 1:
                raise InvalidInputError(
                    f"there are {count} different letters for {recipient}", where=str(self._path), hint=_AGAIN
                )
        if len(self._senders) > 1:
            raise InvalidInputError(
                f"the envelopes have {len(self._senders)} senders", where=str(self._path), hint=_AGAIN
            )

    def fingerprint(self) -> str:
        """Give a name for exactly these letters."""
        return self._seen.hexdigest()

    def frame(self, told: _Label) -> Letter:
        """Give what there is to say of all letters; their content is ``write``'s."""
        return Letter(
            edition=told.edition.id,
            subject=told.edition.subject,
            envelope_sender=next(iter(self._senders), ""),
            message_id_domain=told.message_id_domain,
            pieces=(),
        )

    def write(self, subscriber: Subscriber, _date: float) -> tuple[bytes, bool]:
        """Give a subscriber's letter; whether it is proper, a transport sees for itself."""
        return read_letter(self._path, subscriber.fields[_FILE], subscriber.address), False


def _read_label(path: Path) -> _Label:
    file = path / _LABEL
    try:
        lines = file.read_text("utf-8").splitlines()
        labels = [json.loads(line) for line in lines]
        domains = [str(one["message_id_domain"]) for one in labels]
    except OSError as error:
        raise InputMissingError(
            "nothing says which edition these letters are", where=str(file), hint=_AGAIN
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInputError("this names no edition", where=str(file), hint=_AGAIN) from error
    editions = [edition_from_json(one["edition"], str(file)) for one in labels]
    names = list(dict.fromkeys(edition.id for edition in editions))
    if len(names) != 1:
        raise InvalidInputError(
            f"the letters here are of {len(names)} editions: {', '.join(names)}", where=str(file), hint=_AGAIN
        )
    return _Label(editions[-1], domains[-1])


def _refuse_another_sender(written: Sender, wanted: Sender, path: Path) -> None:
    """What a rehearsal put in for a sender's missing addresses must not leave this machine."""
    asked = ("address", "postal_address", "unsubscribe_url", "unsubscribe_mailto")
    differing = [name for name in asked if getattr(written, name) != getattr(wanted, name)]
    if differing:
        raise ConfigurationError(
            f"these letters were written with another {', '.join(differing)} than the settings have",
            where=str(path),
            hint="write them again with these settings, into an empty folder",
        )
