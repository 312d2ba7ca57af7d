"""A damaged store mails nobody twice: flipped bits and cut files are refused, or change nothing that counts."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from delivering_parts import LETTER, ScriptedTransport, people

from digest.delivering import DeliveryOptions, deliver
from digest.errors import ConfigurationError, DigestError, StoreError
from digest.store import Store


async def half_sent(tmp_path: Path) -> tuple[Path, ScriptedTransport]:
    """Make a store in which half of a list has its letter."""
    file = tmp_path / "state.sqlite"
    transport = ScriptedTransport()
    with Store.open(f"sqlite:///{file}") as store, store.ledger(LETTER.edition) as ledger:
        await deliver(
            LETTER, people(60), transport=transport, ledger=ledger, options=DeliveryOptions(limit=30)
        )
    return file, transport


async def resume(file: Path, transport: ScriptedTransport) -> None:
    """Run again on whatever the store has become."""
    with Store.open(f"sqlite:///{file}") as store, store.ledger(LETTER.edition) as ledger:
        await deliver(LETTER, people(60), transport=transport, ledger=ledger)


async def refuses(file: Path, transport: ScriptedTransport) -> bool:
    """Run again, and tell whether it was refused as damaged."""
    try:
        await resume(file, transport)
    except (StoreError, ConfigurationError):
        return True
    return False


@pytest.mark.parametrize("seed", range(4))
async def test_l06_a_flipped_bit_never_mails_anybody_twice(seed: int, tmp_path: Path) -> None:
    """L6: over random single flips the run is refused with 74, or goes on and mails nobody a second time."""
    file, transport = await half_sent(tmp_path)
    whole, chance, refused = file.read_bytes(), random.Random(seed), 0
    for number in range(30):
        content = bytearray(whole)
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        copy = tmp_path / f"copy{number}.sqlite"
        copy.write_bytes(content)
        again = ScriptedTransport()
        again.accepted.update(transport.accepted)
        refused += await refuses(copy, again)
        assert max(again.accepted.values()) == 1, number
    assert refused < 30


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
async def test_l06_a_cut_off_store_is_refused(share: float, tmp_path: Path) -> None:
    """L6: truncation ends with 74, and the file stays as it is."""
    file, transport = await half_sent(tmp_path)
    cut = file.read_bytes()[: int(file.stat().st_size * share)]
    file.write_bytes(cut)
    with pytest.raises(DigestError) as caught:
        await resume(file, transport)
    assert caught.value.exit_status == 74
    assert file.read_bytes()[: len(cut)] == cut
    assert max(transport.accepted.values()) == 1
