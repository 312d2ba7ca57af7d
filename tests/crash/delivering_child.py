"""A process that delivers one edition to a list and may be cut off at any moment; started by the crash tests.

Arguments: port, store, list, connections; people in a claim and letters in a fold, where they are to be fewer than
usual, so that a short run has as many moments as a long one. Ends with the status of the run, or of what stopped it
before it began.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from digest.composing.filling import DATE, MESSAGE_ID
from digest.delivering import DeliveryOptions, course, deliver
from digest.errors import DigestError
from digest.model import Letter, Slot, SlotEncoding
from digest.smtp import open_transport
from digest.store import Store, read_list
from digest.store import ledger as ledger_module

LETTER = Letter(
    edition="harbour-7",
    subject="Harbour news",
    envelope_sender="news@example.org",
    message_id_domain="example.org",
    pieces=(
        b"Date: ",
        Slot(DATE, SlotEncoding.HEADER),
        b"\r\nMessage-ID: ",
        Slot(MESSAGE_ID, SlotEncoding.HEADER),
        b"\r\nSubject: Harbour news\r\n\r\n" + b"The ferry leaves at nine.\r\n" * 40,
    ),
)


async def main() -> int:
    """Deliver, and give the exit status."""
    port, store_path, list_path, connections, *fewer = sys.argv[1:]
    if fewer:
        course._CLAIM, ledger_module._FOLD_AFTER = map(int, fewer)  # type: ignore[misc]  # final but for this test
    transport = open_transport(f"smtp://127.0.0.1:{port}")
    options = DeliveryOptions(connections=int(connections))
    try:
        with (
            Store.open(f"sqlite:///{store_path}") as store,
            read_list(Path(list_path)) as roster,
            store.ledger(LETTER.edition) as ledger,
        ):
            report = await deliver(LETTER, roster, transport=transport, ledger=ledger, options=options)
            return report.exit_status
    except DigestError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return error.exit_status


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
