"""Standard streams and signals: whatever a command is run from, it ends in good order and says so."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_places import folder_with, sending
from command import SECONDS, start
from fault_server import FaultServer, behave

DIGEST = (sys.executable, "-m", "digest")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path, people=3)


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """Listen, take connections, and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def shell(command: str, *, cwd: Path, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line as a shell does: ``$DIGEST`` is the command."""
    env = {**os.environ, "DIGEST": " ".join(DIGEST), **environ}
    return subprocess.run(["/bin/sh", "-c", command], cwd=cwd, env=env, capture_output=True, timeout=SECONDS)  # noqa: PLW1510  # the status is what is looked at


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
async def test_l12_closed_streams_disturb_no_sending(folder: Path, closed: str) -> None:
    """No socket and no store gets the number of a stream that others print to."""
    async with FaultServer(behave) as server:
        line = f"$DIGEST send article.txt --to list.csv --smtp smtp://127.0.0.1:{server.port} --yes {closed}"
        ended = await asyncio.to_thread(shell, line, cwd=folder)
    assert ended.returncode == 0, ended.stderr
    assert list(server.truth.accepted.values()) == [1, 1, 1]


@pytest.mark.parametrize(
    "command", ["read article.txt", "condense --json article.txt", "--help", "--version"]
)
def test_a_result_that_cannot_be_written_is_no_bug(folder: Path, command: str) -> None:
    """A full disk behind stdout: 74 and one line."""
    ended = shell(f"$DIGEST {command} > /dev/full", cwd=folder)
    assert ended.returncode == 74
    assert ended.stderr == b"digest: the result cannot be written: No space left on device\n"


def test_an_old_encoding_shows_what_it_can(folder: Path) -> None:
    """Letters that a terminal lacks are escaped; the others are shown."""
    (folder / "article.txt").write_text(
        "The quay\u2019s lamp\n\nThe keeper lit it again on Monday evening.\n"
    )
    ended = shell("$DIGEST read article.txt", cwd=folder, PYTHONIOENCODING="latin-1")
    assert ended.returncode == 0, ended.stderr
    assert b"The quay\\u2019s lamp" in ended.stdout


@pytest.mark.parametrize("source", ['""', 'article.txt "$NOT_SET"'])
@pytest.mark.parametrize("command", ["read", "condense", "lint", "send --to list.csv --dry-run"])
def test_an_empty_source_is_not_the_working_directory(folder: Path, command: str, source: str) -> None:
    """A variable that is not set shall not mail everything that lies here."""
    ended = shell(f"$DIGEST {command} {source}", cwd=folder)
    assert (ended.returncode, ended.stdout) == (2, b"")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_before_anything_is_in_flight_the_first_signal_leaves_at_once(
    folder: Path, number: signal.Signals, status: int
) -> None:
    """A server that keeps silent would else hold the terminal for five minutes."""
    with silent_server() as port:
        child = await start(*sending(port), cwd=folder)
        await asyncio.to_thread(wait_for_a_connection, child.pid)
        child.send_signal(number)
        async with asyncio.timeout(8):
            _, err = await child.communicate()
    assert (child.returncode, err) == (status, b"digest: interrupted\n")


def wait_for_a_connection(pid: int) -> None:
    """Wait until a process has a socket that is connected (state 01)."""
    for _ in range(200):
        links = set()
        for number in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                links.add(str(number.readlink()))
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        if any(row[3] == "01" and f"socket:[{row[9]}]" in links for row in rows):
            return
        time.sleep(0.1)
    raise TimeoutError


# Makes standard input the controlling terminal, which turns ^C into a signal, and becomes the command.
_BECOME = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


class Terminal:
    """A command on a terminal of its own: what it shows, and keys to press."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.shown = b""
        self._keys, screen = pty.openpty()
        self.child = subprocess.Popen(
            [sys.executable, "-c", _BECOME, *DIGEST, *arguments],
            cwd=cwd,
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
        )
        os.close(screen)

    def wait_for(self, text: bytes) -> None:
        """Read until a text was shown."""
        while text not in self.shown:
            assert self._read(), self.shown

    def _read(self) -> bool:
        ready, _, _ = select.select([self._keys], [], [], SECONDS / 2)
        assert ready, self.shown
        try:
            more = os.read(self._keys, 65536)
        except OSError:  # EIO: the other end is closed
            return False
        self.shown += more
        return bool(more)

    @property
    def echoes(self) -> bool:
        """Tell whether it shows what is typed."""
        return bool(termios.tcgetattr(self._keys)[3] & termios.ECHO)

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self._keys, keys)

    def press_until_it_ends(self, keys: bytes) -> None:
        """Type at a person's pace: a signal between the question and the read that waits for its answer is lost on
        Python's ``input``, and no person is that quick."""
        for _ in range(SECONDS):
            if b"interrupted" in self.shown:
                return
            time.sleep(0.5)
            self.press(keys)
            if select.select([self._keys], [], [], 0.5)[0]:
                self._read()

    def end(self) -> int:
        """Read to the end and give the exit status."""
        try:
            while self._read():
                pass
            return self.child.wait(SECONDS / 2)
        finally:
            self.child.kill()
            self.child.wait()
            os.close(self._keys)


def test_ctrl_c_at_the_question_leaves_at_once(folder: Path) -> None:
    """130, one line, nobody is mailed: the answer is read while the loop that takes signals stands still."""
    terminal = Terminal("send", "article.txt", "--to", "list.csv", "--smtp", "folder:out", cwd=folder)
    terminal.wait_for(b"[y/N]")
    terminal.press_until_it_ends(b"\x03")
    assert terminal.end() == 130
    assert b"digest: interrupted" in terminal.shown
    assert not list((folder / "out").glob("*.eml"))


async def test_a_password_is_typed_once_unseen_and_used(folder: Path) -> None:
    """All connections log in with it, and it is not shown."""

    def type_it(url: str) -> Terminal:
        terminal = Terminal("send", "article.txt", "--to", "list.csv", "--smtp", url, "--yes", cwd=folder)
        terminal.wait_for(b"Password")
        while terminal.echoes:
            time.sleep(0.05)
        terminal.press(b"tide-and-time\n")
        assert terminal.end() == 0
        return terminal

    async with FaultServer(behave, offers=("PIPELINING", "AUTH PLAIN")) as server:
        url = f"smtp://editor@127.0.0.1:{server.port}?auth=plain"
        terminal = await asyncio.to_thread(type_it, url)
    assert set(server.truth.logins) == {"editor tide-and-time"}
    assert len(server.truth.accepted) == 3
    assert terminal.shown.count(b"Password") == 1
    assert b"tide" not in terminal.shown


async def test_ctrl_c_at_the_password_leaves_at_once(folder: Path) -> None:
    """130, one line, nobody is logged in, and the terminal shows again what is typed."""

    def interrupt_at_the_password(url: str) -> None:
        terminal = Terminal("send", "article.txt", "--to", "list.csv", "--smtp", url, "--yes", cwd=folder)
        terminal.wait_for(b"Password")
        terminal.press_until_it_ends(b"\x03")
        assert terminal.echoes
        assert terminal.end() == 130
        assert b"digest: interrupted" in terminal.shown

    async with FaultServer(behave, offers=("AUTH PLAIN",)) as server:
        url = f"smtp://editor@127.0.0.1:{server.port}?auth=plain"
        await asyncio.to_thread(interrupt_at_the_password, url)
    assert not server.truth.logins


def test_ctrl_c_while_articles_are_read_is_no_bug(folder: Path) -> None:
    """The terminal tells the whole group: the child that reads is the parent's to end, without a traceback."""
    with silent_server() as port:
        source = f"http://127.0.0.1:{port}/"
        terminal = Terminal(
            "send", source, "--allow-private", "--to", "list.csv", "--smtp", "folder:out", "--yes", cwd=folder
        )
        wait_for_a_child(terminal.child.pid)
        terminal.press(b"\x03")
        assert terminal.end() == 130
    assert b"digest: interrupted" in terminal.shown
    assert b"Traceback" not in terminal.shown


def wait_for_a_child(pid: int) -> None:
    """Wait until a process has started another."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    for _ in range(200):
        if children.read_text().strip():
            return
        time.sleep(0.1)
    raise TimeoutError
