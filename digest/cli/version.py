"""Digest's own version, as installed."""

from __future__ import annotations

__all__ = ["version"]


def version() -> str:
    """Give the installed version."""
    from importlib import metadata

    return metadata.version("digest-mailer")
