"""The headline of a page, chosen among the places that name it, and freed of the site's name. Pure.

A page says its headline in up to six places. The one large heading a reader sees is what editors call the title,
where it is about the same story as the others; what is written for search and sharing is often another wording.
Where there is no such heading the places vote.

Source: 190 pages of the tuning kit: of 27 titles missed by a vote alone, 20 stood in the only h1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from digest.reading.lines import key, word_count

__all__ = ["choose_title"]

_TRUST = {
    "h1": 1.3,
    "headline": 1.1,
    "og": 1.0,
    "title": 0.7,
    "twitter": 0.6,
    "meta": 0.6,
    "trafilatura": 0.6,
}
_FIRST_HEADING, _FURTHER_HEADING = 0.9, 0.3
_SEEN = 4.5  # more than all other places together: the only heading about the story
_SEPARATOR = re.compile(
    r"\s+[|\-–—•·:»›~/]+\s+|\s*[|»]\s*|: (?=[A-Z])|[-_—–](?=[\u3040-\u30ff\u3400-\u9fff]{2,8}$)"
)
_CONTENT = 4  # letters; shorter words are in any headline
_SHARED = 0.3  # of the heading's content words stand in some other place
_SURE_WORDS = 4
_SHORTEST_SITE = 4  # letters: "BBC" stands in too much
_LEAST_OF_PIECE = 0.5  # of a piece's letters must be the site's name


def choose_title(titles: Mapping[str, str], site: str | None, url: str | None) -> str | None:
    """Choose the headline; ``titles`` is what each place says, in the page's words, None where none says anything.

    >>> choose_title({"og": "Ten loaves | Bakery", "h1": "We baked ten loaves", "title": "Ten loaves"}, "Bakery", None)
    'We baked ten loaves'
    """
    known = [name for name in (site, urlsplit(url).hostname if url else None) if name]
    raw = [text for place, text in titles.items() if not place.startswith("h1")]
    bare = _headings_that_matter(
        {place: _without_site(text, known, titles) for place, text in titles.items()}, raw
    )
    scores: dict[str, float] = {}
    shown: dict[str, str] = {}
    for place, text in bare.items():
        same = key(text)
        if not same or any(same == key(name) for name in known):
            continue
        scores[same] = scores.get(same, 0.0) + _trust(place)
        if "h1" in place or same not in shown:
            shown[same] = text
    return shown[max(scores, key=scores.__getitem__)] if scores else next(iter(titles.values()), None)


def _headings_that_matter(bare: dict[str, str], raw: Sequence[str]) -> dict[str, str]:
    """Reduce several large headings to the only one about the story, and free it of a date glued to it."""
    others = {place: text for place, text in bare.items() if not place.startswith("h1")}
    about = [
        text for place, text in bare.items() if place.startswith("h1") and _is_about_the_story(text, raw)
    ]
    if len(about) != 1:
        return bare
    heading = about[0]
    for text in others.values():
        rest = heading[len(text) :]
        if word_count(text) >= _SURE_WORDS and heading.startswith(text) and any(map(str.isdigit, rest)):
            heading = text
    return {"only h1": heading} | others


def _trust(place: str) -> float:
    if place == "only h1":
        return _SEEN
    return _TRUST.get(place, _FIRST_HEADING if place == "h1-0" else _FURTHER_HEADING)


def _is_about_the_story(heading: str, others: Sequence[str]) -> bool:
    """Tell a headline from a site's name or a section's: it shares words with what the page says elsewhere."""
    own = {word for word in key(heading).split() if len(word) >= _CONTENT}
    if not own:
        return False
    best = max((len(own & set(key(other).split())) for other in others), default=0)
    return best >= _SHARED * len(own) or (word_count(heading) > _SURE_WORDS and best > 0)


def _without_site(text: str, known: Sequence[str], titles: Mapping[str, str]) -> str:
    others = {key(other) for other in titles.values()}
    for cut in reversed(list(_SEPARATOR.finditer(text))):
        head, tail = text[: cut.start()].strip(), text[cut.end() :].strip()
        if not head or not tail:
            continue
        for part in (head, tail):
            if key(part) in others and key(text) != key(part):
                return part
        if cut[0] in {"-", "_", "—", "–"}:  # no space round it: before a site's name in Chinese or Japanese
            return head
        if _is_site(tail, known) and word_count(head) > 1:
            return _without_site(head, known, titles)
        if _is_site(head, known) and word_count(tail) > 1:
            return _without_site(tail, known, titles)
    return text


def _is_site(piece: str, known: Sequence[str]) -> bool:
    short = key(piece).replace(" ", "")
    return bool(short) and any(_is_named(short, key(site).replace(" ", "")) for site in known)


def _is_named(piece: str, site: str) -> bool:
    if piece == site:
        return True
    name = site.removeprefix("www").removesuffix("com")
    if len(piece) >= _SHORTEST_SITE and piece in site:
        return True
    return len(name) >= _SHORTEST_SITE and name in piece and len(name) >= _LEAST_OF_PIECE * len(piece)
