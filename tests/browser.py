"""A real browser for the tests of pages: Debian's Chromium, driven by Playwright.

``visit()`` opens a page that fails the test, at its end, for every error in the browser's console,
every answer of 400 or more, and every request that leaves the machine. Without a browser tests are
skipped; with ``E2E_REQUIRED=1`` they fail, so that a machine that must test cannot pass untested.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REBOUND = "rebound.example"
"""A foreign name that stands for this machine, as an attacker's name server can have it."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1",
)
OURS = ("127.0.0.1", "localhost", "")
"""Hosts that a page may ask: this machine, and none at all (files, data, blobs)."""

PHONE = (390, 844)
LAPTOP = (1280, 720)
PROJECTOR = (1920, 1080)
PATIENCE = 60_000
"""Milliseconds to wait for what must come: the machine may be busy."""

SERIOUS = ("serious", "critical")

AT_REST = """() => !document.querySelector(".solara-page-loading")
    && document.getAnimations().every(each => each.playState !== "running"
        || each.effect.getComputedTiming().iterations === Infinity)"""
"""Whether nothing on the page is dimmed or fades; what turns for ever does not count."""


def screenshots_folder() -> Path:
    """Where pictures of pages are kept: ``E2E_SCREENSHOTS``, or a temporary folder."""
    usual = Path(tempfile.gettempdir()) / "foedus-screenshots"
    folder = Path(os.environ.get("E2E_SCREENSHOTS") or usual)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def find_program() -> str | None:
    """The browser's program; ``E2E_CHROMIUM`` names one."""
    named = os.environ.get("E2E_CHROMIUM")
    found = (shutil.which(name) for name in ((named,) if named else PROGRAMS))
    return next((path for path in found if path), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, for the tests of one file."""
    program = find_program()
    if program is None:
        message = f"no browser: E2E_CHROMIUM is not set, and there is none of {', '.join(PROGRAMS)}"
        if os.environ.get("E2E_REQUIRED") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Visit:
    """One page in a window of its own, as a visitor of its own, and what went wrong there."""

    context: BrowserContext
    page: Page
    problems: list[str] = field(default_factory=list)

    def picture(self, name: str, *, whole: bool = False) -> Path:
        """Keep a picture of what is to be seen, or of the whole length of the page."""
        path = screenshots_folder() / f"{name}.png"
        self.page.screenshot(path=path, full_page=whole)
        return path

    def barriers(self, **options: Any) -> list[str]:
        """Serious and critical barriers for people with disabilities, by axe-core.

        A page that is being loaded is dimmed, and what fades in has no contrast yet: it is judged
        when it has come to rest.
        """
        self.page.wait_for_function(AT_REST)
        found = Axe().run(self.page, options={"resultTypes": ["violations"], **options})
        return [
            f"{each['id']} ({each['impact']}): {each['help']}: {node['html'][:300]}"
            for each in found.response["violations"]
            if each["impact"] in SERIOUS
            for node in each["nodes"]
        ]

    def forgive(self, text: str) -> None:
        """Forget problems that hold a text: those that a test provoked."""
        self.problems[:] = [each for each in self.problems if text not in each]

    def _listen(self) -> None:
        self.page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        self.page.on(
            "console",
            lambda said: (
                self.problems.append(f"console: {said.text} {said.location}")
                if said.type == "error"
                else None
            ),
        )
        self.context.on("request", self._watch)
        self.context.on("response", self._judge)

    def _watch(self, request: Request) -> None:
        if (urlsplit(request.url).hostname or "") not in OURS:
            self.problems.append(f"asked another machine: {request.url}")

    def _judge(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a page as a new visitor; problems fail the test at its end.

    ``visit(address, size=LAPTOP, **context)`` gives a `Visit`; ``address`` may be a file. Options
    of the context are Playwright's, such as ``offline=True``.
    """
    opened: list[Visit] = []

    def open_page(address: str | Path, size: tuple[int, int] = LAPTOP, **options: Any) -> Visit:
        window = {"width": size[0], "height": size[1]}
        context = chromium.new_context(viewport=window, reduced_motion="reduce", **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        one = Visit(context, context.new_page())
        one._listen()
        opened.append(one)
        url = address.resolve().as_uri() if isinstance(address, Path) else address
        one.page.goto(url, wait_until="load")
        return one

    yield open_page
    for one in opened:
        one.context.close()
    problems = [problem for one in opened for problem in one.problems]
    assert not problems, "\n".join(problems)
