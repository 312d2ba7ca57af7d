"""Pages a person opens on this machine: the debug inbox and the preview of a letter.

Both serve on loopback only and inside the caller's event loop. Names are resolved when first used, so that
importing this package loads no web stack.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.web.desk import Preview
    from digest.web.inbox import Inbox, InboxAddresses, InboxOptions, serve_inbox
    from digest.web.mailbox import Received
    from digest.web.preview import serve_preview
    from digest.web.remark import Remark

__all__ = [
    "Inbox",
    "InboxAddresses",
    "InboxOptions",
    "Preview",
    "Received",
    "Remark",
    "serve_inbox",
    "serve_preview",
]

_ROOMS = {
    "Inbox": "digest.web.inbox",
    "InboxAddresses": "digest.web.inbox",
    "InboxOptions": "digest.web.inbox",
    "Preview": "digest.web.desk",
    "Received": "digest.web.mailbox",
    "Remark": "digest.web.remark",
    "serve_inbox": "digest.web.inbox",
    "serve_preview": "digest.web.preview",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'digest.web' has no attribute '{name}'")
    found = getattr(importlib.import_module(_ROOMS[name]), name)
    globals()[name] = found
    return found
