"""The pasted texts to learn from, with the part of the page that each of their lines is.

The kit's own pastes come in three messes; of its further pages, copied by ``paste_pages.py``, drags from the headline
to somewhere behind the body are made, and the clean text; and of all pages short ones, of a few lines of each part:
most stories that people paste are shorter than the kit's. Pages in other languages have no known body: theirs is
what ``digest read`` finds in the HTML, with less weight. All texts of one site stand in the same fold.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from chain import STATES

from digest.errors import DigestError
from digest.model import Source
from digest.reading.articles import article_of
from digest.reading.features import Sights, sights
from digest.reading.lines import Line, key, normalise, split, word_count
from digest.reading.marks import mark_of
from digest.reading.options import ReadingOptions

__all__ = ["Case", "load"]

FOLDS, SEED = 5, 1
RUN = 4  # words; what the kit's scorer compares
HEAD_ABOVE, HEAD_UNKNOWN = 25, 12  # lines above the body in which the headline stands, or would
UNWANTED = 0.4  # what a word that is not the article's takes from a run of lines, where its own words count 1
MADE_DRAGS = {"full": 2, "more": 3, "foreign": 1}
MADE_SHORT = {"full": 2, "more": 2, "foreign": 2}
SHARES = {
    "full": 1.0,
    "article": 1.0,
    "clean": 0.5,
    "more": 1.0,
    "drag": 0.4,
    "short": 0.4,
    "foreign": 0.4,
}
SECOND_LEVEL = {"co", "com", "org", "net", "ac", "gov"}
Floats = Any  # numpy's arrays have no exact type here that says more


@dataclass
class Case:
    """One pasted text: its lines, which of them are the article's, the parts each may be in, and its weight."""

    id: str
    page: str
    site: str
    mess: str
    row: dict[str, Any]
    lines: list[Line]
    seen: Sights
    span: tuple[int, int]
    allowed: Floats
    weight: float
    fold: int = 0


def load(kit: Path, more: Path | None) -> list[Case]:
    """Read every text and label its lines."""
    rng = random.Random(SEED)
    pages = {row["id"]: row for part in ("pages", "pages_multilingual") for row in rows_of(kit / part)}
    cases = []
    for row in rows_of(kit / "pasted"):
        case = case_of(row["id"], row["mess"], row, text_lines(kit / "pasted" / row["file"]), pages)
        cases += [case, *dragged(case, rng, pages), *shortened(case, rng)]
    for part in ("pages", "pages_multilingual") if more else ():
        for row in rows_of(kit / part):
            file = more / f"{row['id']}.txt" if more else kit
            lines = text_lines(file) if file.exists() else []
            known = row if part == "pages" else {**row, **read(kit / part / row["file"], row["url"])}
            if not lines or not known.get("text"):
                continue
            case = case_of(row["id"], "more" if part == "pages" else "foreign", known, lines, pages)
            if case.span[1] > case.span[0]:
                cases += [case, *dragged(case, rng, pages), *shortened(case, rng)]
    sites = sorted({case.site for case in cases})
    rng.shuffle(sites)
    for case in cases:
        case.fold = sites.index(case.site) % FOLDS
    return cases


def rows_of(folder: Path) -> Iterable[dict[str, Any]]:
    """Read a part's table."""
    return (json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines())


def text_lines(file: Path) -> list[Line]:
    """Read a text as ``digest read`` does."""
    return split(normalise(file.read_text("utf-8")))


def read(file: Path, url: str) -> dict[str, Any]:
    """Read a page's HTML; nothing where there is no article."""
    try:
        article = article_of(Source(name=file.name, content=file.read_bytes(), url=url), ReadingOptions())
    except DigestError:
        return {}
    return {"text": "\n".join(article.paragraphs), "title": article.title}


def case_of(name: str, mess: str, row: dict[str, Any], lines: list[Line], pages: dict[str, Any]) -> Case:
    """Label a text."""
    words, marks = [word_count(line.text) for line in lines], [mark_of(line.text) for line in lines]
    wanted = labelled(lines, row["text"])
    span = window(wanted, words)
    page = row.get("page") or row["id"]
    return Case(
        name,
        page,
        site_of(pages[page]["url"]),
        mess,
        row,
        lines,
        sights(lines, words, marks),
        span,
        parts_of(lines, wanted, span, key(row.get("title") or "")),
        SHARES[mess],
    )


def site_of(url: str) -> str:
    """Give the registered domain of an address, near enough."""
    names = (urlsplit(url).hostname or url).split(".")
    return ".".join(names[-3:] if len(names) > 2 and names[-2] in SECOND_LEVEL else names[-2:])  # noqa: PLR2004


def tokens(text: str) -> list[str]:
    """Cut into words, one for each character of scripts without spaces."""
    return re.findall(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+", text.casefold())


def labelled(lines: Sequence[Line], gold: str) -> list[bool]:
    """Tell which lines an article holds: by their runs of four words, short lines by being whole lines of it."""
    words = tokens(gold)
    runs = {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    whole = {tuple(tokens(line)) for line in gold.split("\n")}
    joined = f" {' '.join(words)} "
    wanted, unsure = [False] * len(lines), []
    for at, line in enumerate(lines):
        own = tokens(line.text)
        if tuple(own) in whole and own:
            wanted[at] = True
        elif len(own) >= RUN:
            pieces = [tuple(own[i : i + RUN]) for i in range(len(own) - RUN + 1)]
            wanted[at] = sum(piece in runs for piece in pieces) >= len(pieces) / 2
        elif own and f" {' '.join(own)} " in joined:
            unsure.append(at)
    for at in unsure:  # inside the article, or by chance the same words
        wanted[at] = all(wanted[i] for i in (at - 1, at + 1) if 0 <= i < len(lines))
    return wanted


def window(wanted: Sequence[bool], words: Sequence[int]) -> tuple[int, int]:
    """Find the run of lines that holds the article: words of it far away stand there by chance."""
    best, found, total, begin = 0.0, (0, 0), 0.0, 0
    for at, (is_wanted, count) in enumerate(zip(wanted, words, strict=True)):
        if total <= 0:
            total, begin = 0.0, at
        total += (count + 0.5) * (1 if is_wanted else -UNWANTED)
        if total > best:
            best, found = total, (begin, at + 1)
    return found


def parts_of(lines: Sequence[Line], wanted: Sequence[bool], span: tuple[int, int], headline: str) -> Floats:
    """Say which parts each line may be in: all is known but where the head begins, if the headline is not there."""
    first, last = span
    before, head, body, gap, after = range(len(STATES))
    allowed = np.zeros((len(lines), len(STATES)))
    allowed[:first, before] = allowed[last:, after] = 1
    for at in range(first, last):
        allowed[at, body if wanted[at] else gap] = 1
    near = range(max(0, first - HEAD_ABOVE), first)
    title = next((at for at in reversed(near) if headline and key(lines[at].text) == headline), None)
    if title is None:
        allowed[max(0, first - HEAD_UNKNOWN) : first, head] = 1
    else:
        allowed[title:first, before], allowed[title:first, head] = 0, 1
    return allowed


def dragged(case: Case, rng: random.Random, pages: dict[str, Any]) -> list[Case]:
    """Make texts as one drags over them: from the headline, or a little above, to somewhere behind the body."""
    first, last = case.span
    if last <= first:
        return []
    head = np.flatnonzero(case.allowed[:first, 1] > case.allowed[:first, 0])
    begin = int(head[0]) if len(head) else first
    drags = []
    for number in range(MADE_DRAGS.get(case.mess, 0)):
        low, high = begin - rng.choice((0, 0, 0, 1, 2, 4, 8)), last + rng.choice((0, 2, 4, 8, 12, 18, 30))
        lines = case.lines[max(0, low) : high]
        drags.append(case_of(f"{case.id}_drag{number}", "drag", case.row, lines, pages))
    if case.mess == "more":
        text = f"{case.row.get('title') or ''}\n{case.row['text']}"
        drags.append(case_of(f"{case.id}_clean", "clean", case.row, split(normalise(text)), pages))
    return drags


def shortened(case: Case, rng: random.Random) -> list[Case]:
    """Make short pages: the last lines before the body, its first ones, and the first ones after it."""
    first, last = case.span
    kept = [at for at in range(first, last) if case.allowed[at, STATES.index("body")]]
    made = []
    for number in range(MADE_SHORT.get(case.mess, 0) if len(kept) > 1 else 0):
        low, high = max(0, first - rng.randrange(6, 25)), last + rng.randrange(2, 25)
        end = kept[min(len(kept), rng.randrange(3, 12)) - 1] + 1
        chosen = [*range(low, end), *range(last, min(high, len(case.lines)))]
        lines = [case.lines[at] for at in chosen]
        words, marks = [word_count(line.text) for line in lines], [mark_of(line.text) for line in lines]
        made.append(
            replace(
                case,
                id=f"{case.id}_short{number}",
                mess="short",
                lines=lines,
                seen=sights(lines, words, marks),
                span=(first - low, end - low),
                allowed=case.allowed[chosen],
                weight=SHARES["short"],
            )
        )
    return made
