"""Keys and signatures: what is refused, what is never shown."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ConfigurationError, DigestError, InputMissingError, UsageError
from digest.smtp.dkim import SIGNED_FIELDS, Signer, relaxed_body
from digest.smtp.dkim_keys import load_key, make_key, write_key, zone_line


@pytest.fixture(scope="module")
def pem() -> bytes:
    return make_key("ed25519")


def test_a_key_is_its_owners_and_is_never_overwritten(tmp_path: Path, pem: bytes) -> None:
    """0600 whatever the umask, and a second key under the same name is refused (2)."""
    write_key(tmp_path / "key.pem", pem)
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="never overwritten"):
        write_key(tmp_path / "key.pem", make_key("ed25519"))
    assert (tmp_path / "key.pem").read_bytes() == pem


def test_a_key_that_others_can_read_is_warned_of(
    tmp_path: Path, pem: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Used, since the letters must go; said, since it should be mended (B26)."""
    write_key(tmp_path / "key.pem", pem)
    with caplog.at_level(logging.WARNING, logger="digest.smtp"):
        load_key(tmp_path / "key.pem", domain="example.org", selector="s")
        assert caplog.messages == []
        (tmp_path / "key.pem").chmod(0o644)
        load_key(tmp_path / "key.pem", domain="example.org", selector="s")
    assert "chmod 600" in caplog.text


def test_what_is_no_key_for_dkim_is_refused_without_showing_it(tmp_path: Path) -> None:
    """Missing, garbled, encrypted or too small: an error that says what to do and quotes nothing of the file."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    # 1024 bits on purpose: that is what is to be refused
    small = rsa.generate_private_key(65537, 1024).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(InputMissingError, match="keygen"):
        load_key(tmp_path / "none.pem", domain="example.org", selector="s")
    garbled = b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"
    for number, content in enumerate((b"", b"tide-and-time", small, garbled)):
        path = tmp_path / f"{number}.pem"
        write_key(path, content)
        with pytest.raises(ConfigurationError) as caught:
            load_key(path, domain="example.org", selector="s")
        assert "tide" not in f"{caught.value} {caught.value.__cause__}"
        assert "c2Vj" not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize(("kind", "bits"), [("dsa", 2048), ("rsa", 1024), ("rsa", 16_384)])
def test_keys_that_verifiers_would_not_believe_are_not_made(kind: str, bits: int) -> None:
    """Another kind or size is a usage error."""
    with pytest.raises(UsageError):
        make_key(kind, bits=bits)


@pytest.mark.parametrize(
    ("domain", "selector"), [("example.org; x=", "s"), ("example.org", "a b"), ("", "s")]
)
def test_names_that_would_break_the_field_are_refused(
    tmp_path: Path, pem: bytes, domain: str, selector: str
) -> None:
    """A domain or selector is a DNS name, or the key is not loaded."""
    write_key(tmp_path / "key.pem", pem)
    with pytest.raises(DigestError):
        load_key(tmp_path / "key.pem", domain=domain, selector=selector)


def test_a_key_never_shows_its_private_half(tmp_path: Path) -> None:
    """Not in its repr and not in the record; a long record is cut into strings of 255."""
    write_key(tmp_path / "key.pem", make_key("rsa"))
    key = load_key(tmp_path / "key.pem", domain="example.org", selector="s1")
    assert "sign" not in repr(key)
    line = zone_line(key)
    assert line.startswith('s1._domainkey.example.org. IN TXT ( "v=DKIM1; k=rsa; p=')
    strings = re.findall(r'"([^"]*)"', line)
    assert "".join(strings) == key.record
    assert max(map(len, strings)) == 255


def test_d11_every_field_is_signed_once_more_than_it_stands_there(tmp_path: Path, pem: bytes) -> None:
    """Two names for one field or none, three for two; no l=, relaxed/relaxed, and lines of at most 78."""
    write_key(tmp_path / "key.pem", pem)
    signer = Signer([load_key(tmp_path / "key.pem", domain="example.org", selector="s1")])
    message = b"From: a@example.org\r\nTo: b@example.org\r\nTo: c@example.org\r\n\r\nhello\r\n"
    field = signer.sign(message, seconds=5.5)
    unfolded = re.sub(rb"\r\n ", b"", field).decode()
    assert "; c=relaxed/relaxed; d=example.org;" in unfolded
    assert " t=5;" in field.decode()
    assert "l=" not in re.sub(r"b[h]?=[^;]*", "", unfolded)
    names = unfolded.partition("h=")[2].partition(";")[0].split(":")
    assert {name: names.count(name) for name in SIGNED_FIELDS} == dict.fromkeys(SIGNED_FIELDS, 2) | {"To": 3}
    assert max(map(len, field.split(b"\r\n"))) <= 78
    assert field.endswith(b"\r\n")


@given(st.text(alphabet="ab \t\r\n"))
def test_relaxed_bodies_are_as_the_rfc_says(text: str) -> None:
    """The quick way gives what the RFC's two rules give, line by line."""
    lines = re.split("\r\n", text.replace("\r", "").replace("\n", "\r\n"))
    told = [re.sub("[ \t]+", " ", line).rstrip(" ") for line in lines]
    while told and not told[-1]:
        told.pop()
    wanted = "".join(f"{line}\r\n" for line in told)
    assert relaxed_body("\r\n".join(lines).encode()) == wanted.encode()
