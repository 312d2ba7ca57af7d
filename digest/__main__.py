"""``python -m digest`` is the command ``digest``: what cron calls, since it needs no PATH."""

from __future__ import annotations

from digest.cli import main

if __name__ == "__main__":
    main()
