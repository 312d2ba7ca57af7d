"""Folders to run commands in: an article of our own writing and a list of readers."""

from __future__ import annotations

import random
from pathlib import Path

__all__ = ["ARTICLE", "article", "folder_with", "sending"]

ARTICLE = """\
A library lends bicycles

The library of the harbour town lent out twenty cargo bicycles on Monday, its keeper Marta Lind said.

Anyone with a card can borrow one for three days, free of charge, as long as the brakes are checked.

The council paid 61,000 crowns for the bicycles, about as much as it spends on the car park each year.

Traders in Rope Street complained that the bicycles blocked the pavement on market days in September.

The library moved the racks to the old net store across the canal, where volunteers mend punctures.

The council will decide in December whether to buy thirty more, ten of them with electric motors.
"""


WORDS = [
    "ferry",
    "garden",
    "bakery",
    "tram",
    "lantern",
    "orchard",
    "bridge",
    "choir",
    "market",
    "school",
    "clock",
    "museum",
    "river",
    "canal",
    "theatre",
    "mill",
    "harbour",
    "library",
    "bicycle",
    "kettle",
    "window",
    "carpenter",
    "teacher",
    "gardener",
    "sailor",
    "engineer",
    "painter",
    "baker",
    "singer",
    "miller",
    "repairs",
    "paints",
    "opens",
    "visits",
    "counts",
    "measures",
    "carries",
    "plants",
    "borrows",
    "teaches",
    "polishes",
    "gathers",
    "mends",
    "builds",
]


def article(number: int) -> str:
    """Write another article of made-up news: no two share much."""
    pick = random.Random(number)
    sentences = [
        f"The {' '.join(pick.sample(WORDS, 12))} number {number * 100 + at} on a quiet morning."
        for at in range(6)
    ]
    return f"The new orchard of quarter {number} opens its gates\n\n" + "\n\n".join(sentences)


def folder_with(folder: Path, *, people: int) -> Path:
    """Write article.txt and list.csv into a folder."""
    (folder / "article.txt").write_text(ARTICLE, "utf-8")
    rows = "".join(f"reader{number}@example.org,Reader {number}\n" for number in range(people))
    (folder / "list.csv").write_text(f"email,name\n{rows}", "utf-8")
    return folder


def sending(port: int) -> tuple[str, ...]:
    """Give the command that mails a folder's article to its list by a server of this machine, unasked."""
    return ("send", "article.txt", "--to", "list.csv", "--smtp", f"smtp://127.0.0.1:{port}", "--yes")
