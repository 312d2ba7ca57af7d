"""A preview page in a thread of its own, for tests that drive a browser: a plain letter, and a way to fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from digest.errors import TemplateError
from digest.model import Article, Digest, Point, Sentence
from digest.web import Preview, Remark, serve_preview

PARAGRAPH = "It was a sail loft. The library stays open until midnight. Lamps are lent out."
LETTER_HTML = """\
<!DOCTYPE html><html lang="en" dir="ltr"><head><meta charset="utf-8"><title>The library at night</title>
<meta name="color-scheme" content="light dark"><style>:root{color-scheme:light dark}
@media (prefers-color-scheme: dark){#sheet{background:#181a1b !important}#sheet *{color:#eee !important}}
</style></head><body style="margin:0"><div id="sheet" role="main" style="background:#faf8f4;padding:24px">
<h1 style="color:#222">The library at night</h1>
<p style="color:#222">The library stays open until midnight.</p>
<ul style="color:#222"><li>Lamps are lent out.</li></ul></div></body></html>"""


def _sentence(text: str) -> Sentence:
    at = PARAGRAPH.index(text)
    return Sentence(text, 0, at, at + len(text))


def _preview(subscriber: str | None) -> Preview:
    first, second = (
        _sentence("The library stays open until midnight."),
        _sentence("Lamps are lent out."),
    )
    return Preview(
        subject="The library at night",
        preheader="Until midnight",
        html=LETTER_HTML,
        text="THE LIBRARY AT NIGHT\n\nThe library stays open until midnight.\n",
        message=b"Subject: The library at night\r\n\r\n",
        sender="The Quay Letter",
        subscriber=subscriber or "mara@example.net",
        subscribers=("mara@example.net", "jon@example.net"),
        digests=(
            Digest(
                headline="The library at night",
                summary=[Point(first.text, [first])],
                key_points=[Point(second.text, [second])],
                keywords=[],
                language="en",
                reading_minutes=1,
                article=Article(paragraphs=[PARAGRAPH], title="The library at night"),
            ),
        ),
        remarks=(
            Remark(level="warning", rule="C7", text="no postal address", where="digest.toml", hint="set one"),
            Remark(level="error", rule="C4", text="a placeholder is left"),
        ),
    )


@contextmanager
def served_preview() -> Iterator[tuple[str, Callable[[], None]]]:
    """Serve a preview; give its address and what makes its next build fail."""
    with TemporaryDirectory() as folder:
        broken = Path(folder) / "broken"
        started = threading.Event()
        url: list[str] = []
        stop = asyncio.Event()
        loop = asyncio.new_event_loop()

        async def rebuild(subscriber: str | None) -> Preview:
            if broken.exists():
                raise TemplateError("'town' is no field", where="letter.html:12", hint="did you mean 'city'?")
            return _preview(subscriber)

        def ready(address: str) -> None:
            url.append(address)
            started.set()

        def run() -> None:
            loop.run_until_complete(
                serve_preview(rebuild=rebuild, watch=[Path(folder)], port=0, ready=ready, stop=stop)
            )

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        assert started.wait(20)
        try:
            yield url[0], broken.touch
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()
            loop.close()
