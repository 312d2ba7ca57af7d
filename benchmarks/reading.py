"""Score reading on the kit, beside the best other tools, in one run: ``python benchmarks/reading.py KIT_FOLDER``.

KIT_FOLDER is the unpacked folder ``reading``. Tools that are not installed are named and skipped.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from digest.errors import DigestError
from digest.model import Source
from digest.reading.articles import article_of
from digest.reading.options import ReadingOptions

Row = dict[str, str | None]
Tool = Callable[[Path, str | None], Row]


def ours(file: Path, url: str | None) -> Row:  # noqa: D103
    try:
        article = article_of(Source(name=file.name, content=file.read_bytes(), url=url), ReadingOptions())
    except DigestError:
        return {"text": ""}
    text = "\n".join(article.paragraphs)
    return {"text": text, "title": article.title, "author": article.byline, "date": article.published}


def trafilatura(file: Path, url: str | None) -> Row:  # noqa: D103
    found = importlib.import_module("trafilatura").bare_extraction(
        file.read_bytes(), url=url, include_comments=False, with_metadata=True
    )
    return (
        {"text": found.text, "title": found.title, "author": found.author, "date": found.date}
        if found
        else {"text": ""}
    )


def readability(file: Path, _url: str | None) -> Row:  # noqa: D103
    page = importlib.import_module("readability").Document(file.read_text("utf-8", "replace"))
    html = importlib.import_module("lxml.html").fromstring(page.summary())
    return {"text": html.text_content(), "title": page.short_title()}


def newspaper(file: Path, url: str | None) -> Row:  # noqa: D103
    page = importlib.import_module("newspaper").article(
        url or "http://example.org/", input_html=file.read_text("utf-8", "replace")
    )
    return {
        "text": page.text,
        "title": page.title,
        "author": " ".join(page.authors),
        "date": str(page.publish_date or "")[:10],
    }


def justext(file: Path, _url: str | None) -> Row:  # noqa: D103
    tool = importlib.import_module("justext")
    text = file.read_text("utf-8", "replace")
    page = text if file.suffix == ".html" else "".join(f"<p>{line}</p>" for line in text.splitlines())
    return {
        "text": "\n".join(
            part.text for part in tool.justext(page, tool.get_stoplist("English")) if not part.is_boilerplate
        )
    }


def nothing(file: Path, _url: str | None) -> Row:  # noqa: D103
    return {"text": file.read_text("utf-8", "replace")}


SETS: dict[str, tuple[tuple[str, Tool], ...]] = {
    "pages": (
        ("digest", ours),
        ("trafilatura", trafilatura),
        ("readability", readability),
        ("newspaper", newspaper),
        ("justext", justext),
    ),
    "pages_multilingual": (("digest", ours), ("trafilatura", trafilatura)),
    "pasted": (("digest", ours), ("nothing", nothing), ("justext", justext)),
}


def available(tools: tuple[tuple[str, Tool], ...]) -> Iterator[tuple[str, Tool]]:  # noqa: D103
    for name, tool in tools:
        if name not in {"digest", "nothing"} and importlib.util.find_spec(name) is None:
            print(f"{name}: not installed, skipped")
            continue
        yield name, tool


def predict(folder: Path, name: str, tool: Tool, out: Path) -> Path:  # noqa: D103
    spent, count = 0.0, 0
    target = out / f"{name}.jsonl"
    with target.open("w", encoding="utf-8") as lines:
        for line in (folder / "gold.jsonl").read_text("utf-8").splitlines():
            gold = json.loads(line)
            url = (
                gold.get("url")
                if folder.name != "pasted" and str(gold.get("url")).startswith("http")
                else None
            )
            begun = time.process_time()
            row = tool(folder / gold["file"], url)
            spent, count = spent + time.process_time() - begun, count + 1
            lines.write(json.dumps({"id": gold["id"], **row}) + "\n")
    print(f"{name}: {1000 * spent / count:.2f} ms CPU each")
    return target


def main() -> int:  # noqa: D103
    kit = Path(sys.argv[1]) if len(sys.argv) == 2 else Path()  # noqa: PLR2004  # the one argument
    if not (kit / "evaluate.py").is_file():
        print("skipped: give the folder of the unpacked kit (it holds evaluate.py)")
        return 0
    for part, tools in SETS.items():
        print(f"\n== {part}")
        with tempfile.TemporaryDirectory() as out:
            found = [str(predict(kit / part, name, tool, Path(out))) for name, tool in available(tools)]
            for mess in (
                (["--mess", "full"], ["--mess", "article"], ["--mess", "clean"])
                if part == "pasted"
                else ([],)
            ):
                print(*mess, flush=True)
                command = [
                    sys.executable,
                    str(kit / "evaluate.py"),
                    str(kit / part / "gold.jsonl"),
                    *found,
                    "--diff",
                    *mess,
                ]
                subprocess.run(command, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
