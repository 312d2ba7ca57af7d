"""The inbox and preview pages in a real browser: they work, and they are accessible."""

from __future__ import annotations

import importlib.util
import shutil
import smtplib
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from preview_in_thread import LETTER_HTML, served_preview

from digest.testing import RunningInbox, inbox

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["inbox"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None
    or importlib.util.find_spec("playwright") is None
    or importlib.util.find_spec("axe_playwright_python") is None,
    reason="needs chromium, and the extra digest-mailer[browser]",
)
VIEWS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 800, 375, 320)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield launched
        launched.close()


def mail(subject: str, name: str = "Mara") -> bytes:
    return (
        f"From: The Quay Letter <letter@example.org>\r\nTo: {name} <mara@example.net>\r\nSubject: {subject}\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{LETTER_HTML}\r\n"
    ).encode()


def send(to: RunningInbox, *subjects: str) -> None:
    with smtplib.SMTP("127.0.0.1", to.addresses.smtp_port) as client:
        for subject in subjects:
            client.sendmail("bounce@example.org", ["mara@example.net"], mail(subject))


def violations(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{found['id']}: {found['nodes'][0]['html'][:200]}"
        for found in Axe().run(page).response["violations"]
    ]


def no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_the_inbox_page_is_accessible(browser: Browser, inbox: RunningInbox, scheme: str, width: int) -> None:
    """axe finds nothing at any impact, on every tab; nothing scrolls sideways."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]  # two of its literals
    page = context.new_page()
    page.goto(inbox.web_url)
    page.get_by_text("listening").wait_for()
    assert violations(page) == []
    send(inbox, "Tide tables", "The night ferry")
    page.locator("#mails a").nth(1).wait_for()
    page.locator("#mails a").first.click()
    page.get_by_role("heading", name="The night ferry").wait_for()
    for tab in ("HTML", "Headers", "Parts", "Source", "Checks"):
        page.get_by_role("tab", name=tab).click()
        assert violations(page) == [], tab
        assert no_sideways_scroll(page), tab
    context.close()


def test_mails_appear_as_they_arrive_and_go_with_a_key(browser: Browser, inbox: RunningInbox) -> None:
    """No reload: a mail shows up; j and # move and delete."""
    page = browser.new_page()
    page.goto(inbox.web_url)
    page.get_by_text("listening").wait_for()
    send(inbox, "Tide tables")
    page.locator("#mails a", has_text="Tide tables").wait_for()
    send(inbox, "The night ferry")
    page.locator("#mails a", has_text="The night ferry").wait_for()
    page.locator("#mails a", has_text="The night ferry").click()
    page.get_by_role("heading", name="The night ferry").wait_for()
    page.keyboard.press("j")
    page.get_by_role("heading", name="Tide tables").wait_for()
    page.keyboard.press("#")
    page.locator("#mails a", has_text="Tide tables").wait_for(state="detached")
    assert [kept.summary.subject for kept in inbox.messages] == ["The night ferry"]
    page.close()


def test_a_received_mail_runs_nothing_and_loads_nothing(browser: Browser, inbox: RunningInbox) -> None:
    """Script and handlers of a mail are without effect, and a listening socket sees no connection."""
    with socket.create_server(("127.0.0.1", 0)) as tracker:
        tracker.setblocking(False)  # noqa: FBT003 - the standard library's signature
        pixel = f"http://127.0.0.1:{tracker.getsockname()[1]}/pixel.png"
        hostile = (
            "Subject: hostile\r\nContent-Type: text/html\r\n\r\n<!DOCTYPE html><head>"
            f'<link rel="stylesheet" href="{pixel}"><link rel="prefetch" href="{pixel}"></head><body>'
            f'<script>fetch("{pixel}")</script><img src="{pixel}" alt="pixel">'
            f'<div style="background:url({pixel})">x</div>'
            "<img src=x onerror=\"document.body.dataset.ran='yes'\"><p id=end>end</p></body>"
        )
        with smtplib.SMTP("127.0.0.1", inbox.addresses.smtp_port) as client:
            client.sendmail("a@example.org", ["b@example.org"], hostile)
        page = browser.new_page()
        page.goto(inbox.web_url)
        frame = page.frame_locator("iframe")
        frame.locator("#end").wait_for()
        page.locator("iframe[data-loaded]").wait_for()  # all that it would load was loaded, or refused
        assert frame.locator("body").get_attribute("data-ran") is None
        with pytest.raises(BlockingIOError):
            tracker.accept()
        # The same socket does see the picture once somebody asks for it: the proof above is one.
        page.get_by_role("radio", name="All images").check()
        tracker.settimeout(5)
        tracker.accept()[0].close()
        page.close()


def test_the_letter_follows_the_look(browser: Browser, inbox: RunningInbox) -> None:
    """Dark shows the letter's own dark colours, whatever the browser prefers; width is exact."""
    send(inbox, "Tide tables")
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
    page.goto(inbox.web_url)
    colour = "element => getComputedStyle(element).backgroundColor"
    letter = page.frame_locator("iframe").locator("#sheet")
    letter.wait_for()
    assert letter.evaluate(colour) == "rgb(250, 248, 244)"
    page.get_by_role("radio", name="Dark").check()
    page.frame_locator("iframe.dark").locator("#sheet").wait_for()
    assert letter.evaluate(colour) == "rgb(24, 26, 27)"
    page.get_by_role("radio", name="375 pixels").check()
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert box["width"] == 375
    page.close()


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_the_preview_page_is_accessible(browser: Browser, scheme: str, width: int) -> None:
    """axe finds nothing at any impact, with a source open, on both tabs, and with an error shown."""
    with served_preview() as (url, fail):
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]  # two of its literals
        page = context.new_page()
        page.goto(url)
        page.locator(".point button").first.focus()
        page.locator(".source mark").first.wait_for()
        assert violations(page) == []
        assert no_sideways_scroll(page)
        page.get_by_role("tab", name="Plain text").click()
        assert violations(page) == []
        fail()
        page.get_by_role("alert").wait_for()
        assert violations(page) == []
        assert no_sideways_scroll(page)
        context.close()


def test_pointing_at_a_line_shows_its_sentence_and_marks_the_letter(browser: Browser) -> None:
    """Hover: the sentence stands in its paragraph, and the block in the letter is outlined."""
    with served_preview() as (url, _):
        page = browser.new_page()
        page.goto(url)
        page.frame_locator("iframe").locator("li").first.wait_for()
        page.locator(".point").nth(1).hover()
        marked = page.locator(".source:not([hidden]) mark")
        assert marked.text_content() == "Lamps are lent out."
        block = page.frame_locator("iframe").locator("[data-marked]")
        assert block.text_content() == "Lamps are lent out."
        assert "Lamps are lent out." in (block.get_attribute("title") or "")
        page.close()


def test_a_bug_in_a_build_is_said_in_the_page(browser: Browser) -> None:
    """The page names it and stays; the traceback is the terminal's."""
    with served_preview() as (url, _):
        page = browser.new_page()
        page.goto(url)
        page.frame_locator("iframe").locator("li").first.wait_for()
        page.route("**/api/preview*", lambda route: route.fulfill(status=500, body="Internal Server Error"))
        page.get_by_label("As", exact=True).select_option("jon@example.net")
        page.get_by_role("alert").get_by_text("that is a bug").wait_for()
        page.close()


def test_the_letter_is_shown_for_any_address(browser: Browser) -> None:
    """An address that is on no list can be asked for; giving up keeps the one shown."""
    from playwright.sync_api import expect

    with served_preview() as (url, _):
        page = browser.new_page()
        page.goto(url)
        page.frame_locator("iframe").locator("li").first.wait_for()
        chosen = page.get_by_label("As", exact=True)
        page.once("dialog", lambda dialog: dialog.dismiss())
        chosen.select_option(label="Another address…")
        assert chosen.input_value() == "mara@example.net"
        page.once("dialog", lambda dialog: dialog.accept("eve@example.org"))
        chosen.select_option(label="Another address…")
        # Not by a function in the page: waiting for it takes an eval, which the page's own policy forbids.
        expect(chosen).to_have_value("eve@example.org")
        assert page.url.endswith("?as=eve%40example.org")
        page.close()
