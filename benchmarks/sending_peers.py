"""Peers of ``sending.py`` that need a client of their own; run by the peers' Python, imports nothing of ours.

``python sending_peers.py KIND PARTS PORT LETTERS CONNECTIONS``: ``send_message`` builds an ``EmailMessage`` for each
recipient and sends it with aiosmtplib over connections that stay; ``send`` is the same with ``aiosmtplib.send``, a
connection each; ``sendmail`` sends octets that are ready. Nothing is inlined, recorded or resumed.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

KIND, PARTS, PORT, LETTERS, CONNECTIONS = sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:6])
FOUND = json.loads(PARTS.read_text())
SENDER = "news@example.org"


def recipients() -> Iterator[tuple[str, str]]:
    """Give addresses and names like those of our list."""
    for number in range(LETTERS):
        yield f"reader{number:07d}@town{number % 997}.example.org", f"Reader {number}"


def letter(address: str, name: str) -> EmailMessage:
    """Build what each recipient gets from the parts that are ready: only name and address differ."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, f"{name} <{address}>", FOUND["subject"]
    for kind in ("text", "html"):
        body = FOUND[kind].replace("Robin Reader", name).replace("reader@example.org", address)
        if kind == "text":
            message.set_content(body)
        else:
            message.add_alternative(body, subtype="html")
    return message


async def main() -> None:
    """Send everything over the connections and print how long it took."""
    work = recipients()
    ready = b""
    if KIND == "sendmail":
        ready = letter("reader@example.org", "Robin Reader").as_bytes().replace(b"\n", b"\r\n")

    async def kept() -> None:
        client = aiosmtplib.SMTP(
            hostname="127.0.0.1", port=PORT, start_tls=False, local_hostname="x.example.org"
        )
        async with client:
            await client.ehlo()
            for address, name in work:
                if KIND == "sendmail":
                    await client.sendmail(SENDER, [address], ready)
                else:
                    await client.send_message(letter(address, name))

    async def each() -> None:
        for address, name in work:
            await aiosmtplib.send(
                letter(address, name),
                hostname="127.0.0.1",
                port=PORT,
                start_tls=False,
                local_hostname="x.example.org",
            )

    began = time.perf_counter()
    await asyncio.gather(*((each if KIND == "send" else kept)() for _ in range(CONNECTIONS)))
    print(json.dumps({"seconds": time.perf_counter() - began, "cpu": time.process_time()}))


asyncio.run(main())
