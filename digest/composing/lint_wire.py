"""Lint of the bytes: what servers and standards ask of lines and header fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage

from digest.composing.finding import Finding

__all__ = ["envelope_findings", "header_findings", "wire_findings"]

_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")
_AT_MOST_ONCE = ("Reply-To", "Sender", "Cc", "List-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
_ENCODED_LINE = 76  # RFC 2045 6.7 (5), 6.8
_WORD = 75  # RFC 2047 2
_LIST_ID = 255  # RFC 2919 3
_SIZE = 10_000_000  # octets: the smallest SIZE that large servers announce
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
    yield from _sizes(message)
    if re.search(rb"[\x80-\xff]", message):
        yield Finding("D1", "warning", "octets over 127 stand bare", "encode the part as quoted-printable")
    parts = re.split(rb"\r?\n--", message)
    html = next((part for part in parts if b"text/html" in part[:200]), b"")
    if len(html) > 100 * 1024:
        yield Finding(
            "A10", "error", f"the page has {len(html) // 1024} KB encoded", "Gmail clips at 102 KB: shorten"
        )


def _sizes(message: bytes) -> Iterator[Finding]:
    marks = {re.escape(mark) for mark in re.findall(rb'(?i)boundary="?([^";\r\n]+)', message)}
    parts = re.split(rb"\r?\n--(?:" + b"|".join(marks) + rb")", message) if marks else [message]
    longest = 0
    for part in parts:
        head, _, body = part.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
        if re.search(rb"(?i)content-transfer-encoding: *(?:quoted-printable|base64)", head):
            longest = max(longest, *map(len, body.split(b"\n")))
    if longest > _ENCODED_LINE:
        yield Finding("A13", "error", f"an encoded line has {longest} octets", "76 at most: encode it again")
    if len(message) > _SIZE:
        yield Finding(
            "D13",
            "warning",
            f"the message has {len(message) / 1e6:.0f} MB",
            "many servers refuse more than 10 MB",
        )


def envelope_findings(whole: EmailMessage, envelope_sender: str) -> Iterator[Finding]:
    """Look at the envelope's sender: DMARC asks that its domain is the organisation's of From."""
    shown = re.findall(r"@([\w.-]+)", str(whole.get("From", "")))
    domain = envelope_sender.rpartition("@")[2].lower()
    if not domain:
        yield Finding("D12", "error", "there is no envelope sender", "set [sender] address")
    elif shown and not _is_aligned(shown[-1].lower(), domain):
        yield Finding(
            "D12",
            "warning",
            f"bounces go to {domain}, From is at {shown[-1]}: SPF does not count for DMARC",
            "set [sender] envelope_sender to an address of the same domain",
        )


def _is_aligned(one: str, other: str) -> bool:
    """Tell whether one domain is the other or lies below it; the list of public suffixes is not at hand."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


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
    yield from _folding(head)
    for name, _, value in fields:
        if name.lower().startswith("list-") and name.lower() != "list-id" and "=?" in value:
            yield Finding(
                "D5", "error", f"{name} is encoded: one-click unsubscribing dies", "write it in ASCII"
            )
    yield from _address_findings(fields)
    yield from _list_findings(count, whole)
    yield from _structure(whole)


def _folding(head: str) -> Iterator[Finding]:
    if any(len(word) > _WORD for word in re.findall(r"=\?[^\s?]+\?[bq]\?[^\s?]*\?=", head, re.IGNORECASE)):
        yield Finding("D8", "error", "an encoded word has more than 75 characters", "cut it at a letter")
    if re.search(r"\?==\?", head):
        yield Finding("D8", "error", "two encoded words are glued together", "put a space between them")
    if any(len(line) > 78 for line in re.split(r"\r?\n", head) if " " in line.strip()):  # noqa: PLR2004  # RFC 5322 2.1.1
        yield Finding("D8", "warning", "a header line with a space in it has more than 78 columns", "fold it")


def _address_findings(fields: list[tuple[str, str, str]]) -> Iterator[Finding]:
    domains = {}
    for name, _, value in fields:
        if name.lower() in {"from", "to", "reply-to", "sender"}:
            bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", value)
            if re.search(r"@[^\s>]*(?:[^\x00-\x7f]|=\?)|=\?[^\s]*\?=[^\s<]*@", bare):
                yield Finding(
                    "D9", "error", f"the domain in {name} is no A-label", "write it by IDNA, as xn--…"
                )
        found = re.search(r"@([^\s>]+)>?\s*$", value)
        if found and name.lower() in {"from", "message-id"}:
            domains[name.lower()] = found[1].rstrip(">").lower()
        if name.lower() == "list-id" and len(value) > _LIST_ID:
            yield Finding("D6", "error", f"List-ID has {len(value)} characters", "255 at most")
    if len(domains) == 2 and not _is_aligned(domains["from"], domains["message-id"]):  # noqa: PLR2004  # both
        yield Finding(
            "D4", "warning", "the Message-ID's right side is not the sender's domain", "let Digest write it"
        )


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
