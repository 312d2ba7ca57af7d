"""The JSON shapes of articles, digests and editions, to and from the model's values.

Commands print these shapes, editors edit them, the store keeps them. Reading one back checks its shape and
names the place that is wrong; it does not judge what is said there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import TypeAlias, get_args

from digest.errors import InvalidInputError
from digest.model import Article, Digest, Edition, Further, Kind, Point, Sender, Sentence

__all__ = [
    "Json",
    "article_from_json",
    "article_to_json",
    "digest_from_json",
    "digest_to_json",
    "edition_from_json",
    "edition_to_json",
    "json_line",
]

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
_ARTICLE_TEXTS = ("title", "byline", "published", "language", "url", "site", "image")
# Line separators of Unicode that JSON leaves bare but that line-wise readers split at.
_SEPARATORS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def json_line(value: Json) -> str:
    """Write one object as one line, ended by LF alone."""
    return json.dumps(value, ensure_ascii=False).translate(_SEPARATORS) + "\n"


def article_to_json(article: Article) -> dict[str, Json]:
    """Give the shape of ``digest read --json``; ``further`` stands in it only where there is any."""
    further: list[Json] = [{"site": other.site, "url": other.url} for other in article.further]
    return {
        **{name: getattr(article, name) for name in _ARTICLE_TEXTS},
        "paragraphs": list(article.paragraphs),
        "kinds": list(article.kinds),
        **({"further": further} if further else {}),
    }


def article_from_json(value: Json, where: str = "article") -> Article:
    """Read an article's shape.

    Raises:
        InvalidInputError: something has another shape; ``where`` holds the path to it.
    """
    shape = _object(value, where)
    kinds = [
        _text(kind, f"{where}.kinds[{at}]")
        for at, kind in enumerate(_array(shape.get("kinds", []), f"{where}.kinds"))
    ]
    for at, kind in enumerate(kinds):
        if kind not in get_args(Kind):
            raise InvalidInputError(
                f"'{kind}' is no kind of paragraph",
                where=f"{where}.kinds[{at}]",
                hint=f"use one of {', '.join(get_args(Kind))}",
            )
    paragraphs = _texts(shape.get("paragraphs"), f"{where}.paragraphs")
    if kinds and len(kinds) != len(paragraphs):
        raise InvalidInputError(
            f"{len(paragraphs)} paragraphs but {len(kinds)} kinds",
            where=where,
            hint="give each paragraph its kind",
        )
    return Article(
        paragraphs=paragraphs,
        kinds=kinds,  # type: ignore[arg-type]  # checked above, mypy cannot narrow a list
        **{name: _optional_text(shape.get(name), f"{where}.{name}") for name in _ARTICLE_TEXTS},
        further=[
            _further(value, f"{where}.further[{at}]")
            for at, value in enumerate(_array(shape.get("further", []), f"{where}.further"))
        ],
    )


def _further(value: Json, where: str) -> Further:
    shape = _object(value, where)
    return Further(
        site=_text(shape.get("site"), f"{where}.site"), url=_text(shape.get("url"), f"{where}.url")
    )


def digest_to_json(digest: Digest) -> dict[str, Json]:
    """Give the shape of ``digest condense --json``."""
    return {
        "headline": digest.headline,
        "summary": [_point_to_json(point) for point in digest.summary],
        "key_points": [_point_to_json(point) for point in digest.key_points],
        "keywords": list(digest.keywords),
        "language": digest.language,
        "reading_minutes": digest.reading_minutes,
        "article": article_to_json(digest.article),
    }


def digest_from_json(value: Json, where: str = "digest") -> Digest:
    """Read a digest's shape, edited by hand or not.

    Raises:
        InvalidInputError: something has another shape; ``where`` holds the path to it.
    """
    shape = _object(value, where)
    minutes = shape.get("reading_minutes", 1)
    if not isinstance(minutes, int) or isinstance(minutes, bool):
        raise InvalidInputError("must be a whole number", where=f"{where}.reading_minutes")
    return Digest(
        headline=_text(shape.get("headline"), f"{where}.headline"),
        summary=_points(shape.get("summary"), f"{where}.summary"),
        key_points=_points(shape.get("key_points"), f"{where}.key_points"),
        keywords=_texts(shape.get("keywords", []), f"{where}.keywords"),
        language=_text(shape.get("language", "und"), f"{where}.language"),
        reading_minutes=minutes,
        article=article_from_json(shape.get("article"), f"{where}.article"),
    )


def edition_to_json(edition: Edition) -> dict[str, Json]:
    """Give the shape in which the store keeps an edition."""
    return {
        "id": edition.id,
        "subject": edition.subject,
        "preheader": edition.preheader,
        "theme": edition.theme,
        "language": edition.language,
        "sender": asdict(edition.sender),
        "digests": [digest_to_json(digest) for digest in edition.digests],
    }


def edition_from_json(value: Json, where: str = "edition") -> Edition:
    """Read an edition's shape.

    Raises:
        InvalidInputError: something has another shape; ``where`` holds the path to it.
    """
    shape = _object(value, where)
    sender = _object(shape.get("sender"), f"{where}.sender")
    texts = {
        field.name: _optional_text(sender.get(field.name), f"{where}.sender.{field.name}")
        for field in fields(Sender)
        if field.name not in {"one_click", "address", "name"}
    }
    return Edition(
        id=_text(shape.get("id"), f"{where}.id"),
        subject=_text(shape.get("subject"), f"{where}.subject"),
        preheader=_text(shape.get("preheader"), f"{where}.preheader"),
        theme=_text(shape.get("theme"), f"{where}.theme"),
        language=_text(shape.get("language", "en"), f"{where}.language"),
        sender=Sender(
            address=_text(sender.get("address"), f"{where}.sender.address"),
            name=_text(sender.get("name", ""), f"{where}.sender.name"),
            one_click=sender.get("one_click") is True,
            **texts,
        ),
        digests=[
            digest_from_json(digest, f"{where}.digests[{at}]")
            for at, digest in enumerate(_array(shape.get("digests"), f"{where}.digests"))
        ],
    )


def _point_to_json(point: Point) -> dict[str, Json]:
    return {"text": point.text, "evidence": [asdict(sentence) for sentence in point.evidence]}


def _points(value: Json, where: str) -> list[Point]:
    return [_point(point, f"{where}[{at}]") for at, point in enumerate(_array(value, where))]


def _point(value: Json, where: str) -> Point:
    shape = _object(value, where)
    evidence = _array(shape.get("evidence", []), f"{where}.evidence")
    return Point(
        _text(shape.get("text"), f"{where}.text"),
        [_sentence(sentence, f"{where}.evidence[{at}]") for at, sentence in enumerate(evidence)],
    )


def _sentence(value: Json, where: str) -> Sentence:
    shape = _object(value, where)
    place = []
    for name in ("paragraph", "start", "end"):
        number = shape.get(name)
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise InvalidInputError("must be a whole number, 0 or more", where=f"{where}.{name}")
        place.append(number)
    return Sentence(_text(shape.get("text"), f"{where}.text"), *place)


def _object(value: Json, where: str) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise InvalidInputError("must be an object", where=where)
    return value


def _array(value: Json, where: str) -> Sequence[Json]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidInputError("must be an array", where=where)
    return value


def _texts(value: Json, where: str) -> list[str]:
    return [_text(text, f"{where}[{at}]") for at, text in enumerate(_array(value, where))]


def _text(value: Json, where: str) -> str:
    if not isinstance(value, str):
        raise InvalidInputError("must be a text", where=where)
    return value


def _optional_text(value: Json, where: str) -> str | None:
    return None if value is None else _text(value, where)
