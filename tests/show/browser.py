"""Open a page in the browser that the machine has: nothing is downloaded, and nothing but the page itself is let in."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, Route

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DESK, PHONE = (1280, 800), (360, 740)


@dataclass(frozen=True)
class Opened:
    """Hold a page and what went wrong on it."""

    page: Page
    problems: list[str] = field(default_factory=list)


def start(playwright: Playwright) -> Browser:
    """Return the machine's browser."""
    return playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])


@contextmanager
def opened(browser: Browser, path: Path, size: tuple[int, int] = DESK, *, with_script: bool = True) -> Iterator[Opened]:
    """Give a file as it stands in the browser; errors, dialogs and requests for anything else are problems."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=with_script)
    found = Opened(context.new_page())

    def guard(route: Route) -> None:
        if route.request.url == path.as_uri():
            route.continue_()
        else:
            found.problems.append(f"asked for {route.request.url}")
            route.abort()

    def refuse(dialog: object) -> None:
        found.problems.append(f"opened {dialog}")
        dialog.dismiss()  # type: ignore[attr-defined]

    context.route("**/*", guard)
    found.page.on("console", lambda message: found.problems.append(message.text))
    found.page.on("pageerror", lambda error: found.problems.append(str(error)))
    found.page.on("dialog", refuse)
    found.page.goto(path.as_uri())
    try:
        yield found
    finally:
        context.close()
