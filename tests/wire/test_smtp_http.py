"""HTTP APIs against a real server on loopback: what arrives, and what each outcome means."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from email import message_from_bytes

import pytest
from api_server import Answer, ApiServer, Posted
from mail_desk import Recorder, parcel, parcels, pulling

from digest.errors import ConfigurationError, UsageError
from digest.model import Stage, Transport, Verdict
from digest.smtp import Cause, ConnectionLostError, Scope, open_transport, verdict
from digest.smtp.http import HttpTransport
from digest.smtp.http_mailgun import MailgunApi
from digest.smtp.http_ses import signed_headers

SECRET = "tide-and-time"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session")


def mailgun(server: ApiServer) -> Transport:
    return open_transport(f"mailgun://mg.example.org?endpoint={server.url}", password=lambda: SECRET)


def ses(server: ApiServer) -> Transport:
    return open_transport(f"ses://eu-west-1?endpoint={server.url}")


async def carry(transport: Transport, count: int = 3) -> Recorder:
    told = Recorder()
    connection = await transport.open()
    try:
        await connection.send(pulling(parcels(count)), told)
    finally:
        await connection.close()
    return told


async def test_ses_gets_the_letter_as_it_is_with_its_envelope() -> None:
    """Recipient, bounce address and raw MIME, signed with a key that never leaves."""
    async with ApiServer() as server:
        told = await carry(ses(server), 2)
    assert told.keys(Verdict.ACCEPTED) == {0, 1}
    sent, wanted = server.posted[1], parcel(1)
    assert sent.path == "/v2/email/outbound-emails"
    shape = json.loads(sent.content)
    assert shape["Destination"] == {"ToAddresses": ["reader1@example.org"]}
    assert shape["FeedbackForwardingEmailAddress"] == wanted.envelope.sender
    assert base64.b64decode(shape["Content"]["Raw"]["Data"]) == wanted.message
    assert "Credential=AKIDEXAMPLE/" in sent.headers["authorization"]
    assert sent.headers["x-amz-security-token"] == "session"
    assert SECRET not in str(sent)


def test_the_aws_signature_is_made_as_its_manual_says() -> None:
    """Recomputed step by step, with another writing of the canonical request."""
    headers = signed_headers(
        "https://email.eu-west-1.amazonaws.com/v2/x", b"{}", region="eu-west-1", key=("AKID", "secret", None),
        seconds=0,
    )  # fmt: skip
    canonical = (
        "POST\n/v2/x\n\ncontent-type:application/json\nhost:email.eu-west-1.amazonaws.com\n"
        "x-amz-date:19700101T000000Z\n\ncontent-type;host;x-amz-date\n" + hashlib.sha256(b"{}").hexdigest()
    )
    told = (
        "AWS4-HMAC-SHA256\n19700101T000000Z\n19700101/eu-west-1/ses/aws4_request\n"
        + hashlib.sha256(canonical.encode()).hexdigest()
    )
    key = b"AWS4secret"
    for part in (b"19700101", b"eu-west-1", b"ses", b"aws4_request"):
        key = hmac.new(key, part, hashlib.sha256).digest()
    assert headers["authorization"].endswith(
        "Signature=" + hmac.new(key, told.encode(), hashlib.sha256).hexdigest()
    )


async def test_mailgun_gets_a_form_with_the_letter_as_a_file() -> None:
    """Basic login, recipient, and the bytes unchanged."""
    async with ApiServer() as server:
        told = await carry(mailgun(server), 1)
    assert told.keys(Verdict.ACCEPTED) == {0}
    sent = server.posted[0]
    assert sent.path == "/v3/mg.example.org/messages.mime"
    assert sent.headers["authorization"] == "Basic " + base64.b64encode(f"api:{SECRET}".encode()).decode()
    form = message_from_bytes(f"Content-Type: {sent.headers['content-type']}\r\n\r\n".encode() + sent.content)
    to, letter = list(form.walk())[1:3]
    assert to.get_payload() == "reader0@example.org"
    assert parcel(0).message in sent.content
    assert letter.get_filename() == "letter.eml"


@pytest.mark.parametrize("make", [ses, mailgun])
@pytest.mark.parametrize(
    ("status", "means", "scope", "cause"),
    [
        (202, Verdict.ACCEPTED, Scope.PERSON, Cause.NONE),
        (400, Verdict.REFUSED, Scope.LETTER, Cause.CONTENT),
        (401, Verdict.REFUSED, Scope.SERVER, Cause.LOGIN),
        (403, Verdict.REFUSED, Scope.SERVER, Cause.LOGIN),
        (404, Verdict.REFUSED, Scope.SENDER, Cause.SENDER),
        (413, Verdict.REFUSED, Scope.LETTER, Cause.SIZE),
        (429, Verdict.DEFERRED, Scope.SERVER, Cause.THROTTLED),
        (503, Verdict.DEFERRED, Scope.SERVER, Cause.SERVER),
        (500, Verdict.IN_DOUBT, Scope.SERVER, Cause.LOST),
        (502, Verdict.IN_DOUBT, Scope.SERVER, Cause.LOST),
        (504, Verdict.IN_DOUBT, Scope.SERVER, Cause.LOST),
        (307, Verdict.REFUSED, Scope.SERVER, Cause.PROTOCOL),
    ],
)
async def test_a_status_means_what_it_says(
    make: object, status: int, means: Verdict, scope: Scope, cause: Cause
) -> None:
    """Each status is judged once and its letter is not posted again, redirections included."""
    async with ApiServer() as server:
        server.decide = lambda _posted: Answer(status, b"\x1b[31mwords", location=server.url + "/elsewhere")
        told = await carry(make(server), 1)  # type: ignore[operator]  # one of two functions
    judged = verdict(told.receipts[0])
    assert (judged.verdict, judged.scope, judged.cause) == (means, scope, cause)
    assert len(server.posted) == 1
    assert told.receipts[0].text.isprintable()


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("MessageRejected", Cause.CONTENT),
        ("SendingPausedException", Cause.SENDER),
        ("LimitExceededException", Cause.THROTTLED),
    ],
)
async def test_ses_s_own_words_are_understood(name: str, cause: Cause) -> None:
    """The error's name says more than its status 400."""
    said = json.dumps({"__type": f"com.amazon#{name}", "message": "no"}).encode()
    async with ApiServer(lambda _posted: Answer(400, said)) as server:
        told = await carry(ses(server), 1)
    assert verdict(told.receipts[0]).cause is cause


@pytest.mark.parametrize("answer", [Answer(None), Answer(silent=True)], ids=["hang-up", "silence"])
async def test_s20_s21_a_request_that_left_and_was_not_answered_is_in_doubt(answer: Answer) -> None:
    """The provider has the letter and says nothing: that one is in doubt, nothing more leaves on this connection."""

    def decide(_posted: Posted) -> Answer:
        return answer if len(server.posted) == 2 else Answer()

    told = Recorder()
    async with ApiServer() as server:
        server.decide = decide
        api = MailgunApi("mg.example.org", server.url, lambda: SECRET)
        connection = await HttpTransport(api, timeouts={"read": 0.3}).open()
        with pytest.raises(ConnectionLostError):
            await connection.send(pulling(parcels(4)), told)
        await connection.close()
    assert told.keys(Verdict.ACCEPTED) == {0}
    assert told.keys(Verdict.IN_DOUBT) == {1}
    assert set(told.answers.values()) == {1}
    assert len(server.posted) == 2


async def test_s01_nobody_there_leaves_the_letter_planned() -> None:
    """A refused connection is known to come before the letter."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"mailgun://mg.example.org?endpoint=http://127.0.0.1:{taken.getsockname()[1]}"
        told = Recorder()
        connection = await open_transport(url, password=lambda: SECRET).open()
        with pytest.raises(ConnectionLostError):
            await connection.send(pulling(parcels(2)), told)
        await connection.close()
    assert told.keys(None) == {0}
    assert told.receipts[0].stage is Stage.CONNECT


async def test_without_credentials_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable, and the letter was not sent."""
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    async with ApiServer() as server:
        with pytest.raises(ConfigurationError, match="AWS_SECRET_ACCESS_KEY"):
            await carry(ses(server))
    assert server.posted == []


@pytest.mark.parametrize(
    "url",
    [
        "ses://",
        "ses://nowhere",
        "ses://eu-west-1?endpoint=http://192.0.2.1",
        "mailgun://",
        "mailgun://mg.example.org?region=mars",
        "mailgun://mg.example.org?endpoint=ftp://127.0.0.1",
        "pigeon://loft",
    ],
)
def test_urls_that_cannot_be_meant_are_refused(url: str) -> None:
    """No region, no domain, a letter in clear text to another machine, or a transport nobody has."""
    with pytest.raises(UsageError):
        open_transport(url)
