"""The quality gate of condensing: scores on texts of our own writing, and floors that may not fall.

``python tests/condensing_gate.py --write`` raises the floors to what is measured now. A floor is lowered, or the
corpus changed, only with ``--lower``: whoever does it writes the reason into the commit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from digest.condensing import CondensingOptions, condense, warn_ungrounded
from digest.condensing.prose import opens_dangling
from digest.condensing.verbs import finite_verb_at
from digest.model import Article

CORPUS = Path(__file__).parent / "quality" / "corpus"
FLOORS = Path(__file__).parent / "quality" / "condensing_floors.json"


def files() -> list[Path]:
    """List the corpus in a fixed order."""
    return sorted(CORPUS.glob("condensing-*.json"))


def fingerprint() -> str:
    """Tell the corpus from any other: floors of one say nothing about another."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files())).hexdigest()[:16]


def rouge(reference: str, text: str) -> tuple[float, float]:
    """Give ROUGE-1 and ROUGE-2 F1 in percent, on whole words."""
    one, other = (re.findall(r"[^\W_]+", side.lower()) for side in (reference, text))
    shared = (Counter(one) & Counter(other)).total()
    pairs = (Counter(pairwise(one)) & Counter(pairwise(other))).total()
    return 200 * shared / max(1, len(one) + len(other)), 200 * pairs / max(1, len(one) + len(other) - 2)


def measure() -> dict[str, float]:
    """Condense the corpus and score it; every figure is better when higher."""
    scores: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        scores.setdefault(name, []).append(value)

    for path in files():
        row = json.loads(path.read_text("utf-8"))
        human = " ".join(row["highlights"])
        article = Article(title=row["title"], paragraphs=row["paragraphs"])
        digest = condense(article)
        lead = condense(article, options=CondensingOptions(method="lead"))
        ours = rouge(human, " ".join(point.text for point in digest.summary))
        base = rouge(human, " ".join(point.text for point in lead.summary))
        note("rouge_1", ours[0])
        note("rouge_2", ours[1])
        note("rouge_1_over_lead", ours[0] - base[0])
        words = set(re.findall(r"[^\W_]+", f"{human} {row['title'] or ''}".lower()))
        for keyword in digest.keywords:
            note("keyword_precision", 100.0 * (set(re.findall(r"[^\W_]+", keyword.lower())) <= words))
        note("stands_alone", 100.0 * (not any(opens_dangling(one.text, "en") for one in digest.key_points)))
        note("grounded", 100.0 * (not warn_ungrounded(digest)))
        note("three_key_points", 100.0 * (len(digest.key_points) >= 3))
        if digest.language == "en":
            made = condense(Article(paragraphs=row["paragraphs"])).headline.split()
            note("headline_has_verb", 100.0 * (finite_verb_at(made) is not None and len(made) <= 12))
    return {name: round(sum(values) / len(values), 2) for name, values in sorted(scores.items())}


def seal(pinned: dict[str, Any]) -> str:
    """Tell floors that were pinned by this script from floors that were edited by hand."""
    kept = json.dumps([pinned["corpus"], pinned["floors"]], sort_keys=True)
    return hashlib.sha256(kept.encode()).hexdigest()[:16]


def main() -> int:
    """Write floors, if they may be written."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="pin what is measured now")
    parser.add_argument("--lower", action="store_true", help="also where it is lower, or the corpus another")
    arguments = parser.parse_args()
    measured = measure()
    sys.stdout.write(json.dumps(measured, indent=1) + "\n")
    if not arguments.write:
        return 0
    old: dict[str, Any] = {"corpus": fingerprint(), "floors": {}}
    if FLOORS.exists():
        old = json.loads(FLOORS.read_text("utf-8"))
    floors: dict[str, float] = old["floors"]
    fallen = [name for name, floor in floors.items() if measured.get(name, -1.0) < floor]
    if (fallen or old["corpus"] != fingerprint()) and not arguments.lower:
        what = ", ".join(fallen) or "the corpus"
        sys.stdout.write(f"refused: {what} fell or changed. Pass --lower if that is meant.\n")
        return 1
    pinned = {"corpus": fingerprint(), "floors": measured}
    FLOORS.write_text(json.dumps({**pinned, "seal": seal(pinned)}, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
