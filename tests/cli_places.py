"""Folders to run commands in: an article of our own writing and a list of readers."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ARTICLE", "article", "folder_with"]

ARTICLE = """\
A library lends bicycles

The library of the harbour town lent out twenty cargo bicycles on Monday, its keeper Marta Lind said.

Anyone with a card can borrow one for three days, free of charge, as long as the brakes are checked.

The council paid 61,000 crowns for the bicycles, about as much as it spends on the car park each year.

Traders in Rope Street complained that the bicycles blocked the pavement on market days in September.

The library moved the racks to the old net store across the canal, where volunteers mend punctures.

The council will decide in December whether to buy thirty more, ten of them with electric motors.
"""


def article(number: int) -> str:
    """Write another article: no two share much."""
    things = ("lighthouse", "orchard", "tramway", "observatory", "bakery", "canal", "theatre", "greenhouse")
    thing = things[number % len(things)]
    return f"The {thing} of quarter {number} opens its doors\n\n" + "\n\n".join(
        f"{who} of the {thing} told {number + at} visitors on day {at} how its {part} works and who repairs it."
        for at, (who, part) in enumerate(
            [("The keeper", "roof"), ("An engineer", "clock"), ("The baker", "oven"), ("A teacher", "garden")]
        )
    )


def folder_with(folder: Path, *, people: int) -> Path:
    """Write article.txt and list.csv into a folder."""
    (folder / "article.txt").write_text(ARTICLE, "utf-8")
    rows = "".join(f"reader{number}@example.org,Reader {number}\n" for number in range(people))
    (folder / "list.csv").write_text(f"email,name\n{rows}", "utf-8")
    return folder
