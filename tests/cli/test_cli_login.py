"""How the command line comes by a password or token, where it may never appear, and letters signed by one's own key."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cli_places import folder_with
from command import digest
from fault_server import At, Fault, FaultServer

SECRET = "tide-and-time-9"


def settings(folder: Path, server: FaultServer, more: str, *, auth: str = "plain") -> None:
    """Write settings that name the server with a login."""
    url = f"smtp://editor@127.0.0.1:{server.port}?auth={auth}"
    (folder / "digest.toml").write_text(f'[smtp]\nurl = "{url}"\n{more}\n', "utf-8")


@pytest.mark.parametrize("way", ["environment", "file", "command"])
@pytest.mark.parametrize("is_refused", [False, True])
async def test_a_password_is_found_used_and_never_shown(way: str, is_refused: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """From the environment, a file or a command; neither the output nor an error (77) nor the store holds it."""
    folder = folder_with(tmp_path, people=3)
    (folder / "secret").write_text(f"{SECRET}\nnot this line\n")
    (folder / "secret").chmod(0o600)
    more = {
        "environment": "",
        "file": 'password_file = "secret"',
        "command": f'password_command = "{sys.executable} -c \\"print(open(\'secret\').readline())\\""',
    }[way]
    refuse = Fault(b"535 5.7.8 no\r\n")
    decide = (
        (lambda moment: refuse if moment.at is At.AUTH else None) if is_refused else (lambda _moment: None)
    )
    async with FaultServer(decide, offers=("PIPELINING", "AUTH PLAIN")) as server:
        settings(folder, server, more)
        ended = await digest(
            *("send", "article.txt", "--to", "list.csv", "--yes", "--json"),
            cwd=folder,
            environ={"DIGEST_SMTP_PASSWORD": SECRET} if way == "environment" else {},
        )
    assert ended.status == (77 if is_refused else 0), ended.err
    assert set(server.truth.logins) == {f"editor {SECRET}"}
    assert len(server.truth.accepted) == (0 if is_refused else 3)
    assert SECRET not in ended.out + ended.err
    kept = [file for file in folder.rglob("digest.db*") if file.is_file()]
    assert kept
    assert not any(SECRET.encode() in file.read_bytes() for file in kept)


async def test_two_logins_on_one_host_have_passwords_and_limits_of_their_own(tmp_path: Path) -> None:
    """Each logs in with its own and carries its share, the limits count over runs, and no password is shown."""
    folder = folder_with(tmp_path, people=12)
    for name in ("anna", "ben"):
        (folder / f"{name}.txt").write_text(f"{name}-{SECRET}\n")
    async with FaultServer(offers=("PIPELINING", "AUTH PLAIN")) as server:
        urls = {name: f"smtp://{name}@127.0.0.1:{server.port}?auth=plain" for name in ("anna", "ben")}
        (folder / "digest.toml").write_text(
            f'[smtp]\nurl = "{urls["anna"]}"\nservers = ["{urls["ben"]}"]\nconnections = 2\n'
            'server_rates = ["anna@127.0.0.1 3/day", "ben@127.0.0.1 4/day"]\n'
            'server_password_files = ["anna@127.0.0.1 anna.txt", "ben@127.0.0.1 ben.txt"]\n',
            "utf-8",
        )
        command = ("send", "article.txt", "--to", "list.csv", "--yes")
        ended = [
            await digest(*command, *more, cwd=folder, environ={"DIGEST_SMTP_PASSWORD": "of-nobody"})
            for more in ((), ("--json",))
        ]
    assert [one.status for one in ended] == [75, 75], ended[0].err
    assert set(server.truth.logins) == {f"anna anna-{SECRET}", f"ben ben-{SECRET}"}
    assert len(server.truth.accepted) == server.truth.contents.total() == 7
    assert "no server's rate allows more letters until" in ended[0].err
    assert not any(SECRET in one.out + one.err for one in ended)


async def test_a_limit_for_a_server_that_is_not_set_sends_nothing(tmp_path: Path) -> None:
    """78, and the word that it is misnamed, before anybody is connected to."""
    folder = folder_with(tmp_path, people=3)
    async with FaultServer() as server:
        settings(folder, server, 'server_rates = ["edith@127.0.0.1 3/day"]')
        ended = await digest("send", "article.txt", "--to", "list.csv", "--yes", cwd=folder)
    assert ended.status == 78
    assert "'edith@127.0.0.1' is no server that is set" in ended.err
    assert "did you mean 'editor@127.0.0.1'?" in ended.err
    assert not server.truth.connections


async def test_a_token_command_gives_a_token_for_each_connection(tmp_path: Path) -> None:
    """XOAUTH2: tokens expire, so the command is run again for every connection, and its output is never shown."""
    folder = folder_with(tmp_path, people=9)
    (folder / "give_token.py").write_text(
        "import pathlib\n"
        "count = pathlib.Path('count')\n"
        "number = int(count.read_text()) + 1 if count.exists() else 1\n"
        "count.write_text(str(number))\n"
        f"print(f'{SECRET}-{{number}}')\n"
    )
    more = (
        f'password_command = "{sys.executable} give_token.py"\nmessages_per_connection = 3\nconnections = 1'
    )
    async with FaultServer(offers=("PIPELINING", "AUTH XOAUTH2")) as server:
        settings(folder, server, more, auth="xoauth2")
        ended = await digest("send", "article.txt", "--to", "list.csv", "--yes", cwd=folder)
    assert ended.status == 0, ended.err
    assert len(server.truth.accepted) == 9
    tokens = [login.rpartition("Bearer ")[2] for login in server.truth.logins]
    assert len(tokens) >= 3
    assert tokens == [f"{SECRET}-{number}" for number in range(1, len(tokens) + 1)]
    assert SECRET not in ended.out + ended.err


async def test_a_failing_command_is_a_setting_to_mend_and_shows_no_output(tmp_path: Path) -> None:
    """78, nobody is logged in, and what the command printed stays its own affair."""
    folder = folder_with(tmp_path, people=2)
    async with FaultServer(offers=("AUTH PLAIN",)) as server:
        command = f"{sys.executable} -c \\\"print('{SECRET}'); raise SystemExit(3)\\\""
        settings(folder, server, f'password_command = "{command}"')
        ended = await digest("send", "article.txt", "--to", "list.csv", "--yes", cwd=folder)
    assert ended.status == 78, ended.err
    assert "password_command" in ended.err
    assert SECRET not in ended.out + ended.err
    assert not server.truth.logins


async def test_d11_keygen_prints_the_record_and_letters_are_signed(tmp_path: Path) -> None:
    """A key only its owner can read, the DNS record on stdout, the settings to add on stderr; set, they sign."""
    folder = folder_with(tmp_path, people=2)
    made = await digest("dkim", "keygen", "--domain", "example.org", "--selector", "spring", cwd=folder)
    assert made.status == 0, made.err
    assert made.out.startswith("spring._domainkey.example.org")
    assert "v=DKIM1" in made.out
    assert "PRIVATE" not in made.out + made.err
    assert (folder / "dkim-spring.pem").stat().st_mode & 0o077 == 0
    (folder / "digest.toml").write_text(made.err.partition("\n\n")[2], "utf-8")
    shown = await digest("dkim", "show", cwd=folder)
    assert shown.out == made.out
    async with FaultServer() as server:
        smtp = f"smtp://127.0.0.1:{server.port}"
        ended = await digest("send", "article.txt", "--to", "list.csv", "--smtp", smtp, "--yes", cwd=folder)
    assert ended.status == 0, ended.err
    for body in server.truth.bodies.values():
        head = body.partition(b"\r\n\r\n")[0]
        assert head.startswith(b"DKIM-Signature:")
        assert b"d=example.org" in head
        assert b"s=spring" in head
    again = await digest("dkim", "keygen", "--domain", "example.org", "--selector", "spring", cwd=folder)
    assert again.status not in {0, 70}  # a key that is in use is never overwritten
