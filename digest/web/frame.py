"""A letter's HTML as it is shown inside a frame of our pages: harmless, and in the look that was asked for.

The HTML goes to the browser as it came, but for one thing put in front (links open a new tab) and the
colour scheme settled. All the rest is done by the policy that goes with it, not by editing: no script, no
form, no frame, nothing loaded from anywhere but what the look allows. The policy also puts the document in a
sandbox of its own origin, so that even opened by itself it can reach nothing of the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from digest.web.serving import Answer

__all__ = ["Look", "frame", "look_from"]

_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)", re.IGNORECASE)
_LIGHT = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)", re.IGNORECASE)
_HEAD_OF_DOCUMENT = re.compile(r"\A(?:\s|\ufeff|<!--.*?-->)*<!doctype[^>]*>", re.IGNORECASE | re.DOTALL)
_ALWAYS = "(min-width:0px)"
_NEVER = "(min-width:99999px)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a letter is shown.

    ``scheme`` is what the reader's system prefers. ``images``: those the mail brings with it, those of the
    web too (loading them tells their server), or none. Without ``styles`` all ``style`` elements are
    without effect, as in programs that strip them (Gmail with other accounts).
    """

    scheme: Literal["light", "dark"] = "light"
    images: Literal["own", "all", "none"] = "own"
    styles: bool = True


def look_from(query: Mapping[str, str]) -> Look:
    """Read a look from an address; what it does not know is the default."""
    images = query.get("images")
    return Look(
        scheme="dark" if query.get("scheme") == "dark" else "light",
        images="all" if images == "all" else "none" if images == "none" else "own",
        styles=query.get("styles") != "off",
    )


def frame(html: str, look: Look, *, own_images: str = "", reachable: bool = False) -> Answer:
    """Answer with a letter's HTML under the policy of its look.

    ``own_images`` is the address below which the parts of this mail lie. ``reachable`` lets the page round
    it look into the document (to measure it, to mark a sentence); only for letters we compiled ourselves.
    """
    settled = _settle(html, look.scheme)
    opening = _HEAD_OF_DOCUMENT.match(settled)
    at = opening.end() if opening else 0
    body = settled[:at] + _front(html, look.scheme) + settled[at:]
    return Answer(
        body.encode("utf-8", "replace"),
        "text/html; charset=utf-8",
        headers={"Content-Security-Policy": _policy(look, own_images, reachable=reachable)},
    )


def _settle(html: str, scheme: str) -> str:
    # Browsers differ in whether a frame's own scheme reaches prefers-color-scheme; settled here, it holds.
    dark, light = (_ALWAYS, _NEVER) if scheme == "dark" else (_NEVER, _ALWAYS)
    return _LIGHT.sub(light, _DARK.sub(dark, html))


def _front(html: str, scheme: str) -> str:
    base = '<base target="_blank">'
    if "color-scheme" not in html:
        return base  # a letter that declares nothing stays light in a dark program
    # The canvas and the default text colour follow color-scheme, which the page cannot set from outside.
    return f"{base}<style>:root{{color-scheme:only {scheme}!important}}</style>"


def _policy(look: Look, own_images: str, *, reachable: bool) -> str:
    images = {
        "none": "'none'",
        "own": f"data: {own_images}".strip(),
        "all": f"data: {own_images} http: https:",
    }[look.images]
    sandbox = "allow-popups allow-popups-to-escape-sandbox" + (" allow-same-origin" if reachable else "")
    elements = "'unsafe-inline'" if look.styles else "'none'"
    return (
        f"default-src 'none'; img-src {images}; style-src-elem {elements}; style-src-attr 'unsafe-inline'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox {sandbox}"
    )
