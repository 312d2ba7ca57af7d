"""Measure the grounding gate: ``python benchmarks/plant_errors.py KIT_FOLDER``.

Errors are planted, with a fixed seed, in the human highlights and in our own extracts of the kit's CNN and Daily
Mail articles: a number changed to one the article does not have, a name exchanged for one of another article, a
negation added, a word of a quotation changed. Printed: how many of each are caught, how many clean highlights
are called wrong by each rule, and how many extracts are (none may be).
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from digest.condensing import condense
from digest.condensing.grounding import Ground, ground_of
from digest.model import Article

SEED = 7
NUMBER = re.compile(r"(?<![\w.,:])\d[\d,.]*\d|(?<![\w.,:])\d(?![\w.,:])")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
VERB = re.compile(r"\b(is|was|has|had|will|were|are|have|can|would|could)\b")


def plant_number(line: str, ground: Ground, rng: random.Random) -> str | None:
    """Change a number to another of the same length that the article does not have."""
    found = NUMBER.search(line)
    if not found:
        return None
    for _ in range(50):
        changed = "".join(
            str(rng.randrange(1, 10)) if character.isdigit() else character for character in found.group()
        )
        if changed not in ground.text and changed != found.group():
            return line[: found.start()] + changed + line[found.end() :]
    return None


def plant_name(line: str, ground: Ground, names: list[str], rng: random.Random) -> str | None:
    """Exchange a name for one that the article does not have."""
    found = NAME.search(line)
    if not found:
        return None
    foreign = next((name for name in rng.sample(names, 50) if name.casefold() not in ground.text), None)
    return line[: found.start()] + foreign + line[found.end() :] if foreign else None


def plant_negation(line: str) -> str | None:
    """Turn a statement round."""
    if re.search(r"\b(?:not|no|never)\b|n't", line) or not (found := VERB.search(line)):
        return None
    return line[: found.end()] + " not" + line[found.end() :]


def plant_quotation(line: str) -> str | None:
    """Change a word inside a quotation."""
    found = re.search(r"\"(\w+ (?:\w+ )+)(\w+)", line)
    return line[: found.start(2)] + "altered" + line[found.end(2) :] if found else None


def plant(line: str, ground: Ground, names: list[str], rng: random.Random) -> dict[str, str]:
    """Plant one error of each kind that the line has room for."""
    errors = {
        "number": plant_number(line, ground, rng),
        "name": plant_name(line, ground, names, rng),
        "negation": plant_negation(line),
        "quotation": plant_quotation(line),
    }
    return {rule: error for rule, error in errors.items() if error}


@dataclass
class Tally:
    """What was planted, caught and called wrong without reason."""

    planted: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    extracts: int = 0
    wrong_extracts: int = 0
    examples: list[str] = field(default_factory=list)

    def add(
        self,
        ground: Ground,
        highlights: list[str],
        extracts: list[str],
        planting: Callable[[str, Ground], dict[str, str]],
    ) -> None:
        """Count one article."""
        for line in highlights:
            found = ground.findings(line)
            self.clean += 1
            self.alarms.update({finding.rule for finding in found})
            names = [finding.what for finding in found if finding.rule == "name"]
            if names:
                self.examples.append(f"{', '.join(names)}: {line}")
        self.extracts += len(extracts)
        self.wrong_extracts += sum(bool(ground.findings(line)) for line in extracts)
        for line in (*highlights, *extracts):
            for rule, error in planting(line, ground).items():
                self.planted[rule] += 1
                self.caught[rule] += rule in {finding.rule for finding in ground.findings(error)}


def main() -> None:
    """Plant, ask the gate, count."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--show", type=int, default=0, help="print so many false alarms of the rule for names"
    )
    arguments = parser.parse_args()
    path = arguments.folder / "dev.jsonl"
    if not path.exists():
        print(f"skipped: no dev.jsonl in {arguments.folder}")
        return
    rng = random.Random(SEED)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["part"] in {"cnn", "dm"}]
    names = sorted({name for row in rows for line in row["reference"] for name in NAME.findall(line)})
    tally = Tally()
    for row in rows:
        article = Article(paragraphs=row["text"].split("\n"))
        digest = condense(article)
        extracts = [point.text for point in (*digest.summary, *digest.key_points)]
        tally.add(
            ground_of(article, "en"),
            row["reference"],
            extracts,
            lambda line, ground: plant(line, ground, names, rng),
        )
    for one in tally.examples[: arguments.show]:
        print("  " + one)
    planted, caught, alarms, clean = tally.planted, tally.caught, tally.alarms, tally.clean
    for rule in ("number", "name", "quotation", "negation"):
        print(
            f"{rule:<10} planted {planted[rule]:>5}, caught {100 * caught[rule] / max(1, planted[rule]):5.1f} %;"
            f" false alarms {alarms[rule]} of {clean} ({100 * alarms[rule] / clean:.1f} %)"
        )
    print(f"extracts called wrong: {tally.wrong_extracts} of {tally.extracts}")


if __name__ == "__main__":
    main()
