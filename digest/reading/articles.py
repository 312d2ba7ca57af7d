"""A Source's bytes into what they hold: one article, a feed's entries, digests edited by hand. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from digest.errors import DigestError, InvalidInputError, NothingToCondenseError
from digest.model import Article, Digest, Source
from digest.reading.charsets import decode
from digest.reading.language import language_of
from digest.reading.lines import Draft, normalise, split
from digest.reading.options import ReadingOptions
from digest.reading.pasted import clean
from digest.reading.refusals import why_nothing
from digest.reading.sniffing import Form, binary_type, document_form, form_of
from digest.shapes import article_from_json, digest_from_json

__all__ = ["article_of", "finish", "form_and_text", "json_items"]


def form_and_text(source: Source, options: ReadingOptions) -> tuple[Form, str]:
    """See what a source is, and decode it (documents have no text yet).

    Raises:
        InvalidInputError: binary; the type is named.
    """
    document = document_form(source.content)
    if document:
        return document, ""
    binary = binary_type(source.content) if not options.encoding else None
    if binary:
        raise InvalidInputError(
            f"a {binary}, not an article", where=source.name, hint="give text, a page, a mail or a feed"
        )
    try:
        text = decode(
            source.content, claimed=source.charset, override=options.encoding if source.url is None else None
        )
    except DigestError as error:
        error.where = source.name
        raise
    return form_of(text, source.name, source.media_type), text


def article_of(source: Source, options: ReadingOptions) -> Article:
    """Read the one article of a source.

    Raises:
        NothingToCondenseError: there is none.
        InvalidInputError: binary, damaged, or more than one article.
    """
    form, text = form_and_text(source, options)
    if form in {Form.FEED, Form.OPML, Form.JSON}:
        if form is Form.JSON:
            items = json_items(text, source.name)
            if len(items) == 1 and isinstance(items[0], Article):
                return items[0]
            if len(items) == 1:
                return items[0].article if isinstance(items[0], Digest) else items[0]
        raise InvalidInputError(
            f"a {form.value}, which holds more than one article",
            where=source.name,
            hint="use collect, which gives each of them",
        )
    draft = _READERS[form](source, text, options)
    everything = "\n".join(line.text for line in draft.lines)
    return finish(clean(draft), everything, source.name)


def finish(draft: Draft, everything: str, name: str) -> Article:
    """Judge a cleaned draft and make it an Article.

    Raises:
        NothingToCondenseError: no sentence, a wall, a stub; the message says which.
    """
    why = why_nothing(draft, everything)
    if why:
        what, hint = why
        if draft.feed_url:
            hint = f"{hint}; this page names a feed: {draft.feed_url}"
        raise NothingToCondenseError(f"nothing to condense: {what}", where=name, hint=hint)
    text = "\n".join(line.text for line in draft.lines)
    return Article(
        paragraphs=[line.text for line in draft.lines],
        kinds=[line.kind for line in draft.lines],
        title=draft.title,
        byline=draft.byline,
        published=draft.published,
        language=draft.language or language_of(text),
        url=draft.url,
        site=draft.site,
        image=draft.image,
    )


def json_items(text: str, name: str) -> list[Article | Digest]:
    """Read what ``read --json`` or ``condense --json`` gave: an object, an array of them, or one a line.

    Raises:
        InvalidInputError: no JSON, or of another shape; the line is named.
    """
    try:
        loaded = json.loads(text)
        shapes = [(name, shape) for shape in loaded] if isinstance(loaded, list) else [(name, loaded)]
    except ValueError:
        shapes = [
            (f"{name}:{number}", _loaded(row, f"{name}:{number}"))
            for number, row in enumerate(text.split("\n"), 1)
            if row.strip()
        ]
    except RecursionError as error:
        raise InvalidInputError(
            "JSON nested too deep", where=name, hint="give the output of digest condense --json"
        ) from error
    items: list[Article | Digest] = []
    for where, shape in shapes:
        if isinstance(shape, dict) and "headline" in shape and "summary" in shape:
            digest = digest_from_json(shape, where)
            if not digest.headline.strip():
                raise InvalidInputError(
                    "must not be empty", where=f"{where}.headline", hint="the letter is named after it"
                )
            items.append(digest)
        elif isinstance(shape, dict) and "paragraphs" in shape:
            items.append(article_from_json(shape, where))
        else:
            raise InvalidInputError(
                "JSON that is neither a digest nor an article",
                where=where,
                hint="give the output of digest condense --json or digest read --json",
            )
    return items


def is_json_feed(text: str) -> bool:
    """Tell a JSON Feed by its version."""
    return "jsonfeed.org/version" in text[:2000]


def _loaded(row: str, where: str) -> object:
    try:
        return json.loads(row)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"not JSON: {error}", where=where, hint="give the output of digest condense --json"
        ) from error


def _text_draft(_source: Source, text: str, _options: ReadingOptions) -> Draft:
    return Draft(lines=split(normalise(text)))


def _page_draft(source: Source, text: str, options: ReadingOptions) -> Draft:
    from digest.reading.html import read_page

    return read_page(text, url=source.url or options.base_url)


def _markdown_draft(_source: Source, text: str, _options: ReadingOptions) -> Draft:
    from digest.reading.markdown import read_markdown

    return read_markdown(text)


def _mail_draft(source: Source, _text: str, _options: ReadingOptions) -> Draft:
    from digest.reading.mail import read_mail

    return read_mail(source.content)


def _document_draft(form: Form) -> Callable[[Source, str, ReadingOptions], Draft]:
    def read(source: Source, _text: str, options: ReadingOptions) -> Draft:
        from digest.reading.documents import read_document

        try:
            return replace(read_document(source.content, form, max_bytes=options.max_bytes), url=source.url)
        except InvalidInputError as error:
            error.where = error.where or source.name
            raise

    return read


_READERS: dict[Form, Callable[[Source, str, ReadingOptions], Draft]] = {
    Form.TEXT: _text_draft,
    Form.HTML: _page_draft,
    Form.MARKDOWN: _markdown_draft,
    Form.MAIL: _mail_draft,
    Form.PDF: _document_draft(Form.PDF),
    Form.DOCX: _document_draft(Form.DOCX),
    Form.EPUB: _document_draft(Form.EPUB),
}
