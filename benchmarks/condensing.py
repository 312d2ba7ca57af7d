"""Measure condensing: ``python benchmarks/condensing.py KIT_FOLDER [--peers] [--limit N]``.

Prints the table of ``benchmarks/README.md``: our digests of the kit's articles beside the first three sentences,
the first 65 words and, with ``--peers``, every other tool that is installed (a missing one is named and
skipped). Ours are out of fold: the articles of a fold are condensed with weights trained without them.

Peers get our sentence split, so that their algorithm is measured and not their installation. Scores are those
of the kit's own ``evaluate.py``. Needs the ``bench`` extra.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import completeness
import train_ranker

from digest.condensing import condense
from digest.condensing.condenser import condense_by
from digest.condensing.prose import opens_dangling
from digest.condensing.ranking import Ranker
from digest.condensing.sentences import split_paragraph
from digest.condensing.verbs import finite_verb_at
from digest.model import Article, Digest
from digest.shingles import containment, shingles

LEAD_WORDS = 65
FEW_POINTS = 3
HEADLINE_WORDS = 12
REPEATS = 0.6
BOOTSTRAPS = 1000
OPENERS = frozenset(
    """but and so also however meanwhile moreover furthermore instead then still yet nevertheless he she it they his
    her its their this that these those""".split()  # noqa: SIM905  # a list as the kit has it
)
Row = dict[str, Any]
Summarizer = Callable[[Row], list[str]]


@dataclass
class Scored:
    """One system on one article: ROUGE-1, -2, -Lsum, and how many words it took."""

    rouge: list[float]
    words: int


def read(path: Path) -> list[Row]:
    """Read one JSON object a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def article_of(row: Row, *, titled: bool = True) -> Article:
    """Set a row of the kit as an article."""
    return Article(paragraphs=row["text"].split("\n"), title=row["title"] if titled else None)


def sentences_of(row: Row) -> list[str]:
    """Split a row's text."""
    return [
        text[start:end]
        for text in row["text"].split("\n")
        for start, end in split_paragraph(text, row["lang"])
    ]


def fold_rankers(folder: Path) -> tuple[list[Ranker], dict[str, int]]:
    """Train five rankers, each without one fold, and tell each article's fold."""
    cases = train_ranker.load(folder)
    rankers = train_ranker.fold_rankers(cases)
    return rankers, {case.id: case.fold for case in cases}


def lead(sentences: Sequence[str], words: int) -> list[str]:
    """Take leading sentences while they have at most so many words together; at least one."""
    taken = list(sentences[:1])
    for sentence in sentences[1:]:
        if len(" ".join([*taken, sentence]).split()) > words:
            break
        taken.append(sentence)
    return taken


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Give the 95 % bootstrap interval of a mean."""
    rng = random.Random(0)
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(BOOTSTRAPS))
    return means[int(0.025 * BOOTSTRAPS)], means[int(0.975 * BOOTSTRAPS)]


def peers() -> Iterator[tuple[str, Summarizer | str]]:
    """Give every peer as a function of a row, or why it is missing."""
    try:
        plaintext = importlib.import_module("sumy.parsers.plaintext")
        importlib.import_module("nltk")
    except ImportError as missing:
        yield "sumy", f"not installed ({missing.name})"
    else:
        for name in ("edmundson", "lex_rank", "luhn", "text_rank", "sum_basic", "lsa", "kl"):
            yield f"sumy {name}", _sumy(name, plaintext)
    try:
        summarizer = importlib.import_module("summa.summarizer")
    except ImportError as missing:
        yield "summa", f"not installed ({missing.name})"
    else:
        yield (
            "summa",
            lambda row: summarizer.summarize("\n".join(sentences_of(row)), words=70, split=True)[:3],
        )
    try:
        nlp = importlib.import_module("newspaper.nlp")
    except ImportError as missing:
        yield "newspaper4k", f"not installed ({missing.name})"
    else:
        yield "newspaper4k", _newspaper(nlp)


class _Tokenizer:
    """What sumy asks of a tokenizer, over our sentences."""

    def to_sentences(self, text: str) -> list[str]:
        return [text[start:end] for start, end in split_paragraph(text, "en")]

    def to_words(self, text: str) -> list[str]:
        return [word for word in text.split() if any(map(str.isalpha, word))]


def _sumy(name: str, plaintext: ModuleType) -> Summarizer:
    module = importlib.import_module(f"sumy.summarizers.{name}")
    class_name = {"sum_basic": "SumBasicSummarizer", "kl": "KLSummarizer", "lsa": "LsaSummarizer"}.get(
        name, "".join(part.capitalize() for part in name.split("_")) + "Summarizer"
    )
    stem = importlib.import_module("sumy.nlp.stemmers").Stemmer("english")
    words = importlib.import_module("sumy.utils").get_stop_words("english")
    summarizer = getattr(module, class_name)(stem)
    if name == "edmundson":
        summarizer.bonus_words, summarizer.stigma_words = (
            ("significant", "important"),
            ("hardly", "impossible"),
        )
        summarizer.null_words = words
    else:
        summarizer.stop_words = words

    def summarize(row: Row) -> list[str]:
        parser = plaintext.PlaintextParser.from_string(row["text"], _Tokenizer())
        return [str(sentence) for sentence in summarizer(parser.document, 3)]

    return summarize


def _newspaper(nlp: Any) -> Summarizer:
    def summarize(row: Row) -> list[str]:
        sentences = sentences_of(row)
        nlp.split_sentences = lambda _text: sentences
        words = importlib.import_module("newspaper.text").StopWords("en")
        return list(nlp.summarize(row["title"] or sentences[0], row["text"], words, max_sents=3))

    return summarize


def print_rouge(
    name: str, scored: Sequence[Scored], lead3: Sequence[Scored], lead65: Sequence[Scored]
) -> None:
    """Print one row: means, paired differences of ROUGE-1 with their intervals, words."""
    means = [sum(one.rouge[kind] for one in scored) / len(scored) for kind in range(3)]
    gains = [
        [one.rouge[0] - other.rouge[0] for one, other in zip(scored, base, strict=True)]
        for base in (lead3, lead65)
    ]
    cells = [
        f"{sum(gain) / len(gain):+.2f} [{interval(gain)[0]:+.2f},{interval(gain)[1]:+.2f}]" for gain in gains
    ]
    words = sum(one.words for one in scored) / len(scored)
    print(
        f"{name:<26}{'/'.join(f'{mean:.1f}' for mean in means):>16}{cells[0]:>22}{cells[1]:>22}{words:>6.0f}"
    )


def measure_rouge(
    folder: Path, rows: Sequence[Row], digests: Sequence[Digest], others: Sequence[tuple[str, Any]]
) -> None:
    """Print every system by part."""
    sys.path.insert(0, str(folder))
    scorer = importlib.import_module("evaluate")

    def score(row: Row, summary: Sequence[str]) -> Scored:
        return Scored(scorer.best_score(row, list(summary) or [""]), len(" ".join(summary).split()))

    leads = [scorer.split_sentences(row["text"]) for row in rows]
    systems: dict[str, list[Scored]] = {
        "ours": [
            score(row, [point.text for point in one.summary]) for row, one in zip(rows, digests, strict=True)
        ],
        "Lead-3": [score(row, one[:3]) for row, one in zip(rows, leads, strict=True)],
        "Lead-65": [score(row, lead(one, LEAD_WORDS)) for row, one in zip(rows, leads, strict=True)],
    }
    for name, summarize in others:
        if isinstance(summarize, str):
            print(f"{name}: {summarize}, skipped")
            continue
        systems[name] = [score(row, summarize(row) if row["lang"] == "en" else []) for row in rows]
    for part in ("mix", *dict.fromkeys(row["part"] for row in rows)):
        at = [number for number, row in enumerate(rows) if part in {"mix" if row["mix"] else "", row["part"]}]
        if not at:
            continue
        print(f"\n{part} ({len(at)})")
        for name, scored in systems.items():
            if not any(scored[number].words for number in at):
                continue  # a peer that was not asked, since it was set up for English
            print_rouge(
                name,
                [scored[number] for number in at],
                [systems["Lead-3"][number] for number in at],
                [systems["Lead-65"][number] for number in at],
            )


def measure_lines(rows: Sequence[Row], digests: Sequence[Digest]) -> None:
    """Print what ROUGE does not see: dangling openers, repeats, broken evidence, empty digests."""
    dangling = points = repeats = broken = 0
    for digest in digests:
        first = digest.summary[0]
        opens = first.evidence[0]
        own_first = opens.paragraph == 0 and opens.start == 0
        dangling += _opens(first.text) and not own_first
        dangling += any(_opens(point.text) for point in digest.key_points)
        summary = [shingles(point.text) for point in digest.summary]
        for point in digest.key_points:
            points += 1
            repeats += any(containment(shingles(point.text), other) >= REPEATS for other in summary)
        for line in (*digest.summary, *digest.key_points):
            broken += any(
                digest.article.paragraphs[one.paragraph][one.start : one.end] != one.text
                for one in line.evidence
            )
    counts = [len(digest.key_points) for digest in digests]
    own = sum(opens_dangling(point.text, "en") for digest in digests for point in digest.key_points)
    print(
        f"\ndangling {dangling} of {len(digests)} ({100 * dangling / len(digests):.2f} %);"
        f" key points by our list {own}"
    )
    few = sum(count < FEW_POINTS for count in counts)
    print(f"key points that repeat a summary sentence {repeats} of {points}; broken evidence {broken}")
    print(f"key points a digest {sum(counts) / len(counts):.1f}; fewer than three {few}")
    print(f"empty {sum(not digest.summary for digest in digests)} of {len(rows)}")


def _opens(text: str) -> bool:
    words = text.split()
    return bool(words) and words[0].strip("\"'“”‘’(.,:;").lower() in OPENERS


def measure_headlines(
    folder: Path, rows: Sequence[Row], rankers: Sequence[Ranker], folds: dict[str, int]
) -> None:
    """Print made headlines against the titles that were kept from them, and how many end as a sentence may."""
    scorer = importlib.import_module("evaluate")
    judge = completeness.train(folder)
    print(f"the judge of ends passes {100 * judge.cuts_passed:.0f} % of sentences broken off at random")
    for part in ("inshorts", "orangesum"):
        titled = [row for row in rows if row["title"] and row["part"] == part]
        if not titled:
            continue
        made = [
            condense_by(rankers[folds.get(row["id"], 0)], article_of(row, titled=False)).headline
            for row in titled
        ]
        first = [" ".join(row["text"].split()[:12]) for row in titled]
        for name, lines in (("ours", made), ("first 12 words", first)):
            scores = [
                scorer.score([row["title"]], [line], row["lang"])
                for row, line in zip(titled, lines, strict=True)
            ]
            means = "/".join(f"{sum(column) / len(scores):.1f}" for column in zip(*scores, strict=True))
            print(f"headline without a title, {part} ({len(titled)}), {name}: {means}")
        verbs = sum(finite_verb_at(line.split()) is not None for line in made)
        if part == "inshorts":
            titles = [row["title"] for row in titled]
            for name, lines in (("ours", made), ("first 12 words", first), ("human titles", titles)):
                print(f"ends as a sentence may, {name}: {completeness.share_whole(judge, lines):.1f} %")
            long = sum(len(line.split()) > HEADLINE_WORDS for line in made)
            print(f"with a finite verb {verbs} of {len(made)}; over {HEADLINE_WORDS} words {long}")


def measure_keywords(rows: Sequence[Row], digests: Sequence[Digest]) -> None:
    """Print the share of the first five keywords whose stems all occur in the human summary or title."""
    found = total = 0
    for row, digest in zip(rows, digests, strict=True):
        if row["file"] != "dev.jsonl":
            continue
        human = set(train_ranker.rouge_words(" ".join([*row["reference"], row["title"] or ""]), "en"))
        for word in digest.keywords[:5]:
            total += 1
            found += set(train_ranker.rouge_words(word, "en")) <= human
    print(f"keywords, precision at 5: {found / total:.3f} of {total}")


def measure_speed(rows: Sequence[Row]) -> None:
    """Print articles a CPU second, and the import's CPU seconds and memory in a fresh interpreter."""
    articles = [article_of(row) for row in rows if row["mix"]][:500]
    condense(articles[0])
    start = time.process_time()
    for article in articles:
        condense(article)
    print(f"articles a CPU second {len(articles) / (time.process_time() - start):.0f}")
    script = (
        "import time,re;hwm=lambda:int(re.search(r'VmHWM:\\s+(\\d+)',open('/proc/self/status').read())[1]);a=hwm();"
        "t=time.process_time();"
        "from digest.condensing import condense;from digest.model import Article;"
        "s=time.process_time()-t;condense(Article(paragraphs=['The harbour opened its new pier on Monday.']));"
        "print(s,hwm()/1024,a/1024)"
    )
    got = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout.split()
    print(
        f"import {float(got[0]):.3f} CPU s; memory {float(got[1]):.0f} MB, bare interpreter {float(got[2]):.0f} MB"
    )


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the unpacked kit")
    parser.add_argument("--peers", action="store_true", help="also run every other installed tool (minutes)")
    parser.add_argument("--limit", type=int, help="articles of each file")
    arguments = parser.parse_args()
    if not (arguments.folder / "dev.jsonl").exists():
        print(f"skipped: no dev.jsonl in {arguments.folder}")
        return
    rows: list[Row] = []
    for name in ("dev.jsonl", "dev_xsum.jsonl", "dev_fr.jsonl"):
        rows += [
            {**row, "file": name, "mix": row["part"] in train_ranker.MIX}
            for row in read(arguments.folder / name)[: arguments.limit]
        ]
    rankers, folds = fold_rankers(arguments.folder)
    digests = [condense_by(rankers[folds.get(row["id"], 0)], article_of(row)) for row in rows]
    print(f"{'system':<26}{'R1/R2/RLsum':>16}{'dR1 Lead-3':>22}{'dR1 Lead-65':>22}{'words':>6}")
    measure_rouge(arguments.folder, rows, digests, list(peers()) if arguments.peers else [])
    measure_lines(rows, digests)
    measure_headlines(arguments.folder, rows, rankers, folds)
    measure_keywords(rows, digests)
    measure_speed(rows)


if __name__ == "__main__":
    main()
