"""One suite for all transports: what a Transport and its Connections promise (``digest.model``)."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_server import ApiServer
from fault_server import FaultServer
from mail_desk import Recorder, parcels, pulling

from digest.errors import InvalidInputError, StoreError
from digest.model import Envelope, Parcel, Receipt, Transport, Verdict
from digest.smtp import open_transport, read_folder
from digest.smtp.dkim import Signer
from digest.smtp.dkim_keys import load_key, make_key, write_key
from digest.smtp.folder import ENVELOPES


@pytest.fixture(params=["staged", "pipelined", "folder", "memory", "sendmail", "ses", "mailgun", "signed"])
async def transport(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Transport]:
    match request.param:
        case "sendmail":
            program = tmp_path / "sendmail"
            program.write_text("#!/bin/sh\nexec cat > /dev/null\n")
            program.chmod(0o755)
            yield open_transport(f"sendmail:{program}")
        case "ses" | "mailgun" as scheme:
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
            host = "eu-west-1" if scheme == "ses" else "mg.example.org"
            async with ApiServer() as api:
                yield open_transport(f"{scheme}://{host}?endpoint={api.url}", password=lambda: "secret")
        case "signed":
            write_key(tmp_path / "key.pem", make_key("ed25519"))
            key = load_key(tmp_path / "key.pem", domain="example.org", selector="s")
            yield open_transport("memory:", signer=Signer([key]))
        case "folder":
            yield open_transport(f"folder:{tmp_path / 'letters'}")
        case "memory":
            yield open_transport("memory:")
        case kind:
            async with FaultServer() as server:
                yield open_transport(f"smtp://127.0.0.1:{server.port}", pipelining=kind == "pipelined")


async def test_every_parcel_is_committed_once_and_answered_once(transport: Transport) -> None:
    """Twenty parcels are committed in order, answered once each, and accepted."""
    told = Recorder()
    connection = await transport.open()
    await connection.send(pulling(parcels(20)), told)
    await connection.close()
    assert told.committed == list(range(20))
    assert set(told.answers.values()) == {1}
    assert told.keys(Verdict.ACCEPTED) == set(range(20))


async def test_a_connection_is_used_again_after_it_had_nothing_to_do(transport: Transport) -> None:
    """send() may be called again, also with nothing, on the same connection."""
    told = Recorder()
    connection = await transport.open()
    wanted = parcels(6)
    for part in ([], wanted[:3], [], wanted[3:]):
        await connection.send(pulling(part), told)
    await connection.close()
    assert told.keys(Verdict.ACCEPTED) == set(range(6))


class FullDisk(Recorder):
    """An observer that cannot write down the third letter."""

    def committing(self, parcel: Parcel) -> None:
        if parcel.key == 2:
            raise StoreError("the disk is full")
        super().committing(parcel)


async def test_what_cannot_be_written_down_is_not_sent(transport: Transport) -> None:
    """When committing fails its error comes out, and that parcel and all later ones were not sent."""
    told = FullDisk()
    connection = await transport.open()
    with pytest.raises(StoreError):
        await connection.send(pulling(parcels(6)), told)
    await connection.close()
    assert told.keys(Verdict.ACCEPTED) == {0, 1}
    assert told.keys(Verdict.IN_DOUBT) == set()


async def test_closing_twice_is_no_error(transport: Transport) -> None:
    """close() never raises."""
    connection = await transport.open()
    await connection.close()
    await connection.close()


async def test_a_folder_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """Envelopes and bytes come back in order, and writing them again adds nothing."""
    wanted = parcels(5)
    transport = open_transport(f"folder:{tmp_path}")
    for _ in range(2):
        connection = await transport.open()
        await connection.send(pulling(wanted), Recorder())
    assert list(read_folder(tmp_path)) == [(each.envelope, each.message) for each in wanted]
    assert sum(name.endswith(".eml") for name in os.listdir(tmp_path)) == 5  # noqa: PTH208  # not a Path's I/O in async


@pytest.mark.parametrize("broken", ["{", "{}", "[]", None])
async def test_a_folder_with_a_line_that_is_no_envelope_says_which(
    tmp_path: Path, broken: str | None
) -> None:
    """Cut off, incomplete, of another shape or to nobody: refused with its line, nothing is guessed."""
    connection = await open_transport(f"folder:{tmp_path}").open()
    await connection.send(pulling(parcels(2)), Recorder())
    first, second = (tmp_path / ENVELOPES).read_text("utf-8").splitlines()
    to_nobody = json.dumps({**json.loads(second), "recipient": ""})
    (tmp_path / ENVELOPES).write_text(f"{first}\n{broken or to_nobody}\n", "utf-8")
    with pytest.raises(InvalidInputError, match="no envelope") as refused:
        list(read_folder(tmp_path))
    assert refused.value.where == f"{tmp_path / ENVELOPES}:2"


async def test_s34_s35_d9_d13_what_a_server_does_not_take_is_refused_before_it_is_asked() -> None:
    """Too large, 8-bit or non-ASCII without the extension, unsafe or with bare line ends: nothing leaves."""
    good, *bad = parcels(8)
    envelope = good.envelope
    recipients = (
        "jörg@example.org",
        "a@example.org>\r\nRCPT TO:<b@example.org",
        "<a@example.org> SIZE=1",
        "",
    )
    messages = (b"x" * 2_000 + b"\r\n", "Grüße\r\n".encode(), b"one\ntwo\r\n")
    spoilt = [
        *(
            Parcel(each.key, type(envelope)(envelope.sender, to), each.message)
            for each, to in zip(bad[:4], recipients, strict=True)
        ),
        *(Parcel(each.key, each.envelope, message) for each, message in zip(bad[4:], messages, strict=True)),
    ]
    told = Recorder()
    async with FaultServer(offers=("SIZE 1000", "PIPELINING")) as server:
        connection = await open_transport(f"smtp://127.0.0.1:{server.port}").open()
        await connection.send(pulling([*spoilt, good]), told)
        await connection.close()
    enhanced = [told.receipts[each.key].enhanced for each in spoilt]
    assert enhanced == ["5.6.7", "5.1.3", "5.1.3", "5.1.3", "5.3.4", "5.6.3", "5.6.0"]
    assert told.keys(Verdict.REFUSED) == {1, 2, 3, 4, 5, 6, 7}
    assert told.keys(Verdict.ACCEPTED) == {0}
    assert sum(server.truth.contents.values()) == 1
    assert all(isinstance(receipt, Receipt) for receipt in told.receipts.values())


@pytest.mark.parametrize("offers", [("PIPELINING", "SMTPUTF8", "8BITMIME"), ("PIPELINING", "8BITMIME")])
async def test_d9_an_address_that_is_not_ascii_goes_only_where_it_is_understood(
    offers: tuple[str, ...],
) -> None:
    """SMTPUTF8 is asked for with that letter and no other; where it is not offered that one person is refused."""
    plain, other, last = parcels(3)
    abroad = Parcel(other.key, Envelope(other.envelope.sender, "jörg@example.org"), other.message)
    told = Recorder()
    async with FaultServer(offers=offers) as server:
        connection = await open_transport(f"smtp://127.0.0.1:{server.port}").open()
        await connection.send(pulling([plain, abroad, last]), told)
        await connection.close()
    asked = [b"SMTPUTF8" in line for line in server.truth.mail_lines]
    if "SMTPUTF8" in offers:
        assert asked == [False, True, False]
        assert server.truth.accepted["jörg@example.org"] == 1
    else:
        assert asked == [False, False]
        assert told.receipts[abroad.key].enhanced == "5.6.7"
    assert told.keys(Verdict.ACCEPTED) >= {plain.key, last.key}
