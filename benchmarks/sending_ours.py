"""Our side of ``sending.py``, one measured process a call; each prints one JSON object.

``compile FOLDER`` writes what the others need: the compiled letter, one message of it, and its parts for the
peers. ``send`` is a whole run as ``digest send`` has it after its child has composed: the list read and
checked from CSV, planned, mailed, everything recorded. ``sign`` signs only, with a key alone or with dkimpy.
``import`` only reads the list. CPU is user and system time of this process from its start; memory is its own peak
(VmHWM: unlike ``ru_maxrss`` it forgets the parent's).
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import re
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from digest.composing import load
from digest.delivering import DeliveryOptions, Progress, deliver
from digest.model import Connection, Transport
from digest.smtp import open_transport
from digest.store import ListOptions, Store, read_list

CHECKOUT = Path(__file__).parents[1]
SAMPLES = 200  # points of the CPU curve


def peak_kilobytes() -> int:
    """Give this process's largest resident size so far."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) if found else 0


class FirstOpen:
    """A transport that notes when the first connection stood: the first letter leaves right after."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.cpu: float | None = None

    @property
    def name(self) -> str:
        """What the plan shows."""
        return self._transport.name

    async def open(self) -> Connection:
        """Open one connection."""
        connection = await self._transport.open()
        if self.cpu is None:
            self.cpu = time.process_time()
        return connection


async def send(asked: argparse.Namespace) -> dict[str, Any]:
    """Mail the list, and tell what it took."""
    signer = None
    if asked.dkim:
        from digest.smtp.dkim import Signer
        from digest.smtp.dkim_keys import load_key

        signer = Signer([load_key(Path(asked.dkim), domain="example.org", selector="bench")])
    transport = FirstOpen(open_transport(f"smtp://127.0.0.1:{asked.port}", signer=signer))
    letter = load(Path(asked.letter).read_bytes())
    curve: list[tuple[int, float]] = []
    store_file = Path(asked.store)

    def note(progress: Progress) -> None:
        if not curve or progress.accepted - curve[-1][0] >= progress.total // SAMPLES:
            curve.append((progress.accepted, time.process_time()))

    with Store.open(f"sqlite:///{store_file}") as store:
        options = ListOptions(cache=store.cache if asked.cache else None)
        with read_list(Path(asked.list), options=options) as roster, store.ledger(letter.edition) as ledger:
            report = await deliver(
                letter,
                roster,
                transport=transport,
                ledger=ledger,
                options=DeliveryOptions(connections=asked.connections, limit=asked.limit),
                progress=note,
            )
    if report.sent != (asked.limit or report.counts["accepted"]):
        raise SystemExit(f"sent {report.sent}: {report.counts} {report.stopped_by}")
    return {
        "sent": report.sent,
        "cpu": time.process_time(),
        "first_cpu": transport.cpu,
        "peak_kb": peak_kilobytes(),
        "curve": curve,
    }


def sign(asked: argparse.Namespace) -> dict[str, Any]:
    """Sign so often and nothing else: with the key alone (``raw``), or a whole letter with dkimpy."""
    from digest.smtp.dkim import SIGNED_FIELDS
    from digest.smtp.dkim_keys import load_key

    key = load_key(Path(asked.key), domain="example.org", selector="bench")
    message = Path(asked.message).read_bytes().replace(b"\n", b"\r\n")
    if asked.way == "dkimpy":
        import dkim

        pem = Path(asked.key).read_bytes()
        fields = [name.encode() for name in SIGNED_FIELDS]

        def once() -> None:
            dkim.sign(
                message,
                b"bench",
                b"example.org",
                pem,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=fields,
            )
    else:
        digest = hashlib.sha256(message).digest()

        def once() -> None:
            key.sign(digest)

    once()
    began = time.process_time()
    for _ in range(asked.letters):
        once()
    return {"cpu": time.process_time() - began}


def import_list(path: Path) -> dict[str, Any]:
    """Read and check a list without keeping it."""
    before_kb, before = peak_kilobytes(), time.process_time()
    with read_list(path) as roster:
        return {
            "rows": len(roster),
            "cpu": time.process_time() - before,
            "more_kb": peak_kilobytes() - before_kb,
        }


def compile_letter(folder: Path) -> dict[str, Any]:
    """Condense the example, compose it with a greeting by name, and write the letter and its parts."""
    import email
    import email.policy

    from digest import condense
    from digest.composing import compose, dump, fill, load_theme
    from digest.model import Article, Edition, Sender, Subscriber

    title, *paragraphs = (CHECKOUT / "examples" / "harbour-library.txt").read_text("utf-8").split("\n\n")
    theme = folder / "greeting"
    theme.mkdir()
    for file in (CHECKOUT / "templates" / "letter").iterdir():
        page = file.read_text("utf-8")
        if file.name == "letter.html":
            greeting = '<p class="lead">Good morning, {{ subscriber.name or "reader" }}.</p>'
            page = page.replace("{% block content %}", "{% block content %}\n" + greeting)
        (theme / file.name).write_text(page, "utf-8")
    sender = Sender(
        address="news@example.org",
        name="Harbour News",
        postal_address="1 Example Street, Example Town",
        list_id="harbour.example.org",
        unsubscribe_url="https://example.org/leave?who={email}",
    )
    digest = condense(Article(title=title, paragraphs=paragraphs))
    edition = Edition(
        id="bench", subject=digest.headline, preheader="", digests=[digest], theme="greeting", sender=sender
    )
    letter = compose(edition, theme=load_theme("greeting", folder=folder))
    message = fill(
        letter, Subscriber("reader@example.org", "Robin Reader"), date=time.time(), message_id_key=b"k"
    )
    (folder / "letter").write_bytes(dump(letter))
    (folder / "message.eml").write_bytes(message.replace(b"\r\n", b"\n"))  # smtp-source ends the lines
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    html, text = parsed.get_body(("html",)), parsed.get_body(("plain",))
    assert html is not None
    assert text is not None
    parts = {"html": html.get_content(), "text": text.get_content(), "subject": letter.subject}
    (folder / "parts.json").write_text(json.dumps(parts))
    return {"octets": len(message), "slots": sum(not isinstance(piece, bytes) for piece in letter.pieces)}


def run(main: Coroutine[Any, Any, dict[str, Any]], *, loop: str) -> dict[str, Any]:
    """Run on the event loop asked for."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    if loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)


def main() -> None:
    """Do what was asked and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("compile").add_argument("folder")
    commands.add_parser("import").add_argument("list")
    sending = commands.add_parser("send")
    for name in ("letter", "list", "store"):
        sending.add_argument(name)
    sending.add_argument("port", type=int)
    sending.add_argument("--connections", type=int, default=16)
    sending.add_argument("--limit", type=int)
    sending.add_argument("--loop", default="asyncio")
    sending.add_argument("--cache", action="store_true")
    sending.add_argument("--dkim", help="a file with a private key")
    signing = commands.add_parser("sign")
    signing.add_argument("way", choices=["raw", "dkimpy"])
    signing.add_argument("key")
    signing.add_argument("message")
    signing.add_argument("letters", type=int)
    asked = parser.parse_args()
    match asked.command:
        case "compile":
            told = compile_letter(Path(asked.folder))
        case "sign":
            told = sign(asked)
        case "import":
            told = import_list(Path(asked.list))
        case _:
            told = run(send(asked), loop=asked.loop)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
