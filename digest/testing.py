"""Pytest fixtures for those who test what they send: a debug inbox.

::

    from digest.testing import inbox  # in conftest.py

    async def test_my_mailing(inbox):
        await my_mailing(inbox.smtp_url)
        [mail] = await inbox.received(1)
        assert mail.summary.subject == "Tide tables"
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from digest.web.inbox import Inbox

__all__ = ["inbox"]


@pytest_asyncio.fixture
async def inbox() -> AsyncIterator[Inbox]:
    """An open debug inbox on free ports of loopback."""
    async with Inbox(smtp_port=0, web_port=0) as opened:
        yield opened
