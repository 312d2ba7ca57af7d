"""The how-to on themes can be followed: what it shows is a theme that lints clean."""

from __future__ import annotations

import re
from pathlib import Path

from digest.composing import compose, lint, load_theme, missing_fields
from digest.model import Article, Digest, Edition, Point, Sender, Sentence

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-theme.md"
LINE = "Volunteers carried nine thousand books across the quay by hand."


def test_theme_of_the_how_to_works(tmp_path: Path) -> None:
    """The three files shown there make a letter without an error."""
    text = HOW_TO.read_text("utf-8")
    blocks = re.findall(r"(?s)```(\w*)\n(.*?)```", text)
    folder = tmp_path / "quay"
    folder.mkdir()
    for name, (_, content) in zip(("theme.toml", "letter.html", "letter.txt"), blocks, strict=False):
        (folder / name).write_text(content, "utf-8")
    point = Point(LINE, [Sentence(LINE, 0, 0, len(LINE))])
    digest = Digest(
        headline="Reading room opens",
        summary=[point],
        key_points=[point],
        keywords=[],
        language="en",
        reading_minutes=2,
        article=Article(paragraphs=[LINE], url="https://harbour.internal/a", site="Harbour Weekly"),
    )
    sender = Sender(
        address="news@harbour.internal",
        unsubscribe_url="https://harbour.internal/u?e={email}",
        list_id="weekly.harbour.internal",
    )
    edition = Edition(
        id="e", subject="Opening day", preheader=f"{LINE}", digests=[digest], theme="quay", sender=sender
    )
    letter = compose(edition, theme=load_theme("quay", folder=tmp_path))
    assert missing_fields(letter, []) == []
    assert [finding for finding in lint(letter) if finding.level == "error"] == []
