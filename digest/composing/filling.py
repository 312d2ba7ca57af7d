"""One subscriber's message from a Letter: bytes joined, nothing rendered, nothing inlined.

A Letter's static bytes are joined with its slots' values; each distinct slot is evaluated and encoded once per
message, however often it stands there. The result goes between DATA and the final dot as it is: CRLF line
ends, no line beginning with a dot (see ``quoted.py``), so a transport has no dots to stuff.

Imports nothing but the standard library (and idna for a domain that is not ASCII).
"""

from __future__ import annotations

import functools
import hashlib
import html
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

from digest.composing.cleaning import clean_text
from digest.composing.expression import evaluate, text_reader, written
from digest.composing.headers import address_key, date_value, mailbox, unstructured, wire_address
from digest.composing.quoted import quoted
from digest.composing.whole import base64_lines, written_whole
from digest.model import Branch, Expression, Letter, Piece, Slot, SlotEncoding, Subscriber

__all__ = ["DATE", "MESSAGE_ID", "RECIPIENT", "Filler", "fill", "message_id"]

# Slots that only headers have: what fills them is no field of the subscriber.
RECIPIENT: Expression = ("recipient",)
DATE: Expression = ("date",)
MESSAGE_ID: Expression = ("message_id",)

Writer: TypeAlias = "Callable[[Subscriber, float], bytes]"  # subscriber, date
_ID_OCTETS = 16  # 128 bits: no two people of an edition share one, and nobody can be guessed from it
_URL_SAFE = "-._~"
# Nearly every name, town and address: nothing to escape but an @, fits a line, ends visibly, begins with no dot and
# no "From ". One look tells so, in a third of the time of looking for each of these.
_SHORT = 72  # characters
_USUAL_TEXT = re.compile(r"(?!From )[A-Za-z0-9][A-Za-z0-9 ,._~+-]*(?<! )")
_USUAL_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*@[A-Za-z0-9._~-]*")


def fill(letter: Letter, subscriber: Subscriber, *, date: float, message_id_key: bytes) -> bytes:
    """Write the complete message of one subscriber, ready between DATA and the final dot.

    No line begins with a dot, so dot-stuffing is unnecessary. ``date`` is in seconds since the epoch.

    Raises:
        InvalidInputError: the subscriber's address is none.
    """
    return _filler(letter, message_id_key)(subscriber, date)


def message_id(edition: str, address_key: str, *, key: bytes, domain: str) -> str:
    """Give the Message-ID of an edition to a person, without its angle brackets.

    It is the same for every attempt, so that receivers may drop a second copy; keyed, so that it tells
    nobody who the person is.

    Source: RFC 5322 3.6.4, RFC 7693 (keyed BLAKE2b).
    """
    return f"{_identified(_edition_hash(edition, key), address_key)}@{domain}"


def _edition_hash(edition: str, key: bytes) -> hashlib.blake2b:
    told = f"{edition}\0".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(told, key=key[:64], digest_size=_ID_OCTETS)


def _identified(edition_hash: hashlib.blake2b, address_key: str) -> str:
    person = edition_hash.copy()
    person.update(address_key.encode("utf-8", "surrogatepass"))
    return person.hexdigest()


class Filler:
    """A Letter made ready for many subscribers; keeps nothing of any of them.

    Each slot becomes one function of subscriber and date here, so that nothing about the letter is asked again
    for each of a million people.
    """

    __slots__ = ("_date", "_domain", "_edition_hash", "_is_proper", "_places", "_template", "_writers")

    def __init__(self, letter: Letter, *, message_id_key: bytes) -> None:
        self._template, self._places, slots = _laid_out(letter.pieces)
        self._writers = [self._writer(slot) for slot in slots]
        self._date: tuple[int | None, bytes] = (None, b"")
        self._edition_hash = _edition_hash(letter.edition, message_id_key)
        self._domain = letter.message_id_domain
        self._is_proper = _is_proper_round(self._template, {place for place, _ in self._places})

    def __call__(self, subscriber: Subscriber, date: float) -> bytes:
        """Write the complete message of one subscriber, as ``fill`` does."""
        return self.filled(subscriber, date)[0]

    def filled(self, subscriber: Subscriber, date: float) -> tuple[bytes, bool]:
        """Write a message; tells too whether it was seen to be proper, as ``Parcel.is_proper`` says.

        What is the same for all was looked at once, so that only values are looked at for each: searching
        the whole of a 10 kB letter costs 30 µs.
        """
        values = [write(subscriber, date) for write in self._writers]
        filled = self._template.copy()
        for place, slot in self._places:
            filled[place] = values[slot]
        return b"".join(filled), self._is_proper and _are_proper(values)

    def _writer(self, slot: Slot | Branch) -> Writer:
        if not isinstance(slot, Slot):
            return lambda subscriber, _date: _value(slot, subscriber)
        if slot.encoding is SlotEncoding.BASE64:
            return lambda subscriber, _date: _base64_part(slot.expression, subscriber)
        if len(slot.expression) > 1:
            read, encode = text_reader(slot.expression), _ENCODERS[slot.encoding]
            return lambda subscriber, _date: encode(read(subscriber))
        return {RECIPIENT: _recipient, MESSAGE_ID: self._message_id}.get(tuple(slot.expression), self._dated)

    def _message_id(self, subscriber: Subscriber, _date: float) -> bytes:
        person = address_key(subscriber.address)
        return f"<{_identified(self._edition_hash, person)}@{self._domain}>".encode()

    def _dated(self, _subscriber: Subscriber, date: float) -> bytes:
        second = int(date)
        if self._date[0] != second:
            self._date = (second, date_value(second).encode())
        return self._date[1]


def _recipient(subscriber: Subscriber, _date: float) -> bytes:
    return mailbox(subscriber.name, subscriber.address, used=len("To: "))


@functools.lru_cache(maxsize=4)
def _filler(letter: Letter, message_id_key: bytes) -> Filler:
    return Filler(letter, message_id_key=message_id_key)


def _laid_out(
    pieces: Sequence[Piece],
) -> tuple[list[bytes], list[tuple[int, int]], list[Slot | Branch]]:
    """Lay pieces out: the bytes with gaps, (gap, slot) pairs, and the distinct slots."""
    slots: dict[Slot | Branch, int] = {}
    template: list[bytes] = []
    places: list[tuple[int, int]] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            template.append(piece)
        else:
            places.append((len(template), slots.setdefault(_simplest(piece), len(slots))))
            template.append(b"")
    return template, places, list(slots)


def _simplest(piece: Slot | Branch) -> Slot | Branch:
    """Give the one of all slots that are filled alike: a percent-encoded text needs no escaping in HTML."""
    if isinstance(piece, Slot) and piece.encoding is SlotEncoding.TEXT_URL:
        return Slot(piece.expression, SlotEncoding.URL)
    return piece


def _is_proper_round(template: Sequence[bytes], places: Collection[int]) -> bool:
    """Tell whether the bytes around the values are proper, whatever proper values stand between them."""
    around = b"".join(b"x" if place in places else piece for place, piece in enumerate(template))
    after = (piece for place, piece in enumerate(template) if place - 1 in places)
    return around.endswith(b"\r\n") and _is_proper(around) and not any(piece[:1] == b"." for piece in after)


def _are_proper(values: Sequence[bytes]) -> bool:
    # Most values are one plain line, and then one look at all of them does.
    together = b"\0".join(values)
    if b"\n" in together or b"\r" in together or b"\0." in together:
        return all(map(_is_proper_value, values))
    return together.isascii() and together[:1] != b"."


def _is_proper_value(value: bytes) -> bool:
    if b"\n" in value or b"\r" in value:
        return _is_proper(value)
    return value.isascii() and value[:1] != b"."


def _is_proper(octets: bytes) -> bool:
    """Tell whether octets are ASCII, no CR or LF stands alone, and no line begins with a dot."""
    pairs = octets.count(b"\r\n")
    return (
        octets.isascii()
        and pairs == octets.count(b"\n") == octets.count(b"\r")
        and b"\n." not in octets
        and octets[:1] != b"."
    )


def _value(piece: Piece, subscriber: Subscriber) -> bytes:
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, Branch):
        chosen = piece.then if evaluate(piece.test, subscriber) else piece.otherwise
        return b"".join(_value(inner, subscriber) for inner in chosen)
    return encode_value(written(evaluate(piece.expression, subscriber)), piece.encoding)


def encode_value(text: str, encoding: SlotEncoding) -> bytes:
    """Write a value for where it stands; no value can leave its place, whatever it holds."""
    return _ENCODERS[encoding](text)


def _as_address(text: str) -> bytes:
    return wire_address(text).encode()


def _as_header(text: str) -> bytes:
    return unstructured(text, used=_HALF_A_LINE)


def _as_header_url(text: str) -> bytes:
    return _percent(_one_line(text)).encode()


def _as_url(text: str) -> bytes:
    if len(text) < _SHORT and _USUAL_ADDRESS.fullmatch(text):
        return text.replace("@", "%40").encode()
    return quoted(_percent(_one_line(text)))


def _as_text(text: str) -> bytes:
    if len(text) < _SHORT and _USUAL_TEXT.fullmatch(text):
        return text.encode()
    return quoted(_one_line(text))


def _as_html(text: str) -> bytes:
    if len(text) < _SHORT and _USUAL_TEXT.fullmatch(text):
        return text.encode()
    return quoted(html.escape(_one_line(text)))


_ENCODERS: Mapping[SlotEncoding, Callable[[str], bytes]] = {
    SlotEncoding.ADDRESS: _as_address,
    SlotEncoding.HEADER: _as_header,
    SlotEncoding.HEADER_URL: _as_header_url,
    SlotEncoding.HTML: _as_html,
    SlotEncoding.TEXT: _as_text,
    SlotEncoding.TEXT_URL: _as_url,
    SlotEncoding.URL: _as_url,
}


def _one_line(text: str) -> str:
    return text if text.isprintable() else clean_text(text).replace("\n", " ")


def _bare_value(expression: Expression, encoding: SlotEncoding, subscriber: Subscriber) -> str:
    """Write a value for where it stands in a part, before the part's own encoding."""
    text = _one_line(written(evaluate(expression, subscriber)))
    if encoding is SlotEncoding.URL or encoding is SlotEncoding.TEXT_URL:
        return _percent(text)
    return html.escape(text) if encoding is SlotEncoding.HTML else text


def _base64_part(expression: Expression, subscriber: Subscriber) -> bytes:
    return base64_lines(written_whole(expression, subscriber, _bare_value).encode())


def _percent(text: str) -> str:
    """Percent-encode; an address as nearly all are goes past urllib, which looks at each octet."""
    if _USUAL_ADDRESS.fullmatch(text):
        return text.replace("@", "%40")
    return quote(text, safe=_URL_SAFE)


_HALF_A_LINE = 39  # where a header slot stands in its line is not known here
