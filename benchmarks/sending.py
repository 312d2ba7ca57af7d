"""Measure sending beside its peers, in one run: ``python benchmarks/sending.py [--peers PYTHON] [PART ...]``.

Parts: ``load`` (against smtp-source, C, identical octets, nothing recorded), ``mailmerge``, ``aiosmtplib``,
``distance`` (a round trip of 40 ms), ``dkim`` (RSA-2048, against the key's own work and dkimpy), ``memory``
(1,000,000 recipients: some minutes), ``import``; all of them by default. Everything goes to Postfix's smtp-sink on
loopback. Ours is the whole process each time: Python's start, the CSV checked, the ledger on the disk. Ratios are
of rates, ours ÷ the peer's, from runs in turn.

Peers live in an environment of their own: ``python -m venv peers && peers/bin/pip install aiosmtplib mailmerge``,
then ``--peers peers/bin/python``. What is missing is named and left out.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pwd
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest.smtp.dkim_keys import make_key

HERE = Path(__file__).parent
OURS, PEERS, PROXY = (str(HERE / name) for name in ("sending_ours.py", "sending_peers.py", "delay_proxy.py"))
CONNECTIONS = 16
FAR_CONNECTIONS = 10
ROUND_TRIP_MS = 40
SIGNED = 10_000


@dataclass(frozen=True)
class Took:
    """What a process took: seconds on the clock and of CPU, and the JSON it printed."""

    wall: float
    cpu: float
    told: dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """What every part needs."""

    folder: Path
    port: int
    letters: int
    many: int
    runs: int
    peers: str | None

    def list_of(self, letters: int) -> str:
        """Write a list, once: a third of the names need encoding."""
        path = self.folder / f"list-{letters}.csv"
        if not path.exists():
            names = ("Robin Reader", "Zoë O'Neil", "Sam Quay")
            with path.open("w", encoding="utf-8") as file:
                file.write("email,name,town\n")
                file.writelines(
                    f"reader{number:07d}@town{number % 997}.example.org,{names[number % 3]} {number},Harbour\n"
                    for number in range(letters)
                )
        return str(path)

    def ours(self, letters: int, *, loop: str = "asyncio", port: int | None = None, **more: Any) -> Took:
        """Mail a list of ours from nothing."""
        store = self.folder / "ours.db"
        if not more.pop("again", False):
            remove_store(store)
        command = [
            sys.executable,
            OURS,
            "send",
            str(self.folder / "letter"),
            self.list_of(letters),
            str(store),
        ]
        command += [str(port or self.port), "--loop", loop]
        for name, value in more.items():
            command += [f"--{name}"] if value is True else [f"--{name}", str(value)]
        return timed(command)


def remove_store(store: Path) -> None:
    """Remove a store with everything beside it."""
    for path in store.parent.glob(f"{store.name}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def timed(command: list[str], *, cwd: Path | None = None) -> Took:
    """Run a command to its end."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        out = running.stdout.read()
        errors = running.stderr.read()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"{' '.join(command)}\n{errors.decode()[-2000:]}")
    told = json.loads(out) if out[:1] == b"{" else {}
    return Took(time.perf_counter() - began, used.ru_utime + used.ru_stime, told)


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """Run smtp-sink on a free port of loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = ["-u", pwd.getpwnam("nobody").pw_name] if os.getuid() == 0 else []
    with subprocess.Popen([program("smtp-sink"), *user, "-4", f"127.0.0.1:{port}", "1000"]) as running:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
                break
            time.sleep(0.05)
        try:
            yield port
        finally:
            running.terminate()


def program(name: str) -> str:
    """Find one of Postfix's test programs, which lie outside of a user's path."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        raise SystemExit(f"{name} is missing: it comes with Postfix (Debian: postfix)")
    return found


def row(what: str, goal: str, figure: str) -> None:
    """Print one row of the table."""
    print(f"| {what} | {goal} | {figure} |", flush=True)


def spread(values: list[float]) -> str:
    """Write a median and what it is the median of."""
    return f"**{statistics.median(values):.2f}** ({', '.join(f'{value:.2f}' for value in sorted(values))})"


# --- the parts ----------------------------------------------------------------------------------------------


def load(bench: Bench) -> None:
    """Run smtp-source, ours on asyncio and ours on uvloop in turn."""
    taken: dict[str, list[Took]] = {"smtp-source": [], "asyncio": [], "uvloop": []}
    command = [program("smtp-source"), "-4", "-d", "-m", str(bench.letters), "-s", str(CONNECTIONS)]
    command += ["-F", str(bench.folder / "message.eml"), "-f", "news@example.org", "-t", "reader@example.org"]
    command += ["-M", "bench.example.org", f"127.0.0.1:{bench.port}"]
    for _ in range(bench.runs):
        taken["smtp-source"].append(timed(command))
        for loop in ("asyncio", "uvloop"):
            taken[loop].append(bench.ours(bench.letters, loop=loop))
    for loop, goal in (("asyncio", "≥ 1.0"), ("uvloop", "≥ 1.2")):
        ratios = [
            source.wall / ours.wall for source, ours in zip(taken["smtp-source"], taken[loop], strict=True)
        ]
        row(f"{bench.letters:,} letters against smtp-source, {loop}", goal, spread(ratios))
    for name, goal in (("smtp-source", "–"), ("asyncio", "≤ 150 µs"), ("uvloop", "≤ 110 µs")):
        each = [took.cpu / bench.letters * 1e6 for took in taken[name]]
        row(
            f"CPU a letter, {name}",
            goal,
            f"{statistics.median(each):.0f} µs ({min(each):.0f}–{max(each):.0f})",
        )


def mailmerge(bench: Bench) -> None:
    """Run mailmerge and ours on the same recipients, cold and with the edition compiled."""
    merge = Path(bench.peers or "").with_name("mailmerge")
    if not bench.peers or not merge.exists():
        row("mailmerge", "≥ 12 / ≥ 1.5", "missing: mailmerge")
        return
    parts = json.loads((bench.folder / "parts.json").read_text())
    for letters, runs, goals in ((100, bench.runs, ("–", "≥ 1.5")), (10_000, 1, ("≥ 12", "–"))):
        cold, warm = [], []
        cold_cpu, warm_cpu = [], []
        for _ in range(runs):
            theirs = timed(
                [str(merge), "--no-dry-run", "--no-limit"], cwd=merge_folder(bench, parts, letters)
            )
            ours = bench.ours(letters)
            warm.append(theirs.wall / ours.wall)
            warm_cpu.append(theirs.cpu / ours.cpu)
            shutil.rmtree(bench.folder / "cold", ignore_errors=True)
            (bench.folder / "cold").mkdir()
            command = [
                sys.executable,
                "-m",
                "digest",
                "send",
                str(HERE.parent / "examples/harbour-library.txt"),
            ]
            command += [
                "--to",
                bench.list_of(letters),
                "--smtp",
                f"smtp://127.0.0.1:{bench.port}",
                "--yes",
                "-q",
            ]
            command += ["--store", f"sqlite:///{bench.folder}/cold/state.db"]
            ours = timed(command, cwd=bench.folder / "cold")
            cold.append(theirs.wall / ours.wall)
            cold_cpu.append(theirs.cpu / ours.cpu)
        row(
            f"mailmerge, {letters:,} letters, `digest send` cold",
            goals[0],
            f"{spread(cold)}; CPU {spread(cold_cpu)}",
        )
        row(
            f"mailmerge, {letters:,} letters, edition compiled",
            goals[1],
            f"{spread(warm)}; CPU {spread(warm_cpu)}",
        )


def merge_folder(bench: Bench, parts: dict[str, str], letters: int) -> Path:
    """Write mailmerge's three files: our page as HTML, the same list, the same server."""
    folder = bench.folder / f"merge-{letters}"
    folder.mkdir(exist_ok=True)
    page = parts["html"].replace("Robin Reader", "{{name}}").replace("reader%40example.org", "{{email}}")
    head = f"TO: {{{{email}}}}\nSUBJECT: {parts['subject']}\nFROM: News <news@example.org>\nContent-Type: text/html\n\n"
    (folder / "mailmerge_template.txt").write_text(head + page, "utf-8")
    shutil.copy(bench.list_of(letters), folder / "mailmerge_database.csv")
    (folder / "mailmerge_server.conf").write_text(f"[smtp_server]\nhost = 127.0.0.1\nport = {bench.port}\n")
    return folder


def aiosmtplib(bench: Bench) -> None:
    """Run one ``send_message`` a recipient beside ours."""
    if not has_aiosmtplib(bench):
        row("aiosmtplib", "≥ 25", "missing: aiosmtplib")
        return
    fewer = min(2000, bench.letters)
    for kind, words in (
        ("send_message", "connections kept"),
        ("send", "`aiosmtplib.send`, a connection each"),
    ):
        ratios, cpu = [], []
        for _ in range(bench.runs):
            ours = bench.ours(bench.letters)
            theirs = peer(bench, kind, fewer, CONNECTIONS, bench.port)
            ratios.append(theirs["seconds"] / fewer / (ours.wall / bench.letters))
            cpu.append(theirs["cpu"] / fewer / (ours.cpu / bench.letters))
        goal = "≥ 25" if kind == "send_message" else "–"
        row(f"EmailMessage and {words}, {fewer:,} letters", goal, f"{spread(ratios)}; CPU {spread(cpu)}")


def distance(bench: Bench) -> None:
    """Run aiosmtplib's ``sendmail`` and ours over a line with a round trip of 40 ms."""
    if not has_aiosmtplib(bench):
        row("40 ms round trip", "≥ 3.8", "missing: aiosmtplib")
        return
    command = [sys.executable, PROXY, str(bench.port), str(ROUND_TRIP_MS / 2)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as proxy:
        assert proxy.stdout is not None
        port = int(proxy.stdout.readline())
        ratios = []
        for _ in range(bench.runs):
            ours = bench.ours(4000, port=port, connections=FAR_CONNECTIONS)
            theirs = peer(bench, "sendmail", 400, FAR_CONNECTIONS, port)
            ratios.append(theirs["seconds"] / 400 / (ours.wall / 4000))
        proxy.terminate()
    row(
        f"40 ms round trip, {FAR_CONNECTIONS} connections, against aiosmtplib `sendmail`",
        "≥ 3.8",
        spread(ratios),
    )


def has_aiosmtplib(bench: Bench) -> bool:
    """Tell whether the peers' Python has it."""
    asked = [bench.peers or "", "-c", "import aiosmtplib"]
    return bool(bench.peers) and not subprocess.run(asked, check=False, capture_output=True).returncode


def peer(bench: Bench, kind: str, letters: int, connections: int, port: int) -> dict[str, Any]:
    """Run a peer."""
    parts = str(bench.folder / "parts.json")
    assert bench.peers is not None
    return timed([bench.peers, PEERS, kind, parts, str(port), str(letters), str(connections)]).told


def memory(bench: Bench) -> None:
    """Mail few and many, then only begin with many once more; peak memory, the CPU curve, the start."""
    few = bench.ours(20_000)
    many = bench.ours(bench.many, cache=True)
    peaks = [took.told["peak_kb"] / 1024 for took in (few, many)]
    row(
        f"peak memory at {bench.many:,} recipients; growth from 20,000",
        "≤ 40 MB; ≤ 10 MB",
        f"**{peaks[1]:.1f} MB; {peaks[1] - peaks[0]:.1f} MB**",
    )
    row(
        f"{bench.many:,} letters, whole process, CPU a letter",
        "–",
        f"{many.cpu / bench.many * 1e6:.0f} µs, {many.wall:.0f} s",
    )
    row(
        "CPU a further letter, last tenth ÷ first tenth",
        "0.8–1.2",
        f"**{slope(many.told['curve'], bench.many):.2f}**",
    )
    row(
        "start to first letter, rows validated a CPU second",
        "≥ 80,000",
        f"**{bench.many / many.told['first_cpu']:,.0f}**",
    )
    for path in bench.folder.glob("ours.db*"):  # a new edition to the same list: its checked copy stays
        if path.is_file():
            path.unlink()
    again = bench.ours(bench.many, again=True, cache=True, limit=1)
    row("– the list unchanged and already imported", "≤ 5 s", f"**{again.told['first_cpu']:.1f} s** of CPU")


def slope(curve: list[tuple[int, float]], letters: int) -> float:
    """Compare what a letter costs at the end with what it costs at the beginning."""

    def cost(first: float, last: float) -> float:
        inside = [point for point in curve if first * letters <= point[0] <= last * letters]
        return (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])

    return cost(0.9, 1.0) / cost(0.02, 0.12)


def import_(bench: Bench) -> None:
    """Read and check a list of many rows."""
    took = timed([sys.executable, OURS, "import", bench.list_of(bench.many)]).told
    row(
        f"CSV import, {bench.many:,} rows",
        "≥ 100,000 rows a CPU second; ≤ 25 MB more",
        f"**{took['rows'] / took['cpu']:,.0f}; {took['more_kb'] / 1024:.1f} MB**",
    )


def dkim(bench: Bench) -> None:
    """Sign every letter with RSA-2048; beside it the key's own work, and dkimpy's for the same letter."""
    key = bench.folder / "dkim.pem"
    key.write_bytes(make_key())
    key.chmod(0o600)
    raw_share: list[float] = []
    faster: list[float] = []
    for _ in range(bench.runs):
        sent = bench.ours(SIGNED, dkim=key).cpu / SIGNED
        for way, letters, ratios in (("raw", SIGNED // 5, raw_share), ("dkimpy", SIGNED // 100, faster)):
            command = [
                sys.executable,
                OURS,
                "sign",
                way,
                str(key),
                str(bench.folder / "message.eml"),
                str(letters),
            ]
            each = timed(command).told["cpu"] / letters
            ratios.append(each / sent)
    row(
        f"DKIM RSA-2048, {SIGNED:,} letters: the key's own work ÷ the whole send's CPU",
        "≥ 0.75",
        spread(raw_share),
    )
    row("– dkimpy's signing alone ÷ the whole send's CPU", "≥ 7", spread(faster))


PARTS: dict[str, Callable[[Bench], None]] = {
    "load": load,
    "mailmerge": mailmerge,
    "aiosmtplib": aiosmtplib,
    "distance": distance,
    "dkim": dkim,
    "import": import_,
    "memory": memory,
}


def main() -> None:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--letters", type=int, default=100_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", help="a Python that has aiosmtplib, and mailmerge beside it")
    asked = parser.parse_args()
    # As pip does at installation; the peers were installed so, and a checkout may be told to keep no bytecode.
    timed([sys.executable, "-m", "compileall", "-q", str(HERE.parent / "digest")])
    with tempfile.TemporaryDirectory(prefix="digest-bench-") as folder, sink() as port:
        told = timed([sys.executable, OURS, "compile", folder]).told
        print(
            f"A letter has {told['octets']:,} octets and {told['slots']} places that differ. "
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.\n\n| what | goal | measured |\n|---|---|---|"
        )
        bench = Bench(Path(folder), port, asked.letters, asked.many, asked.runs, asked.peers)
        for name in asked.parts or PARTS:
            PARTS[name](bench)


if __name__ == "__main__":
    main()
