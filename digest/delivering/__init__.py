"""Carry a Letter to Subscribers, once: plan (pure), policy (pure), run (async), report.

Names are resolved when first used (PEP 562), so that importing the room loads none of the floors below.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.delivering.options import DeliveryOptions, InDoubt
    from digest.delivering.plans import PlanSummary, plan
    from digest.delivering.report import Progress, Report
    from digest.delivering.run import deliver, rehearsal_of
    from digest.delivering.servers import Server, Servers

__all__ = [
    "DeliveryOptions",
    "InDoubt",
    "PlanSummary",
    "Progress",
    "Report",
    "Server",
    "Servers",
    "deliver",
    "plan",
    "rehearsal_of",
]

_FILES = {
    "DeliveryOptions": "options",
    "InDoubt": "options",
    "PlanSummary": "plans",
    "Progress": "report",
    "Report": "report",
    "Server": "servers",
    "Servers": "servers",
    "deliver": "run",
    "plan": "plans",
    "rehearsal_of": "run",
}


def __getattr__(name: str) -> object:
    if name not in _FILES:
        raise AttributeError(f"module 'digest.delivering' has no attribute '{name}'")
    found = getattr(importlib.import_module(f"digest.delivering.{_FILES[name]}"), name)
    globals()[name] = found
    return found
