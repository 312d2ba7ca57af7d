"""The reference of the inbox names every route and every fault there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from digest.web.chaos import FAULTS
from digest.web.inbox_pages import inbox_routes
from digest.web.mailbox import Mailbox

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "inbox-api.md").read_text(encoding="utf-8")


def test_every_route_is_documented() -> None:
    """The table of requests and the routes are the same, but for the page itself and its files."""
    routes = inbox_routes(Mailbox(keep=1, now=lambda: 0.0), smtp_address="127.0.0.1:1025")
    served = {f"{route.method} {route.path}" for route in routes} - {"GET /", "GET /static/{name}"}
    assert set(re.findall(r"^\| `((?:GET|DELETE) [^`]+)`", REFERENCE, re.MULTILINE)) == served


def test_every_fault_is_documented() -> None:
    """The table of faults names each with its word, in the order in which they are drawn."""
    documented = re.findall(r"^\| (S[0-9]+) \| ([a-z]+) \|", REFERENCE, re.MULTILINE)
    assert documented == [(fault.name, fault.word) for fault in FAULTS]
