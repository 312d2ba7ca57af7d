"""The fault matrix's rows of bad input that no list is about, each as a user meets it: nothing is sent.

The rooms test their own limits in depth; here each row is met once from the command line or the public functions.
"""

from __future__ import annotations

import gzip
import socket
from pathlib import Path

import pytest
from cli_places import folder_with
from command import Ended, digest
from delivering_parts import LETTER, ScriptedTransport, people
from fault_server import FaultServer

from digest.delivering import deliver, plan
from digest.store import Store

SEND = ("send", "article.txt", "--to", "list.csv", "--yes")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path, people=2)


def refused(ended: Ended, status: int, *words: str) -> None:
    """The status, the words, no traceback, nothing on stdout."""
    assert ended.status == status, ended.err
    assert "Traceback" not in ended.err
    assert not ended.out
    for word in words:
        assert word.lower() in ended.err.lower(), ended.err


async def mailed(folder: Path, *more: str) -> tuple[Ended, dict[str, bytes]]:
    """Send to a server, and give what arrived."""
    async with FaultServer() as server:
        ended = await digest(*SEND, "--smtp", f"smtp://127.0.0.1:{server.port}", *more, cwd=folder)
    return ended, server.truth.bodies


async def test_b09_a_wrong_row_at_the_end_stops_before_the_first_letter(folder: Path) -> None:
    """All rows are checked before anybody is mailed (a million rows: benchmarks/sending.py)."""
    with (folder / "list.csv").open("a") as file:
        file.writelines(f"more{number}@example.org,More\n" for number in range(3000))
        file.write("reader@,Last\n")
    ended, bodies = await mailed(folder)
    refused(ended, 65, "list.csv:3004")
    assert not bodies


async def test_b13_no_recipients_domain_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Null MX and roles are the relay's business: planning and sending ask no name server."""

    def looked_up(*asked: object, **_more: object) -> None:
        raise AssertionError(f"somebody asked for {asked}")

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    with Store.in_memory().ledger(LETTER.edition) as ledger:
        assert plan(LETTER, people(3), ledger=ledger).owed == 3
        report = await deliver(LETTER, people(3), transport=ScriptedTransport(), ledger=ledger)
    assert report.counts["accepted"] == 3


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_b14_no_cell_of_an_export_is_a_formula(start: str) -> None:
    """What a spreadsheet would compute is prefixed by an apostrophe; anything else stays as it is."""
    from digest.cli.status import _harmless

    assert _harmless(f"{start}1+1") == f"'{start}1+1"
    assert _harmless("ann@example.org") == "ann@example.org"
    assert _harmless(550) == 550


@pytest.mark.parametrize("text", ["", "Menu\nHome\nSearch\n", "   \n\n"])
async def test_b15_nothing_to_condense(folder: Path, text: str) -> None:
    """No sentence, no digest: 65."""
    (folder / "article.txt").write_text(text)
    ended, bodies = await mailed(folder)
    refused(ended, 65, "article.txt")
    assert not bodies


async def test_b16_a_million_characters_without_a_full_stop(folder: Path) -> None:
    """Ends within the command's time, with a digest or a refusal, never a traceback."""
    (folder / "article.txt").write_text("A harbour\n\n" + "the ferry and " * 70_000)
    ended = await digest("condense", "article.txt", cwd=folder)
    assert ended.status in {0, 65}
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "PNG"),
        (gzip.compress(b"text"), "gzip"),
        (b"MZ" + bytes(range(256)) * 4, "article.txt"),
    ],
)
async def test_b17_no_text_at_all(folder: Path, content: bytes, kind: str) -> None:
    """65, and the kind that was seen."""
    (folder / "article.txt").write_bytes(content)
    refused(await digest("read", "article.txt", cwd=folder), 65, kind)


STORY = (
    "<html><head><meta charset='{}'><title>Fähre</title></head><body><article><h1>Die Fähre nach Öland</h1>"
    + "".join(
        f"<p>Die Fähre fährt um {hour} Uhr über den grünen Sund nach Öland.</p>" for hour in range(6, 16)
    )
    + "</article></body></html>"
)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8"])
async def test_b18_other_encodings_are_read_right(folder: Path, encoding: str) -> None:
    """By byte order mark and label: no mojibake."""
    (folder / "page.html").write_bytes(STORY.format(encoding).encode(encoding))
    ended = await digest("read", "page.html", cwd=folder)
    assert ended.status == 0, ended.err
    assert "grünen Sund nach Öland" in ended.out


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("渡し船は朝九時に港を出て、昼までに島へ着くと船長が月曜日に話した。", "ja"),
        ("غادرت العبارة الميناء في الساعة التاسعة صباحا ووصلت إلى الجزيرة قبل الظهر.", "ar"),
    ],
)
async def test_b19_other_scripts(folder: Path, sentence: str, language: str) -> None:
    """A digest in that language, or a refusal in words."""
    text = "\n\n".join(f"{sentence[:-1]}{number}{sentence[-1]}" for number in range(8))
    (folder / "article.txt").write_text(f"{sentence[:20]}\n\n{text}", "utf-8")
    ended = await digest("condense", "--json", "article.txt", cwd=folder)
    assert "Traceback" not in ended.err
    if ended.status:
        refused(ended, 65)
    else:
        assert ended.json()["language"].startswith(language)


async def test_b20_template_syntax_is_text(folder: Path) -> None:
    """In an article and in a list: printed, not obeyed."""
    article = (folder / "article.txt").read_text("utf-8")
    (folder / "article.txt").write_text(article.replace("twenty", "{{ 7*7 }} {% if x %}"), "utf-8")
    (folder / "list.csv").write_text("email,name\nann@example.org,{{ 7*7 }}\n")
    ended, bodies = await mailed(folder)
    assert ended.status == 0, ended.err
    (body,) = bodies.values()
    assert b"{{ 7*7 }}" in body.split(b"\r\n\r\n")[0]
    assert b"49 " not in body


async def test_b21_hostile_html_reaches_no_letter(folder: Path) -> None:
    """Scripts, handlers and javascript: are gone, and nothing is fetched."""
    page = STORY.format("utf-8").replace("<p>", "<p onclick='x()' style='p'><script>evil()</script>", 3)
    (folder / "article.txt").unlink()
    (folder / "page.html").write_text(
        page + "<a href='javascript:evil()'>x</a><svg onload='evil()'>", "utf-8"
    )
    async with FaultServer() as server:
        ended = await digest(
            "send",
            "page.html",
            "--to",
            "list.csv",
            "--yes",
            "--smtp",
            f"smtp://127.0.0.1:{server.port}",
            cwd=folder,
        )
    assert ended.status == 0, ended.err
    for body in server.truth.bodies.values():
        assert b"evil" not in body
        assert b"onclick" not in body


@pytest.mark.parametrize("host", ["127.0.0.1:1", "169.254.169.254", "[::1]:1"])
async def test_b22_addresses_of_our_own_network_are_not_asked(folder: Path, host: str) -> None:
    """A link into this machine or its network is refused before anything is connected."""
    ended = await digest("read", f"http://{host}/story", cwd=folder)
    assert ended.status == 65, ended.err
    assert "Traceback" not in ended.err


async def test_b23_an_entity_bomb_is_not_unfolded(folder: Path) -> None:
    """A feed with a document type of its own is refused, or read without its entities."""
    layers = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    (folder / "feed.xml").write_text(
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "ha">{layers}]><rss><channel><item><title>&e9;</title>'
        "</item></channel></rss>"
    )
    ended = await digest("read", "feed.xml", cwd=folder)
    assert ended.status in {0, 65}
    assert "Traceback" not in ended.err
    assert len(ended.out) < 100_000


@pytest.mark.parametrize("name", ["../../etc", "/etc", "a\\b"])
async def test_b24_a_theme_is_a_name_and_no_path(folder: Path, name: str) -> None:
    """Nothing outside of the theme folders is read."""
    ended, bodies = await mailed(folder, "--theme", name)
    refused(ended, 65, "theme")
    assert not bodies


async def test_b25_a_variable_that_is_not_there(folder: Path) -> None:
    """65 with the template's line, before anything is sent."""
    assert (await digest("init", "--theme", "article", ".", cwd=folder)).status == 0
    page = folder / "themes" / "article" / "letter.html"
    *lines, last = page.read_text("utf-8").splitlines()
    page.write_text("\n".join([*lines, "{{ edition.no_such_thing }}", last]), "utf-8")
    ended, bodies = await mailed(folder)
    refused(ended, 65, "letter.html")
    assert not bodies


@pytest.mark.parametrize(
    ("settings", "word"),
    [('[smtp]\nulr = "x"\n', "'url'"), ("[smtp]\nconnections = true\n", "whole number")],
)
async def test_b26_settings_that_cannot_be_meant(folder: Path, settings: str, word: str) -> None:
    """An unknown key names the nearest one, a wrong type says which is right; a password in a URL is refused."""
    (folder / "digest.toml").write_text(settings)
    refused(await digest(*SEND, cwd=folder), 78, "digest.toml:2", word)
    (folder / "digest.toml").unlink()
    ended = await digest(*SEND, "--smtp", "smtp://ann:tide@127.0.0.1:25", cwd=folder)
    refused(ended, 2)
    assert "tide" not in ended.err
