"""What a person sees while letters leave."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from digest.cli.mailing import ProgressBar, progress_words
from digest.delivering import Progress

if TYPE_CHECKING:
    import pytest

HALF = Progress(total=400, accepted=180, deferred=12, refused=8, in_doubt=0, seconds=9.0)


def test_progress_says_what_became_of_the_letters_and_how_fast() -> None:
    """Sent, rate, and only those of the others that are there; a wait says why."""
    assert progress_words(HALF) == "180 sent, 20/s, 12 deferred, 8 refused"
    waiting = Progress(
        total=400, accepted=0, deferred=0, refused=0, in_doubt=1, seconds=0.0, waiting="the rate"
    )
    assert progress_words(waiting) == "0 sent, 0/s, 1 in doubt · the rate"


def test_the_bar_shows_how_many_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal: done of all, the words, and a time; in a pipe nothing is drawn or loaded."""
    seen = io.StringIO()
    monkeypatch.setattr("sys.stderr", seen)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("FORCE_COLOR", "1")
    hidden = ProgressBar(shown=False)
    hidden(HALF)
    assert not seen.getvalue()
    bar = ProgressBar(shown=True)
    bar(HALF)
    bar.close()
    assert "200/400" in seen.getvalue()
    assert "180 sent" in seen.getvalue()
    assert ":" in seen.getvalue()  # a time left, or -:--:-- while nothing is known
