"""Copy saved pages as a reader would: ``python benchmarks/paste_pages.py KIT_FOLDER OUT_FOLDER``.

Opens each page of the kit that has no pasted text in an installed Chromium, scripts off and nothing fetched,
selects everything and writes the selection as ``ID.txt``: what ``train_reader.py --more`` reads.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.async_api import Browser, Error, Route, async_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_SECONDS = 20
# What style sheets hide, which are not fetched here.
HIDDEN = (
    "[hidden],[aria-hidden=true],.sr-only,.screen-reader-text,.visually-hidden,.visuallyhidden,.hidden"
    "{display:none!important}"
)
SELECT_ALL = (
    "() => { const all = getSelection(); all.selectAllChildren(document.body); return all.toString() }"
)


def pages(kit: Path) -> Iterator[tuple[str, Path]]:
    """Give name and file of each page that the kit has no paste of."""
    pasted = {row["page"] for row in _rows(kit / "pasted")}
    for part in ("pages", "pages_multilingual"):
        for row in _rows(kit / part):
            if row["id"] not in pasted:
                yield row["id"], kit / part / row["file"]


def _rows(folder: Path) -> Iterator[dict[str, str]]:
    return (json.loads(line) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines())


async def copied(browser: Browser, page_file: Path) -> str:
    """Give the text of a page's whole selection."""
    body = page_file.read_bytes()

    async def answer(route: Route) -> None:
        if route.request.is_navigation_request() and route.request.frame == page.main_frame:
            policy = {"Content-Security-Policy": "script-src 'none'"}  # noscript stays hidden, as it was
            await route.fulfill(body=body, content_type="text/html", headers=policy)
        else:
            await route.abort()

    async with await browser.new_context() as context:
        page = await context.new_page()
        await page.route("**/*", answer)
        await page.goto(
            "http://page.example.org/", wait_until="domcontentloaded", timeout=PATIENCE_SECONDS * 1000
        )
        await page.add_style_tag(content=HIDDEN)
        return str(await asyncio.wait_for(page.evaluate(SELECT_ALL), PATIENCE_SECONDS))


async def paste(kit: Path, out: Path) -> None:
    """Copy every page; one that does not open is named and left out."""
    out.mkdir(exist_ok=True)
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise SystemExit("no Chromium is installed")
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, file in pages(kit):
            try:
                (out / f"{name}.txt").write_text(await copied(browser, file), encoding="utf-8")
            except (Error, TimeoutError) as error:
                print(f"{name}: {str(error).splitlines()[0]}")
        await browser.close()


def main() -> None:
    """Copy the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kit", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    asyncio.run(paste(arguments.kit, arguments.out))


if __name__ == "__main__":
    main()
