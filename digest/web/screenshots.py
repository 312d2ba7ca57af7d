"""Pictures of a letter, made by a Chromium that is installed on this machine.

One run of the browser per picture, on a file that holds the letter in its look: no server, no network (names
resolve to nothing), no profile that stays. The height is the letter's own, measured first.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from digest.errors import ConfigurationError
from digest.web.desk import Preview
from digest.web.frame import Look, frame
from digest.web.mail import look_into, with_own_images

__all__ = ["VIEWS", "Shot", "take_screenshots"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
# A picture takes about 2 s on an idle machine; a browser that hangs is given up.
SHOT_SECONDS = 60
# Chromium's own limit for a picture's side, and a letter taller than this is clipped by Gmail long before.
TALLEST = 16_000
_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",  # for addresses that need no resolver: nothing listens on "discard"
)
# Measured once all is loaded.
_RULER = (
    'addEventListener("load",()=>{document.documentElement.dataset.height='
    'document.querySelector("iframe").contentDocument.documentElement.scrollHeight})'
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its file's name, the width in CSS pixels and the look."""

    name: str
    width: int
    look: Look


VIEWS: Sequence[Shot] = (
    *(
        Shot(f"letter-{width}-{scheme}", width, Look(scheme=scheme))
        for width in (375, 600, 800)
        for scheme in ("light", "dark")
    ),
    Shot("letter-600-no-images", 600, Look(images="none")),
    # On a phone: wide enough, a letter without its style elements looks as one with them.
    Shot("letter-375-inline-only", 375, Look(styles=False)),
)


async def take_screenshots(
    preview: Preview, folder: Path, *, shots: Sequence[Shot] = VIEWS
) -> tuple[Path, ...]:
    """Write a PNG per shot and give their paths.

    Raises:
        ConfigurationError: no Chromium is installed, it failed, or the folder cannot be written.
    """
    browser = _browser()
    place = _made(folder)
    html = with_own_images(preview.html, look_into(preview.message))
    # One after the other: two browsers at once need twice the memory and are hardly quicker on a laptop.
    return tuple([await _take(browser, html, shot, place / f"{shot.name}.png") for shot in shots])


def _browser() -> str:
    for name in BROWSERS:
        found = shutil.which(name)
        if found is not None:
            return found
    raise ConfigurationError(
        "no Chromium is installed to take screenshots with",
        hint=f"install one of {', '.join(BROWSERS)}, or look at the letter with `digest preview`",
    )


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"cannot be written: {error.strerror}", where=str(folder)) from error
    return folder.resolve()


async def _take(browser: str, html: str, shot: Shot, picture: Path) -> Path:
    with tempfile.TemporaryDirectory(prefix="digest-shot-", ignore_cleanup_errors=True) as scratch:
        program = [browser, *_options(scratch)]
        first = _written(scratch, "measured.html", _document(html, shot, 100))
        said = await _run([*program, f"--window-size={shot.width},600", "--dump-dom", first])
        told = re.search(rb'data-height="([0-9]{1,6})"', said)
        if told is None:
            raise ConfigurationError("the browser did not tell the letter's height", where=browser)
        height = min(max(int(told[1]), 1), TALLEST)
        page = _written(scratch, "letter.html", _document(html, shot, height))
        await _run([*program, f"--window-size={shot.width},{height}", f"--screenshot={picture}", page])
    return _there(picture)


def _written(folder: str, name: str, content: bytes) -> str:
    page = Path(folder, name)
    page.write_bytes(content)
    return page.as_uri()


def _there(picture: Path) -> Path:
    if not picture.exists():
        raise ConfigurationError("the browser took no picture", where=str(picture))
    return picture


def _document(html: str, shot: Shot, height: int) -> bytes:
    """Write a page that holds the letter in a frame of the exact size, and tells how high it is.

    In a frame, because Chromium's windows are at least 500 pixels wide (seen: 156): a phone's picture would be
    cut from a wider letter. The frame runs no script; the one outside it measures.
    """
    framed = frame(html, shot.look)
    assert isinstance(framed.body, bytes)
    kept = "; ".join(
        rule
        for rule in framed.headers["Content-Security-Policy"].split("; ")
        if not rule.startswith(("sandbox", "frame-ancestors"))  # not allowed in a document
    )
    policy = f'<meta http-equiv="Content-Security-Policy" content="{kept}">'
    letter = framed.body.decode().replace("<base ", f"{policy}<base ", 1)
    return (
        '<!doctype html><meta charset="utf-8"><style>body{margin:0}iframe{display:block;border:0;'
        f"width:{shot.width}px;height:{height}px;color-scheme:{shot.look.scheme}}}</style>"
        f'<iframe sandbox="allow-same-origin" srcdoc="{escape(letter)}"></iframe><script>{_RULER}</script>'
    ).encode("utf-8", "replace")


async def _run(command: Sequence[str]) -> bytes:
    running = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        said, complained = await asyncio.wait_for(running.communicate(), SHOT_SECONDS)
    except TimeoutError as error:
        raise ConfigurationError(
            f"the browser took longer than {SHOT_SECONDS} s", where=command[0]
        ) from error
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
    if running.returncode:
        last = complained.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise ConfigurationError(f"the browser failed: {last}", where=command[0])
    return said


def _options(scratch: str) -> Iterator[str]:
    yield from _OPTIONS
    yield f"--user-data-dir={scratch}/profile"
    if _is_root():
        yield "--no-sandbox"  # as root Chromium refuses its sandbox; the letter runs no script


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
