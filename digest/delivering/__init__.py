"""Carry a Letter to Subscribers, once: plan (pure), policy (pure), run (async), report.

Names are resolved when first used (PEP 562), so that importing the room loads none of the floors below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.lazily import lazily

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

__getattr__, __dir__ = lazily(
    __name__,
    {
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
    },
)
