"""What SpamAssassin says of a message, where it is installed: local rules only, nothing is asked of the network.

It takes some seconds, so it is asked for by name. A program that fails or says nothing we can read is a warning,
never the end of a check.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Final

from digest.composing import Finding

__all__ = ["spam_findings"]

_SECONDS: Final = 60.0  # 5 s a message on an idle machine
_SCORE: Final = 0.5  # checklist D14: ours score 0.0, so half a point is a fault of the text or the theme
_RULE: Final = 0.3
_SAID: Final = re.compile(r"^X-Spam-Status: .*?score=(-?[\d.]+)", re.MULTILINE | re.DOTALL)
_POINTS: Final = re.compile(r"^\s*\*?\s*(-?\d+\.\d+)\s+([A-Z][A-Z0-9_]+)\s+(.*)$", re.MULTILINE)


def spam_findings(message: bytes) -> Iterator[Finding]:
    """Ask SpamAssassin about a message; without it there is nothing to find."""
    program = shutil.which("spamassassin")
    if program is None:
        yield Finding("D14", "warning", "SpamAssassin is not installed", "install it, or drop --spam")
        return
    try:
        asked = subprocess.run(  # noqa: S603  # a program of the system, its arguments are ours
            [program, "--local", "--test-mode"],
            input=message,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        yield Finding("D14", "warning", f"SpamAssassin gave no answer: {error}", "try `spamassassin --lint`")
        return
    yield from _read(asked.stdout.decode("utf-8", "replace"))


def _read(report: str) -> Iterator[Finding]:
    said = _SAID.search(report)
    if said is None:
        yield Finding("D14", "warning", "SpamAssassin's answer holds no score", "try `spamassassin --lint`")
        return
    score = float(said[1])
    if score > _SCORE:
        yield Finding(
            "D14", "error", f"SpamAssassin gives it {score:g} points", "see its rules below; 0.5 at most"
        )
    for points, rule, about in dict.fromkeys(_POINTS.findall(report)):
        if float(points) > _RULE:
            what = f"SpamAssassin's {rule} gives {float(points):g}: {about.strip()}"
            yield Finding("D14", "warning", what, "change what it speaks of")
