"""An Edition in, a Letter out; and a Letter filled for one subscriber.

``load_theme`` reads a theme (the only file access here); ``compose`` renders it with Jinja, inlines its styles
once with premailer and compiles the result to MIME bytes with slots; ``fill`` joins those bytes with one
subscriber's values. Filling, dumping and loading a Letter import neither jinja2, premailer nor lxml: the
process that sends stays small.

This room reads no settings, opens no connection and prints nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.lazily import lazily

if TYPE_CHECKING:
    from digest.composing.composition import compose, render
    from digest.composing.expression import check_condition, evaluate, parse_condition
    from digest.composing.filling import Filler, fill, message_id
    from digest.composing.finding import Finding
    from digest.composing.keeping import check_columns, dump, load, missing_fields
    from digest.composing.linting import lint
    from digest.composing.locating import located
    from digest.composing.page import Page
    from digest.composing.pictures import Attachment, Picture, embedded, hosted
    from digest.composing.theme import Theme, load_theme, theme_files, theme_names

__all__ = [
    "Attachment",
    "Filler",
    "Finding",
    "Page",
    "Picture",
    "Theme",
    "check_columns",
    "check_condition",
    "compose",
    "dump",
    "embedded",
    "evaluate",
    "fill",
    "hosted",
    "lint",
    "load",
    "load_theme",
    "located",
    "message_id",
    "missing_fields",
    "parse_condition",
    "render",
    "theme_files",
    "theme_names",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "Attachment": "pictures",
        "Filler": "filling",
        "Finding": "finding",
        "Page": "page",
        "Picture": "pictures",
        "Theme": "theme",
        "check_columns": "keeping",
        "check_condition": "expression",
        "compose": "composition",
        "dump": "keeping",
        "embedded": "pictures",
        "evaluate": "expression",
        "fill": "filling",
        "hosted": "pictures",
        "lint": "linting",
        "load": "keeping",
        "load_theme": "theme",
        "located": "locating",
        "message_id": "filling",
        "missing_fields": "keeping",
        "parse_condition": "expression",
        "render": "composition",
        "theme_files": "theme",
        "theme_names": "theme",
    },
)
