"""The article in a pasted page: which lines are its body, its headline, its byline and its date.

Lines are told apart (body, short, furniture, end of the article); the body is the run of lines with the largest
sum of weights, an early one before the first end going first; furniture inside it is dropped, short lines inside
it stay (they are subheads, list items, poems). Text without furniture is left alone: a cleaner that eats clean
text is worse than none.

Pure. The same lines serve every kind of source: pages after extraction, mails, Markdown, documents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from digest.model import Kind
from digest.reading.markers import is_end, is_furniture, names_of, published_in

__all__ = ["Body", "Line", "clean_lines", "lines_of", "normal_text"]

_BODY_WORDS: Final = 9  # with an end mark; a shorter sentence may be a teaser or a caption
_LONG_WORDS: Final = 20  # without one
_HEADLINE_WORDS: Final = 30
_WRAP_COLUMNS: Final = (40, 100)  # between these widths a text whose lines all end is wrapped by hand
_END_MARKS: Final = tuple(".!?…。！？؟।»”\"'’:;)")
_BULLET: Final = re.compile(r"^(?:[•‣◦▪●·*–—-]|\(?\d{1,2}[.)])\s+(?=\S)")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff\u200e\u200f]")
_BREAKS: Final = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph-like line and its kind."""

    text: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What was found: the body's lines, and what stood above it. ``was_dirty`` tells that furniture was found."""

    lines: tuple[Line, ...]
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    was_dirty: bool = False


def normal_text(text: str) -> str:
    """Make line ends LF, drop invisible characters, turn no-break spaces into spaces, compose accents."""
    text = _INVISIBLE.sub("", _BREAKS.sub("\n", text)).replace("\u00a0", " ").replace("\u202f", " ")
    return unicodedata.normalize("NFC", text).replace("\x00", "")


def lines_of(text: str) -> list[Line]:
    """Split text into lines, joining what was wrapped by hand; bullets and quotes get their kind."""
    blocks = [block.split("\n") for block in re.split(r"\n[ \t]*\n+", normal_text(text)) if block.strip()]
    wrapped = _is_wrapped(blocks)
    lines: list[Line] = []
    for block in blocks:
        for part in _joined(block) if wrapped else block:
            bare = " ".join(part.split())
            if not bare:
                continue
            if bare.startswith(">"):
                lines.append(Line(bare.lstrip("> "), "quote"))
            elif _BULLET.match(bare) and len(bare.split()) > 1:
                lines.append(Line(_BULLET.sub("", bare, count=1), "item"))
            else:
                lines.append(Line(bare))
    return [line for line in lines if line.text]


def clean_lines(lines: Sequence[Line], *, title: str | None = None) -> Body:
    """Find the article among lines. ``title`` is given where something surer than the lines knows it."""
    classes = [_class(line) for line in lines]
    is_dirty = any(kind in {"end", "drop"} for kind in classes)
    start, end = _window(lines, classes) if is_dirty or _has_menu(classes) else (0, len(lines))
    head = lines[:start]
    body = list(range(start, end))
    if not is_dirty and start == 0:
        head, body = _split_head(lines, body)
    title_at, found_title = _title(lines, head, title)
    byline = published = None
    for line in [*head[title_at if title_at is not None else 0 :], *(lines[at] for at in body[:3])]:
        byline = byline or names_of(line.text)
        published = published or published_in(line.text)
    kept = [
        _labelled(lines, at)
        for at in body
        if classes[at] != "drop"
        and not (names_of(lines[at].text) and at - start < 3)  # noqa: PLR2004  # a byline stands at the top
        and not _same(lines[at].text, found_title)
    ]
    return Body(
        lines=tuple(_no_repeats(kept)),
        title=found_title,
        byline=byline,
        published=published,
        was_dirty=is_dirty,
    )


def word_count(text: str) -> int:
    """Count words; in scripts without spaces two characters count as one."""
    unspaced = len(_UNSPACED.findall(text))
    return unspaced // 2 + len(_UNSPACED.sub(" ", text).split()) if unspaced else len(text.split())


def is_sentence(text: str) -> bool:
    """Tell whether a line reads as prose: long, or ended like a sentence and not too short."""
    words = word_count(text)
    return words >= _LONG_WORDS or (words >= _BODY_WORDS and text.rstrip().endswith(_END_MARKS))


def _class(line: Line) -> str:
    if is_end(line.text):
        return "end"
    if is_furniture(line.text) or names_of(line.text):
        return "drop"
    return "body" if is_sentence(line.text) else "short"


def _has_menu(classes: Sequence[str]) -> bool:
    """Five short lines in a row before the first sentence: a page was pasted whole."""
    first = classes.index("body") if "body" in classes else len(classes)
    return first >= 5  # noqa: PLR2004  # headline, deck, byline, date are four


def _window(lines: Sequence[Line], classes: Sequence[str]) -> tuple[int, int]:
    """Give the run with the largest sum of weights; ends are walls, the first good run goes first."""
    runs: list[tuple[float, int, int]] = []
    at = 0
    while at < len(lines):
        wall = next((stop for stop in range(at, len(lines)) if classes[stop] == "end"), len(lines))
        if wall > at:
            runs.append(_best_run(lines, classes, at, wall))
        at = wall + 1
    if not runs:
        return 0, 0
    best = max(score for score, _, _ in runs)
    # Comments below an article may be longer than it: an earlier run of some size goes before a larger later one.
    for score, start, end in runs:
        if score >= best * 0.35:
            return start, end
    return 0, 0


def _best_run(lines: Sequence[Line], classes: Sequence[str], start: int, end: int) -> tuple[float, int, int]:
    best = (0.0, start, start)
    total, begin = 0.0, start
    shorts = 0
    for at in range(start, end):
        if classes[at] == "body":
            total += min(word_count(lines[at].text), 60)
            shorts = 0
        elif classes[at] == "short":
            shorts += 1
            total -= _short_cost(lines, at, shorts)
        if total <= 0:
            total, begin = 0.0, at + 1
        elif total > best[0]:
            best = (total, begin, at + 1)
    return best


def _short_cost(lines: Sequence[Line], at: int, shorts: int) -> float:
    """A subhead or an item after a colon costs little; a run of short lines costs more with each."""
    if lines[at].kind != "text" or (at and lines[at - 1].text.endswith((":", "："))):
        return 0.5
    return 2.0 + 3.0 * min(shorts, 8)


def _split_head(lines: Sequence[Line], body: list[int]) -> tuple[Sequence[Line], list[int]]:
    """In clean text the first line is the headline where it reads like one."""
    if len(lines) > 1 and _is_headline(lines[0]) and any(is_sentence(line.text) for line in lines[1:4]):
        return lines[:1], body[1:]
    return (), body


def _is_headline(line: Line) -> bool:
    words = word_count(line.text)
    return (
        line.kind in {"text", "heading"}
        and 2 <= words <= _HEADLINE_WORDS  # noqa: PLR2004  # one word is a rubric
        and not line.text.endswith((".", ",", ";", ":", "。"))
        and not is_furniture(line.text)
        and not is_end(line.text)
        and names_of(line.text) is None
    )


def _title(lines: Sequence[Line], head: Sequence[Line], known: str | None) -> tuple[int | None, str | None]:
    """Choose the headline above the body: near it, long enough, better if it stands twice."""
    if known is not None:
        at = next((at for at in reversed(range(len(head))) if _same(head[at].text, known)), None)
        return at, known
    texts = [line.text.casefold() for line in lines]
    best: tuple[float, int] | None = None
    for at, line in enumerate(head):
        if not _is_headline(line):
            continue
        words = word_count(line.text)
        score = (
            min(words, 12) * 1.0 + 4.0 * (texts.count(line.text.casefold()) > 1) - 0.6 * (len(head) - 1 - at)
        )
        score += 3.0 * (at == 0) + 4.0 * (line.kind == "heading")
        if words >= 3 and (best is None or score >= best[0]):  # noqa: PLR2004  # menu entries have one or two
            best = (score, at)
    return (best[1], head[best[1]].text) if best else (None, None)


def _labelled(lines: Sequence[Line], at: int) -> Line:
    """A short line between paragraphs that does not end like a sentence is a heading."""
    line = lines[at]
    if line.kind != "text" or is_sentence(line.text):
        return line
    alone = word_count(line.text) <= 12 and not line.text.endswith((".", "!", ",", ";", ":", "”", '"', "。"))  # noqa: PLR2004  # a subhead
    followed = at + 1 < len(lines) and is_sentence(lines[at + 1].text)
    return Line(line.text, "heading") if alone and followed else line


def _no_repeats(lines: Sequence[Line]) -> list[Line]:
    """Drop what stands a second time: teasers and pull quotes repeat the body word for word."""
    seen: set[str] = set()
    kept = []
    for line in lines:
        key = line.text.casefold()
        if key not in seen or word_count(line.text) < 4:  # noqa: PLR2004  # "Yes." may well be said twice
            kept.append(line)
        seen.add(key)
    return kept


def _same(text: str, title: str | None) -> bool:
    return title is not None and " ".join(text.casefold().split()) == " ".join(title.casefold().split())


def _is_wrapped(blocks: Sequence[Sequence[str]]) -> bool:
    """Tell whether lines were broken at a column: inner lines of a block are all nearly as long as the longest."""
    inner = [len(line.rstrip()) for block in blocks if len(block) > 1 for line in block[:-1]]
    if len(inner) < 3:  # noqa: PLR2004  # two lines prove nothing
        return False
    longest = max(inner)
    full = sum(length >= longest * 0.7 for length in inner)
    return _WRAP_COLUMNS[0] <= longest <= _WRAP_COLUMNS[1] and full >= len(inner) * 0.75


def _joined(block: Sequence[str]) -> list[str]:
    """Join the lines of one wrapped paragraph; bullets and quotes begin anew."""
    joined: list[str] = []
    for line in block:
        bare = line.strip()
        begins = not joined or _BULLET.match(bare) or bare.startswith(">")
        if begins:
            joined.append(bare)
        elif joined[-1].endswith("-") and bare[:1].islower():
            joined[-1] = joined[-1][:-1] + bare
        else:
            joined[-1] += f" {bare}"
    return joined
