"""The docs say what the code says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_reference", REFERENCE / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["commands.md", "settings.md", "errors.md"])
def test_reference_pages_are_as_generated(page: str) -> None:
    """Every command, option, setting and error stands in the reference."""
    assert (REFERENCE / page).read_text("utf-8") == generator().PAGES[page](), (
        "run: python docs/reference/generate.py"
    )


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link names a file that is there."""
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page} links to {target}"


def test_every_command_shows_an_example() -> None:
    """`--help` of every command that does something ends with a line to copy."""
    module = generator()
    for path, command in module.walk(module.command_line(), ("digest",)):
        assert re.search(r"Examples?:|Try it", command.help or ""), path


def test_addresses_in_the_checkout_are_examples() -> None:
    """Docs and examples name no domain but those kept for examples (RFC 2606)."""
    for page in [*pages(), *(ROOT / "examples").glob("*"), ROOT / "subscribers.example.csv"]:
        if page.is_file():
            for domain in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", page.read_text("utf-8")):
                assert re.fullmatch(r"(?:[\w-]+\.)*example\.(?:org|com|net)", domain), f"{page}: {domain}"
