"""How to read: the room's own frozen options. Every limit stands here with its reason."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_OPTIONS", "ReadingOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """What reading may do and how far it goes.

    ``encoding`` overrides every other word on the charset of files and stdin (never of addresses).
    ``base_url`` is where a local page came from. ``full_text`` lets truncated feed entries be fetched whole.
    """

    allow_private: bool = False  # loopback and private networks: a page must not make us ask our own router
    deadline_seconds: float = 20.0  # overall, for one source: read timeouts alone never stop a slow drip
    max_bytes: int = 10_000_000  # after decompression: a long book is 3 MB, a gzip bomb is not
    max_redirects: int = 5  # as browsers' own limit is far above any honest chain
    encoding: str | None = None
    base_url: str | None = None
    full_text: bool = True
    entries_per_feed: int = 100  # what one feed given as SOURCE may hold; an archive is not an edition
    fetches_per_feed: int = 20  # truncated entries of one feed fetched whole in one go
    wants_picture: bool = False  # what is fetched is the picture of an article, not the article
    files_per_folder: int = 1000  # a folder given by mistake (a home folder) must not be read for hours

    def __post_init__(self) -> None:
        if self.deadline_seconds <= 0 or self.max_bytes <= 0:
            raise ValueError("deadline_seconds and max_bytes must be above 0")


DEFAULT_OPTIONS = ReadingOptions()
