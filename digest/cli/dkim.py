"""``digest dkim``: keys that sign letters, and the DNS records that go with them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from digest.cli.options import as_json, config, settings_with

__all__ = ["command"]


@click.group("dkim", short_help="Make the keys that sign letters, and show their DNS records.")
def command() -> None:
    """Make the keys that sign letters (DKIM), and show the DNS records that publish them.

    \b
    Example:
      digest dkim keygen --domain example.org
      digest dkim show
    """  # noqa: D301  # \b is click's mark for lines to keep as they are


@command.command("keygen")
@click.option("--domain", metavar="NAME", help="Domain that vouches; by default the one in the settings.")
@click.option("--selector", metavar="NAME", help="Name of the key in DNS; a new key needs a new one.")
@click.option("--type", "kind", type=click.Choice(["rsa", "ed25519"]), default="rsa", show_default=True)
@click.option("--bits", type=int, default=2048, show_default=True, help="Size of an RSA key.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="File for the key; by default dkim-SELECTOR.pem."
)
@config
def keygen(
    domain: str | None, selector: str | None, kind: str, bits: int, out: Path | None, config: Path | None
) -> int:
    """Make a key, write it where only you can read it, and print the DNS record to publish.

    \b
    Example:
      digest dkim keygen --domain example.org
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.errors import UsageError
    from digest.smtp.dkim_keys import load_key, make_key, write_key, zone_line

    settings = settings_with(config)
    known = (domain or settings.dkim.domain or (settings.sender.address or "").rpartition("@")[2]).lower()
    if not known:
        raise UsageError("no domain to sign for", hint="pass --domain example.org")
    prefix = "ed25519_" if kind == "ed25519" else ""
    name = selector or getattr(settings.dkim, f"{prefix}selector")
    path = out or Path(f"dkim-{name}.pem")
    write_key(path, make_key(kind, bits=bits))
    click.echo(zone_line(load_key(path, domain=known, selector=name)))
    click.echo(
        f"The key stands in {path}. Publish the record above, then set in digest.toml:\n\n"
        f'[dkim]\ndomain = "{known}"\n{prefix}selector = "{name}"\n{prefix}key_file = "{path}"',
        err=True,
    )
    return 0


@command.command("show")
@config
@as_json
def show(config: Path | None, as_json: bool) -> int:
    """Print the DNS records of the keys in the settings; the keys themselves are never shown.

    \b
    Example:
      digest dkim show --json
    """  # noqa: D301  # \b is click's mark for lines to keep as they are
    from digest.errors import ConfigurationError
    from digest.mailing.connecting import signer_of
    from digest.smtp.dkim_keys import zone_line

    signer = signer_of(settings_with(config))
    if signer is None:
        raise ConfigurationError("no key is set", where="[dkim]", hint="`digest dkim keygen` makes one")
    for key in signer.keys:
        shape = {"name": key.record_name, "type": "TXT", "value": key.record}
        click.echo(json.dumps(shape) if as_json else zone_line(key))
    return 0
