"""``make demo``: one article, condensed and mailed to every row of the example list, into the debug inbox.

Shows the whole walk through the library: nothing here is special to the demonstration but its printing. It
takes free ports and a store of its own and leaves nothing running; ``--keep`` leaves the inbox open.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from digest.errors import DigestError
from digest.mailing.sending import Conduct, SendPlan, SendRequest, send
from digest.settings import ListSettings, Settings, SmtpSettings, StoreSettings
from digest.web.inbox import Inbox

CHECKOUT = Path(__file__).parents[1]
ARTICLE = CHECKOUT / "examples" / "harbour-library.txt"
SUBSCRIBERS = CHECKOUT / "subscribers.example.csv"
LETTER = CHECKOUT / "build" / "demo"
WAIT_SECONDS = 30  # the letters are there when `send` returns: this only bounds a fault


def approve(plan: SendPlan) -> bool:
    """Print what is about to happen and go on: everything stays on this machine."""
    print(f"Mailing  {plan.subject!r} to {plan.summary.owed} people through {plan.server}")
    return True


async def demonstrate(*, keep: bool) -> int:
    """Open an inbox, mail the example to it, and print what arrived."""
    with tempfile.TemporaryDirectory(prefix="digest-demo-") as folder:
        async with Inbox() if keep else Inbox(smtp_port=0, web_port=0) as inbox:
            print(f"Inbox    {inbox.smtp_url}, page on {inbox.web_url}")
            settings = Settings(
                list=ListSettings(subscribers=str(SUBSCRIBERS)),
                smtp=SmtpSettings(url=inbox.smtp_url),
                store=StoreSettings(url=f"sqlite:///{folder}/digest.db"),
            )
            outcome = await send(SendRequest(names=(str(ARTICLE),)), settings, Conduct(approve=approve))
            if outcome.exit_status:
                print(f"demo: ended with {outcome.exit_status}: {outcome.counts}", file=sys.stderr)
                return outcome.exit_status
            async with asyncio.timeout(WAIT_SECONDS):
                arrived = await inbox.received(outcome.plan.summary.owed)
            for mail in arrived:
                print(
                    f"Arrived  {', '.join(mail.recipients):<28} {len(mail.content):>7,} bytes  {mail.summary.subject}"
                )
            print(f"Letter   {keep_letter(arrived[0].content)}")
            if keep:
                print(f"Open     {inbox.web_url}  (Ctrl-C ends it)")
                await asyncio.Event().wait()
    return 0


def keep_letter(message: bytes) -> Path:
    """Write the first letter where it can be looked at after the inbox is gone."""
    import email.policy

    LETTER.mkdir(parents=True, exist_ok=True)
    html = email.message_from_bytes(message, policy=email.policy.default).get_body(("html",))
    assert html is not None
    (LETTER / "letter.eml").write_bytes(message)
    (LETTER / "letter.html").write_text(html.get_content(), "utf-8")
    return LETTER / "letter.html"


def main() -> int:
    """Run the demonstration; an expected failure ends with its own exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the inbox open on 1025 and 8025")
    try:
        return asyncio.run(demonstrate(keep=parser.parse_args().keep))
    except DigestError as error:
        print(f"demo: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
