"""Pages a person opens on this machine: the debug inbox and the preview of a letter.

Both serve on loopback only and inside the caller's event loop. Names are resolved when first used, so that
importing this package loads no web stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.lazily import lazily

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

__getattr__, __dir__ = lazily(
    __name__,
    {
        "Inbox": "inbox",
        "InboxAddresses": "inbox",
        "InboxOptions": "inbox",
        "Preview": "desk",
        "Received": "mailbox",
        "Remark": "remark",
        "serve_inbox": "inbox",
        "serve_preview": "preview",
    },
)
