"""What composing costs: once per edition, and per subscriber beside rendering everything for each.

Run: ``python benchmarks/compose.py``. The other way is what a simple script does for every subscriber: inline
the rendered page with premailer, build an EmailMessage, flatten it (rendering itself is left out). CPU time of
this process, medians.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from email.message import EmailMessage

from digest.composing import Filler, Page, compose, load_theme, render
from digest.composing.inline import inline
from digest.model import Article, Digest, Edition, Point, Sender, Sentence, Subscriber

LINE = "Volunteers carried nine thousand books across the quay by hand on Saturday morning."
KEY = b"k" * 32


def an_edition() -> Edition:
    """Make an edition of two stories, about 10 KB as a message."""
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
        digests=[digest],
        theme="article",
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


def the_other_way(page: Page) -> bytes:
    """Inline and build one message for one subscriber: a lower bound, since Jinja's share is left out.

    The page given is inlined already, so premailer has only its kept styles left to look at.
    """
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        page.subject,
        "news@example.org",
        "reader@example.org",
    )
    message.set_content(page.text)
    message.add_alternative(inline(page.html), subtype="html")
    return message.as_bytes()


def main() -> None:
    """Measure and print."""
    edition = an_edition()
    letter = compose(edition)
    filler = Filler(letter)
    people = [Subscriber(f"reader{number}@example.org", name=f"Reader {number}") for number in range(1000)]
    message = filler(people[0], date=0, message_id_key=KEY)
    each = cpu(lambda: [filler(person, date=0, message_id_key=KEY) for person in people], 9) / len(people)
    page = render(edition, load_theme(edition.theme))
    other = cpu(lambda: the_other_way(page), 9)
    print(f"message                {len(message):>10,} octets")
    print(f"compile, per edition   {cpu(lambda: compose(edition), 9) * 1e3:>10.1f} ms")
    print(f"fill, per subscriber   {each * 1e6:>10.1f} µs")
    print(f"inline + EmailMessage  {other * 1e6:>10.1f} µs  ({other / each:,.0f} times)")


if __name__ == "__main__":
    main()
