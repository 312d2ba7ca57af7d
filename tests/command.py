"""Runs the command line as a user does: a process of its own, in a folder of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["SECONDS", "Ended", "digest", "start"]

SECONDS = 60  # a bound for a hung command, far above what any of them takes


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its status and both outputs."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Read the one object on stdout."""
        return json.loads(self.out)


async def start(
    *arguments: str, cwd: Path, environ: Mapping[str, str] | None = None
) -> asyncio.subprocess.Process:
    """Start a command without waiting for it."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "digest",
        *arguments,
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def digest(
    *arguments: str, cwd: Path, stdin: bytes = b"", environ: Mapping[str, str] | None = None
) -> Ended:
    """Run a command to its end."""
    process = await start(*arguments, cwd=cwd, environ=environ)
    async with asyncio.timeout(SECONDS):
        out, err = await process.communicate(stdin)
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())
