"""Subjects and names read by programs that are not ours: Perl's Email::MIME and Node's mailparser."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from digest.composing.cleaning import clean_line
from digest.composing.headers import mailbox, unstructured

WORDS = (
    *("Hafen", "Über", "привет", "港", "שלום", "مرحبا", "😀", "a", "(x)", '"q"', "=?", "Zoë,"),
    *("l'été", "日本語", "x.y", "a@b", ";", "<z>", "naïve"),
)
NODE = """
const {simpleParser} = require('mailparser');
const mails = JSON.parse(require('fs').readFileSync(process.argv[1]));
(async () => {
  const seen = [];
  for (const mail of mails) {
    const m = await simpleParser(Buffer.from(mail));
    seen.push([m.subject, m.from.value[0].name, m.from.value[0].address]);
  }
  console.log(JSON.stringify(seen));
})();
"""
PERL = """
use strict; use Email::MIME; use Email::Address::XS; use JSON::PP; local $/; open my $f, '<', $ARGV[0] or die;
my @seen = map { my $m = Email::MIME->new($_); my ($a) = Email::Address::XS->parse($m->header_raw('From'));
  [$m->header_str('Subject'),
   Email::MIME->new("Subject: " . $a->phrase . "\\n\\n")->header_str('Subject'), $a->address] }
  @{decode_json(<$f>)};
print encode_json(\\@seen);
"""


def cases() -> tuple[list[str], list[list[str]]]:
    chance = random.Random(4)
    mails, wanted = [], []
    for _ in range(4000):
        subject, name = (
            clean_line(" ".join(chance.choices(WORDS, k=chance.randrange(1, n)))) for n in (25, 12)
        )
        head = mailbox(name, "a@example.org", used=6), unstructured(subject, used=9)
        mails.append(f"From: {head[0].decode('ascii')}\r\nSubject: {head[1].decode('ascii')}\r\n\r\nx\r\n")
        wanted.append([subject, name, "a@example.org"])
    return mails, wanted


def run(command: list[str], tmp_path: Path) -> list[list[str]]:
    seen: list[list[str]] = json.loads(
        subprocess.run([*command, str(tmp_path / "mails.json")], capture_output=True, check=True).stdout
    )
    return seen


def works(*command: str) -> bool:
    found = shutil.which(command[0])
    return found is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not works("node", "-e", "require('mailparser')"), reason="Node's mailparser is not installed"
)
def test_d8_node_reads_every_subject_and_name(tmp_path: Path) -> None:
    """D8: 4,000 mixed-script subjects and names, 0 differences in mailparser."""
    mails, wanted = cases()
    (tmp_path / "mails.json").write_text(json.dumps(mails))
    assert run(["node", "-e", NODE], tmp_path) == wanted


PERL_MODULES = ("-MEmail::MIME", "-MEmail::Address::XS", "-MJSON::PP")


@pytest.mark.skipif(not works("perl", *PERL_MODULES, "-e", "1"), reason="Perl's Email::MIME is not installed")
def test_d8_perl_reads_every_subject_and_name(tmp_path: Path) -> None:
    """D8: 4,000 mixed-script subjects and names, 0 differences in Email::MIME."""
    mails, wanted = cases()
    (tmp_path / "mails.json").write_text(json.dumps(mails))
    assert run(["perl", "-e", PERL], tmp_path) == wanted
