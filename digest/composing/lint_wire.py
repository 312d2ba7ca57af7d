"""Lint of the bytes: what servers and standards ask of lines and header fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage

from digest.composing.finding import Finding

__all__ = ["header_findings", "wire_findings"]

_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
_AT_MOST_ONCE = ("Reply-To", "Sender", "Cc", "List-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
_PLACEHOLDER = re.compile(r"@(?:[\w-]+\.)*(?:example\.(?:org|com|net)|[\w-]+\.(?:example|invalid|test))\b")


def wire_findings(message: bytes) -> Iterator[Finding]:
    """Look at the message as lines of octets."""
    if b"\0" in message:
        yield Finding("D10", "error", "a NUL octet stands in the message", "remove it from the texts")
    if re.search(rb"(?<!\r)\n|\r(?!\n)", message):
        yield Finding("D10", "error", "a line ends in a bare CR or LF", "end every line in CR LF")
    lines = re.split(rb"\r?\n", message)
    longest = max(map(len, lines))
    if longest > 998:  # noqa: PLR2004  # RFC 5322 2.1.1
        yield Finding("A13", "error", f"a line has {longest} octets", "encode the part as quoted-printable")
    if re.search(rb"[\x80-\xff]", message):
        yield Finding("D1", "warning", "octets over 127 stand bare", "encode the part as quoted-printable")
    parts = re.split(rb"\r?\n--", message)
    html = next((part for part in parts if b"text/html" in part[:200]), b"")
    if len(html) > 100 * 1024:
        yield Finding(
            "A10", "error", f"the page has {len(html) // 1024} KB encoded", "Gmail clips at 102 KB: shorten"
        )


def header_findings(message: bytes, whole: EmailMessage) -> Iterator[Finding]:
    """Look at the header fields and the MIME tree."""
    head = re.split(rb"\r?\n\r?\n", message, maxsplit=1)[0].decode("latin-1")
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", head)
    fields = [line.partition(":") for line in re.split(r"\r?\n", unfolded)]
    count = Counter(name.lower() for name, _, _ in fields)
    for name in _ONCE:
        if count[name.lower()] != 1:
            yield Finding("D2", "error", f"{name} stands {count[name.lower()]} times", "send it exactly once")
    for name in _AT_MOST_ONCE:
        if count[name.lower()] > 1:
            yield Finding("D2", "error", f"{name} stands {count[name.lower()]} times", "send it once")
    if count["bcc"]:
        yield Finding("D3", "error", "Bcc stands on the wire", "leave it out")
    if any(len(line) > 78 for line in re.split(r"\r?\n", head) if " " in line.strip()):  # noqa: PLR2004  # RFC 5322 2.1.1
        yield Finding("D8", "warning", "a header line with a space in it has more than 78 columns", "fold it")
    for name, _, value in fields:
        if name.lower().startswith("list-") and name.lower() != "list-id" and "=?" in value:
            yield Finding(
                "D5", "error", f"{name} is encoded: one-click unsubscribing dies", "write it in ASCII"
            )
    yield from _list_findings(count, whole)
    yield from _structure(whole)


def _structure(whole: EmailMessage) -> Iterator[Finding]:
    if str(whole.get("To", "")).count("@") > 1 and "," in str(whole.get("To", "")):
        yield Finding("D3", "error", "more than one recipient stands in To", "send one letter to each")
    for name in ("From", "List-ID", "List-Unsubscribe"):
        value = str(whole.get(name, ""))
        if _PLACEHOLDER.search(value if name != "List-ID" else value.replace("<", "@")):
            yield Finding("C7", "warning", f"{name} is a placeholder", "set [sender] in digest.toml")
    if whole.defects or any(part.defects for part in whole.walk()):
        yield Finding("D1", "error", "the MIME structure is damaged", "compose the message again")
    kinds = [
        part.get_content_type()
        for part in whole.walk()
        if part.get_content_type() in {"text/plain", "text/html"}
    ]
    if kinds[:2] == ["text/html", "text/plain"]:
        yield Finding("D1", "error", "the page comes before the text", "put the text part first")


def _list_findings(count: Counter[str], whole: EmailMessage) -> Iterator[Finding]:
    if not count["list-unsubscribe"]:
        yield Finding(
            "D5", "error", "there is no List-Unsubscribe", "set sender.unsubscribe_url in digest.toml"
        )
    elif not count["list-unsubscribe-post"]:
        yield Finding(
            "D5",
            "warning",
            "there is no one-click unsubscribing",
            "set one_click = true where the URL answers POST",
        )
    elif "https://" not in str(whole["List-Unsubscribe"]):
        yield Finding(
            "D5", "error", "one-click unsubscribing needs an https address", "set sender.unsubscribe_url"
        )
    if not count["list-id"]:
        yield Finding("D6", "warning", "there is no List-ID", "set sender.list_id in digest.toml")
