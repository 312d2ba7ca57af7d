"""``digest condense`` shows what ``digest send`` would mail: by the same settings."""

from __future__ import annotations

from pathlib import Path

from cli_places import folder_with
from command import digest


async def test_condensing_follows_the_settings_and_flags_go_before(tmp_path: Path) -> None:
    """What `[condense]` says holds for each command; another file and a flag go before it."""
    folder = folder_with(tmp_path, people=1)
    show = ("condense", "article.txt", "--json")
    usual = (await digest(*show, cwd=folder)).json()
    lead = (await digest(*show, "--method", "lead", cwd=folder)).json()
    assert usual["summary"] != lead["summary"]
    (folder / "digest.toml").write_text('[condense]\nmethod = "lead"\n', "utf-8")
    assert (await digest(*show, cwd=folder)).json() == lead
    assert (await digest(*show, "--method", "rank", cwd=folder)).json() == usual
    (folder / "other.toml").write_text("", "utf-8")
    assert (await digest(*show, "--config", "other.toml", cwd=folder)).json() == usual
