"""A process that delivers one edition to a list and may be killed at any moment; started by the crash tests.

Arguments: port, store, list, connections, and the largest file it may write in octets (0: any).
"""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from digest.delivering import DeliveryOptions, deliver
from digest.model import Letter
from digest.smtp import open_transport
from digest.store import Store, read_list

LETTER = Letter(
    edition="harbour-7",
    subject="Harbour news",
    envelope_sender="news@example.org",
    message_id_domain="example.org",
    pieces=(b"Subject: Harbour news\r\n\r\nThe ferry leaves at nine.\r\n" * 20,),
)


async def main() -> int:
    """Deliver, and give the exit status."""
    port, store_path, list_path, connections, largest = sys.argv[1:]
    if int(largest):
        # The nearest thing to a full disk that needs no disk: writes behind this size fail.
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest), int(largest)))
    transport = open_transport(f"smtp://127.0.0.1:{port}")
    options = DeliveryOptions(connections=int(connections))
    with (
        Store.open(f"sqlite:///{store_path}") as store,
        read_list(Path(list_path)) as roster,
        store.ledger(LETTER.edition) as ledger,
    ):
        report = await deliver(LETTER, roster, transport=transport, ledger=ledger, options=options)
        return report.exit_status


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
