"""Score reading on the kit, beside the best other tools, in one run: ``python benchmarks/reading.py KIT_FOLDER``.

KIT_FOLDER is the unpacked folder ``reading``; its own scorer gives every figure, and differences (ours less the
other tool's) are paired over the pages, with 95 % bootstrap intervals. A tool that cannot be imported is named.
``--part`` picks parts, ``--keep DIR`` leaves what each tool gave, and feeds need no kit: they are made here.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from reading_tools import TOOLS, Row, missing

PARTS: dict[str, tuple[str, ...]] = {
    "pages": ("digest", "trafilatura", "readability-lxml", "newspaper4k", "justext"),
    "pages_multilingual": ("digest", "trafilatura", "readability-lxml", "newspaper4k"),
    "pasted": ("digest", "nothing", "trafilatura", "justext"),
}
MESSES = ("full", "article", "clean")
FIELDS = ("title", "author", "date")
ROUNDS = 1000
FEEDS, ENTRIES, PARAGRAPHS = 200, 33, 12  # as many, and as long, as the 45 MB of real feeds once measured


def main() -> int:
    """Print the table of each part that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kit", type=Path, help="the unpacked kit: the folder that holds evaluate.py")
    parser.add_argument("--part", action="append", choices=[*PARTS, "feeds"])
    parser.add_argument("--keep", type=Path, help="write TOOL.jsonl of each part here")
    arguments = parser.parse_args()
    has_kit = (arguments.kit / "evaluate.py").is_file()
    for part in arguments.part or [*PARTS, "feeds"]:
        print(f"\n== {part}", flush=True)
        if part == "feeds":
            time_feeds()
        elif has_kit:
            score_part(arguments.kit, part, arguments.keep)
        else:
            print("skipped: give the folder of the unpacked kit (it holds evaluate.py)")
    return 0


def score_part(kit: Path, part: str, keep: Path | None) -> None:
    """Run each tool over one part of the kit, and score it, for pasted text by the kind of mess."""
    scorer = scorer_of(kit)
    gold = scorer.load(kit / part / "gold.jsonl")
    found: dict[str, dict[str, Row]] = {}
    spent: dict[str, float] = {}
    for name in PARTS[part]:
        why = missing(name)
        if why:
            print(f"{name}: not measured, {why}")
            continue
        found[name], spent[name] = run(kit / part, gold, name)
        print(f"{name}: {spent[name]:.1f} ms CPU a text", flush=True)
        if keep:
            (keep / part).mkdir(parents=True, exist_ok=True)
            rows = (json.dumps({"id": at, **row}) for at, row in found[name].items())
            (keep / part / f"{name}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for mess in MESSES if part == "pasted" else (None,):
        ids = sorted(at for at, row in gold.items() if mess is None or row.get("mess") == mess)
        print(f"{mess or 'all'}: {len(ids)} texts; difference is digest less the other")
        show(scorer, gold, found, spent, ids)


def scorer_of(kit: Path) -> ModuleType:
    """Load the kit's own scorer."""
    spec = importlib.util.spec_from_file_location("evaluate", kit / "evaluate.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{kit}: no scorer")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(folder: Path, gold: dict[str, dict[str, Any]], name: str) -> tuple[dict[str, Row], float]:
    """Give what a tool makes of each text, and its CPU milliseconds a text (imports and first use left out)."""
    tool = TOOLS[name][0]
    rows: dict[str, Row] = {}
    cases = [(at, folder / row["file"], address(folder, row)) for at, row in sorted(gold.items())]
    failed = 0
    tool(*cases[0][1:])
    begun = time.process_time()
    for at, file, url in cases:
        try:
            rows[at] = tool(file, url)
        except Exception as error:  # noqa: BLE001  # a peer that fails on a page scores as empty, and says so
            rows[at], failed = {"text": ""}, failed + 1
            print(f"{name}: {at}: {type(error).__name__}", file=sys.stderr)
    if failed:
        print(f"{name}: failed on {failed} of {len(cases)}")
    return rows, 1000 * (time.process_time() - begun) / len(cases)


def address(folder: Path, row: dict[str, Any]) -> str | None:
    """Give a page's address where it had one; pasted text has none."""
    url = str(row.get("url") or "")
    return url if url.startswith("http") and folder.name != "pasted" else None


def show(
    scorer: ModuleType,
    gold: dict[str, dict[str, Any]],
    found: dict[str, dict[str, Row]],
    spent: dict[str, float],
    ids: Sequence[str],
) -> None:
    """Print a line for each tool: F1, segments, metadata, differences to ours, CPU."""
    first: dict[str, list[float]] = {}
    for name, rows in found.items():
        scores = scorer.score(gold, rows, ids, ROUNDS, 0)
        cells = [f"{name:17}"]
        if "text" in scores:
            text, (low, high) = scores["text"], scores["ci"]["f1"]
            cells.append(
                f"F1 {text['f1']:.3f} [{low:.3f}, {high:.3f}] {text['precision']:.3f}/{text['recall']:.3f}"
            )
            cells.append(f"least {min(page[0] for page in scores['_pages']):.2f} empty {text['empty']:.3f}")
        if "segments" in scores:
            cells.append(f"segments {scores['segments']['f1']:.3f}")
        cells += [f"{field} {scores[field]['strict']:.2f}" for field in FIELDS if field in scores]
        cells.append(f"{spent[name]:.1f} ms")
        print("  ".join(cells))
        boots = drawn(scorer, gold, rows, ids, scores)
        if not first:
            first = boots
            continue
        whole = [f"{what} {spread(first[what], boots[what])}" for what in boots if what in first]
        print(" " * 19 + "difference: " + "  ".join(whole), flush=True)


def drawn(
    scorer: ModuleType,
    gold: dict[str, dict[str, Any]],
    rows: dict[str, Row],
    ids: Sequence[str],
    scores: dict[str, Any],
) -> dict[str, list[float]]:
    """Give each measure of ROUNDS resamples, the same pages in the same round for every tool; the last is the whole."""
    boots: dict[str, list[float]] = {}
    if "text" in scores:
        boots["F1"] = [*scores["_boots"]["f1"], scores["text"]["f1"]]
    pages = [at for at in ids if gold[at].get("with")]
    if pages:
        hits = [segments(scorer, gold[at], rows.get(at) or {}) for at in pages]
        boots["segments"] = resampled(hits, segment_f1)
    for field in FIELDS:
        asked = [at for at in ids if gold[at].get(field)]
        if asked and field in scores:
            met = [
                scorer.meta_hit(field, gold[at][field], (rows.get(at) or {}).get(field))[0] for at in asked
            ]
            boots[field] = resampled(met, statistics.fmean)
    return boots


def segments(scorer: ModuleType, gold: dict[str, Any], row: Row) -> tuple[int, int, int]:
    """Count a page's segments: found, wrongly found, missed."""
    text = scorer.squash(row.get("text"))
    hits = sum(scorer.squash(part) in text for part in gold["with"])
    return (
        hits,
        sum(scorer.squash(part) in text for part in gold.get("without") or []),
        len(gold["with"]) - hits,
    )


def segment_f1(counts: Sequence[tuple[int, int, int]]) -> float:
    """Give F1 over all segments of the pages."""
    hits, wrong, missed = map(sum, zip(*counts, strict=True))
    return 2 * hits / (2 * hits + wrong + missed) if hits else 0.0


def resampled(values: Sequence[Any], measure: Callable[[Sequence[Any]], float]) -> list[float]:
    """Measure ROUNDS resamples, drawn alike for every tool, and the whole last."""
    chance = random.Random(0)
    draws = ([values[chance.randrange(len(values))] for _ in values] for _ in range(ROUNDS))
    return [*map(measure, draws), measure(values)]


def spread(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Give a difference with its interval: ``+0.012 [+0.001, +0.020]``."""
    every = [one - other for one, other in zip(ours, theirs, strict=True)]
    drawn_only = sorted(every[:-1])
    low, high = drawn_only[int(0.025 * len(drawn_only))], drawn_only[int(0.975 * len(drawn_only))]
    return f"{every[-1]:+.4f} [{low:+.4f}, {high:+.4f}]"


def time_feeds() -> None:
    """Time 200 feeds of whole stories, ours (entries cleaned, HTML turned into lines) beside bare parsers."""
    feeds = [made_feed(number) for number in range(FEEDS)]
    print(f"{FEEDS} feeds, {FEEDS * ENTRIES} entries, {sum(map(len, feeds)) / 1e6:.0f} MB")
    for name, module in (("digest", "digest.reading.feeds"), ("fastfeedparser", None), ("feedparser", None)):
        try:
            tool = importlib.import_module(module or name)
        except ImportError as error:
            print(f"{name}: not measured, {error}")
            continue
        parse = (lambda content: tool.parse_feed(content, source="made")) if module else tool.parse  # noqa: B023  # used at once
        parse(feeds[0])
        some = feeds if name != "feedparser" else feeds[:20]  # a hundred times slower
        begun = time.process_time()
        entries = sum(len(parse(content).entries) for content in some)
        seconds = (time.process_time() - begun) * len(feeds) / len(some)
        print(f"{name:17} {seconds:.2f} s CPU, {entries * len(feeds) // len(some)} entries")


def made_feed(number: int) -> bytes:
    """Make a feed of whole stories."""
    chance = random.Random(number)
    words = [
        "harbour",
        "lantern",
        "ferry",
        "bakery",
        "garden",
        "choir",
        "library",
        "bridge",
        "winter",
        "river",
    ]

    def sentence() -> str:
        return " ".join(chance.choices(words, k=14)).capitalize() + "."

    def item(at: int) -> str:
        story = "".join(f"<p>{' '.join(sentence() for _ in range(4))}</p>" for _ in range(PARAGRAPHS))
        return (
            f"<item><title>{sentence()}</title><link>https://feed{number}.example.org/{at}</link>"
            f"<guid>{number}-{at}</guid><pubDate>Tue, 03 Mar 2026 10:{at % 60:02}:00 GMT</pubDate>"
            f"<description><![CDATA[{story}]]></description></item>"
        )

    items = "".join(item(at) for at in range(ENTRIES))
    head = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {number}</title>'
    return f"{head}{items}</channel></rss>".encode()


if __name__ == "__main__":
    sys.exit(main())
