"""The walk of one article: sentences, ranks, choice, lines, Digest."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence

from digest.condensing.choosing import choose_points, choose_summary
from digest.condensing.features import Prepared, prepare_all
from digest.condensing.headlining import make_headline
from digest.condensing.keywords import keywords
from digest.condensing.language import primary, tell_language
from digest.condensing.naming import Names, give_full_names
from digest.condensing.options import CondensingOptions
from digest.condensing.prose import is_prose
from digest.condensing.ranking import SHIPPED, Ranker, rank
from digest.condensing.sentences import split
from digest.condensing.shortening import shorten
from digest.condensing.titles import repair_title
from digest.condensing.words import count_words
from digest.errors import NothingToCondenseError
from digest.model import Article, Digest, Point, Sentence

__all__ = ["condense", "condense_by", "point_lines", "summary_lines"]

_DEFAULTS = CondensingOptions()
# A list is read from above, but not always: a name is not looked for further up than this.
_STILL_KNOWN = 2
_LOG = logging.getLogger("digest.condensing")


def condense(article: Article, *, options: CondensingOptions = _DEFAULTS) -> Digest:
    """Condense one article into its headline, summary, key points and keywords, each line with its evidence.

    Pure and deterministic, except by the method ``llm``, which asks the model that the options name; what it
    writes and the article does not bear is refused, logged, and replaced by the extract. The evidence points at
    the text: ``article.paragraphs[e.paragraph][e.start:e.end] == e.text``. Short articles get fewer key points;
    one of a single sentence gets none.

    Raises:
        NothingToCondenseError: the article holds no sentence.
        ConfigurationError: the package or the model that ``llm`` needs is not there.
        TryAgainError: the model did not answer.
    """
    extract = condense_by(SHIPPED, article, options=options)
    if options.method != "llm" or not options.model:
        return extract
    from digest.condensing.modelling import write_by_model

    written = write_by_model(extract, options.model)
    for line in written.refused:
        _LOG.warning("refused from %s: %s", options.model, line)
    return written.digest


def condense_by(ranker: Ranker, article: Article, *, options: CondensingOptions = _DEFAULTS) -> Digest:
    """Condense by another ranker than the shipped one: how benchmarks score articles out of fold.

    Raises:
        NothingToCondenseError: the article holds no sentence.
    """
    tag = tell_language(article.paragraphs, article.language)
    language = primary(tag) or tag
    sentences = split(article, language)
    if not sentences:
        raise NothingToCondenseError(
            "no article in it: not one sentence was found",
            where=article.url,
            hint="look at what was read with `digest read`",
        )
    prose = _prose(article, sentences)
    texts = [sentence.text for sentence in prose]
    own = prose[0] is sentences[0]
    document = prepare_all(texts, title=article.title, language=language, opens_article=own)
    scores = rank(document, ranker=ranker)
    if options.method == "lead":
        summary = document.sentences[: options.summary_sentences]
    else:
        count, words = options.summary_sentences, options.summary_words
        summary = choose_summary(document, scores, count=count, words=words, ranker=ranker)
    names = Names(prose, language)
    points = choose_points(document, scores, summary, count=options.key_points)
    return Digest(
        headline=repair_title(article.title or "", site=article.site, body=texts)
        or make_headline(document, scores),
        summary=list(summary_lines(summary, names)),
        key_points=list(point_lines(points, names)),
        keywords=keywords(document, scores, count=options.keywords),
        language=tag,
        reading_minutes=max(
            1, math.ceil(sum(map(count_words, article.paragraphs)) / options.words_per_minute)
        ),
        article=article,
    )


def _prose(article: Article, sentences: list[Sentence]) -> list[Sentence]:
    """Give the sentences to rank: prose in running text, else whatever there is."""
    running = [sentence for sentence in sentences if article.kinds[sentence.paragraph] == "text"]
    return [sentence for sentence in running if is_prose(sentence.text)] or running or sentences


def summary_lines(chosen: Sequence[Prepared], names: Names) -> Iterator[Point]:
    """Set a summary, read as one text: whoever one sentence names in full has only a surname in the next."""
    known = ""
    for one in chosen:
        point = _line(one, names, known=known)
        known += f" {point.text}"
        yield point


def point_lines(chosen: Sequence[Prepared], names: Names) -> Iterator[Point]:
    """Set key points, each to be read alone: but whoever one of the two before names in full is known."""
    above: list[str] = []
    for one in chosen:
        point = _line(one, names, known=" ".join(above[-_STILL_KNOWN:]))
        above.append(point.text)
        yield point


def _line(chosen: Prepared, names: Names, *, known: str = "") -> Point:
    own = names.sentences[chosen.place]
    text, sources = give_full_names(shorten(own.text), names, chosen.place, known=known)
    return Point(text, [own, *sources])
