"""`digest status`: who got an edition, who did not and why, as text, JSON, CSV and counted."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from cli_places import article, folder_with
from command import digest
from fault_server import At, Fault, FaultServer, Moment, behave

ANSWERS = {
    "reader1@": b"550 5.1.1 =no such\x1b[31m person\r\n",
    "reader2@": b"450 4.2.0 greylisted\r\n",
    "reader3@": b"550 5.7.1 policy\r\n",
}


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A folder in which one edition was mailed: 9 accepted, 2 refused, 1 deferred, 1 suppressed, at two domains."""
    place = folder_with(tmp_path, people=10)
    with (place / "list.csv").open("a", encoding="utf-8") as rows:
        rows.write("ann@example.net,Ann\nbo@example.net,Bo\nleft@example.net,Left\n")
    (place / "left.txt").write_text("left@example.net\n")
    (place / "digest.toml").write_text('[list]\nsuppression = "left.txt"\n')

    def decide(moment: Moment) -> Fault | None:
        if moment.at is At.RCPT:
            for start, answer in ANSWERS.items():
                if moment.recipient.startswith(start):
                    return Fault(answer)
        return None

    async with FaultServer(decide) as server:
        smtp = f"smtp://127.0.0.1:{server.port}"
        ended = await digest(
            *("send", "article.txt", "--to", "list.csv", "--smtp", smtp, "--yes", "--edition", "spring"),
            cwd=place,
        )
    assert ended.status == 75, ended.err
    return place


async def test_everybody_is_told_with_what_the_server_said(folder: Path) -> None:
    """Text names who did not get it and why, escaped; JSON has all with codes, attempts, Message-ID and time."""
    text = await digest("status", cwd=folder)
    assert (text.status, text.err) == (0, "")
    for words in (
        "Edition  spring",
        "State    open",
        "9 accepted",
        "2 refused",
        "1 deferred",
        "1 suppressed",
    ):
        assert words in text.out
    assert "reader1@example.org: refused 550 5.1.1" in text.out
    assert "\x1b" not in text.out
    told = (await digest("status", "spring", "--json", cwd=folder)).json()
    few = {"accepted": 9, "deferred": 1, "refused": 2, "suppressed": 1}
    assert told["counts"] == {**dict.fromkeys(("planned", "in_doubt", "skipped"), 0), **few}
    one = next(delivery for delivery in told["deliveries"] if delivery["email"] == "reader2@example.org")
    assert (one["verdict"], one["code"], one["enhanced"], one["attempts"]) == ("deferred", 450, "4.2.0", 1)
    assert one["message_id"].endswith("@example.org")
    assert one["at"] is not None
    left = next(delivery for delivery in told["deliveries"] if delivery["email"] == "left@example.net")
    assert (left["verdict"], left["message_id"], left["attempts"]) == ("suppressed", None, 0)


async def test_counts_by_domain_and_by_reason(folder: Path) -> None:
    """A line for each domain or reason and verdict, largest first; the same as JSON lines."""
    by_domain = (await digest("status", "--by", "domain", cwd=folder)).out.splitlines()
    assert by_domain[0].split() == ["7", "accepted", "example.org"]
    assert ["2", "accepted", "example.net"] in [line.split() for line in by_domain]
    lines = (await digest("status", "--by", "reason", "--json", cwd=folder)).out.splitlines()
    reasons = {(one["verdict"], one["reason"]): one["count"] for one in map(json.loads, lines)}
    assert reasons["accepted", "-"] == 9
    assert reasons["suppressed", "suppressed"] == 1
    assert any(verdict == "deferred" and "greylisted" in reason for verdict, reason in reasons)


async def test_b14_the_csv_is_read_back_and_has_no_formula(folder: Path) -> None:
    """One recipient a row; what a server says cannot begin a formula in a spreadsheet."""
    rows = list(csv.DictReader((await digest("status", "--csv", cwd=folder)).out.splitlines()))
    assert len(rows) == 13
    assert not any(value.startswith(("=", "+", "-", "@", "\t")) for row in rows for value in row.values())
    assert {row["email"]: row["verdict"] for row in rows}["reader3@example.org"] == "refused"


async def test_the_latest_edition_is_shown_and_others_by_name(folder: Path) -> None:
    """Without a name the one mailed last; an unknown name is 66 and says which there are."""
    (folder / "article.txt").write_text(article(3), "utf-8")
    async with FaultServer(behave) as server:
        smtp = f"smtp://127.0.0.1:{server.port}"
        second = ("send", "article.txt", "--to", "list.csv", "--smtp", smtp, "--yes", "--edition", "summer")
        assert (await digest(*second, cwd=folder)).status == 0
    assert (await digest("status", "--json", cwd=folder)).json()["edition"] == "summer"
    assert (await digest("status", "spring", "--json", cwd=folder)).json()["edition"] == "spring"
    unknown = await digest("status", "winter", cwd=folder)
    assert unknown.status == 66
    assert "winter" in unknown.err
