"""What is kept on disk: editions, ledger, lists, suppression, seen entries; one SQLite file of state.

Names are resolved when first used (PEP 562), so that importing the room loads no SQLite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.lazily import lazily

if TYPE_CHECKING:
    from digest.store.address import Address, InvalidAddressError, parse_address
    from digest.store.editions import EditionSummary, FrozenEdition
    from digest.store.ledger import Ledger
    from digest.store.lists import ListOptions, read_list
    from digest.store.roster import Roster
    from digest.store.states import COUNTED, State
    from digest.store.status import Status
    from digest.store.store import Store
    from digest.store.suppression import Suppression, read_suppression

__all__ = [
    "COUNTED",
    "Address",
    "EditionSummary",
    "FrozenEdition",
    "InvalidAddressError",
    "Ledger",
    "ListOptions",
    "Roster",
    "State",
    "Status",
    "Store",
    "Suppression",
    "parse_address",
    "read_list",
    "read_suppression",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "COUNTED": "states",
        "Address": "address",
        "EditionSummary": "editions",
        "FrozenEdition": "editions",
        "InvalidAddressError": "address",
        "Ledger": "ledger",
        "ListOptions": "lists",
        "Roster": "roster",
        "State": "states",
        "Status": "status",
        "Store": "store",
        "Suppression": "suppression",
        "parse_address": "address",
        "read_list": "lists",
        "read_suppression": "suppression",
    },
)
