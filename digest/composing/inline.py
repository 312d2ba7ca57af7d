"""premailer, known to this file only: styles from the theme's sheet onto its elements, once per edition.

premailer runs on our own template with the article's text already escaped in it, never on foreign HTML. The
options are those under which dark mode and sizes survive; the network is shut; a declaration that its parser
would drop is an error, not a loss.

Source: measured on premailer 3.10.0 with cssutils 2.15: by default it strips ``!important`` (dark mode dies),
overwrites ``width`` attributes, drops ``rgb(0 0 0 / 50%)`` without a word, and fetches ``@import`` through
cssutils even with ``allow_network=False``.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections.abc import Iterator

from digest.errors import TemplateError

__all__ = ["check_sheet", "inline"]

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"(?P<selectors>[^{}]*)\{(?P<declarations>[^{}]*)\}")
_ATTRIBUTES = ["width", "height", "bgcolor", "align", "valign"]
_FAULTS = (TypeError, ValueError, AttributeError, LookupError, SyntaxError)
_one_at_a_time = threading.Lock()  # cssutils' fetcher is a global of its module


def inline(html: str, *, where: str = "letter.html") -> str:
    """Write the style sheet of a page onto its elements.

    Raises:
        TemplateError: premailer cannot read the page.
    """
    from lxml.etree import LxmlError
    from premailer import Premailer

    with _no_network():
        try:
            found = Premailer(
                html,
                allow_network=False,
                disable_validation=True,
                disable_link_rewrites=True,
                disable_basic_attributes=_ATTRIBUTES,
                strip_important=False,
                keep_style_tags=False,
                include_star_selectors=True,
                remove_classes=False,
                cssutils_logging_level=logging.CRITICAL,
                cssutils_logging_handler=logging.NullHandler(),
                cache_css_parsing=False,
            ).transform()
        except (*_FAULTS, LxmlError) as error:
            raise TemplateError(
                f"the page cannot be inlined: {error}",
                where=where,
                hint="is every tag of the template closed?",
            ) from error
    return str(found).strip() + "\n"


def check_sheet(css: str, *, where: str) -> None:
    """Refuse a sheet of which premailer would lose something.

    Raises:
        TemplateError: names the first declaration or at-rule that would be lost, and its line.
    """
    text = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), css)
    at_rule = re.search(r"@[\w-]+", text)
    if at_rule:
        line = text.count("\n", 0, at_rule.start()) + 1
        raise TemplateError(
            f"{at_rule.group()} cannot be inlined", where=f"{where}:{line}", hint="move it to keep.css"
        )
    for rule in _RULE.finditer(text):
        line = text.count("\n", 0, rule.start("declarations")) + 1
        wanted = [part.strip() for part in rule["declarations"].split(";") if part.strip()]
        kept = _parsed(rule["selectors"].strip(), rule["declarations"])
        for declaration in wanted:
            name = declaration.partition(":")[0].strip().lower()
            if name not in kept:
                raise TemplateError(
                    f"'{declaration}' would be lost", where=f"{where}:{line}", hint="write it another way"
                )


def _parsed(selectors: str, declarations: str) -> frozenset[str]:
    """Name the properties that premailer's parser keeps of one rule."""
    import cssutils

    cssutils.log.setLevel(logging.CRITICAL)
    with _no_network():
        sheet = cssutils.CSSParser(loglevel=logging.CRITICAL, validate=False).parseString(
            f"{selectors}{{{declarations}}}"
        )
    return frozenset(
        found.name.lower() for rule in sheet for found in rule.style.getProperties(all=True) if found.value
    )


@contextlib.contextmanager
def _no_network() -> Iterator[None]:
    """Shut cssutils' own way to the network, which no option of premailer reaches."""
    import cssutils.util

    def refuse(url: str) -> None:
        raise TemplateError(f"the style sheet fetches '{url}'", hint="remove the @import")

    with _one_at_a_time:
        usual = cssutils.util._defaultFetcher  # noqa: SLF001  # there is no public way
        cssutils.util._defaultFetcher = refuse  # noqa: SLF001  # as above
        try:
            yield
        finally:
            cssutils.util._defaultFetcher = usual  # noqa: SLF001  # as above
