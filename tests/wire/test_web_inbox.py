"""The debug inbox over real SMTP and real HTTP on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import smtplib
import socket
from collections.abc import AsyncIterator

import aiosmtplib
import httpx2
import pytest

from digest.errors import ConfigurationError, TryAgainError
from digest.smtp.memory import MemoryTransport
from digest.testing import RunningInbox, inbox, memory
from digest.web import Inbox, InboxAddresses, serve_inbox

__all__ = ["inbox", "memory"]

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)
LETTER = (
    b"From: The Quay Letter <letter@example.org>\r\nTo: Mara <mara@example.net>\r\nSubject: Tide tables\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<!DOCTYPE html><p>High water</p><script>alert(1)</script><img src="cid:quay@example.org" alt="">\r\n'
    b"--b\r\nContent-Type: image/png\r\nContent-ID: <quay@example.org>\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(PICTURE) + b"\r\n--b--\r\n"
)


@pytest.fixture
async def opened() -> AsyncIterator[Inbox]:
    async with Inbox(smtp_port=0, web_port=0, keep=5) as found:
        yield found


@pytest.fixture
async def page(opened: Inbox) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=opened.web_url, trust_env=False) as client:
        yield client


async def send(opened: Inbox, *contents: bytes, recipients: list[str] | None = None) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=opened.smtp_port, start_tls=False)
    async with client:
        for content in contents:
            await client.sendmail("bounce@example.org", recipients or ["mara@example.net"], content)


async def test_the_inbox_tells_who_it_is(opened: Inbox) -> None:
    """EHLO names the inbox by its token, so that deliveries to it are kept apart from real ones."""
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=opened.smtp_port, start_tls=False)
    async with client:
        answer = (await client.ehlo()).message.splitlines()
    assert f"X-DIGEST-INBOX {opened.token}" in answer
    for extension in ("8BITMIME", "SMTPUTF8"):
        assert extension in answer
    async with Inbox(smtp_port=0, web_port=0) as other:
        assert other.token != opened.token


async def test_a_mail_arrives_with_every_octet(opened: Inbox, page: httpx2.AsyncClient) -> None:
    """Source and .eml are what was sent, also lines that begin with a dot; the envelope is shown."""
    content = LETTER + b"..\r\n.dot\r\n"
    await send(opened, content, recipients=["a@example.net", "b@example.net"])
    [mail] = (await page.get("/api/mails")).json()["mails"]
    assert mail["envelope"] == {
        "sender": "bounce@example.org",
        "recipients": ["a@example.net", "b@example.net"],
    }
    assert mail["subject"] == "Tide tables"
    assert (await page.get("/mails/1/source")).content == content
    saved = await page.get("/mails/1/mail.eml")
    assert saved.content == content
    assert "tide-tables.eml" in saved.headers["content-disposition"]


async def test_a_recipient_beyond_ascii_is_taken(opened: Inbox) -> None:
    """SMTPUTF8 addresses arrive as they are."""
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=opened.smtp_port, start_tls=False)
    async with client:
        await client.sendmail(
            "bounce@example.org",
            ["jörg@example.net"],
            LETTER,
            mail_options=["SMTPUTF8"],
        )
    assert opened.messages[0].recipients == ("jörg@example.net",)


async def test_the_letter_is_framed_with_its_own_images_only(opened: Inbox, page: httpx2.AsyncClient) -> None:
    """cid images point at the mail's parts; the policy lets nothing run and nothing else load."""
    await send(opened, LETTER)
    shown = await page.get("/mails/1/html")
    assert f'src="{opened.web_url}mails/1/parts/2"' in shown.text
    policy = shown.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    picture = await page.get("/mails/1/parts/2")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content == PICTURE
    markup = await page.get("/mails/1/parts/1")
    assert markup.headers["content-type"] == "application/octet-stream"


async def test_the_list_is_searched_paged_and_emptied(opened: Inbox, page: httpx2.AsyncClient) -> None:
    """Newest first; all words must match; old mails make room and stay counted."""
    subjects = [f"Subject: ferry {number}\r\n\r\n".encode() for number in range(7)]
    await send(opened, *subjects)
    listed = (await page.get("/api/mails", params={"limit": "2"})).json()
    assert [mail["id"] for mail in listed["mails"]] == [7, 6]
    assert (listed["received"], listed["kept"], listed["more"]) == (7, 5, True)
    older = (await page.get("/api/mails", params={"before": "6"})).json()
    assert [mail["id"] for mail in older["mails"]] == [5, 4, 3]
    found = (await page.get("/api/mails", params={"query": "FERRY 4"})).json()
    assert [mail["id"] for mail in found["mails"]] == [5]
    assert (await page.delete("/api/mails/5")).json()["kept"] == 4
    assert (await page.get("/api/mails/5")).status_code == 404
    assert (await page.delete("/api/mails/5")).status_code == 404
    assert (await page.delete("/api/mails")).json()["removed"] == 4
    assert (await page.get("/api/mails")).json()["kept"] == 0


async def test_a_page_that_listens_is_told_of_each_mail(opened: Inbox, page: httpx2.AsyncClient) -> None:
    """Server-Sent Events: the state at once, then each change."""
    async with page.stream("GET", "/api/events") as stream:
        lines = (line async for line in stream.aiter_lines() if line.startswith("data: "))
        assert json.loads((await anext(lines))[6:])["received"] == 0
        await send(opened, LETTER)
        assert json.loads((await anext(lines))[6:])["received"] == 1


async def test_a_foreign_site_gets_nothing(page: httpx2.AsyncClient) -> None:
    """A Host that is not loopback is refused, and so is a change asked for by another site."""
    assert (await page.get("/api/mails", headers={"host": "quay.example.org"})).status_code == 400
    for headers in (
        {"origin": "http://quay.example.org"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        assert (await page.delete("/api/mails", headers=headers)).status_code == 403
    assert (await page.delete("/api/mails")).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/static/..%2Finbox.py", "/static/.hidden", "/static/absent.js", "/mails/x/html", "/mails/1/parts/0"],
)
async def test_what_is_not_there_is_404(page: httpx2.AsyncClient, path: str) -> None:
    """Only the room's own page files are served; a mail that is not there is said not to be."""
    assert (await page.get(path)).status_code == 404


async def test_our_pages_load_nothing_from_elsewhere(page: httpx2.AsyncClient) -> None:
    """The page's policy allows its own files only, and no inline script or style."""
    shown = await page.get("/")
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "//" not in shown.text.replace("<!doctype html>", "").replace("smtp://", "")


async def test_a_port_in_use_is_said_with_a_way_out(opened: Inbox) -> None:
    """75 and a hint, not a traceback; the other port is let go again."""
    with pytest.raises(TryAgainError) as refused:
        async with Inbox(smtp_port=opened.smtp_port, web_port=0):
            pass
    assert refused.value.where == f"127.0.0.1:{opened.smtp_port}"
    assert refused.value.hint


async def test_the_inbox_is_for_this_machine_only() -> None:
    """Another address than loopback is refused: whoever reaches the inbox reads every mail."""
    with pytest.raises(ConfigurationError):
        async with Inbox(smtp_port=0, web_port=0, host="0.0.0.0"):
            pass


async def test_closing_ends_open_connections_and_frees_the_ports() -> None:
    """A page that listens and a sender that dawdles do not keep the inbox open."""
    async with Inbox(smtp_port=0, web_port=0) as opened:
        addresses = opened.addresses
        reader, writer = await asyncio.open_connection("127.0.0.1", addresses.smtp_port)
        await reader.readline()
        client = httpx2.AsyncClient(base_url=opened.web_url, trust_env=False)
        request = client.build_request("GET", "/api/events")
        stream = await client.send(request, stream=True)
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    await stream.aclose()
    await client.aclose()
    for port in (addresses.smtp_port, addresses.web_port):
        with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
            probe.connect(("127.0.0.1", port))


async def test_an_address_of_version_six_stands_in_brackets() -> None:
    """Both URLs can be used as they are, and the page answers under that name."""
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    async with Inbox(smtp_port=0, web_port=0, host="::1") as opened:
        assert opened.smtp_url == f"smtp://[::1]:{opened.smtp_port}"
        async with httpx2.AsyncClient(base_url=opened.web_url, trust_env=False) as client:
            assert (await client.get("/api/inbox")).status_code == 200


async def test_the_memory_fixture_keeps_what_it_is_given(memory: MemoryTransport) -> None:
    """Parcels are kept, and deliveries to it count as a rehearsal."""
    connection = await memory.open()
    assert connection.rehearsal is not None
    assert memory.parcels == []
    await connection.close()


async def test_serving_ends_when_it_is_told_to() -> None:
    """ready gets the addresses, stop ends it."""
    stop = asyncio.Event()
    told: list[InboxAddresses] = []

    def ready(addresses: InboxAddresses) -> None:
        told.append(addresses)
        stop.set()

    await asyncio.wait_for(serve_inbox(smtp_port=0, web_port=0, ready=ready, stop=stop), 10)
    assert told[0].smtp_url.startswith("smtp://127.0.0.1:")


def test_the_fixture_serves_programs_that_block(inbox: RunningInbox) -> None:
    """A sync sender and a sync test share the inbox: it has a thread of its own."""
    with smtplib.SMTP("127.0.0.1", inbox.addresses.smtp_port) as client:
        client.sendmail("bounce@example.org", ["mara@example.net"], LETTER)
    [mail] = inbox.wait_for(1)
    assert mail.summary.subject == "Tide tables"
    inbox.clear()
    assert not inbox.messages
    with pytest.raises(TimeoutError, match="1 of 2"):
        inbox.wait_for(2, timeout_seconds=0.01)
