"""Keys for DKIM: made, kept in a file that only its owner reads, and told to the world as a DNS record.

A key is an RSA key of 2048 bits or more, or an Ed25519 key, as a PEM file (PKCS #8, or PKCS #1 as other tools
write it). The private half is never part of an error, a log or a ``repr``.

Only this file knows ``cryptography``, which the extra ``digest-mailer[dkim]`` brings.

Source: RFC 6376 3.6 (records), RFC 8301 (RSA sizes), RFC 8463 (Ed25519).
"""

from __future__ import annotations

import base64
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from digest.errors import ConfigurationError, InputMissingError, StoreError, UsageError

__all__ = ["KINDS", "DkimKey", "load_key", "make_key", "write_key", "zone_line"]

KINDS: Final = ("rsa", "ed25519")
SMALLEST_RSA_BITS: Final = (
    2048  # RFC 8301 3.2: verifiers need not believe less than 1024, signers should use 2048
)
_LARGEST_KEY_BYTES: Final = 64 * 1024
_STRING_OCTETS: Final = 255  # a TXT record is made of strings of at most so many (RFC 1035 3.3)
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_LOG = logging.getLogger("digest.smtp")


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A key and where its public half stands in DNS.

    ``sign`` gives the signature of a SHA-256 digest; it may be called from any thread, and ``cryptography``
    lets other threads run meanwhile. ``public``: what p= of the record holds, base64.
    """

    domain: str
    selector: str
    kind: str
    public: str
    sign: Callable[[bytes], bytes] = field(repr=False)

    def __post_init__(self) -> None:
        for what, name in (("domain", self.domain), ("selector", self.selector)):
            if _NAME.fullmatch(name) is None:
                raise ConfigurationError(
                    f"'{name[:80]}' is no DNS name in lower case", where=f"[dkim] {what}"
                )

    @property
    def record_name(self) -> str:
        """The name of the TXT record."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What the TXT record says."""
        return f"v=DKIM1; k={self.kind}; p={self.public}"


def zone_line(key: DkimKey) -> str:
    """Write the DNS record as a zone file has it; long values are cut into strings, as DNS wants them."""
    text = key.record
    strings = [f'"{text[at : at + _STRING_OCTETS]}"' for at in range(0, len(text), _STRING_OCTETS)]
    return f"{key.record_name}. IN TXT ( {' '.join(strings)} )"


def make_key(kind: str = "rsa", *, bits: int = SMALLEST_RSA_BITS) -> bytes:
    """Make a new private key and give it as PEM. ``bits`` is for RSA.

    Raises:
        UsageError: another kind, or an RSA key that verifiers would not believe.
        ConfigurationError: the extra is not installed.
    """
    if kind not in KINDS:
        raise UsageError(f"'{kind}' is no kind of key", hint=f"it is one of {', '.join(KINDS)}")
    if kind == "rsa" and not SMALLEST_RSA_BITS <= bits <= 2 * SMALLEST_RSA_BITS:
        raise UsageError(
            f"an RSA key of {bits} bits is not for DKIM", hint="2048 bits fit every DNS; 4096 at most"
        )
    _require()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    private = (
        ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else rsa.generate_private_key(65537, bits)
    )
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_key(path: Path, pem: bytes) -> None:
    """Write a private key where only its owner reads it; an existing file is never overwritten.

    Raises:
        UsageError: there is such a file.
        StoreError: it cannot be written.
    """
    try:
        # 0600 from the first instant: a chmod afterwards would leave a moment for others.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
    except FileExistsError as error:
        raise UsageError(
            "this file is there already; a key in use is never overwritten",
            where=str(path),
            hint="name another file with --out, and another --selector: both keys can stand in DNS",
        ) from error
    except OSError as error:
        raise StoreError(f"the key cannot be written: {error.strerror}", where=str(path)) from error


def load_key(path: Path, *, domain: str, selector: str) -> DkimKey:
    """Read a private key.

    A file that others can read is used, with a warning in the log ``digest.smtp``.

    Raises:
        InputMissingError: there is no such file.
        ConfigurationError: it holds no key for DKIM, or the extra is not installed.
    """
    try:
        pem = path.read_bytes()[:_LARGEST_KEY_BYTES]
        mode = path.stat().st_mode
    except OSError as error:
        raise InputMissingError(
            f"the DKIM key cannot be read: {error.strerror}",
            where=str(path),
            hint="`digest dkim keygen` makes one",
        ) from error
    if mode & 0o077:
        _LOG.warning("%s: others on this machine can read this private key; chmod 600 it", path)
    _require()
    return _understood(pem, path, domain=domain.lower().rstrip("."), selector=selector.lower())


def _understood(pem: bytes, path: Path, *, domain: str, selector: str) -> DkimKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa, utils

    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # The library's own words may quote what stands in the file.
        raise ConfigurationError(
            "this is no unencrypted private key in PEM",
            where=str(path),
            hint="`digest dkim keygen` makes one",
        ) from None
    public = private.public_key()
    if isinstance(private, ed25519.Ed25519PrivateKey):
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return DkimKey(domain, selector, "ed25519", base64.b64encode(raw).decode(), private.sign)
    if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < SMALLEST_RSA_BITS:
        raise ConfigurationError(
            f"DKIM wants an RSA key of {SMALLEST_RSA_BITS} bits or more, or an Ed25519 key",
            where=str(path),
            hint="`digest dkim keygen` makes one",
        )
    told = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    scheme, hashed = padding.PKCS1v15(), utils.Prehashed(hashes.SHA256())
    signing = private
    return DkimKey(
        domain,
        selector,
        "rsa",
        base64.b64encode(told).decode(),
        lambda digest: signing.sign(digest, scheme, hashed),
    )


def _require() -> None:
    try:
        import cryptography  # noqa: F401  # only whether it is there
    except ImportError as error:
        raise ConfigurationError(
            "signing needs the package cryptography", hint="pip install 'digest-mailer[dkim]'"
        ) from error
