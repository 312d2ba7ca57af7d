"""What composing costs: once per edition, and per subscriber beside rendering everything for each.

Run: ``python benchmarks/compose.py``. The other way is what a simple script does for every subscriber: render the
theme with Jinja, inline the page with premailer, build an EmailMessage, flatten it. CPU time of this process,
medians; ``of which differ`` is what a subscriber's message holds beyond the letter that all share.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from email.message import EmailMessage
from unittest import mock

from jinja2 import Environment, Template

from digest.composing import Filler, compose, dump, load_theme, render
from digest.composing.inline import inline
from digest.model import Article, Digest, Edition, Point, Sender, Sentence, Subscriber

LINE = "Volunteers carried nine thousand books across the quay by hand on Saturday morning."
KEY = b"k" * 32


def an_edition(stories: int) -> Edition:
    """Make an edition; one story is about 10 KB as a message."""
    point = Point(LINE, [Sentence(LINE, 0, 0, len(LINE))])
    digest = Digest(
        headline="Reading room opens at the old harbour",
        summary=[point] * 2,
        key_points=[point] * 3,
        keywords=[],
        language="en",
        reading_minutes=3,
        article=Article(paragraphs=[LINE], url="https://example.org/a", site="Harbour Weekly"),
    )
    return Edition(
        id="bench",
        subject="Reading room opens",
        preheader=LINE,
        digests=[digest] * stories,
        theme="article" if stories == 1 else "edition",
        sender=Sender(address="news@example.org", unsubscribe_url="https://example.org/u?e={email}"),
    )


def cpu(function: Callable[[], object], rounds: int) -> float:
    """Give the median CPU seconds of one call."""
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        function()
        spent.append(time.process_time() - begun)
    return statistics.median(spent)


def page_before_inlining(edition: Edition) -> tuple[str, str]:
    """Give the page and the text as a template of a simple script would have them: rendered but for one name."""
    seen: list[str] = []

    def listening(html: str, *, where: str) -> str:
        seen.append(html)
        return inline(html, where=where)

    with mock.patch("digest.composing.composition.inline", listening):
        text = render(edition, load_theme(edition.theme)).text
    return seen[0].replace("</h1>", "</h1><p>Dear {{ name }}</p>"), "Dear {{ name }}\n" + text


def the_other_way(page: Template, text: Template, name: str) -> bytes:
    """Render, inline and build one message for one subscriber; the templates are compiled already."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Opening", "news@example.org", "reader@example.org"
    message.set_content(text.render(name=name))
    message.add_alternative(inline(page.render(name=name)), subtype="html")
    return message.as_bytes()


def measure(stories: int) -> None:
    """Measure and print one edition."""
    people = [Subscriber(f"reader{number}@example.org", name=f"Reader {number}") for number in range(1000)]
    edition = an_edition(stories)
    letter = compose(edition)
    filler = Filler(letter, message_id_key=KEY)
    message = filler(people[0], 0)
    each = cpu(lambda: [filler(person, 0) for person in people], 9) / len(people)
    jinja = Environment(autoescape=True)
    page, text = map(jinja.from_string, page_before_inlining(edition))
    other = cpu(lambda: the_other_way(page, text, "Reader"), 9)
    static = sum(len(piece) for piece in letter.pieces if isinstance(piece, bytes))
    print(f"stories                {stories:>10,}")
    print(f"message                {len(message):>10,} octets, of which differ {len(message) - static:,}")
    print(f"letter kept in store   {len(dump(letter)):>10,} octets, for all subscribers")
    print(f"compile, per edition   {cpu(lambda: compose(edition), 9) * 1e3:>10.1f} ms")
    print(f"fill, per subscriber   {each * 1e6:>10.1f} µs")
    print(f"the other way          {other * 1e6:>10.1f} µs  ({other / each:,.0f} times)\n")


def main() -> None:
    """Measure and print."""
    for stories in (1, 5):
        measure(stories)


if __name__ == "__main__":
    main()
