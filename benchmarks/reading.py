"""Measure reading: ``python benchmarks/reading.py KIT_FOLDER [--peers] [--limit N]``.

Prints the table of issue 3 over the kit's pages, pasted texts and other languages: ours through the public ``read``
as commands call it, with every other tool that is installed beside it in the same run (a missing one is
named and skipped). Scores are those of the kit's own ``evaluate.py``; CPU is of this process, without imports.
A source that ours refuses counts as an empty text, and the refusals are counted. Skips where the kit is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import importlib.util
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from digest.errors import DigestError
from digest.model import Source
from digest.reading import ReadingOptions, collect, read

BOOTSTRAPS: Final = 1000
FEEDS: Final = 200
ITEMS_PER_FEED: Final = 33  # with ITEM_PARAGRAPHS the weight of the 200 real feeds once measured: 45 MB
ITEM_PARAGRAPHS: Final = 25
Row = dict[str, Any]
Reader = Callable[[Path, Row], Row]


def rows_in(path: Path, limit: int | None) -> list[Row]:
    """Read one JSON object a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()][:limit]


def ours(path: Path, row: Row) -> Row:
    """Read as ``digest read`` does; what is refused has no text."""
    source = Source(name=path.name, content=path.read_bytes())
    url = str(row.get("url") or "")
    options = ReadingOptions(base_url=url if url.startswith(("http://", "https://")) else None)
    try:
        article = asyncio.run(read(source, options=options))
    except DigestError as error:
        return {"text": "", "refused": str(error)}
    return {
        "text": "\n".join(article.paragraphs),
        "title": article.title,
        "author": article.byline,
        "date": article.published,
    }


def nothing(path: Path, _row: Row) -> Row:
    """Leave a pasted text as it is."""
    return {"text": path.read_text("utf-8")}


def with_trafilatura(path: Path, row: Row) -> Row:
    """Take what trafilatura gives in its default mode."""
    trafilatura = importlib.import_module("trafilatura")
    found = trafilatura.bare_extraction(
        path.read_text("utf-8"), url=row.get("url"), include_comments=False, with_metadata=True
    )
    if found is None:
        return {"text": ""}
    return {"text": found.text, "title": found.title, "author": found.author, "date": found.date}


def with_readability(path: Path, _row: Row) -> Row:
    """Take the text of readability-lxml's fragment."""
    readability = importlib.import_module("readability")
    html = importlib.import_module("lxml.html")
    page = readability.Document(path.read_text("utf-8"))
    fragment = html.fromstring(page.summary())
    return {"text": "\n".join(fragment.itertext()), "title": page.short_title()}


def with_newspaper(path: Path, row: Row) -> Row:
    """Take what newspaper4k parses."""
    newspaper = importlib.import_module("newspaper")
    article = newspaper.Article(str(row.get("url") or "https://example.org/"))
    article.download(input_html=path.read_text("utf-8"))
    article.parse()
    date = article.publish_date.date().isoformat() if article.publish_date else None
    return {
        "text": article.text,
        "title": article.title,
        "author": ", ".join(article.authors),
        "date": date,
    }


def with_justext(path: Path, _row: Row) -> Row:
    """Take jusText's good paragraphs; a pasted text is given a paragraph element for each line."""
    justext = importlib.import_module("justext")
    escape = importlib.import_module("html").escape
    text = path.read_text("utf-8")
    if path.suffix == ".txt":
        text = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    found = justext.justext(text, justext.get_stoplist("English"))
    return {"text": "\n".join(part.text for part in found if not part.is_boilerplate)}


PEERS: Final[dict[str, tuple[str, Reader]]] = {
    "trafilatura": ("trafilatura", with_trafilatura),
    "readability-lxml": ("readability", with_readability),
    "newspaper4k": ("newspaper", with_newspaper),
    "jusText": ("justext", with_justext),
}


def installed(name: str) -> bool:
    """Tell whether a peer can be imported, and say so where it cannot."""
    if importlib.util.find_spec(name) is None:
        return False
    try:
        importlib.import_module(name)
    except ImportError as error:
        sys.stderr.write(f"{name}: {error}\n")
        return False
    return True


def predicted(reader: Reader, folder: Path, rows: list[Row]) -> tuple[dict[str, Row], list[float]]:
    """Run one tool over all rows; a crash of a peer is an empty text, as it would be for its user."""
    found: dict[str, Row] = {}
    seconds = []
    for row in rows:
        begun = time.process_time()
        try:
            with redirect_stderr(StringIO()), redirect_stdout(StringIO()):
                answer = reader(folder / row["file"], row)
        except Exception as error:
            if reader is ours:
                raise  # a crash of ours is a bug, not a low score
            answer = {"text": "", "refused": repr(error)}
        seconds.append(time.process_time() - begun)
        found[row["id"]] = answer
    return found, seconds


def table(
    title: str, folder: Path, rows: list[Row], readers: dict[str, Reader], scorer: ModuleType
) -> Iterator[str]:
    """Give one block: each tool's figures over the same rows, and its difference to ours, paired by page."""
    gold = {row["id"]: row for row in rows}
    ids = sorted(gold)
    yield f"\n{title}: {len(rows)} cases"
    yield f"{'':18}   F1 [95 %]             prec   rec    worst  empty  segF1  title  author date   ms CPU (median)"
    first: dict[str, Any] | None = None
    for name, reader in readers.items():
        found, seconds = predicted(reader, folder, rows)
        scored = scorer.score(gold, found, ids, BOOTSTRAPS, 0)
        line = f"{name:18} "
        if "text" in scored:
            body, (low, high) = scored["text"], scored["ci"]["f1"]
            worst = min(page[0] for page in scored["_pages"])
            line += (
                f"{body['f1']:6.3f} [{low:.3f}-{high:.3f}]  {body['precision']:6.3f} {body['recall']:6.3f} "
                f"{worst:6.3f} {body['empty']:6.3f}"
            )
        else:
            line += " " * 51
        segments = scored.get("segments")
        line += f" {segments['f1']:6.3f}" if segments else "      -"
        for field in ("title", "author", "date"):
            line += f" {scored[field]['strict']:6.3f}" if field in scored else "      -"
        yield f"{line}  {statistics.median(seconds) * 1000:7.2f}"
        refused = sum("refused" in answer for answer in found.values())
        if refused:
            yield f"{'':18}   gave nothing (refused or crashed): {refused}"
        if first is None:
            first = scored
        elif "text" in scored and "text" in first:
            yield f"{'':18}   ours - {name}: {paired(first, scored)}"


def paired(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Give the difference of two tools' F1 with its bootstrap interval over the same resampled pages."""
    gaps = sorted(a - b for a, b in zip(one["_boots"]["f1"], other["_boots"]["f1"], strict=True))
    low, high = gaps[int(0.025 * len(gaps))], gaps[int(0.975 * len(gaps))]
    return f"{one['text']['f1'] - other['text']['f1']:+.4f} [{low:+.4f}, {high:+.4f}]"


def feeds_table() -> Iterator[str]:
    """Time feeds of our own making, of the weight of the real ones that were measured once."""
    chance = random.Random(3)  # texts, not secrets
    words = "harbour garden library train lamp bridge keeper morning river market window ladder".split()  # noqa: SIM905  # a list of words
    paragraph = " ".join(chance.choice(words) for _ in range(35))
    text = "".join(f"&lt;p&gt;{paragraph}.&lt;/p&gt;" for _ in range(ITEM_PARAGRAPHS))
    contents = []
    for feed in range(FEEDS):
        items = "".join(
            f"<item><title>Story {feed} {at}</title><guid>tag:example.org,{feed}-{at}</guid>"
            f"<link>https://example.org/{feed}/{at}</link><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate>"
            f"<description>{text}</description></item>"
            for at in range(ITEMS_PER_FEED)
        )
        contents.append(
            f'<rss version="2.0"><channel><title>Feed {feed}</title>{items}</channel></rss>'.encode()
        )
    asyncio.run(collect(["-"], stdin=contents[0]))  # imports are not what is measured
    begun = time.process_time()
    entries = sum(len(asyncio.run(collect(["-"], stdin=content))) for content in contents)
    ours_seconds = time.process_time() - begun
    parse = importlib.import_module("fastfeedparser").parse
    begun = time.process_time()
    for content in contents:
        parse(content)
    bare = time.process_time() - begun
    size = sum(map(len, contents)) / 1e6
    yield f"\n{FEEDS} feeds of our own making, {size:.0f} MB, {entries} entries"
    yield f"{'ours':18} {ours_seconds:.2f} s CPU (entries cleaned to lines)"
    yield f"{'fastfeedparser':18} {bare:.2f} s CPU (parsed only)"


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("kit", type=Path)
    arguments.add_argument("--peers", action="store_true", help="measure other tools too")
    arguments.add_argument("--limit", type=int, default=None, help="cases of each kind, for a quick look")
    asked = arguments.parse_args()
    scorer_at = asked.kit / "evaluate.py"
    if not scorer_at.is_file():
        sys.stdout.write(f"skipped: no kit in {asked.kit} (it needs evaluate.py, pages, pasted)\n")
        return
    spec = importlib.util.spec_from_file_location("kit_evaluate", scorer_at)
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    peers: dict[str, Reader] = {}
    for name, (module, reader) in PEERS.items() if asked.peers else ():
        if installed(module):
            peers[name] = reader
        else:
            sys.stdout.write(f"{name}: not installed, skipped\n")
    for line in blocks(asked.kit, asked.limit, peers, scorer):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def blocks(kit: Path, limit: int | None, peers: dict[str, Reader], scorer: ModuleType) -> Iterator[str]:
    """Give all blocks in the issue's order."""
    page_readers: dict[str, Reader] = {"ours": ours, **peers}
    rows = rows_in(kit / "pages" / "gold.jsonl", limit)
    yield from table("HTML pages", kit / "pages", rows, page_readers, scorer)
    rows = rows_in(kit / "pages_multilingual" / "gold.jsonl", limit)
    yield from table("Other languages", kit / "pages_multilingual", rows, page_readers, scorer)
    pasted = rows_in(kit / "pasted" / "gold.jsonl", None)
    text_readers: dict[str, Reader] = {"ours": ours, "nothing": nothing}
    if "jusText" in peers:
        text_readers["jusText"] = with_justext
    for mess in ("full", "article", "clean"):
        chosen = [row for row in pasted if row["mess"] == mess][:limit]
        yield from table(f"Pasted, {mess}", kit / "pasted", chosen, text_readers, scorer)
    yield from feeds_table()


if __name__ == "__main__":
    main()
