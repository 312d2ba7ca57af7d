"""Lint of the look: contrast in both schemes, sizes, and the order in which things are read; without a browser.

One walk carries inherited styles down: what stands inline, and for the dark scheme what the style elements say
of an element's classes, as ``prefers-color-scheme`` would. It knows single-class selectors, which is what letters
are made of; what it cannot compute (gradients, named colours but two) it leaves to a browser.

Source: WCAG 2.2, 1.4.3 (contrast) and its definition of relative luminance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from digest.composing.finding import Finding

__all__ = ["contrast", "look_findings"]

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_ENOUGH, _ENOUGH_FOR_LARGE = 4.5, 3.0  # WCAG 1.4.3
_LARGE, _LARGE_BOLD = 24.0, 18.66  # px
_SMALLEST = 13.0  # px: checklist B5
_TIGHTEST = 1.4  # line heights; headings may be tighter
_PARAGRAPH = 80  # letters from which a text has several lines on a phone
_GENERIC = re.compile(
    r"(?:^|,)\s*(?:serif|sans-serif|monospace|system-ui|cursive|fantasy)\s*$", re.IGNORECASE
)
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)", re.IGNORECASE)
_NAMED = {"white": (255, 255, 255), "black": (0, 0, 0)}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CLASS = re.compile(r"(?:\[data-ogsc\]\s+)?\.([\w-]+)")
_REORDERING = re.compile(r"(?:^|;)\s*(float|position|order|flex-direction)\s*:\s*([a-z-]+)", re.IGNORECASE)
_WRAPS = re.compile(r"(?:overflow-wrap|word-wrap|word-break)\s*:\s*(?:break-word|anywhere|break-all)")
_HARMLESS = frozenset({"none", "static", "relative", "row", "column"})
_LEFT = re.compile(r"text-align\s*:\s*left\b|(?:padding|margin)-(?:left|right)\s*:", re.IGNORECASE)

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """What an element has or inherits; ``dark`` holds colour and ground under the dark scheme."""

    colour: Colour = (0, 0, 0)
    ground: Colour = (255, 255, 255)
    dark_colour: Colour = (0, 0, 0)
    dark_ground: Colour = (255, 255, 255)
    size: float = 16.0
    line_height: float = 1.4
    is_bold: bool = False
    is_hidden: bool = False
    is_heading: bool = False
    name: str = ""


def contrast(one: Colour, other: Colour) -> float:
    """Give the contrast of two colours, 1 to 21.

    >>> round(contrast((0, 0, 0), (255, 255, 255)))
    21
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def look_findings(html: str) -> Iterator[Finding]:
    """Judge how a page looks."""
    style = "\n".join(re.findall(r"(?is)<style[^>]*>(.*?)</style>", html))
    walk = _Walk(_dark_rules(style))
    walk.feed(html)
    walk.close()
    yield from walk.found
    if not _WRAPS.search(html):
        yield Finding("B11", "error", "long words do not wrap", "set overflow-wrap: break-word on the frame")


@dataclass(slots=True)
class _Walk(HTMLParser):
    """Carries styles down the page and notes what is wrong, each class and fault once."""

    dark: Mapping[str, Mapping[str, str]]
    found: list[Finding] = field(default_factory=list)
    open: list[tuple[str, _Style]] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    is_right_to_left: bool = False

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        inherited = self.open[-1][1] if self.open else _Style()
        declared = _declarations(attributes.get("style", ""))
        self.is_right_to_left |= tag == "html" and attributes.get("dir") == "rtl"
        self._judge_order(tag, attributes)
        if tag not in _VOID:
            self.open.append((tag, self._styled(tag, attributes, declared, inherited)))

    def _styled(
        self, tag: str, attributes: Mapping[str, str], declared: Mapping[str, str], inherited: _Style
    ) -> _Style:
        classes = attributes.get("class", "").split()
        dark = {name: value for each in classes for name, value in self.dark.get(each, {}).items()}
        size = _pixels(declared.get("font-size", ""), inherited.size)
        colour = _colour(declared.get("color"))
        ground = _colour(declared.get("background-color") or declared.get("background"))
        family = declared.get("font-family")
        if family and not _GENERIC.search(family):
            self._tell(
                "B5", "error", "a font stack does not end in a generic family", classes, "end it in serif"
            )
        return replace(
            inherited,
            colour=colour or inherited.colour,
            ground=ground or inherited.ground,
            dark_colour=_colour(dark.get("color")) or colour or inherited.dark_colour,
            dark_ground=_colour(dark.get("background-color")) or ground or inherited.dark_ground,
            size=size,
            line_height=_line_height(declared.get("line-height", ""), size, inherited.line_height),
            is_bold=declared.get("font-weight", "bold" if inherited.is_bold else "")
            in {"bold", "600", "700"},
            is_hidden=inherited.is_hidden or declared.get("display") == "none" or tag in {"style", "title"},
            is_heading=re.fullmatch("h[1-6]", tag) is not None or inherited.is_heading,
            name=classes[0] if classes else inherited.name or tag,
        )

    def handle_endtag(self, tag: str) -> None:
        while any(tag == name for name, _ in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not data.strip() or not self.open or self.open[-1][1].is_hidden:
            return
        style = self.open[-1][1]
        for scheme, colour, ground in (
            ("light", style.colour, style.ground),
            ("dark", style.dark_colour, style.dark_ground),
        ):
            is_large = style.size >= (_LARGE_BOLD if style.is_bold else _LARGE)
            reached = contrast(colour, ground)
            if reached < (_ENOUGH_FOR_LARGE if is_large else _ENOUGH):
                what = f"'{style.name}' has a contrast of {reached:.1f} in the {scheme} scheme"
                self._tell("B6", "error", what, [style.name, scheme], "4.5 is needed, 3 for large text")
        if style.size < _SMALLEST:
            what = f"'{style.name}' is set in {style.size:g} px"
            self._tell("B5", "error", what, [style.name], "13 px at least, 16 px for running text")
        if style.line_height < _TIGHTEST and len(data.strip()) > _PARAGRAPH and not style.is_heading:
            what = f"'{style.name}' has a line height of {style.line_height:.2g}"
            self._tell("B5", "error", what, [style.name, "lines"], "1.4 at least")

    def _judge_order(self, tag: str, attributes: Mapping[str, str]) -> None:
        style = attributes.get("style", "")
        for name, value in _REORDERING.findall(style):
            if value.lower() not in _HARMLESS:
                what = f"'{name}: {value}' shows things in another order than they are read in"
                self._tell("B10", "warning", what, [name], "put them into the source in the order of reading")
        if self.is_right_to_left and tag != "img":
            sides = {side.lower() for side in _LEFT.findall(style)}
            if any("left" in side and "align" in side for side in sides):
                self._tell(
                    "B10",
                    "warning",
                    "'text-align: left' in a letter read from right to left",
                    ["a"],
                    "drop it",
                )

    def _tell(self, rule: str, level: str, what: str, key: list[str], hint: str) -> None:
        if (rule, " ".join(key)) not in self.told:
            self.told.add((rule, " ".join(key)))
            self.found.append(
                Finding(
                    rule, "error" if level == "error" else "warning", what, hint, f"page:{self.getpos()[0]}"
                )
            )


def _dark_rules(style: str) -> dict[str, dict[str, str]]:
    """Give what the dark scheme says of each class."""
    rules: dict[str, dict[str, str]] = {}
    for begin in re.finditer(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{", style):
        depth, end = 1, begin.end()
        while end < len(style) and depth:
            depth += {"{": 1, "}": -1}.get(style[end], 0)
            end += 1
        for selectors, declarations in _RULE.findall(style[begin.end() : end - 1]):
            for selector in selectors.split(","):
                named = _CLASS.fullmatch(selector.strip())
                if named:
                    rules.setdefault(named[1], {}).update(_declarations(declarations))
    return rules


def _declarations(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(";"))
    return {
        name.strip().lower(): value.replace("!important", "").strip().lower()
        for name, _, value in pairs
        if value
    }


def _colour(text: str | None) -> Colour | None:
    text = (text or "").strip().lower()
    if text in _NAMED:
        return _NAMED[text]
    digits = _HEX.match(text)
    if digits:
        code = digits[1] if len(digits[1]) == 6 else "".join(digit * 2 for digit in digits[1])  # noqa: PLR2004  # rrggbb
        return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)
    parts = _RGB.match(text)
    return (int(parts[1]), int(parts[2]), int(parts[3])) if parts else None


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # sRGB
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _pixels(text: str, inherited: float) -> float:
    number = re.fullmatch(r"([\d.]+)(px|pt|em|%)?", text)
    if not number:
        return inherited
    return float(number[1]) * {"px": 1, "pt": 4 / 3, "em": inherited, "%": inherited / 100}.get(number[2], 1)


def _line_height(text: str, size: float, inherited: float) -> float:
    number = re.fullmatch(r"([\d.]+)(px|%)?", text)
    if not number:
        return inherited
    return float(number[1]) / {"px": size or 1, "%": 100}.get(number[2], 1)
