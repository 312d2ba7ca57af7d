"""Each hostile case costs a bounded amount of time and memory: measured by the kernel, on a process of its own.

The process is ``digest read`` as a user runs it, or (where its limits must be shorter) the same reading by the
library. The figures are its rusage: what numpy, lxml or a decompressor take outside Python's heap counts too.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile_answers import (
    BILLION,
    QUADRATIC,
    SENTENCE,
    Answer,
    answering,
    as_list,
    by_the_second,
    endless,
    nested_feed,
    nested_page,
    signed_at_length,
    whole,
)

SECONDS, MEGABYTES = 10.0, 300.0  # FAULTS B16
HUNG = 60.0  # seconds on the wall: this machine may be busy
KIBIBYTES = 1 if sys.platform != "darwin" else 1024  # what ru_maxrss counts in, Linux and macOS
DONE, INVALID = 0, 65  # nothing to condense is invalid input too


@dataclass(frozen=True, slots=True)
class Cost:
    """How a process ended and what it took."""

    status: int
    seconds: float
    megabytes: float
    err: str


# The kernel's peak of a process counts what its parent held when it was forked, and pytest may hold hundreds of
# megabytes by then: so the one to be judged is started by a small process.
JUDGE = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss]))
"""


def spent(arguments: list[str], folder: Path, stdin: bytes = b"") -> Cost:
    """Run a process to its end and ask the kernel what it took."""
    given, said = folder / "given", folder / "said"
    given.write_bytes(stdin)
    with given.open("rb") as source, said.open("wb") as err:
        judge = [sys.executable, "-S", "-c", JUDGE, *arguments]
        # Without the tracer of a run that measures coverage: it triples what reading takes.
        plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
        told = subprocess.run(
            judge, cwd=folder, stdin=source, stdout=subprocess.PIPE, stderr=err, check=True, env=plain
        )
    status, seconds, peak = json.loads(told.stdout)
    return Cost(status, seconds, peak / KIBIBYTES * 1024 / 1e6, said.read_text("utf-8"))


async def reading(source: str, folder: Path, stdin: bytes = b"") -> Cost:
    """Read one source by the command line."""
    command = [sys.executable, "-m", "digest", "read", source, "--allow-private"]
    async with asyncio.timeout(HUNG):
        return await asyncio.to_thread(spent, command, folder, stdin)


def check(cost: Cost, *statuses: int) -> None:
    """Hold a cost against the bounds; a refusal names what it refuses, and shows no traceback."""
    assert cost.status in statuses, cost
    assert cost.seconds <= SECONDS, cost
    assert cost.megabytes <= MEGABYTES, cost
    assert "Traceback" not in cost.err
    assert cost.status == DONE or "Hint" in cost.err, cost


BOMB = gzip.compress(bytes(500_000_000), 6)
ANSWERS: dict[str, tuple[Answer, str]] = {
    "gzip bomb": (whole(BOMB, "Content-Encoding: gzip", "Content-Type: text/html"), "larger than"),
    "gzip bomb of a feed": (
        whole(BOMB, "Content-Encoding: gzip", "Content-Type: application/rss+xml"),
        "larger than",
    ),
    "endless body": (endless, "larger than"),
    "redirect loop": (whole(b"", "Location: /again", status="302 Found"), "redirects"),
}


@pytest.mark.parametrize("case", sorted(ANSWERS))
async def test_a_hostile_server_costs_little_and_is_refused(case: str, tmp_path: Path) -> None:
    """500 MB in 500 KB, a body without an end, a circle: a refusal by name, within the bounds."""
    answer, said = ANSWERS[case]
    async with answering(answer) as (url, _):
        cost = await reading(url, tmp_path)
    check(cost, INVALID)
    assert said in cost.err


async def test_one_byte_per_second_ends_at_the_deadline(tmp_path: Path) -> None:
    """A byte per second outlives every read timeout, not the deadline; waiting takes neither CPU nor memory."""
    script = (
        "import asyncio, sys\nfrom digest.errors import TryAgainError\n"
        "from digest.reading import ReadingOptions, read\n"
        "options = ReadingOptions(allow_private=True, deadline_seconds=2.5)\n"
        "try:\n    asyncio.run(read(sys.argv[1], options=options))\n"
        "except TryAgainError as error:\n    sys.exit(f'{error.what}. Hint: {error.hint}')\n"
    )
    loop = asyncio.get_running_loop()
    async with answering(by_the_second) as (url, _):
        begun = loop.time()
        async with asyncio.timeout(HUNG):
            cost = await asyncio.to_thread(spent, [sys.executable, "-c", script, url], tmp_path)
        took = loop.time() - begun
    check(cost, 1)
    assert "within 2.5 seconds" in cost.err
    assert took < SECONDS


def paste() -> bytes:
    return ((SENTENCE * 4 + "\n\n") * 28_000).encode()[:9_990_000]


def line(word: str) -> bytes:
    return (word * (1_000_000 // len(word.encode()))).encode()


def page_of(word: str) -> bytes:
    return b"<html><body><article><p>" + line(word) + b"</p></article></body></html>"


GIVEN: dict[str, tuple[Callable[[], bytes], tuple[int, ...]]] = {
    "billion laughs, feed": (lambda: BILLION, (INVALID,)),
    "billion laughs, list of feeds": (lambda: as_list(BILLION), (INVALID,)),
    "quadratic blow-up, feed": (lambda: QUADRATIC, (INVALID,)),
    "quadratic blow-up, list of feeds": (lambda: as_list(QUADRATIC), (INVALID,)),
    "200,000 nested elements, page": (lambda: nested_page(200_000), (DONE, INVALID)),
    "200,000 nested elements, feed": (lambda: nested_feed(200_000), (DONE, INVALID)),
    "author of 32 KB": (signed_at_length, (DONE,)),
    "paste of 10 MB": (paste, (DONE,)),
    "paste of 11 MB": (lambda: paste() + paste()[:1_000_000], (INVALID,)),
    "line of 1 MB": (lambda: line("lantern "), (DONE, INVALID)),
    "line of 1 MB, no space": (lambda: line("灯"), (DONE, INVALID)),
    "line of 1 MB, hyphens": (lambda: line("a-"), (DONE, INVALID)),
    "line of 1 MB, brackets": (lambda: line("(("), (DONE, INVALID)),
    "line of 1 MB in a page": (lambda: page_of("lantern "), (DONE, INVALID)),
    "line of 1 MB in a page, hyphens": (lambda: page_of("a-"), (DONE, INVALID)),
}


@pytest.mark.parametrize("case", list(GIVEN))
async def test_a_hostile_text_costs_little(case: str, tmp_path: Path) -> None:
    """Bombs are refused, long and deep texts read or refused: within the bounds, whatever they hold."""
    make, statuses = GIVEN[case]
    check(await reading("-", tmp_path, make()), *statuses)
