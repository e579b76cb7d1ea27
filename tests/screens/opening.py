"""A page opened in Chromium as a reader would, and everything it does meanwhile noted down."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

HOW = "make setup-ci && bash .ci/browser/setup"
"""What a machine lacks that cannot open pages."""

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ROOT / ".ci" / "browser" / "node_modules"

FLAGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--force-color-profile=srgb"),
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing that slips through reaches a network
)

SCHEMES = ("light", "dark")
PHONE, DESK = 380, 1400
HEIGHT = 900

_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`))"""


def find_chromium() -> str | None:
    """The Chromium or Chrome that is there; `ANALYZER_CHROMIUM` names another."""
    names = (os.environ.get("ANALYZER_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """A Chromium, closed afterwards. Where it or playwright is missing, `LookupError` says how to get it."""
    program = find_chromium()
    if program is None:
        raise LookupError(f"no Chromium here: {HOW}")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        raise LookupError(f"playwright, which drives Chromium, is missing: {HOW}") from error
    # Chromium refuses to sandbox what root runs; the pages are our own.
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """An open page."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """what stands in the console as warning or error, errors of scripts, dialogs, windows that open"""
    requests: list[str] = field(default_factory=list)
    """every address asked for, the page's own too"""

    def ask(self, expression: str, *values: Any) -> Any:
        """What a JavaScript expression gives in the page."""
        return self.page.evaluate(expression, *values)

    def violations(self, axe: str) -> list[str]:
        """What axe-core finds, a line each; `axe` is its source."""
        self.page.evaluate(axe)
        found: list[str] = self.page.evaluate(_AXE)
        return found

    def unfold(self) -> None:
        """Open everything that is folded."""
        self.page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")

    def overflow(self) -> list[str]:
        """What reaches beyond the right edge, and no box around it scrolls; empty where the page fits."""
        found: list[str] = self.page.evaluate(
            """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
            [`${document.documentElement.scrollWidth} px wide`, ...[...document.body.querySelectorAll("*")].filter(
              (node) => node.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
              .slice(0, 8).map((node) => node.outerHTML.slice(0, 120))]"""
        )
        return found

    def hidden(self, css: str) -> list[bool]:
        """Whether each node is shown to nobody, in the order of the page."""
        found: list[bool] = self.page.evaluate(
            "(css) => [...document.querySelectorAll(css)].map((node) => !node.checkVisibility())", css
        )
        return found


@contextmanager
def opened(
    browser: Browser,
    address: str,
    *,
    scripts: bool = True,
    width: int = DESK,
    allowed: tuple[str, ...] = (),
    **more: Any,
) -> Iterator[Screen]:
    """The page at a `file:` address, offline; `more` goes to `new_context`, `allowed` are permissions granted.

    With `scripts=False` nothing of the page runs while it loads; our own questions are asked afterwards.
    """
    context = browser.new_context(offline=True, viewport={"width": width, "height": HEIGHT}, **more)
    try:
        context.grant_permissions(list(allowed))
        screen = Screen(page=context.new_page())
        _watch(context, screen, address.partition("#")[0])
        if not scripts:
            # not java_script_enabled=False, which would stop axe-core as well
            session = context.new_cdp_session(screen.page)
            session.send("Emulation.setScriptExecutionDisabled", {"value": True})
            screen.page.goto(address)
            session.send("Emulation.setScriptExecutionDisabled", {"value": False})
        else:
            screen.page.goto(address)
        yield screen
    finally:
        context.close()


def _watch(context: BrowserContext, screen: Screen, address: str) -> None:
    page, complaints = screen.page, screen.complaints

    def only_itself(route: Route) -> None:
        if route.request.url.partition("#")[0] == address:
            route.continue_()
        else:
            route.abort()

    context.route("**/*", only_itself)
    context.on("request", lambda request: screen.requests.append(request.url.partition("#")[0]))
    context.on("page", lambda other: complaints.append(f"a window opened: {other.url}"))
    page.on("websocket", lambda socket: screen.requests.append(socket.url))
    page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}") if _bad(said.type) else None)
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))

    def close(dialog: Any) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", close)


def _bad(kind: str) -> bool:
    return kind in {"warning", "error", "assert"}
