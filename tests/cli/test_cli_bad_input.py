"""Bad input gets a message that says what, where and what to do, the right status, and nothing is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_places import sending
from command import digest
from fault_server import FaultServer, behave

ARTICLE = "A library lends bicycles\n\n" + "\n\n".join(
    f"The library of the harbour town lent out {number} cargo bicycles on Monday morning, its keeper said."
    for number in ("twenty", "thirty", "forty", "fifty")
)
GOOD_LIST = "email,name\nada@example.org,Ada\nbo@example.com,Bo\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "article.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "list.csv").write_text(GOOD_LIST, "utf-8")
    return tmp_path


BAD_LISTS = {
    "no email column": (b"mail,name\nada@example.org,Ada\n", ["list.csv", "email", "mail"]),
    "a broken quote": (b'email,name\nada@example.org,"Ada\nbo@example.com,Bo\n', ["list.csv:2"]),
    "Latin-1 bytes": (
        b"email,name\nada@example.org,Ada\nbo@example.com,J\xf6rg\n",
        ["list.csv:3", "--encoding"],
    ),
    "a line break in a name": (b'email,name\nada@example.org,"Ada\r\nBcc: x@example.org"\n', ["list.csv:2"]),
    "an invalid address": (
        b"email,name\nada@example.org,Ada\nreader@,Reader\n",
        ["list.csv:3", "reader@", "--skip-invalid"],
    ),
    "nobody": (b"email,name\n", ["list.csv"]),
}


@pytest.mark.parametrize("case", sorted(BAD_LISTS))
async def test_a_bad_list_is_refused_whole(folder: Path, case: str) -> None:
    """One wrong row and nobody is mailed; the message names the file, the line and the way out."""
    content, words = BAD_LISTS[case]
    (folder / "list.csv").write_bytes(content)
    async with FaultServer(behave) as server:
        ended = await digest(*sending(server.port), cwd=folder)
    assert ended.status == 65, ended.err
    for word in words:
        assert word in ended.err
    assert "Traceback" not in ended.err
    assert not server.truth.contents


async def test_invalid_rows_can_be_left_out(folder: Path) -> None:
    """--skip-invalid mails the others and says who was left out."""
    (folder / "list.csv").write_bytes(BAD_LISTS["an invalid address"][0])
    async with FaultServer(behave) as server:
        ended = await digest(
            *("send", "article.txt", "--to", "list.csv", "--smtp", f"smtp://127.0.0.1:{server.port}"),
            *("--yes", "--skip-invalid"),
            cwd=folder,
        )
    assert ended.status == 0, ended.err
    assert "list.csv:3" in ended.err
    assert dict(server.truth.accepted) == {"ada@example.org": 1}


async def test_the_same_person_twice_gets_one_mail(folder: Path) -> None:
    """Duplicates by case are one person: the first row counts, the second is reported."""
    (folder / "list.csv").write_text("email,name\nAda@Example.org,Ada\nada@example.org,Ada again\n")
    async with FaultServer(behave) as server:
        ended = await digest(*sending(server.port), cwd=folder)
    assert ended.status == 0, ended.err
    assert "list.csv:3" in ended.err
    assert sum(server.truth.accepted.values()) == 1


BAD_SOURCES = {
    "missing": (None, 66, ["article.txt"]),
    "empty": (b"", 65, ["article.txt"]),
    "no sentence": (b"Menu\nHome\nSearch\n", 65, ["article.txt"]),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), 65, ["article.txt", "PNG"]),
    "a gzip file": (b"\x1f\x8b\x08\x00" + bytes(range(256)), 65, ["article.txt", "gzip"]),
}


@pytest.mark.parametrize("case", sorted(BAD_SOURCES))
@pytest.mark.parametrize("command", ["read", "condense", "preview", "send"])
async def test_a_bad_source_is_refused(folder: Path, case: str, command: str) -> None:
    """What holds no article is refused with its name and kind by every command that takes a SOURCE."""
    content, status, words = BAD_SOURCES[case]
    if content is None:
        (folder / "article.txt").unlink()
    else:
        (folder / "article.txt").write_bytes(content)
    more = {
        "send": ["--to", "list.csv", "--smtp", f"folder:{folder}/out", "--yes"],
        "preview": ["-o", "out"],
    }.get(command, ["--json"])
    ended = await digest(command, "article.txt", *more, cwd=folder)
    assert ended.status == status, ended.err
    assert not ended.out
    for word in words:
        assert word.lower() in ended.err.lower()
    assert "Traceback" not in ended.err
    assert not (folder / "out").exists()


async def test_a_refused_source_does_not_stop_the_others(folder: Path) -> None:
    """`read` prints what it can, in order, and ends with 65."""
    (folder / "menu.txt").write_text("Menu\n")
    ended = await digest("read", "--json", "menu.txt", "article.txt", cwd=folder)
    assert ended.status == 65
    assert ended.json()["title"] == "A library lends bicycles"


async def test_an_unknown_key_names_the_nearest(folder: Path) -> None:
    """A mistyped setting is never ignored."""
    (folder / "digest.toml").write_text('[smtp]\nulr = "smtp://127.0.0.1:1"\n')
    ended = await digest("send", "article.txt", "--to", "list.csv", "--yes", cwd=folder)
    assert ended.status == 78
    assert "digest.toml:2" in ended.err
    assert "'url'" in ended.err


async def test_a_template_error_names_the_line(folder: Path) -> None:
    """A theme that does not render is refused with its file and line before anything is sent."""
    assert (await digest("init", ".", cwd=folder)).status == 0
    page = folder / "themes" / "article" / "letter.html"
    lines = page.read_text("utf-8").splitlines()
    page.write_text("\n".join([*lines[:-1], "{{ edition.colour_of_the_sea }}", lines[-1]]), "utf-8")
    ended = await digest(
        "send", "article.txt", "--to", "list.csv", "--smtp", f"folder:{folder}/out", "--yes", cwd=folder
    )
    assert ended.status == 65, ended.err
    assert f"letter.html:{len(lines)}" in ended.err
    assert not (folder / "out").exists()


async def test_off_loopback_the_law_is_asked_for(folder: Path) -> None:
    """Without sender, postal address and a way to leave, nothing goes to a server elsewhere."""
    ended = await digest(
        "send",
        "article.txt",
        "--to",
        "list.csv",
        "--smtp",
        "smtp://mail.example.org:587",
        "--yes",
        cwd=folder,
    )
    assert ended.status == 78
    for word in ("[sender] address", "postal_address", "unsubscribe"):
        assert word in ended.err


async def test_a_password_in_the_url_is_refused_and_not_repeated(folder: Path) -> None:
    """The process list and the shell's history would keep it."""
    ended = await digest(
        "send",
        "article.txt",
        "--to",
        "list.csv",
        "--smtp",
        "smtp://me:s3cr3t@mail.example.org",
        "--yes",
        cwd=folder,
    )
    assert ended.status == 2
    assert "s3cr3t" not in ended.err + ended.out


async def test_nobody_there_to_ask_needs_yes(folder: Path) -> None:
    """Without a terminal and without --yes nothing is sent."""
    ended = await digest(
        "send", "article.txt", "--to", "list.csv", "--smtp", f"folder:{folder}/out", cwd=folder
    )
    assert ended.status == 2
    assert "--yes" in ended.err
    assert not list((folder / "out").glob("*.eml")) if (folder / "out").exists() else True


async def test_a_server_that_is_not_there_can_be_tried_again(folder: Path) -> None:
    """Nothing listens: 75, and the address is named."""
    ended = await digest(
        "send", "article.txt", "--to", "list.csv", "--smtp", "smtp://127.0.0.1:9", "--yes", cwd=folder
    )
    assert ended.status == 75
    assert "127.0.0.1:9" in ended.err


async def test_a_suppression_file_that_cannot_be_read_stops_the_send(folder: Path) -> None:
    """Who asked not to be mailed is not mailed because a file went missing."""
    (folder / "digest.toml").write_text('[list]\nsuppression = "gone.txt"\n')
    ended = await digest(
        "send", "article.txt", "--to", "list.csv", "--smtp", f"folder:{folder}/out", "--yes", cwd=folder
    )
    assert ended.status == 78
    assert "gone.txt" in ended.err


async def test_a_mistyped_command_names_the_nearest(folder: Path) -> None:
    """A wrong command ends with 2 and a suggestion."""
    ended = await digest("sned", cwd=folder)
    assert ended.status == 2
    assert "'send'" in ended.err


async def test_stdin_is_a_source(folder: Path) -> None:
    """`-` reads standard input."""
    ended = await digest("read", "--json", "-", cwd=folder, stdin=ARTICLE.encode())
    assert ended.status == 0
    assert len(ended.json()["paragraphs"]) == 4


async def test_a_list_out_of_a_pipe_is_refused(folder: Path) -> None:
    """Whoever goes on with the edition reads the list again: a pipe has nothing left to say then."""
    for flags in ((), ("--dry-run",)):
        smtp = ("--smtp", "folder:out", "--yes", *flags)
        ended = await digest("send", "article.txt", "--to", "/dev/stdin", *smtp, cwd=folder, stdin=b"email\n")
        assert (ended.status, "Traceback" in ended.err) == (66, False)
        assert "this is a pipe" in ended.err


async def test_a_debug_server_that_cannot_be_read_is_usage(folder: Path) -> None:
    """--debug looks at the URL before anything else does."""
    smtp = ("--debug", "--smtp", "smtp://[x")
    ended = await digest("send", "article.txt", "--to", "list.csv", *smtp, cwd=folder)
    assert (ended.status, "Traceback" in ended.err) == (2, False)


@pytest.mark.parametrize(
    "command", [("condense",), ("send", "--to", "list.csv", "--smtp", "folder:out", "--yes")]
)
async def test_a_model_that_nobody_would_ask_is_refused(folder: Path, command: tuple[str, ...]) -> None:
    """``--model`` without ``--method llm`` was left aside without a word."""
    ended = await digest(*command, "article.txt", "--model", "some-model", cwd=folder)
    assert (ended.status, ended.out) == (2, "")
    assert "--method llm" in ended.err
    assert not (folder / "out").exists()
